// Interpolations: a row of decoded images through the pins for each VAE, and their animation.

const STRIP_STEPS = 26;
const PLAY_SECONDS = 1.6; // from pin to pin

class Strip {
  constructor(explorer) {
    this.explorer = explorer;
    this.playing = null; // since when
    const { pack, view } = explorer;
    const kinds = ["linear", "spherical"].map((kind) => {
      const button = chip(kind === "linear" ? "Linear" : "Spherical", () => {
        view.path = kind;
        for (const each of kinds) pressed(each, each === button);
        explorer.changed({ strip: true });
      });
      pressed(button, view.path === kind);
      return button;
    });
    this.play = chip("▶ Play", () => {
      explorer.touched();
      this.playing = this.playing === null ? performance.now() : null;
      explorer.redraw();
    });
    const means = element(
      "select", { ariaLabel: "Pin the mean of a class" },
      element("option", { value: "", textContent: "Pin a class mean…" }),
      ...pack.class_names.map((name, value) => element("option", { value, textContent: `Mean of ${name}` })),
    );
    means.onchange = () => {
      if (means.value === "") return;
      const { space } = explorer;
      this.setPins([...view.pins, space.toPlane(space.classMean(pack.labels, Number(means.value)))]);
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
    this.title = element("h3");
    this.element = element(
      "section", { className: "strip" },
      element(
        "div", { className: "row controls" },
        element("div", { className: "row" }, this.title, ...kinds, this.play, means, chip("Clear pins", () => this.setPins([]))),
        arithmetic(explorer),
      ),
      this.rows,
    );
  }

  setPins(pins) {
    this.explorer.touched();
    this.explorer.view.pins = pins.slice(-this.explorer.pack.most_pins);
    this.playing = null;
    this.explorer.changed({ strip: true });
  }

  // The focused member's latents at the pins.
  latents(space = this.explorer.space) {
    return this.explorer.view.pins.map((pin) => Float32Array.from(space.toLatent(pin)));
  }

  draw() {
    const { pack, view } = this.explorer;
    const { length } = view.pins;
    const ready = length > 1;
    this.rows.style.display = ready ? "" : "none";
    this.play.disabled = !ready;
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

  // Moves the pointer on, there and back.
  advance(time) {
    const { view, space } = this.explorer;
    const legs = view.pins.length - 1;
    if (legs < 1) {
      this.playing = null;
      return;
    }
    const phase = ((time - this.playing) / 1000 / PLAY_SECONDS / legs) % 2;
    const t = Math.max(0, phase < 1 ? phase : 2 - phase);
    this.explorer.pointer = space.toPlane(along(this.latents(), t, view.path));
    this.explorer.redraw();
  }
}
