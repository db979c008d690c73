// A pad to draw on with mouse, pen or finger. What is drawn becomes an image like those of the set.

const PAD = 280; // px of the drawing itself
const MOVES = 6; // of these px, from which on a finger moves
const PALM = 60; // px of the page: what touches it with more is no finger

class Pad {
  constructor(shape, margin, onChange) {
    this.shape = shape;
    this.margin = margin; // the empty border of the set's images, as a share of their side
    this.element = element("canvas", {
      width: PAD, height: PAD, className: "pad", role: "img",
      ariaLabel: "A pad to draw on with mouse or finger; a test image can be chosen by its number below",
    });
    this._context = this.element.getContext("2d", { willReadFrequently: true });
    this._small = element("canvas", { width: shape[1], height: shape[0] });
    this._smallContext = this._small.getContext("2d", { willReadFrequently: true });
    this.pixels = new Float32Array(shape[0] * shape[1]);
    this._onChange = onChange;
    this.clear();
    this._listen();
  }

  clear() {
    this._context.fillStyle = "black";
    this._context.fillRect(0, 0, PAD, PAD);
    this.pixels.fill(0);
    this.drawn = false;
  }

  // Shows an image of the set, which can be drawn over.
  show(picture) {
    this._context.imageSmoothingEnabled = false;
    this._context.drawImage(picture, 0, 0, PAD, PAD);
    this.drawn = false;
  }

  // The drawing of another pad, to be drawn on.
  takeOver(pad) {
    this._context.drawImage(pad.element, 0, 0);
    this.pixels.set(pad.pixels);
    this.drawn = true;
  }

  _listen() {
    // What draws: a mouse's main button, a pen, or a finger, and no palm. Of a finger a line begins
    // once it moves or leaves, since two that come together mean something else.
    let stroke = null;
    const place = (event) => {
      const box = this.element.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width) * PAD, ((event.clientY - box.top) / box.height) * PAD];
    };
    const line = (from, to) => {
      const context = this._context;
      Object.assign(context, { strokeStyle: "white", lineWidth: PAD / 11, lineCap: "round", lineJoin: "round" });
      context.beginPath();
      context.moveTo(...from);
      context.lineTo(...to);
      context.stroke();
      this._read();
      this._onChange(this.pixels);
    };
    const begin = () => {
      if (!this.drawn) this.clear();
      this.drawn = stroke.begun = true;
      line(stroke.last, stroke.last);
    };
    this.element.onpointerdown = (event) => {
      event.preventDefault();
      if (stroke || !event.isPrimary) return (stroke = null);
      if (event.button > 0 || Math.max(event.width, event.height) > PALM) return;
      this.element.setPointerCapture(event.pointerId);
      stroke = { id: event.pointerId, last: place(event), begun: false };
      if (event.pointerType !== "touch") begin();
    };
    this.element.onpointermove = (event) => {
      if (stroke?.id !== event.pointerId) return;
      for (const each of event.getCoalescedEvents?.() ?? [event]) {
        const next = place(each);
        if (!stroke.begun) {
          if (Math.hypot(next[0] - stroke.last[0], next[1] - stroke.last[1]) < MOVES) continue;
          begin();
        }
        line(stroke.last, next);
        stroke.last = next;
      }
    };
    this.element.onpointerup = (event) => {
      if (stroke?.id !== event.pointerId) return;
      if (!stroke.begun) begin();
      stroke = null;
    };
    this.element.onpointercancel = () => { stroke = null; };
    this.element.oncontextmenu = (event) => event.preventDefault();
  }

  // The drawing as the set's makers prepared theirs: scaled into a box, and for handwriting
  // centred by its mass (LeCun et al. 1998, section III.A).
  _read() {
    const { data } = this._context.getImageData(0, 0, PAD, PAD);
    let left = PAD, right = -1, top = PAD, bottom = -1, mass = 0, massX = 0, massY = 0;
    for (let y = 0; y < PAD; y += 2) {
      for (let x = 0; x < PAD; x += 2) {
        const value = data[4 * (y * PAD + x)];
        if (value < 32) continue;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
        mass += value;
        massX += value * x;
        massY += value * y;
      }
    }
    const [height, width] = this.shape;
    const context = this._smallContext;
    context.fillStyle = "black";
    context.fillRect(0, 0, width, height);
    if (right < 0) return this.pixels.fill(0);
    const extent = Math.max(right - left, bottom - top) + 2;
    const box = Math.max(height, width) * (1 - 2 * this.margin);
    const scale = Math.min(box / extent, (2.2 * box) / PAD); // a dot does not fill the image
    const byMass = this.margin > 0.1;
    const middleX = byMass ? massX / mass : (left + right) / 2;
    const middleY = byMass ? massY / mass : (top + bottom) / 2;
    context.imageSmoothingQuality = "high";
    context.drawImage(
      this.element, width / 2 - middleX * scale, height / 2 - middleY * scale, PAD * scale, PAD * scale,
    );
    const small = context.getImageData(0, 0, width, height).data;
    for (let i = 0; i < this.pixels.length; i++) this.pixels[i] = small[4 * i] / 255;
    return this.pixels;
  }
}
