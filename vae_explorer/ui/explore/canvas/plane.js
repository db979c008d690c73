// The picture of the latent plane: background, points, and what lies over them, a canvas each, so
// that following the pointer redraws only the last.

const REACH = 3; // standard deviations of a posterior that its density is drawn to
const DENSITY_CELLS = 120;
const FRAME_BUDGET = 7; // ms of decoding for the background in one frame

class Plane {
  constructor(element, shape) {
    this.element = element;
    this.shape = shape;
    [this.background, this.dots, this.overlay] = ["background", "dots", "overlay"].map((name) => {
      const canvas = document.createElement("canvas");
      canvas.className = name;
      element.append(canvas);
      return canvas;
    });
    this.window = { x: 0, y: 0, half: 3.5 };
    this.size = 0;
    this.type = 1; // how large marks and letters are
    this.sharpness = 0; // canvas pixels to one of the page's; 0 is as sharp as the screen
    this._work = null; // what is left to draw of the background, a bit a frame
  }

  // To the element's size; true if that is new.
  resize() {
    const size = this.element.clientWidth;
    const ratio = this.sharpness || Math.min(window.devicePixelRatio || 1, 2);
    if (!size || (size === this.size && ratio === this.ratio)) return false;
    // Marks and letters grow with the type around them, as on a projector.
    const type = parseFloat(getComputedStyle(this.element).fontSize) / 13;
    Object.assign(this, { size, ratio, type });
    for (const canvas of [this.background, this.dots, this.overlay]) {
      canvas.width = canvas.height = Math.round(size * ratio);
    }
    return true;
  }

  context(canvas) {
    const context = canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.size, this.size);
    return context;
  }

  toPixels([x, y]) {
    const scale = this.size / (2 * this.window.half);
    return [(x - this.window.x) * scale + this.size / 2, (this.window.y - y) * scale + this.size / 2];
  }

  toPlane(px, py) {
    const scale = (2 * this.window.half) / this.size;
    return [(px - this.size / 2) * scale + this.window.x, (this.size / 2 - py) * scale + this.window.y];
  }

  zoom(factor, [x, y]) {
    const { window } = this;
    const half = Math.min(50, Math.max(0.05, window.half * factor));
    const share = half / window.half;
    this.window = { x: x + (window.x - x) * share, y: y + (window.y - y) * share, half };
  }

  drawDots(space, labels, colours, hidden, radius) {
    const context = this.context(this.dots);
    context.globalAlpha = 0.85;
    for (let label = 0; label < colours.length; label++) {
      if (hidden.has(label)) continue;
      context.fillStyle = colours[label];
      context.beginPath();
      for (let n = 0; n < space.count; n++) {
        if (labels[n] !== label) continue;
        const [x, y] = this.toPixels([space.points[2 * n], space.points[2 * n + 1]]);
        if (x < -5 || y < -5 || x > this.size + 5 || y > this.size + 5) continue;
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      context.fill();
    }
  }

  nearest(space, labels, hidden, px, py, within) {
    let best = -1, least = within * within;
    for (let n = 0; n < space.count; n++) {
      if (hidden.has(labels[n])) continue;
      const [x, y] = this.toPixels([space.points[2 * n], space.points[2 * n + 1]]);
      const distance = (x - px) ** 2 + (y - py) ** 2;
      if (distance < least) [best, least] = [n, distance];
    }
    return best;
  }

  // Begins a new background; `workOnBackground` draws some of it, and tells whether more is left.
  beginBackground(kind, space, ink, labels, hidden) {
    const context = this.context(this.background);
    this._work = null;
    if (kind === "manifold") this._work = this._manifold(context, space, ink);
    if (kind === "density") this._density(context, space, ink, labels, hidden);
  }

  workOnBackground() {
    const end = performance.now() + FRAME_BUDGET;
    while (this._work && performance.now() < end) {
      if (this._work.next().done) this._work = null;
    }
    return this._work !== null;
  }

  finishBackground() {
    while (this._work && !this._work.next().done);
    this._work = null;
  }

  // Decoded images in a grid, as ink on the page.
  *_manifold(context, space, ink) {
    const [height, width] = this.shape;
    const cells = Math.max(8, Math.round(this.size / 30));
    const side = this.size / cells;
    const tile = element("canvas", { width, height });
    const tileContext = tile.getContext("2d");
    const data = tileContext.createImageData(width, height);
    context.imageSmoothingEnabled = side > width;
    for (let row = 0; row < cells; row++) {
      for (let column = 0; column < cells; column++) {
        const pixels = space.decodeAt(this.toPlane((column + 0.5) * side, (row + 0.5) * side));
        for (let i = 0, p = 0; i < pixels.length; i++, p += 4) {
          data.data[p] = ink[0];
          data.data[p + 1] = ink[1];
          data.data[p + 2] = ink[2];
          data.data[p + 3] = pixels[i] * 105;
        }
        tileContext.putImageData(data, 0, 0);
        context.drawImage(tile, (column + 0.07) * side, (row + 0.07) * side, 0.86 * side, 0.86 * side);
        yield;
      }
    }
  }

  // The aggregate posterior, the mean of all images' posteriors, shaded by the root of its density.
  _density(context, space, ink, labels, hidden) {
    const cells = DENSITY_CELLS, values = new Float32Array(cells * cells);
    const cell = (2 * this.window.half) / cells;
    const left = this.window.x - this.window.half, top = this.window.y + this.window.half;
    const latent = space.latent;
    for (let n = 0; n < space.count; n++) {
      if (hidden.has(labels[n])) continue;
      let [xx, xy, yy] = space.covariance(space.logVariances.subarray(n * latent, (n + 1) * latent));
      xx += cell * cell / 4; // no posterior is thinner than the grid can show
      yy += cell * cell / 4;
      const determinant = xx * yy - xy * xy;
      const x = (space.points[2 * n] - left) / cell, y = (top - space.points[2 * n + 1]) / cell;
      const dx = (REACH * Math.sqrt(xx)) / cell, dy = (REACH * Math.sqrt(yy)) / cell;
      for (let row = Math.max(0, Math.floor(y - dy)); row <= Math.min(cells - 1, y + dy); row++) {
        for (let column = Math.max(0, Math.floor(x - dx)); column <= Math.min(cells - 1, x + dx); column++) {
          const u = (column + 0.5 - x) * cell, v = -(row + 0.5 - y) * cell;
          const distance = (yy * u * u - 2 * xy * u * v + xx * v * v) / determinant;
          values[row * cells + column] += Math.exp(-0.5 * distance) / Math.sqrt(determinant);
        }
      }
    }
    const most = values.reduce((a, b) => Math.max(a, b), 1e-12);
    const data = context.createImageData(cells, cells);
    for (let i = 0, p = 0; i < values.length; i++, p += 4) {
      data.data.set(ink, p);
      data.data[p + 3] = 200 * Math.sqrt(values[i] / most);
    }
    const tile = element("canvas", { width: cells, height: cells });
    tile.getContext("2d").putImageData(data, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(tile, 0, 0, this.size, this.size);
  }

  drawAxes(context, colour, halo) {
    context.strokeStyle = colour;
    context.globalAlpha = 0.45;
    context.lineWidth = 1;
    const [zeroX, zeroY] = this.toPixels([0, 0]);
    context.beginPath();
    context.moveTo(zeroX, 0);
    context.lineTo(zeroX, this.size);
    context.moveTo(0, zeroY);
    context.lineTo(this.size, zeroY);
    context.stroke();
    context.globalAlpha = 1;
    const step = 10 ** Math.floor(Math.log10(this.window.half));
    const spacing = this.window.half / step > 5 ? 2 * step : this.window.half / step > 2 ? step : step / 2;
    const first = Math.ceil((this.window.x - this.window.half) / spacing) * spacing;
    for (let x = first; x < this.window.x + this.window.half; x += spacing) {
      const px = this.toPixels([x, 0])[0];
      if (px > 24 && px < this.size - 24) this.label(context, tick(x), px, this.size - 6, colour, halo, "center");
    }
    const lowest = Math.ceil((this.window.y - this.window.half) / spacing) * spacing;
    for (let y = lowest; y < this.window.y + this.window.half; y += spacing) {
      const py = this.toPixels([0, y])[1];
      if (py < this.size - 24 && py > 34 * this.type) this.label(context, tick(y), 5, py + 4, colour, halo);
    }
  }

  // A few letters that can be read on whatever lies behind.
  label(context, text, x, y, colour, halo, align = "start") {
    context.font = `600 ${12 * this.type}px system-ui, sans-serif`;
    context.textAlign = align;
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = halo;
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
    context.textAlign = "start";
  }

  strokeWithHalo(context, colour, halo, width) {
    for (const [style, wide] of [[halo, width + 2.5], [colour, width]]) {
      context.strokeStyle = style;
      context.lineWidth = wide;
      context.stroke();
    }
  }

  drawEllipse(context, point, [xx, xy, yy], colour, halo) {
    const [px, py] = this.toPixels(point);
    const scale = this.size / (2 * this.window.half);
    const middle = (xx + yy) / 2, spread = Math.hypot((xx - yy) / 2, xy);
    const long = Math.sqrt(middle + spread) * scale, short = Math.sqrt(Math.max(middle - spread, 0)) * scale;
    context.beginPath();
    context.ellipse(px, py, Math.max(long, 5 * this.type), Math.max(short, 5 * this.type), -0.5 * Math.atan2(2 * xy, xx - yy), 0, 2 * Math.PI);
    context.globalAlpha = 0.2;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
    this.strokeWithHalo(context, colour, halo, 2.5);
    context.beginPath();
    context.arc(px, py, 2, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
  }

  drawArrow(context, from, to, colour, halo) {
    const [x, y] = this.toPixels(from), [toX, toY] = this.toPixels(to);
    const angle = Math.atan2(toY - y, toX - x);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(toX, toY);
    for (const side of [-1, 1]) {
      context.moveTo(toX, toY);
      context.lineTo(toX - 10 * this.type * Math.cos(angle + side * 0.5), toY - 10 * this.type * Math.sin(angle + side * 0.5));
    }
    this.strokeWithHalo(context, colour, halo, 2.5);
  }
}

function tick(value) {
  return String(Number(value.toFixed(3))).replace("-", "−");
}
