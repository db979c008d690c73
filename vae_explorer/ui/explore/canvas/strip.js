// Interpolations: a row of decoded images through the pins for each VAE, and their animation.

const STRIP_STEPS = 26;
const PLAY_SECONDS = 1.6; // from pin to pin
const FREE = -1; // the anchor of a pin that has none

class Strip {
  constructor(explorer) {
    this.explorer = explorer;
    this.playing = null; // since when
    this.at = null; // where on the way the decoded point is, in [0, 1]; null if it is not
    const { pack, view } = explorer;
    const kinds = Object.entries(explorer.labels.path).map(([kind, label]) => {
      const button = chip(label, () => {
        view.path = kind;
        for (const each of kinds) pressed(each, each === button);
        explorer.changed({ strip: true });
      });
      pressed(button, view.path === kind);
      return button;
    });
    this.play = chip("▶ Play", () => {
      explorer.touched();
      this.playing = this.playing === null ? performance.now() - (this.at ?? 0) * this._duration() : null;
      explorer.redraw();
    });
    const means = element(
      "select", { ariaLabel: "Pin the mean of a class" },
      element("option", { value: "", textContent: "Pin a class mean…" }),
      ...pack.class_names.map((name, value) => element("option", { value, textContent: `Mean of ${name}` })),
    );
    means.onchange = () => {
      if (means.value === "") return;
      this.setPins([...view.pins, [0, 0, Number(means.value)]]);
      means.value = "";
    };
    this.rows = element("div", { className: "rows" });
    this.rows.style.setProperty("--steps", STRIP_STEPS);
    this.pictures = pack.members.map((member) => {
      const name = element("span", { className: "name", textContent: member.label });
      name.style.setProperty("--member", member.colour);
      const pictures = Array.from({ length: STRIP_STEPS }, () => new Picture(pack.shape));
      this.rows.append(name, ...pictures.map((picture) => picture.element));
      return pictures;
    });
    this.rows.role = "img";
    this.rows.ariaLabel = `Images decoded along the way through the pins, a row for each of ${pack.members.map((member) => member.label).join(", ")}`;
    this.title = element("h3");
    this.clear = chip("Clear pins", () => this.setPins([]));
    this.element = element(
      "section", { className: "strip" },
      element("div", { className: "row" }, this.title, ...kinds, this.play, means, this.clear),
      this.rows,
    );
  }

  // A pin is [x, y, anchor]: a place of the plane, or with an anchor the mean of a class or a test
  // image, which each member has at a place of its own.
  setPins(pins) {
    const { explorer } = this;
    const { furthest, most_pins } = explorer.pack;
    const within = (value) => Math.min(Math.max(value, -furthest), furthest);
    explorer.touched();
    explorer.view.pins = pins.slice(-most_pins).map(([x, y, anchor]) => [within(x), within(y), anchor]);
    this.placePins();
    this.leave();
    explorer.changed({ strip: true });
  }

  // Puts pins with an anchor where the focused member has it.
  placePins() {
    const { view, space, pack } = this.explorer;
    for (const pin of view.pins) {
      if (pin[2] >= pack.first_image + pack.count) pin[2] = FREE;
      if (pin[2] === FREE) continue;
      const place = space.toPlane(this._latent(space, pin)).map((value) => Math.min(Math.max(value, -pack.furthest), pack.furthest));
      pin.splice(0, 2, ...place);
    }
  }

  _latent(space, [x, y, anchor]) {
    const { labels, first_image } = this.explorer.pack;
    if (anchor === FREE) return Float32Array.from(space.toLatent([x, y]));
    return anchor < first_image ? space.classMean(labels, anchor) : space.code(anchor - first_image);
  }

  // A member's latents at the pins.
  latents(space = this.explorer.space) {
    return this.explorer.view.pins.map((pin) => this._latent(space, pin));
  }

  draw() {
    const { pack, view } = this.explorer;
    const { length } = view.pins;
    const ready = length > 1;
    this.rows.style.display = ready ? "" : "none";
    this.play.disabled = !ready;
    this.clear.disabled = !length;
    this.explorer.root.classList.toggle("stripless", !ready);
    this.title.textContent = ready
      ? `Interpolation through ${length} pins`
      : length ? "One pin; a second one makes an interpolation" : "Click the plane to pin two points and interpolate";
    if (!ready) return;
    pack.spaces.forEach((space, k) => {
      const latents = this.latents(space);
      this.pictures[k].forEach((picture, s) => {
        picture.draw(space.network.decode(along(latents, s / (STRIP_STEPS - 1), view.path)));
      });
    });
  }

  showPlaying() {
    this.play.textContent = this.playing === null ? "▶ Play" : "❚❚ Pause";
  }

  _duration() {
    return (this.explorer.view.pins.length - 1) * PLAY_SECONDS * 1000;
  }

  // Moves the decoded point on, there and back.
  advance(time) {
    const { view, space } = this.explorer;
    if (view.pins.length < 2) return this.leave();
    const phase = Math.max(0, (time - this.playing) / this._duration()) % 2;
    this.at = phase < 1 ? phase : 2 - phase;
    this.explorer.pointer = space.toPlane(this.latentAt(space));
    this.explorer.redraw();
  }

  // A member's own latent where the decoded point is on the way.
  latentAt(space) {
    return along(this.latents(space), this.at, this.explorer.view.path);
  }

  leave() {
    this.playing = this.at = null;
  }
}
