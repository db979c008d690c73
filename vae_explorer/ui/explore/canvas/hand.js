// What the hand does on the plane: with a mouse or pen, a wheel, or the keyboard. With fingers one
// scrolls the page, two zoom, a tap decodes, and one that stays pins, or takes a pin away.

const SNAP = 7; // px within which the pointer is on a test image's dot
const GRIP = 11; // px within which a press takes hold of a pin
const DOUBLE_CLICK = 450; // ms after pinning in which a click does not unpin, if the hand is still
const LINE = 40; // px of a wheel that counts lines
const NOTCH = 100; // px of a mouse's wheel
const WHEELED = 0.0015, PINCHED = 0.01; // of the zoom's logarithm, a px
const STAYS = 500; // ms after which a finger that has not moved has stayed
const STILL = 10; // px that it may move
const SAY_AFTER = 500; // ms without a key, and then the place is said

class Hand {
  constructor(explorer, target) {
    this.explorer = explorer;
    this.grip = null; // what a press holds: a pin or the plane
    this.touches = new Map();
    this._pinned = -Infinity;
    this._target = target;
    target.onpointerdown = (event) => this._down(event);
    target.onpointermove = (event) => this._move(event);
    target.onpointerup = (event) => this._up(event);
    target.onpointercancel = (event) => this._let(event);
    target.onpointerleave = () => {
      explorer.mouse = null;
      explorer.redraw();
    };
    target.onwheel = (event) => this._wheel(event);
    // The browser scrolls with one finger, and is to leave two to the plane.
    this._touched = (event) => {
      if (event.touches.length > 1) event.preventDefault();
    };
    target.addEventListener("touchmove", this._touched, { passive: false });
    target.oncontextmenu = (event) => event.preventDefault(); // of a finger that stays
    target.onkeydown = (event) => this._key(event);
    // On a projector the arrow keys go through the talk, so a click must not take them.
    target.onmousedown = (event) => {
      if (explorer.presents) event.preventDefault();
    };
  }

  destroy() {
    clearTimeout(this._saying);
    clearTimeout(this._staying);
    this._target.removeEventListener("touchmove", this._touched);
  }

  // Zooms where Ctrl is held, as a pinch on a trackpad has it, or the plane has the focus; else the
  // page scrolls, unless a projector shows it, which has nothing to scroll.
  _wheel(event) {
    const { explorer } = this;
    if (!event.ctrlKey && !explorer.presents && !this._target.matches(":focus")) return;
    event.preventDefault();
    explorer.touched();
    // By how far it went, in however many events.
    const far = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE);
    const pinches = event.ctrlKey && Math.abs(far) < NOTCH / 2;
    explorer.zoom(Math.exp(far * (pinches ? PINCHED : WHEELED)), explorer.plane.toPlane(...this._place(event)));
  }

  _place(event) {
    const box = this._target.getBoundingClientRect();
    return [event.clientX - box.left - 1, event.clientY - box.top - 1];
  }

  _down(event) {
    const { explorer } = this;
    explorer.touched();
    const [x, y] = this._place(event);
    this.touches.set(event.pointerId, [x, y]);
    clearTimeout(this._staying);
    if (event.pointerType === "touch") {
      this.grip = null;
      this._finger = this.touches.size > 1 ? null : [x, y];
      if (this._finger) this._staying = setTimeout(() => this._stay(x, y), STAYS);
      return;
    }
    this._target.setPointerCapture(event.pointerId);
    this.grip = { x, y, pin: this._pinAt(x, y), moved: false, window: { ...explorer.plane.window } };
  }

  _move(event) {
    const { explorer, touches, grip } = this;
    explorer.touched();
    const [x, y] = this._place(event);
    if (event.pointerType === "touch") return this._moveFinger(event.pointerId, [x, y]);
    if (explorer.mouse && Math.hypot(x - explorer.mouse[0], y - explorer.mouse[1]) > 4) this._pinned = -Infinity;
    explorer.pointer = explorer.plane.toPlane(x, y);
    explorer.mouse = [x, y];
    explorer.strip.leave();
    explorer.redraw();
    if (!grip) return;
    if (Math.hypot(x - grip.x, y - grip.y) > 4) grip.moved = true;
    if (!grip.moved) return;
    if (grip.pin >= 0) {
      explorer.strip.setPins(explorer.view.pins.with(grip.pin, [...explorer.pointer, explorer.strip.here]));
    } else {
      const scale = (2 * grip.window.half) / explorer.plane.size;
      const { x: left, y: top, half } = grip.window;
      explorer.setWindow({ x: left - (x - grip.x) * scale, y: top + (y - grip.y) * scale, half });
    }
  }

  _moveFinger(id, [x, y]) {
    const { touches } = this;
    if (touches.size === 2 && touches.has(id)) this._pinch(id, [x, y]);
    else if (this._finger && Math.hypot(x - this._finger[0], y - this._finger[1]) > STILL) this._leaveFinger();
  }

  // It is no tap, and does not stay: it scrolls, or is one of two.
  _leaveFinger() {
    clearTimeout(this._staying);
    this._finger = null;
  }

  _stay(x, y) {
    this._leaveFinger();
    const pin = this._pinAt(x, y);
    if (pin < 0) this._pinHere(x, y);
    else this._unpin(pin);
  }

  _tap() {
    const { explorer } = this;
    explorer.mouse = this._finger;
    explorer.pointer = explorer.plane.toPlane(...this._finger);
    explorer.strip.leave();
    explorer.redraw();
  }

  _up(event) {
    if (this._finger && event.pointerType === "touch") this._tap();
    const { grip } = this;
    this._let(event);
    if (!grip || grip.moved || event.button > 0) return;
    if (grip.pin < 0) this._pinHere(grip.x, grip.y);
    else if (performance.now() - this._pinned > DOUBLE_CLICK) this._unpin(grip.pin);
  }

  _let(event) {
    this._leaveFinger();
    this.touches.delete(event.pointerId);
    this.grip = null;
  }

  _pinch(id, to) {
    const { explorer, touches } = this;
    const other = [...touches.entries()].find(([key]) => key !== id)[1];
    const far = (a, b) => Math.max(20, Math.hypot(a[0] - b[0], a[1] - b[1]));
    const factor = far(touches.get(id), other) / far(to, other);
    touches.set(id, to);
    explorer.zoom(factor, explorer.plane.toPlane(...other));
  }

  _key(event) {
    const { explorer } = this;
    const { plane, strip } = explorer;
    const step = plane.window.half * (event.shiftKey ? 0.2 : 0.04);
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (moves[event.key]) {
      const [x, y] = explorer.pointer;
      explorer.pointer = [x + moves[event.key][0], y + moves[event.key][1]];
      explorer.mouse = plane.toPixels(explorer.pointer);
      strip.leave();
      explorer.redraw();
      this._sayPlace();
    } else if (event.key === "Enter" || event.key === " ") this._pinHere(...plane.toPixels(explorer.pointer));
    else if (event.key === "Delete" || event.key === "Backspace") strip.setPins(explorer.view.pins.slice(0, -1));
    else if (event.key === "+" || event.key === "-") explorer.zoom(event.key === "+" ? 1 / 1.2 : 1.2, explorer.pointer);
    else if (event.key === "0") explorer.resetWindow();
    else return;
    explorer.touched();
    event.preventDefault();
    event.stopPropagation();
  }

  _pinAt(x, y) {
    return this.explorer.strip.places.findIndex((place) => {
      const [px, py] = this.explorer.plane.toPixels(place);
      return Math.hypot(px - x, py - y) < GRIP * this.explorer.plane.type;
    });
  }

  // A pin where the pointer is; on a dot it is that image's code, and the image is chosen.
  _pinHere(x, y) {
    const { explorer } = this;
    const { plane, pack } = explorer;
    const n = plane.nearest(explorer.space, pack.labels, explorer.hidden, x, y, SNAP);
    if (n >= 0) explorer.image.choose(n);
    const anchor = n >= 0 ? pack.first_image + n : explorer.strip.here;
    explorer.strip.setPins([...explorer.view.pins, [...plane.toPlane(x, y), anchor]]);
    this._pinned = performance.now();
  }

  _unpin(index) {
    this.explorer.strip.setPins(this.explorer.view.pins.toSpliced(index, 1));
  }

  // For those who do not see it: where the point is, and what is there.
  _sayPlace() {
    clearTimeout(this._saying);
    this._saying = setTimeout(() => {
      const { plane, pack, members, space, hidden, mouse } = this.explorer;
      const n = mouse ? plane.nearest(space, pack.labels, hidden, ...mouse, SNAP) : -1;
      const dot = n >= 0 ? `; on test image ${n}, ${pack.class_names[pack.labels[n]]}` : "";
      this.explorer.status.textContent = members.place.textContent + dot;
    }, SAY_AFTER);
  }
}
