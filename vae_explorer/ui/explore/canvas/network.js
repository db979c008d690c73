// Evaluates VAEs that browser_network.py has packed: its docstring describes header and numbers.
//
// Nothing is allocated after unpacking: what encode and decode return is overwritten by the next
// call of the same member.

// An affine map, then the activation, whose table has a cubic for every cell of pre-activations.
class Layer {
  constructor(packed, floats) {
    const { weight, bias, table } = packed;
    this.width = packed.out;
    this.weight = floats.subarray(weight, weight + packed.in * packed.out); // (in, out) row by row
    this.bias = floats.subarray(bias, bias + packed.out);
    this.output = new Float32Array(packed.out);
    this._rows = new Int32Array(packed.in); // where the rows of the inputs that are not 0 start
    this.table = table;
    if (table) {
      this.cubics = floats.subarray(table.offset, table.offset + 4 * table.rows * table.cells);
    }
  }

  run(input) {
    const { weight, width, output, _rows } = this;
    let count = 0; // most pixels of a drawing are 0, and so are many outputs of a ReLU
    for (let i = 0; i < input.length; i++) if (input[i] !== 0) _rows[count++] = i;
    output.set(this.bias);
    let k = 0;
    for (; k + 4 <= count; k += 4) { // four rows at a time: output is read and written less often
      const i0 = _rows[k], i1 = _rows[k + 1], i2 = _rows[k + 2], i3 = _rows[k + 3];
      const x0 = input[i0], x1 = input[i1], x2 = input[i2], x3 = input[i3];
      let w0 = i0 * width, w1 = i1 * width, w2 = i2 * width, w3 = i3 * width;
      for (let j = 0; j < width; j++) {
        output[j] += x0 * weight[w0++] + x1 * weight[w1++] + x2 * weight[w2++] + x3 * weight[w3++];
      }
    }
    for (; k < count; k++) {
      const x = input[_rows[k]];
      let w = _rows[k] * width;
      for (let j = 0; j < width; j++) output[j] += x * weight[w++];
    }
    if (this.table) this._activate();
    return output;
  }

  // The first and the last cell are straight lines, which go on beyond them.
  _activate() {
    const { cubics, output, width } = this;
    const { rows, cells, low, step } = this.table;
    const stride = rows > 1 ? 4 * cells : 0;
    let row = 0;
    for (let j = 0; j < width; j++, row += stride) {
      const position = (output[j] - low) / step;
      const cell = Math.min(Math.max(Math.floor(position), 0), cells - 1);
      const t = position - cell, c = row + 4 * cell;
      output[j] = cubics[c] + t * (cubics[c + 1] + t * (cubics[c + 2] + t * cubics[c + 3]));
    }
  }
}

class Chain {
  constructor(layers, floats) {
    this.layers = layers.map((layer) => new Layer(layer, floats));
  }

  run(input) {
    for (const layer of this.layers) input = layer.run(input);
    return input;
  }
}

class VAE {
  constructor({ encoder, decoder, logVariance }, { latent, output }, floats) {
    this._encoder = new Chain(encoder, floats);
    this._decoder = new Chain(decoder, floats);
    this._bernoulli = output === "bernoulli";
    this._pixelLogVariance = logVariance;
    const heads = this._encoder.layers.at(-1).output;
    this._code = { mean: heads.subarray(0, latent), logVariance: heads.subarray(latent) };
  }

  // Mean and log-variance of q(z given x) of an image, pixels in [0, 1].
  encode(pixels) {
    this._encoder.run(pixels);
    return this._code;
  }

  // Minus log p(image given latent), in nats.
  lost(image, latent) {
    const output = this._decoder.run(latent);
    let sum = 0;
    if (this._bernoulli) {
      for (let i = 0; i < output.length; i++) {
        const logit = output[i];
        sum += Math.max(logit, 0) - logit * image[i] + Math.log1p(Math.exp(-Math.abs(logit)));
      }
      return sum;
    }
    for (let i = 0; i < output.length; i++) sum += (image[i] - output[i]) ** 2;
    const v = this._pixelLogVariance;
    return 0.5 * (sum * Math.exp(-v) + output.length * (v + Math.log(2 * Math.PI)));
  }

  // The mean image of a latent: pixels in [0, 1].
  decode(latent) {
    const pixels = this._decoder.run(latent);
    if (this._bernoulli) {
      for (let i = 0; i < pixels.length; i++) pixels[i] = 1 / (1 + Math.exp(-pixels[i]));
    } else {
      for (let i = 0; i < pixels.length; i++) pixels[i] = Math.min(Math.max(pixels[i], 0), 1);
    }
    return pixels;
  }
}

// The members of a packed population. The numbers start at byte `offset` of buffer, a multiple of
// 4, and stay in use.
function unpackNetworks(header, buffer, offset = 0) {
  const floats = new Float32Array(buffer, offset, header.floats);
  return header.members.map((member) => new VAE(member, header, floats));
}
