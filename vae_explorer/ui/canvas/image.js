// The image that is encoded, drawn or of the test set: its reconstructions, and latent arithmetic.

class EncodedImage {
  constructor(explorer) {
    this.explorer = explorer;
    this.codes = null; // of each member: {mean, logVariance}
    this.shift = { amount: 0 };
    const { pack } = explorer;
    this.pad = new Pad(pack.dataset, pack.shape, (pixels) => {
      explorer.touched();
      explorer.view.image = -1;
      this.encode(pixels);
      explorer.changed();
    });
    this.results = pack.members.map((member) => {
      const picture = new Picture(pack.shape), text = element("div", { className: "nats" });
      const tile = element("div", { className: "tile result", title: `Reconstruction by ${member.label}` }, picture.element, text);
      tile.style.setProperty("--member", member.colour);
      return { element: tile, picture, text };
    });
    this.text = element("p", { className: "place-text" });
    const part = element(
      "div", {},
      element("h3", { textContent: `Draw ${pack.noun}` }),
      this.pad.element,
      element(
        "div", { className: "row" },
        chip("Another", () => this.pick(Math.floor(Math.random() * pack.count))),
        chip("Clear", () => this.clear()),
      ),
      this.text,
    );
    this.elements = [part, ...this.results.map((result) => result.element)];
    this._show();
  }

  pixelsOf(n) {
    const { shape, images, levels } = this.explorer.pack;
    const size = shape[0] * shape[1];
    return Float32Array.from(images.subarray(n * size, (n + 1) * size), (value) => value / levels);
  }

  pick(n, tell = true) {
    const { explorer } = this;
    const pixels = this.pixelsOf(n), picture = new Picture(explorer.pack.shape);
    picture.draw(pixels);
    this.pad.show(picture.element);
    explorer.view.image = n;
    this.encode(pixels);
    if (tell) explorer.changed({ background: explorer.pack.latent > 2 });
  }

  clear() {
    this.pad.clear();
    this.explorer.view.image = -1;
    this.codes = null;
    this._show();
    this.explorer.changed();
  }

  encode(pixels) {
    this.codes = this.explorer.pack.spaces.map((space) => {
      const { mean, logVariance } = space.network.encode(pixels);
      if (space.latent > 2) space.base.set(mean); // the plane is held at this image
      return { mean: Float32Array.from(mean), logVariance: Float32Array.from(logVariance) };
    });
    this._show();
  }

  _show() {
    const { pack, view } = this.explorer;
    if (this.codes) {
      this.text.textContent = view.image >= 0
        ? `Test image ${view.image}: ${pack.class_names[pack.labels[view.image]]}`
        : "Its code is the ellipse on the plane.";
    } else this.text.textContent = "or click a dot of the plane";
    this.drawResults();
    this.explorer.redraw();
  }

  // Member k's code, moved by the arithmetic.
  shifted(k) {
    const { mean } = this.codes[k], { from, to, amount } = this.shift;
    if (!amount) return mean;
    const { spaces, labels } = this.explorer.pack;
    const start = spaces[k].classMean(labels, from), end = spaces[k].classMean(labels, to);
    return mean.map((value, d) => value + amount * (end[d] - start[d]));
  }

  drawResults() {
    const { pack } = this.explorer;
    const blank = new Float32Array(pack.shape[0] * pack.shape[1]);
    this.results.forEach(({ picture, text }, k) => {
      picture.draw(this.codes ? pack.spaces[k].network.decode(this.shifted(k)) : blank);
      text.textContent = this.codes ? this._cost(this.codes[k]) : "";
    });
  }

  _cost({ mean, logVariance }) {
    if (this.shift.amount) return "shifted";
    let kl = 0;
    for (let d = 0; d < mean.length; d++) {
      kl += 0.5 * (mean[d] ** 2 + Math.exp(logVariance[d]) - 1 - logVariance[d]);
    }
    return `KL ${kl.toFixed(1)} nats`;
  }
}

// The difference of two class means, added to the image's code.
function arithmetic(explorer) {
  const { pack, image } = explorer;
  const choose = (ariaLabel) => element(
    "select", { ariaLabel },
    ...pack.class_names.map((textContent, value) => element("option", { value, textContent })),
  );
  const minus = choose("Class to take away"), plus = choose("Class to add");
  plus.value = 1;
  const amount = element("input", { type: "range", min: 0, max: 1.5, step: 0.01, value: 0, ariaLabel: "How much of the difference" });
  minus.onchange = plus.onchange = amount.oninput = () => {
    if (!image.codes) image.pick(0);
    explorer.touched();
    image.shift = { from: Number(minus.value), to: Number(plus.value), amount: Number(amount.value) };
    image.drawResults();
    explorer.redraw();
  };
  return element(
    "div", { className: "row", title: "Latent arithmetic: the image's code moved by the difference of two class means" },
    element("h3", { textContent: "Image" }), "−", minus, "+", plus, amount,
  );
}
