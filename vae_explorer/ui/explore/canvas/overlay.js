// What lies over the plane and changes with every frame: axes, pins, the image's code, the pointer.

class Overlay {
  constructor(explorer) {
    this.explorer = explorer;
    this.tip = new Tip(explorer);
  }

  draw() {
    const { plane, view, strip, image, colours } = this.explorer;
    const context = plane.context(plane.overlay);
    plane.drawAxes(context, colours.text, colours.page);
    if (view.pins.length > 1) this._drawPath(context);
    if (image.codes) this._drawImage(context, image.codes[view.focus], image.shifted(view.focus));
    strip.places.forEach((place, index) => this._drawPin(context, place, index));
    this._drawPointer(context);
    this.tip.draw();
  }

  // The posterior's ellipse of one standard deviation, and an arrow where arithmetic moves its mean.
  _drawImage(context, { mean, logVariance }, shifted) {
    const { plane, view, space, colours } = this.explorer;
    const from = space.toPlane(mean);
    if (view.amount) plane.drawArrow(context, from, space.toPlane(shifted), colours.primary, colours.page);
    plane.drawEllipse(context, from, space.covariance(logVariance), colours.primary, colours.page);
    const [x, y] = plane.toPixels(from);
    plane.label(context, view.image >= 0 ? "image" : "drawing", x + 9, y - 8, colours.primary, colours.page);
  }

  // A ring with four ticks, so that it is no dot, no digit and no ellipse.
  _drawPointer(context) {
    const { plane, colours, pointer } = this.explorer;
    const [x, y] = plane.toPixels(pointer);
    const inner = 9 * plane.type, outer = 15 * plane.type;
    context.beginPath();
    context.arc(x, y, inner, 0, 2 * Math.PI);
    for (const [u, v] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + inner * u, y + inner * v);
      context.lineTo(x + outer * u, y + outer * v);
    }
    plane.strokeWithHalo(context, colours.text, colours.page, 2.5);
  }

  _drawPath(context) {
    const { plane, space, strip, view, colours } = this.explorer;
    const latents = strip.latents();
    context.strokeStyle = colours.text;
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    context.beginPath();
    const steps = 16 * (latents.length - 1);
    for (let s = 0; s <= steps; s++) {
      context.lineTo(...plane.toPixels(space.toPlane(along(latents, s / steps, view.path))));
    }
    context.stroke();
    context.setLineDash([]);
  }

  _drawPin(context, place, index) {
    const { plane, colours } = this.explorer;
    const [x, y] = plane.toPixels(place);
    context.fillStyle = colours.text;
    context.beginPath();
    context.arc(x, y, 9 * plane.type, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = colours.page;
    context.font = `bold ${11 * plane.type}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(String(index + 1), x, y + 0.5);
    context.textAlign = "start";
    context.textBaseline = "alphabetic";
  }
}

// Beside the pointer on a dot: the image, its reconstruction, its label.
class Tip {
  constructor(explorer) {
    this.explorer = explorer;
    const { shape } = explorer.pack;
    this._original = new Picture(shape);
    this._decoded = new Picture(shape);
    this._text = element("div");
    this.element = element("div", { className: "tip" }, this._original.element, this._decoded.element, this._text);
  }

  draw() {
    const { plane, pack, space, mouse, hidden } = this.explorer;
    const n = mouse ? plane.nearest(space, pack.labels, hidden, ...mouse, SNAP) : -1;
    if (n < 0) {
      this.element.style.display = "none";
      return;
    }
    if (n !== this._of || space !== this._space) {
      [this._of, this._space] = [n, space];
      this._original.draw(pixelsOf(pack, n));
      this._decoded.draw(space.network.decode(space.code(n)));
      this._text.textContent = `${pack.class_names[pack.labels[n]]}, test image ${n}, and its reconstruction`;
      this._text.style.maxWidth = "6.5rem";
    }
    const [x, y] = mouse;
    this.element.style.display = "flex"; // before it is measured
    const left = x > plane.size / 2 ? x - this.element.offsetWidth - 14 : x + 14;
    this.element.style.left = `${Math.max(4, left)}px`;
    this.element.style.top = `${Math.min(y + 12, plane.size - this.element.offsetHeight - 4)}px`;
  }
}
