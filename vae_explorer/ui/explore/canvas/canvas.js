// The latent canvas: what follows the hand. It asks the server nothing while the pointer moves; what
// is worth sharing (pins, background, image, zoom) is told to Python a moment after it has changed.

const REPORT_AFTER = 400; // ms
const WANDER_SECONDS = 40; // long enough to be seen, and then the page rests

class Explorer {
  constructor(parent) {
    this.root = element("div", { className: "explorer" });
    parent.append(this.root);
    this.kept = {};
    this.pack = null;
    this.pointer = null; // in the plane
    this.mouse = null; // in px of the plane, while it is there
    this.idle = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this._dirty = {};
    this._arrived = () => this._take();
    window.addEventListener("vae-explorer-package", this._arrived);
    this._leaves = () => store(this.kept);
    window.addEventListener("pagehide", this._leaves);
    this._frame = (time) => {
      this._request = null;
      if (this.plane) this.step(time);
    };
    this._request = null; // while nothing changes, no frame is asked for
    this._resize = () => this.redraw();
    this._observer = new ResizeObserver(this._resize);
    window.addEventListener("resize", this._resize); // a screen with more pixels, too
  }

  destroy() {
    this.root.remove(); // the next canvas may come to the same place
    cancelAnimationFrame(this._request);
    this._observer.disconnect();
    window.removeEventListener("resize", this._resize);
    window.removeEventListener("vae-explorer-package", this._arrived);
    window.removeEventListener("pagehide", this._leaves);
    this.hand?.destroy();
    clearTimeout(this._reporting); // the next canvas tells it
  }

  update(data, report) {
    this.report = report;
    this.wanted = [data.images, ...data.members];
    this.presents = data.present;
    this.labels = data.labels; // of what may be chosen, by the view's name for it
    this.root.classList.toggle("present", data.present);
    if (data.view_id !== this.kept.viewId) {
      this.kept = keptOf(data.view_id, data.view);
      this._viewIsNew = true;
      if (asText(this.view) !== asText(data.view)) this.changed(); // Python was not told of it
    }
    this._take();
  }

  get view() {
    return this.kept.view;
  }

  _take() {
    const [images, ...members] = this.wanted.map((name) => window.vaeExplorerPackages?.get(name));
    if (!images || !members.every(Boolean)) return; // they are on their way
    if (this.wanted.join() !== this.shown || this._viewIsNew) {
      const before = this._viewIsNew ? null : this.pack;
      this._viewIsNew = false;
      this.shown = this.wanted.join();
      const { latent, axis_names } = members[0];
      const spaces = members.map((member) => member.space);
      this.pack = { ...images, latent, axis_names, members, spaces, count: images.labels.length };
      if (before && sameOnes(before, this.pack)) {
        this._renew();
      } else {
        if (before) this._follow(before);
        const { drawing } = this.kept;
        this._build(before);
        if (drawing?.pad.drawn && drawing.name === images.name) this.image.drawOn(drawing.pad);
        this.kept.drawing = { pad: this.image.pad, name: images.name };
      }
    }
    this._theme();
  }

  // The same VAEs have trained on: what the hand has done stays, and shows what they do now.
  _renew() {
    this.members.renew();
    this.image.renew();
    this.strip.placePins();
    if (!this.view.window.length) this._widen();
    this.redraw({ dots: true, background: true, strip: true });
  }

  // Codes move while they are learned; the plane does not with each of them.
  _widen() {
    const whole = this._whole(), share = whole.half / this.plane.window.half;
    if (share > 1.05 || share < 0.7) this.plane.window = whole;
  }

  // Keeps the same member's plane when others come or go.
  _follow(before) {
    const { view } = this;
    const place = this.pack.members.findIndex(({ identity }) => identity === before.members[view.focus]?.identity);
    if (place === view.focus) return;
    view.focus = Math.max(place, 0);
    if (place < 0) view.slides = [];
    this.changed();
  }

  _build(before) {
    const { pack, view } = this;
    this.redraw({ dots: true, background: true, strip: true });
    view.focus = Math.min(Math.max(view.focus, 0), pack.spaces.length - 1);
    if (view.image >= pack.count) view.image = -1;
    const planeElement = element("div", {
      className: "plane", tabIndex: 0, role: "application",
      ariaLabel: "The latent plane. Arrow keys move the point that is decoded, Enter pins it, Delete takes the last pin away, plus and minus zoom, 0 shows all.",
    });
    this.plane = new Plane(planeElement, pack.shape);
    this.plane.window = this._opening();
    this._observer.disconnect();
    this._observer.observe(planeElement);
    this.overlay = new Overlay(this);
    planeElement.append(this.overlay.tip.element);
    this.members = new Members(this);
    this.image = this.dimensions = null;
    this.strip = new Strip(this);
    if (before) this.strip.follow(before);
    if (pack.latent > 2) this.dimensions = new Dimensions(this);
    this.image = new EncodedImage(this);
    if (view.image >= 0) this.image.pick(view.image);
    this.strip.placePins();
    const grid = element("div", { className: "members" }, ...this.members.elements, ...this.image.elements);
    const side = element("div", { className: "side" }, grid);
    if (this.dimensions) side.append(this.dimensions.element);
    this.status = element("div", { className: "status", role: "status" });
    const frame = element("div", { className: "frame" }, planeElement, this.members.owner, planeButtons(this), this.status);
    this.root.style.setProperty("--count", pack.members.length);
    this.root.classList.toggle("deep", pack.latent > 2);
    this.root.classList.toggle("many", pack.members.length > 4);
    this.root.replaceChildren(controls(this), element("div", { className: "top" }, frame, side), this.strip.element);
    this.hand?.destroy();
    this.hand = new Hand(this, planeElement);
    this.mouse = null;
    // A pin off the plane, as there are in more latents than two, is another image than its place.
    this.pointer = this.dimensions ? this.space.toPlane(this.space.base) : this.strip.places[0] ?? [0, 0];
  }

  // --- What the parts ask of it ---

  get space() {
    return this.pack.spaces[this.view.focus];
  }

  get hidden() {
    return new Set(this.view.hidden);
  }

  // The view has changed, and with it these parts of the picture.
  changed(parts = {}) {
    this.redraw(parts);
    clearTimeout(this._reporting);
    this._reporting = setTimeout(() => this._tell(), REPORT_AFTER);
  }

  // Tells Python of a change that it was not told of yet.
  _tell() {
    if (!this._reporting) return;
    clearTimeout(this._reporting);
    this._reporting = null;
    this.report({ ...this.view, view_id: this.kept.viewId });
  }

  redraw(parts = {}) {
    for (const name of Object.keys(parts)) this._dirty[name] ||= parts[name];
    this._dirty.overlay = true;
    this._ask();
  }

  _ask() {
    this._request ??= requestAnimationFrame(this._frame);
  }

  // Someone takes over: the decoded point no longer goes round by itself.
  touched() {
    this.idle = false;
  }

  focus(k) {
    const { view } = this;
    if (k === view.focus) return;
    Object.assign(view, { focus: k, slides: [] }); // dimensions of another member mean other things
    this.members.showFocus();
    this.holdPlane();
    this.dimensions?.build();
    this.strip.placePins();
    this.plane.window = this._opening();
    this.changed({ dots: true, background: true, strip: true });
  }

  // Holds every member's plane at the image's code, and the focused one at what was slid.
  holdPlane() {
    const { pack, view, image } = this;
    pack.spaces.forEach((space, k) => space.hold(image?.codes?.[k].mean, k === view.focus ? view.slides : []));
    if (!this.dimensions) return;
    this.strip.leave();
    this.strip.placePins();
    this.dimensions.show();
    this.redraw({ background: true, strip: true });
  }

  // --- The window of the plane that is seen ---

  _opening() {
    const [x, y, half] = this.view.window;
    if (half > 0) return { x, y, half };
    return this._whole();
  }

  // 99 % of the codes of the focused member, from the middle outwards.
  _whole() {
    const reach = Array.from(this.space.points, Math.abs).sort((a, b) => a - b);
    const half = reach[Math.floor(reach.length * 0.99)] * 1.08;
    return { x: 0, y: 0, half: Math.min(Math.max(1.5, half), this.pack.furthest) };
  }

  setWindow({ x, y, half }) {
    const within = (value) => Math.min(Math.max(value, -this.pack.furthest), this.pack.furthest);
    this.plane.window = { x: within(x), y: within(y), half };
    this.view.window = [within(x), within(y), half];
    this.changed({ dots: true, background: true });
  }

  // The whole of whichever plane is shown.
  resetWindow() {
    this.view.window = [];
    this.plane.window = this._whole();
    this.changed({ dots: true, background: true });
  }

  zoom(factor, point) {
    this.plane.zoom(factor, point);
    this.setWindow(this.plane.window);
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
    // A canvas that has just left the page has no colours.
    const ink = (this.colours.text.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).join();
    if (ink !== this._ink) {
      this._ink = ink;
      this.redraw({ dots: true, background: true });
    }
  }

  // Draws what has changed, and `parts` as well.
  step(time, parts = {}) {
    const { plane, pack, view, strip } = this;
    const dirty = Object.assign(this._dirty, parts);
    if (plane.resize()) this.redraw({ dots: true, background: true });
    if (!plane.size) return;
    if (dirty.background) {
      plane.beginBackground(view.background, this.space, this._ink.split(",").map(Number), pack.labels, this.hidden);
      dirty.background = false;
    }
    if (dirty.dots) {
      const closer = Math.max(1, Math.min(2, 3 / plane.window.half)) * Math.max(1, plane.size / 500);
      const radius = (view.background === "manifold" ? 2 : 2.6) * closer;
      plane.drawDots(this.space, pack.labels, pack.class_colours, this.hidden, radius);
      dirty.dots = false;
    }
    if (dirty.strip) {
      strip.draw();
      dirty.strip = false;
    }
    if (this.idle) this._wander(time);
    if (strip.playing !== null) strip.advance(time);
    if (dirty.overlay) {
      this.overlay.draw();
      this.members.draw();
      strip.showPlaying();
      dirty.overlay = false;
    }
    if (plane.workOnBackground()) this._ask();
  }

  // Until someone takes over, the decoded point goes round by itself.
  _wander(time) {
    this._wanderedSince ??= time;
    if (time - this._wanderedSince > WANDER_SECONDS * 1000) this.idle = false;
    const reach = this.plane.window.half * 0.45;
    this.pointer = [reach * Math.sin(time / 2300), reach * Math.sin(time / 1700 + 1)];
    this.redraw();
  }
}

// Whether two packs are of the same VAEs, which may have trained on between them.
function sameOnes(one, other) {
  const identities = ({ name, members }) => [name, ...members.map((each) => each.identity)].join();
  return identities(one) === identities(other);
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
