// The latent canvas: what follows the hand. It asks the server nothing while the pointer moves; what
// is worth sharing (pins, background, image, zoom) is told to Python a moment after it has changed.

const REPORT_AFTER = 400; // ms
const SNAP = 7; // px within which the pointer is on a test image's dot
const STRIP_STEPS = 26;
const PLAY_SECONDS = 1.6; // from pin to pin
const WANDER_SECONDS = 40; // long enough to be seen, and then the page rests
const BACKGROUNDS = { manifold: "Manifold", density: "Density", none: "Plain" };

class Explorer {
  constructor(parent) {
    this.root = element("div", { className: "explorer" });
    parent.append(this.root);
    this.view = {}; // Python's View gives it all
    this.viewId = null;
    this.pack = null;
    this.pointer = null; // in the plane
    this.idle = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this._arrived = () => this._take();
    window.addEventListener("vae-explorer-package", this._arrived);
    this._frame = (time) => {
      this._request = requestAnimationFrame(this._frame);
      if (this.plane && !document.hidden) this._step(time);
    };
    this._request = requestAnimationFrame(this._frame);
  }

  destroy() {
    cancelAnimationFrame(this._request);
    window.removeEventListener("vae-explorer-package", this._arrived);
  }

  update(data, report) {
    this.report = report;
    this.wanted = [data.images, ...data.members];
    this.root.classList.toggle("present", data.present);
    if (data.view_id !== this.viewId) {
      this.viewId = data.view_id;
      Object.assign(this.view, data.view);
      this._viewIsNew = true;
    }
    this._take();
  }

  _take() {
    const [images, ...members] = this.wanted.map((name) => window.vaeExplorerPackages?.get(name));
    if (!images || !members.every(Boolean)) return; // they are on their way
    if (this.wanted.join() !== this.shown || this._viewIsNew) {
      this._viewIsNew = false;
      this.shown = this.wanted.join();
      const { latent, axis_names } = members[0];
      const spaces = members.map((member) => member.space);
      this.pack = { ...images, latent, axis_names, members, spaces, count: images.labels.length };
      this._build();
    }
    this._theme();
  }

  _changed({ dots = false, background = false, strip = false } = {}) {
    this._dirty.dots ||= dots;
    this._dirty.background ||= background;
    this._dirty.strip ||= strip;
    this._dirty.overlay = true;
    clearTimeout(this._reporting);
    this._reporting = setTimeout(() => this.report({ ...this.view }), REPORT_AFTER);
  }

  get space() {
    return this.pack.spaces[this.view.focus];
  }

  get hidden() {
    return new Set(this.view.hidden);
  }

  // --- What is on the page ---

  _build() {
    const { pack, view } = this;
    this._dirty = { dots: true, background: true, overlay: true, strip: true };
    view.focus = Math.min(Math.max(view.focus, 0), pack.spaces.length - 1);
    if (view.image >= pack.count) view.image = -1;
    const planeElement = element("div", {
      className: "plane", tabIndex: 0, role: "application",
      ariaLabel: "The latent plane. Arrow keys move the point that is decoded, Enter pins it, plus and minus zoom.",
    });
    this.plane = new Plane(planeElement, pack.shape);
    this.tip = this._buildTip();
    planeElement.append(this.tip.element);
    this._resetWindow();
    if (view.window.length === 3) {
      const [x, y, half] = view.window;
      if (half > 0) this.plane.window = { x, y, half };
    }
    const grid = element("div", { className: "members" }, ...this._buildTiles(), ...this._buildPad());
    grid.style.setProperty("--count", pack.members.length);
    const side = element("div", { className: "side" }, grid);
    if (pack.latent > 2) side.append(this._buildDimensions());
    this.root.replaceChildren(
      element("div", { className: "row controls" }, this._buildBackgrounds(), this._buildLegend(), this._buildSave()),
      element("div", { className: "top" }, planeElement, side),
      this._buildStrip(),
    );
    this._listen(planeElement);
    this.pointer = view.pins[0] ?? [0, 0];
    if (view.image >= 0) this._pick(view.image, false);
  }

  _buildBackgrounds() {
    const group = element("div", { className: "row", role: "group", ariaLabel: "Background" });
    for (const [name, label] of Object.entries(BACKGROUNDS)) {
      const button = element("button", { className: "chip", type: "button", textContent: label });
      pressed(button, name === this.view.background);
      button.onclick = () => {
        this.view.background = name;
        for (const each of group.children) pressed(each, each === button);
        this._changed({ background: true, dots: true });
      };
      group.append(button);
    }
    return group;
  }

  _buildSave() {
    const button = element("button", { className: "chip desk", type: "button", textContent: "PNG", title: "Save this picture, twice as large" });
    button.onclick = () => {
      const { plane } = this;
      plane.sharpness = 2;
      this._dirty.background = true;
      this._step(performance.now());
      plane.finishBackground();
      const link = element("a", { download: "vae-explorer-latent-plane.png" });
      link.href = photograph(this.root, this.colours, 2).toDataURL("image/png");
      link.click();
      plane.sharpness = 0;
    };
    return button;
  }

  _buildLegend() {
    const { pack, view } = this;
    const group = element("div", { className: "row legend", role: "group", ariaLabel: "Classes" });
    const show = () => [...group.children].forEach((button, label) => pressed(button, !this.hidden.has(label)));
    pack.class_names.forEach((name, label) => {
      const button = element("button", { className: "chip", type: "button", textContent: name, title: "Show or hide; double click: only this" });
      button.style.setProperty("--class", pack.class_colours[label]);
      button.onclick = (event) => {
        const others = pack.class_names.map((_, other) => other).filter((other) => other !== label);
        const alone = others.every((other) => this.hidden.has(other));
        if (event.detail === 2) view.hidden = alone ? [] : others;
        else if (this.hidden.has(label)) view.hidden = view.hidden.filter((other) => other !== label);
        else view.hidden = [...view.hidden, label];
        show();
        this._changed({ dots: true, background: view.background === "density" });
      };
      group.append(button);
    });
    show();
    return group;
  }

  _buildTiles() {
    const { pack } = this;
    this.tiles = pack.members.map((member, k) => {
      const picture = new Picture(pack.shape);
      const tile = element(
        "button", { className: "tile", type: "button", title: `Show the plane of ${member.label}` },
        element("span", { textContent: member.label }), picture.element,
      );
      tile.style.setProperty("--member", member.colour);
      tile.onclick = () => {
        this.view.focus = k;
        this._showFocus();
        this._changed({ dots: true, background: true, strip: true });
      };
      return { element: tile, picture };
    });
    this.place = element("p", { className: "place-text" });
    const caption = element("div", {}, element("h3", { textContent: "Decoded at the pointer" }), this.place);
    this._showFocus();
    return [caption, ...this.tiles.map((tile) => tile.element)];
  }

  _showFocus() {
    this.tiles.forEach((tile, k) => pressed(tile.element, k === this.view.focus));
  }

  _buildTip() {
    const { pack } = this;
    const original = new Picture(pack.shape), decoded = new Picture(pack.shape);
    const text = element("div");
    return {
      original, decoded, text,
      element: element("div", { className: "tip" }, original.element, decoded.element, text),
    };
  }

  _buildPad() {
    const { pack } = this;
    this.pad = new Pad(pack.dataset, pack.shape, (pixels) => {
      this._touched();
      this.view.image = -1;
      this._encode(pixels);
      this._changed({});
    });
    this.results = pack.members.map((member) => {
      const picture = new Picture(pack.shape), text = element("div", { className: "nats" });
      const tile = element("div", { className: "tile result", title: `Reconstruction by ${member.label}` }, picture.element, text);
      tile.style.setProperty("--member", member.colour);
      return { element: tile, picture, text };
    });
    this.padText = element("p", { className: "place-text" });
    const clear = element("button", { className: "chip", type: "button", textContent: "Clear" });
    clear.onclick = () => {
      this.pad.clear();
      this.view.image = -1;
      this.encoded = null;
      this._showImage();
      this._changed({});
    };
    const random = element("button", { className: "chip", type: "button", textContent: "Another" });
    random.onclick = () => this._pick(Math.floor(Math.random() * pack.count));
    this.encoded = null;
    const part = element(
      "div", {},
      element("h3", { textContent: `Draw ${pack.noun}` }),
      this.pad.element,
      element("div", { className: "row" }, random, clear),
      this.padText,
    );
    this._showImage();
    return [part, ...this.results.map((result) => result.element)];
  }

  _buildDimensions() {
    const { pack } = this;
    const active = this.space.activeDimensions().slice(0, 8);
    const grid = element("div", { className: "dimensions" });
    for (const { d, mean, deviation } of active) {
      const slider = element("input", { type: "range", min: -3, max: 3, step: 0.01, value: 0, ariaLabel: `Latent dimension ${d + 1}` });
      slider.oninput = () => {
        this._touched();
        this.space.base[d] = mean + Number(slider.value) * Math.max(deviation, 0.3);
        this.pointer = this.space.toPlane(this.space.base);
        this._changed({ background: true });
      };
      grid.append(element("label", {}, `z${subscript(d + 1)}`, slider));
    }
    return element(
      "section", {},
      element("h3", { textContent: `Most active of ${pack.latent} latent dimensions, ${pack.members[this.view.focus].label}` }),
      grid,
    );
  }

  _buildArithmetic() {
    const { pack } = this;
    const choose = (label) => {
      const select = element("select", { ariaLabel: label });
      pack.class_names.forEach((name, index) => select.append(element("option", { value: index, textContent: name })));
      return select;
    };
    const minus = choose("Class to take away"), plus = choose("Class to add");
    plus.value = 1;
    const amount = element("input", { type: "range", min: 0, max: 1.5, step: 0.01, value: 0, ariaLabel: "How much of the difference" });
    const apply = () => {
      if (!this.encoded) this._pick(0);
      this._touched();
      this._shift = { from: Number(minus.value), to: Number(plus.value), amount: Number(amount.value) };
      this._drawResults();
      this._dirty.overlay = true;
    };
    minus.onchange = plus.onchange = amount.oninput = apply;
    this._shift = { amount: 0 };
    return element(
      "div", { className: "row", title: "Latent arithmetic: the image's code moved by the difference of two class means" },
      element("h3", { textContent: "Image" }), "−", minus, "+", plus, amount,
    );
  }

  _buildStrip() {
    const { pack, view } = this;
    const kinds = ["linear", "spherical"].map((kind) => {
      const button = element("button", { className: "chip", type: "button", textContent: kind === "linear" ? "Linear" : "Spherical" });
      pressed(button, view.path === kind);
      button.onclick = () => {
        view.path = kind;
        for (const each of kinds) pressed(each, each === button);
        this._changed({ strip: true });
      };
      return button;
    });
    this.play = element("button", { className: "chip", type: "button", textContent: "▶ Play" });
    this.play.onclick = () => {
      this._touched();
      this.playing = this.playing === null ? performance.now() : null;
      this._dirty.overlay = true;
    };
    this.playing = null;
    const clear = element("button", { className: "chip", type: "button", textContent: "Clear pins" });
    clear.onclick = () => this._setPins([]);
    const means = element("select", { ariaLabel: "Pin the mean of a class" });
    means.append(element("option", { value: "", textContent: "Pin a class mean…" }));
    pack.class_names.forEach((name, label) => means.append(element("option", { value: label, textContent: `Mean of ${name}` })));
    means.onchange = () => {
      if (means.value === "") return;
      const { space } = this;
      this._setPins([...view.pins, space.toPlane(space.classMean(pack.labels, Number(means.value)))]);
      means.value = "";
    };
    this.stripRows = element("div", { className: "rows" });
    this.stripRows.style.setProperty("--steps", STRIP_STEPS);
    this.stripPictures = pack.members.map((member) => {
      const name = element("span", { className: "name", textContent: member.label });
      name.style.setProperty("--member", member.colour);
      const pictures = Array.from({ length: STRIP_STEPS }, () => new Picture(pack.shape));
      this.stripRows.append(name, ...pictures.map((picture) => picture.element));
      return pictures;
    });
    this.stripTitle = element("h3");
    return element(
      "section", { className: "strip" },
      element(
        "div", { className: "row controls" },
        element("div", { className: "row" }, this.stripTitle, ...kinds, this.play, means, clear),
        this._buildArithmetic(),
      ),
      this.stripRows,
    );
  }

  // --- What the hand does ---

  _touched() {
    this.idle = false;
  }

  _listen(target) {
    const place = (event) => {
      const box = target.getBoundingClientRect();
      return [event.clientX - box.left - 1, event.clientY - box.top - 1];
    };
    let grip = null; // what a press holds: a pin or the plane
    const touches = new Map();
    target.onpointerdown = (event) => {
      this._touched();
      target.setPointerCapture(event.pointerId);
      const [x, y] = place(event);
      touches.set(event.pointerId, [x, y]);
      const pin = this._pinAt(x, y);
      grip = { x, y, pin, moved: false, window: { ...this.plane.window } };
    };
    target.onpointermove = (event) => {
      this._touched();
      const [x, y] = place(event);
      if (touches.size === 2 && touches.has(event.pointerId)) return this._pinch(touches, event.pointerId, [x, y]);
      this.pointer = this.plane.toPlane(x, y);
      this.mouse = [x, y];
      this.playing = null;
      this._dirty.overlay = true;
      if (!grip) return;
      if (Math.hypot(x - grip.x, y - grip.y) > 4) grip.moved = true;
      if (!grip.moved) return;
      if (grip.pin >= 0) {
        this.view.pins[grip.pin] = this.pointer;
        this._changed({ strip: true });
      } else if (event.pointerType !== "touch") {
        const scale = (2 * grip.window.half) / this.plane.size;
        this._setWindow({
          x: grip.window.x - (x - grip.x) * scale, y: grip.window.y + (y - grip.y) * scale, half: grip.window.half,
        });
      }
    };
    target.onpointerup = (event) => {
      touches.delete(event.pointerId);
      if (grip && !grip.moved && grip.pin < 0) this._pinHere(grip.x, grip.y);
      grip = null;
    };
    target.onpointercancel = (event) => {
      touches.delete(event.pointerId);
      grip = null;
    };
    target.onpointerleave = () => {
      this.mouse = null;
      this._dirty.overlay = true;
    };
    target.onwheel = (event) => {
      event.preventDefault();
      this._touched();
      const [x, y] = place(event);
      this.plane.zoom(Math.exp(Math.sign(event.deltaY) * 0.15), this.plane.toPlane(x, y));
      this._setWindow(this.plane.window);
    };
    target.onkeydown = (event) => this._key(event);
  }

  _pinch(touches, id, to) {
    const other = [...touches.entries()].find(([key]) => key !== id)[1];
    const before = touches.get(id);
    const far = (a, b) => Math.max(20, Math.hypot(a[0] - b[0], a[1] - b[1]));
    this.plane.zoom(far(before, other) / far(to, other), this.plane.toPlane(...other));
    touches.set(id, to);
    this._setWindow(this.plane.window);
  }

  _key(event) {
    const step = this.plane.window.half * (event.shiftKey ? 0.2 : 0.04);
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (moves[event.key]) {
      const [x, y] = this.pointer;
      this.pointer = [x + moves[event.key][0], y + moves[event.key][1]];
      this.mouse = this.plane.toPixels(this.pointer);
      this.playing = null;
      this._dirty.overlay = true;
    } else if (event.key === "Enter" || event.key === " ") this._pinHere(...this.plane.toPixels(this.pointer));
    else if (event.key === "Delete" || event.key === "Backspace") this._setPins(this.view.pins.slice(0, -1));
    else if (event.key === "+" || event.key === "-") {
      this.plane.zoom(event.key === "+" ? 1 / 1.2 : 1.2, this.pointer);
      this._setWindow(this.plane.window);
    } else if (event.key === "0") {
      this._resetWindow();
      this._setWindow(this.plane.window);
    } else return;
    this._touched();
    event.preventDefault();
    event.stopPropagation();
  }

  _pinAt(x, y) {
    return this.view.pins.findIndex((pin) => {
      const [px, py] = this.plane.toPixels(pin);
      return Math.hypot(px - x, py - y) < 11;
    });
  }

  // A pin where the pointer is; on a dot it is that image's code, and the image is chosen.
  _pinHere(x, y) {
    const { space } = this;
    const n = this.plane.nearest(space, this.pack.labels, this.hidden, x, y, SNAP);
    if (n >= 0) this._pick(n);
    const point = n >= 0 ? space.toPlane(space.code(n)) : this.plane.toPlane(x, y);
    this._setPins([...this.view.pins, point]);
  }

  _setPins(pins) {
    this._touched();
    this.view.pins = pins.slice(-this.pack.most_pins);
    this.playing = null;
    this._changed({ strip: true });
  }

  _setWindow(next) {
    this.plane.window = next;
    this.view.window = [next.x, next.y, next.half];
    this._changed({ dots: true, background: true });
  }

  // Shows 99 % of the codes of the focused member, from the middle outwards.
  _resetWindow() {
    const reach = Array.from(this.space.points, Math.abs).sort((a, b) => a - b);
    const half = Math.max(1.5, reach[Math.floor(reach.length * 0.99)] * 1.08);
    this.plane.window = { x: 0, y: 0, half };
    this.view.window = [];
  }

  // --- The image that is encoded ---

  _imagePixels(n) {
    const size = this.pack.shape[0] * this.pack.shape[1];
    return Float32Array.from(this.pack.images.subarray(n * size, (n + 1) * size), (value) => value / this.pack.levels);
  }

  _pick(n, tell = true) {
    const pixels = this._imagePixels(n);
    const picture = new Picture(this.pack.shape);
    picture.draw(pixels);
    this.pad.show(picture.element);
    this.view.image = n;
    this._encode(pixels);
    if (tell) this._changed({ background: this.pack.latent > 2 });
  }

  _encode(pixels) {
    this.encoded = this.pack.spaces.map((space) => {
      const { mean, logVariance } = space.network.encode(pixels);
      if (space.latent > 2) space.base.set(mean); // the plane is held at this image
      return { mean: Float32Array.from(mean), logVariance: Float32Array.from(logVariance) };
    });
    this._showImage();
  }

  _showImage() {
    const { image } = this.view;
    if (this.encoded) {
      this.padText.textContent = image >= 0
        ? `Test image ${image}: ${this.pack.class_names[this.pack.labels[image]]}`
        : "Its code is the ellipse on the plane.";
    } else this.padText.textContent = "or click a dot of the plane";
    this._drawResults();
    if (this._dirty) this._dirty.overlay = true;
  }

  _shifted(k) {
    const { mean } = this.encoded[k], { from, to, amount } = this._shift ?? { amount: 0 };
    if (!amount) return mean;
    const space = this.pack.spaces[k];
    const start = space.classMean(this.pack.labels, from), end = space.classMean(this.pack.labels, to);
    return mean.map((value, d) => value + amount * (end[d] - start[d]));
  }

  _drawResults() {
    const blank = new Float32Array(this.pack.shape[0] * this.pack.shape[1]);
    this.results.forEach(({ picture, text }, k) => {
      const pixels = this.encoded ? this.pack.spaces[k].network.decode(this._shifted(k)) : blank;
      picture.draw(pixels);
      text.textContent = this.encoded ? this._nats(pixels, this.encoded[k]) : "";
    });
  }

  // The two parts of the negative ELBO of the encoded image, the first at its mean code.
  _nats(pixels, { mean, logVariance }) {
    let kl = 0;
    for (let d = 0; d < mean.length; d++) {
      kl += 0.5 * (mean[d] ** 2 + Math.exp(logVariance[d]) - 1 - logVariance[d]);
    }
    if (this._shift?.amount) return "shifted";
    return `KL ${kl.toFixed(1)} nats`;
  }

  // --- A frame ---

  _theme() {
    const probe = element("span");
    this.root.append(probe);
    const colour = (name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color; // as rgb, however the page has written it
    };
    this.colours = { text: colour("--st-text-color"), primary: colour("--st-primary-color"), page: colour("--st-background-color") };
    probe.remove();
    const ink = this.colours.text.match(/[\d.]+/g).slice(0, 3).join();
    if (ink !== this._ink) {
      this._ink = ink;
      Object.assign(this._dirty, { dots: true, background: true, overlay: true });
    }
  }

  _step(time) {
    const { plane, pack, view, _dirty: dirty } = this;
    if (plane.resize()) Object.assign(dirty, { dots: true, background: true, overlay: true });
    if (!plane.size) return;
    if (dirty.background) {
      plane.beginBackground(view.background, this.space, this._ink.split(",").map(Number), pack.labels, this.hidden);
      dirty.background = false;
    }
    if (dirty.dots) {
      const radius = (view.background === "manifold" ? 2 : 2.6) * Math.max(1, Math.min(2, 3 / plane.window.half));
      plane.drawDots(this.space, pack.labels, pack.class_colours, this.hidden, radius);
      dirty.dots = false;
    }
    if (dirty.strip) {
      this._drawStrip();
      dirty.strip = false;
    }
    if (this.idle) this._wander(time);
    if (this.playing !== null) this._advance(time);
    if (dirty.overlay) {
      this._drawOverlay();
      this._drawTiles();
      dirty.overlay = false;
    }
    plane.workOnBackground();
  }

  // Until someone takes over, the decoded point goes round by itself.
  _wander(time) {
    this._wanderedSince ??= time;
    if (time - this._wanderedSince > WANDER_SECONDS * 1000) this.idle = false;
    const reach = this.plane.window.half * 0.45;
    this.pointer = [reach * Math.sin(time / 2300), reach * Math.sin(time / 1700 + 1)];
    this._dirty.overlay = true;
  }

  _path() {
    return this.view.pins.map((pin) => Float32Array.from(this.space.toLatent(pin)));
  }

  _advance(time) {
    const legs = this.view.pins.length - 1;
    if (legs < 1) {
      this.playing = null;
      return;
    }
    const phase = ((time - this.playing) / 1000 / PLAY_SECONDS / legs) % 2;
    const t = Math.max(0, phase < 1 ? phase : 2 - phase); // there and back
    this.pointer = this.space.toPlane(along(this._path(), t, this.view.path));
    this._dirty.overlay = true;
  }

  _drawTiles() {
    this.pack.spaces.forEach((space, k) => this.tiles[k].picture.draw(space.decodeAt(this.pointer)));
    const [x, y] = this.pointer;
    const names = this.pack.axis_names;
    this.place.textContent = `${names[0]} = ${tick(Math.round(x * 100) / 100)}, ${names[1]} = ${tick(Math.round(y * 100) / 100)}`;
    this.play.textContent = this.playing === null ? "▶ Play" : "❚❚ Pause";
  }

  _drawStrip() {
    const { pins, path } = this.view;
    const ready = pins.length > 1;
    this.stripRows.style.display = ready ? "" : "none";
    this.play.disabled = !ready;
    this.stripTitle.textContent = ready
      ? `Interpolation through ${pins.length} pins`
      : pins.length ? "One pin; a second one makes an interpolation" : "Click the plane to pin two points and interpolate";
    if (!ready) return;
    this.pack.spaces.forEach((space, k) => {
      const latents = pins.map((pin) => Float32Array.from(space.toLatent(pin)));
      this.stripPictures[k].forEach((picture, s) => {
        picture.draw(space.network.decode(along(latents, s / (STRIP_STEPS - 1), path)));
      });
    });
  }

  _drawOverlay() {
    const { plane, view, space } = this;
    const context = plane.context(plane.overlay);
    plane.drawAxes(context, this.colours.text);
    if (view.pins.length > 1) this._drawPath(context);
    view.pins.forEach((pin, index) => this._drawPin(context, pin, index));
    if (this.encoded) {
      const { mean, logVariance } = this.encoded[view.focus];
      plane.drawEllipse(context, space.toPlane(mean), space.covariance(logVariance), this.colours.text, this.colours.page);
      if (this._shift?.amount) {
        plane.drawEllipse(context, space.toPlane(this._shifted(view.focus)), [0, 0, 0], this.colours.primary, this.colours.page);
      }
    }
    const [px, py] = plane.toPixels(this.pointer);
    context.strokeStyle = this.colours.page;
    context.lineWidth = 4;
    context.beginPath();
    context.arc(px, py, 9, 0, 2 * Math.PI);
    context.stroke();
    context.strokeStyle = this.colours.primary;
    context.lineWidth = 2.5;
    context.stroke();
    this._drawTip();
  }

  _drawPath(context) {
    const latents = this._path();
    context.strokeStyle = this.colours.text;
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    context.beginPath();
    const steps = 16 * (latents.length - 1);
    for (let s = 0; s <= steps; s++) {
      context.lineTo(...this.plane.toPixels(this.space.toPlane(along(latents, s / steps, this.view.path))));
    }
    context.stroke();
    context.setLineDash([]);
  }

  _drawPin(context, pin, index) {
    const [x, y] = this.plane.toPixels(pin);
    context.fillStyle = this.colours.text;
    context.beginPath();
    context.arc(x, y, 9, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = this.colours.page;
    context.font = "bold 11px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(String(index + 1), x, y + 0.5);
    context.textAlign = "start";
    context.textBaseline = "alphabetic";
  }

  _drawTip() {
    const { plane, pack, space, tip } = this;
    const n = this.mouse ? plane.nearest(space, pack.labels, this.hidden, ...this.mouse, SNAP) : -1;
    if (n < 0) {
      tip.element.style.display = "none";
      return;
    }
    if (n !== this._tipOf || space !== this._tipSpace) {
      [this._tipOf, this._tipSpace] = [n, space];
      tip.original.draw(this._imagePixels(n));
      tip.decoded.draw(space.network.decode(space.code(n)));
      tip.text.textContent = `${pack.class_names[pack.labels[n]]}, test image ${n}, and its reconstruction`;
      tip.text.style.maxWidth = "6.5rem";
    }
    const [x, y] = this.mouse;
    tip.element.style.display = "flex"; // before it is measured
    const left = x > plane.size / 2 ? x - tip.element.offsetWidth - 14 : x + 14;
    tip.element.style.left = `${Math.max(4, left)}px`;
    tip.element.style.top = `${Math.min(y + 12, plane.size - tip.element.offsetHeight - 4)}px`;
  }
}

function subscript(number) {
  return String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
}

const explorers = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const place = parentElement.querySelector(".place");
  let explorer = explorers.get(place);
  if (!explorer) explorers.set(place, explorer = new Explorer(place));
  explorer.update(data, (view) => setStateValue("view", view));
  return () => {
    explorer.destroy();
    explorers.delete(place);
  };
}
