// Unpacks what the canvas shows, the images of a set or one VAE, and keeps it for it to find.

const KEPT = 40;

function unpack(bytes, store) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  if (store.has(header.name)) return header.name;
  const buffer = bytes.slice(4 + length).buffer; // a copy, whose numbers are aligned
  const place = (name, Type) => new Type(buffer, ...header.places[name]);
  const unpacked = header.places.images
    ? { ...header, images: place("images", Uint8Array), labels: place("labels", Uint8Array) }
    : { ...header, identity: header.identity ?? header.name, space: new Space(
      unpackNetworks(header.networks, buffer, header.places.numbers[0])[0],
      ...["mean", "log_variance", "centre", "axes"].map((name) => place(name, Float32Array)),
      header.latent,
    ) };
  store.set(header.name, unpacked);
  while (store.size > KEPT) store.delete(store.keys().next().value);
  return header.name;
}

export default function ({ data }) {
  const store = (window.vaeExplorerPackages ??= new Map());
  const name = unpack(data instanceof Uint8Array ? data : new Uint8Array(data), store);
  window.dispatchEvent(new CustomEvent("vae-explorer-package", { detail: name }));
}
