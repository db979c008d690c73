// Brings the word that the address names into view, once all before it has its height.

function show() {
  const name = decodeURIComponent(location.hash.slice(1));
  if (name) document.getElementById(name)?.scrollIntoView({ block: "center" });
}

export default function () {
  requestAnimationFrame(() => requestAnimationFrame(show));
  document.fonts.ready.then(show);
}
