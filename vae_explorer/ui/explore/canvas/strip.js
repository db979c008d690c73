// Interpolations: a row of decoded images through the pins for each VAE, and their animation.

const STRIP_STEPS = 26;
const PLAY_SECONDS = 1.6; // from pin to pin
const FREE = -1; // the anchor of a pin that is the same coordinates in every member
const FIRST_OWNED = -2; // from here down: what the first, the second, ... member draws at a place

class Strip {
  constructor(explorer) {
    this.explorer = explorer;
    this.playing = null; // since when
    this.at = null; // where on the way the decoded point is, in [0, 1]; null if it is not
    this.places = []; // of the pins, on the plane that is shown
    this._known = new Map(); // each member's latents at the pins
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

  // A pin is [x, y, anchor]. By its anchor it is a test image or the mean of a class, which each
  // member has at a place of its own (then x and y are 0); or what one member draws at x and y of
  // its plane, whose image the others encode; or the same x and y in all of them.
  setPins(pins) {
    const { explorer } = this;
    const { furthest, most_pins } = explorer.pack;
    const within = (value) => Math.min(Math.max(value, -furthest), furthest);
    explorer.touched();
    explorer.view.pins = pins.slice(-most_pins).map(([x, y, anchor]) => (
      anchor >= 0 ? [0, 0, anchor] : [within(x), within(y), anchor]
    ));
    this.placePins();
    this.leave();
    explorer.changed({ strip: true });
  }

  // The anchor of a pin that is a place of the focused member's plane.
  get here() {
    const { same, focus } = this.explorer.view;
    return same === "image" ? FIRST_OWNED - focus : FREE;
  }

  // Finds where pins are on the focused member's plane. An anchor that is not there is `here`.
  placePins() {
    const { view, space, pack } = this.explorer;
    for (const pin of view.pins) {
      const known = pin[2] < pack.first_image + pack.count && pin[2] > FIRST_OWNED - pack.members.length;
      if (!known || (pin[2] === FREE && view.same === "image")) pin[2] = this.here;
    }
    this._known.clear();
    this.places = this.latents().map((latent) => space.toPlane(latent).map(
      (value) => Math.min(Math.max(value, -pack.furthest), pack.furthest),
    ));
  }

  // Holds the same image or the same coordinates equal. Places stay where they are on this plane.
  holdEqual(same) {
    const { view } = this.explorer;
    view.same = same;
    this.setPins(view.pins.map((pin, i) => (pin[2] >= 0 ? pin : [...this.places[i], this.here])));
  }

  // After members have come or gone: what one of them draws is kept, by another if it left.
  follow(before) {
    const { view, pack } = this.explorer;
    for (const pin of view.pins) {
      const owner = before.members[FIRST_OWNED - pin[2]];
      if (!owner) continue;
      const place = pack.members.findIndex(({ identity }) => identity === owner.identity);
      if (place < 0) this._inherit(pin, owner.space);
      else pin[2] = FIRST_OWNED - place;
      this.explorer.changed();
    }
  }

  // What a member that left drew becomes a place of the plane that is shown; and where planes are
  // cuts, off which its code would lie, the test image that is most like it.
  _inherit(pin, left) {
    const { space, pack } = this.explorer;
    const drawn = left.decodeAt(pin);
    if (pack.latent <= 2) return pin.splice(0, 3, ...space.toPlane(space.network.encode(drawn).mean), this.here);
    let least = Infinity;
    for (let n = 0; n < pack.count; n++) {
      const distance = pixelsOf(pack, n).reduce((sum, value, i) => sum + (value - drawn[i]) ** 2, 0);
      if (distance < least) [least, pin[0], pin[1], pin[2]] = [distance, 0, 0, pack.first_image + n];
    }
  }

  _latent(space, pin) {
    const { labels, first_image, spaces } = this.explorer.pack;
    const anchor = pin[2];
    if (anchor >= first_image) return space.code(anchor - first_image);
    if (anchor >= 0) return space.classMean(labels, anchor);
    const owner = anchor === FREE ? space : spaces[FIRST_OWNED - anchor];
    return Float32Array.from(imagesCode(owner, owner.toLatent(pin), space));
  }

  // A member's latents at the pins.
  latents(space = this.explorer.space) {
    if (!this._known.has(space)) {
      this._known.set(space, this.explorer.view.pins.map((pin) => this._latent(space, pin)));
    }
    return this._known.get(space);
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

// Where `other` has the image that a member draws at a latent of its own: its code, to be used
// before the next call. A member has its own image where it draws it from.
function imagesCode(member, latent, other) {
  return other === member ? latent : other.network.encode(member.network.decode(latent)).mean;
}
