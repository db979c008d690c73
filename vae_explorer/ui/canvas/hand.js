// What the hand does on the plane: with a mouse, a finger or two, a wheel, or the keyboard.

const SNAP = 7; // px within which the pointer is on a test image's dot
const GRIP = 11; // px within which a press takes hold of a pin

class Hand {
  constructor(explorer, target) {
    this.explorer = explorer;
    this.grip = null; // what a press holds: a pin or the plane
    this.touches = new Map();
    this._target = target;
    target.onpointerdown = (event) => this._down(event);
    target.onpointermove = (event) => this._move(event);
    target.onpointerup = (event) => this._up(event);
    target.onpointercancel = (event) => this._let(event);
    target.onpointerleave = () => {
      explorer.mouse = null;
      explorer.redraw();
    };
    target.onwheel = (event) => {
      event.preventDefault();
      explorer.touched();
      explorer.zoom(Math.exp(Math.sign(event.deltaY) * 0.15), explorer.plane.toPlane(...this._place(event)));
    };
    target.onkeydown = (event) => this._key(event);
  }

  _place(event) {
    const box = this._target.getBoundingClientRect();
    return [event.clientX - box.left - 1, event.clientY - box.top - 1];
  }

  _down(event) {
    const { explorer } = this;
    explorer.touched();
    this._target.setPointerCapture(event.pointerId);
    const [x, y] = this._place(event);
    this.touches.set(event.pointerId, [x, y]);
    this.grip = { x, y, pin: this._pinAt(x, y), moved: false, window: { ...explorer.plane.window } };
  }

  _move(event) {
    const { explorer, touches, grip } = this;
    explorer.touched();
    const [x, y] = this._place(event);
    if (touches.size === 2 && touches.has(event.pointerId)) return this._pinch(event.pointerId, [x, y]);
    explorer.pointer = explorer.plane.toPlane(x, y);
    explorer.mouse = [x, y];
    explorer.strip.playing = null;
    explorer.redraw();
    if (!grip) return;
    if (Math.hypot(x - grip.x, y - grip.y) > 4) grip.moved = true;
    if (!grip.moved) return;
    if (grip.pin >= 0) {
      explorer.view.pins[grip.pin] = explorer.pointer;
      explorer.changed({ strip: true });
    } else if (event.pointerType !== "touch") {
      const scale = (2 * grip.window.half) / explorer.plane.size;
      const { x: left, y: top, half } = grip.window;
      explorer.setWindow({ x: left - (x - grip.x) * scale, y: top + (y - grip.y) * scale, half });
    }
  }

  _up(event) {
    const { grip } = this;
    this._let(event);
    if (grip && !grip.moved && grip.pin < 0) this._pinHere(grip.x, grip.y);
  }

  _let(event) {
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
      strip.playing = null;
      explorer.redraw();
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
    return this.explorer.view.pins.findIndex((pin) => {
      const [px, py] = this.explorer.plane.toPixels(pin);
      return Math.hypot(px - x, py - y) < GRIP;
    });
  }

  // A pin where the pointer is; on a dot it is that image's code, and the image is chosen.
  _pinHere(x, y) {
    const { explorer } = this;
    const { space, plane, pack } = explorer;
    const n = plane.nearest(space, pack.labels, explorer.hidden, x, y, SNAP);
    if (n >= 0) explorer.image.pick(n);
    const point = n >= 0 ? space.toPlane(space.code(n)) : plane.toPlane(x, y);
    explorer.strip.setPins([...explorer.view.pins, point]);
  }
}
