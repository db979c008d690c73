// Small pictures: pixels in [0, 1] on a canvas of the image's own size, which CSS enlarges.

class Picture {
  constructor(shape, className = "picture") {
    [this.height, this.width] = shape;
    this.element = document.createElement("canvas");
    this.element.className = className;
    this.element.ariaHidden = "true"; // what stands beside it says what it is
    this.element.width = this.width;
    this.element.height = this.height;
    this._context = this.element.getContext("2d");
    this._data = this._context.createImageData(this.width, this.height);
    this._data.data.fill(255);
  }

  draw(pixels) {
    const bytes = this._data.data;
    for (let i = 0, p = 0; i < pixels.length; i++, p += 4) {
      bytes[p] = bytes[p + 1] = bytes[p + 2] = pixels[i] * 255 + 0.5;
    }
    this._context.putImageData(this._data, 0, 0);
  }
}

function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function pressed(button, on) {
  button.setAttribute("aria-pressed", String(on));
}

// A canvas with all the canvases and names that an element shows, each where it is on the page.
function photograph(root, colours, scale) {
  const frame = root.getBoundingClientRect();
  const photo = element("canvas", { width: frame.width * scale, height: frame.height * scale });
  const context = photo.getContext("2d");
  context.scale(scale, scale);
  context.fillStyle = colours.page;
  context.fillRect(0, 0, frame.width, frame.height);
  context.textBaseline = "middle";
  const shown = "canvas, h3, .legend .chip, .tile span, .name, .place-text, .owner, .nats";
  for (const each of root.querySelectorAll(shown)) {
    const box = each.getBoundingClientRect();
    if (!box.width || each.closest(".arithmetic")) continue; // a name without its sliders says nothing
    const [x, y] = [box.x - frame.x, box.y - frame.y];
    const style = getComputedStyle(each), bar = parseFloat(style.borderLeftWidth);
    context.globalAlpha = style.opacity; // of a class that is hidden
    if (each instanceof HTMLCanvasElement) {
      context.imageSmoothingEnabled = false;
      context.drawImage(each, x, y, box.width, box.height);
    } else {
      context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      context.fillStyle = style.borderLeftColor;
      context.fillRect(x, y, bar, box.height);
      context.fillStyle = colours.text;
      context.fillText(each.textContent, x + parseFloat(style.paddingLeft) + bar, y + box.height / 2, box.width);
    }
  }
  return photo;
}
