// The image that is encoded, drawn or of the test set: its reconstructions, and latent arithmetic.

class EncodedImage {
  constructor(explorer) {
    this.explorer = explorer;
    this.codes = null; // of each member: {mean, logVariance}
    const { pack } = explorer;
    this.pad = new Pad(pack.shape, pack.margin, (pixels) => {
      explorer.touched();
      explorer.view.image = -1;
      explorer.view.slides = [];
      this.encode(pixels);
      explorer.changed();
    });
    this.results = pack.members.map((member) => {
      const picture = new Picture(pack.shape), text = element("div", { className: "nats" });
      const tile = element("div", { className: "tile result", title: `Reconstruction by ${member.label}, from the mean of its code. Error: minus the log-likelihood of the image` }, picture.element, text);
      tile.style.setProperty("--member", member.colour);
      return { element: tile, picture, text };
    });
    this.number = element("input", {
      type: "number", min: 0, max: pack.count - 1, ariaLabel: "Number of the test image", placeholder: "none",
      onchange: () => this.choose(Number(this.number.value)),
    });
    this.text = element("span", { className: "class-name" });
    const part = element(
      "div", { className: "draw" },
      element("h3", { textContent: `Draw ${pack.noun}` }),
      this.pad.element,
      element(
        "div", { className: "row" },
        chip("Another", () => this.choose(Math.floor(Math.random() * pack.count)), { title: "A test image at random" }),
        chip("Clear", () => this.clear()),
      ),
      element("label", { className: "row", title: "Number of a test image" }, "Image", this.number, this.text),
    );
    this.arithmetic = this._arithmetic();
    this.elements = [part, ...this.results.map((result) => result.element), this.arithmetic];
    this._show();
  }

  // By a hand: what was slid away from the last image's code goes with it.
  choose(n) {
    if (!(n >= 0 && n < this.explorer.pack.count)) return this._show();
    this.explorer.touched();
    this.explorer.view.slides = [];
    this.pick(Math.floor(n));
    this.explorer.changed();
  }

  pick(n) {
    const pixels = pixelsOf(this.explorer.pack, n), picture = new Picture(this.explorer.pack.shape);
    picture.draw(pixels);
    this.pad.show(picture.element);
    this.explorer.view.image = n;
    this.encode(pixels);
    this._beginWithItsClass(n);
  }

  // Arithmetic that has not begun takes away the class that the image has.
  _beginWithItsClass(n) {
    const { pack, view } = this.explorer;
    if (view.amount) return;
    view.minus = pack.labels[n];
    if (view.plus === view.minus) view.plus = (view.minus + 1) % pack.class_names.length;
    [this._minus.value, this._plus.value] = [view.minus, view.plus];
  }

  // Goes on with the drawing of a pad before this one.
  drawOn(pad) {
    this.pad.takeOver(pad);
    this.encode(this.pad.pixels);
  }

  clear() {
    this.pad.clear();
    this.explorer.view.image = -1;
    this.codes = null;
    this._show();
    this.explorer.changed();
  }

  encode(pixels) {
    this._pixels = pixels;
    this.codes = this.explorer.pack.spaces.map((space) => {
      const { mean, logVariance } = space.network.encode(pixels);
      return { mean: Float32Array.from(mean), logVariance: Float32Array.from(logVariance) };
    });
    this._show();
  }

  // After the members have trained on.
  renew() {
    if (this.codes) this.encode(this._pixels);
    else this._show();
  }

  _show() {
    const { pack, view } = this.explorer;
    const chosen = this.codes && view.image >= 0;
    this.number.value = chosen ? view.image : "";
    this.text.textContent = chosen ? pack.class_names[pack.labels[view.image]] : "";
    this.explorer.holdPlane();
    this.drawResults();
  }

  // Member k's code, moved by the arithmetic.
  shifted(k) {
    const { pack: { spaces, labels }, view: { minus, plus, amount } } = this.explorer;
    const { mean } = this.codes[k];
    if (!amount) return mean;
    const start = spaces[k].classMean(labels, minus), end = spaces[k].classMean(labels, plus);
    return mean.map((value, d) => value + amount * (end[d] - start[d]));
  }

  drawResults() {
    const { pack } = this.explorer;
    const blank = new Float32Array(pack.shape[0] * pack.shape[1]);
    this.results.forEach(({ picture, text }, k) => {
      picture.draw(this.codes ? pack.spaces[k].network.decode(this.shifted(k)) : blank);
      text.textContent = this.codes ? this._cost(k) : "";
    });
    this.explorer.redraw();
  }

  // What member k's reconstruction, of the mean of its posterior, loses of the image, and its KL.
  _cost(k) {
    const { pack: { class_names: names, spaces }, view: { minus, plus, amount } } = this.explorer;
    const { mean, logVariance } = this.codes[k];
    if (amount) return `+ ${amount.toFixed(2)} (${names[plus]} − ${names[minus]})`;
    let kl = 0;
    for (let d = 0; d < mean.length; d++) {
      kl += 0.5 * (mean[d] ** 2 + Math.exp(logVariance[d]) - 1 - logVariance[d]);
    }
    return `Error ${spaces[k].network.lost(this._pixels, mean).toFixed(1)}, KL ${kl.toFixed(1)} nats`;
  }

  // The difference of two class means, added to the image's code.
  _arithmetic() {
    const { explorer } = this, { pack, view } = explorer;
    const choose = (ariaLabel, name) => {
      const options = pack.class_names.map((textContent, value) => element("option", { value, textContent }));
      const select = element("select", { ariaLabel }, ...options);
      select.value = Math.min(view[name], options.length - 1);
      return select;
    };
    const minus = (this._minus = choose("Class to take away", "minus"));
    const plus = (this._plus = choose("Class to add", "plus"));
    const amount = element("input", { type: "range", min: 0, max: 1.5, step: 0.01, ariaLabel: "How much of the difference" });
    amount.value = view.amount;
    const shown = element("output");
    const show = () => { shown.textContent = `× ${Number(amount.value).toFixed(2)}`; };
    minus.onchange = plus.onchange = amount.oninput = () => {
      if (!this.codes) this.choose(0);
      explorer.touched();
      Object.assign(view, { minus: Number(minus.value), plus: Number(plus.value), amount: Number(amount.value) });
      show();
      this.drawResults();
      explorer.changed();
    };
    show();
    return element(
      "div", { className: "row arithmetic", title: "The image's code, moved by the difference of two class means" },
      element("h3", { textContent: "Latent arithmetic" }),
      "image − mean of", minus, "+ mean of", plus, amount, shown,
    );
  }
}

// A test image, in [0, 1].
function pixelsOf({ shape, images, levels }, n) {
  const size = shape[0] * shape[1];
  return Float32Array.from(images.subarray(n * size, (n + 1) * size), (value) => value / levels);
}
