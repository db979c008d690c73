// A member's latent space as a plane: two latents are the plane themselves, more are cut along the
// codes' first two principal axes.

class Space {
  // network: {encode, decode}. codes and logVariances: (N, L) float32, of the test images.
  // centre (L) and axes (L, 2) place the plane in the latent space.
  constructor(network, codes, logVariances, centre, axes, latent) {
    Object.assign(this, { network, codes, logVariances, centre, axes, latent });
    this.count = codes.length / latent;
    this.base = Float32Array.from(centre); // where the plane is held in all other directions
    this.points = new Float32Array(2 * this.count);
    for (let n = 0; n < this.count; n++) this.points.set(this.toPlane(this.code(n)), 2 * n);
    this._latent = new Float32Array(latent);
    this._classMeans = new Map();
  }

  code(n) {
    return this.codes.subarray(n * this.latent, (n + 1) * this.latent);
  }

  toPlane(code) {
    let x = 0, y = 0;
    for (let d = 0; d < this.latent; d++) {
      const offset = code[d] - this.centre[d];
      x += offset * this.axes[2 * d];
      y += offset * this.axes[2 * d + 1];
    }
    return [x, y];
  }

  // Holds the plane at a code, or at the middle of all, with some dimensions at values of their own.
  hold(code, slides) {
    this.base.set(this.latent > 2 && code ? code : this.centre);
    for (const [d, value] of slides) if (d >= 0 && d < this.latent) this.base[d] = value;
  }

  // The latent under a point of the plane. The array is used again by the next call.
  toLatent([x, y], into = this._latent) {
    const [baseX, baseY] = this.toPlane(this.base);
    for (let d = 0; d < this.latent; d++) {
      into[d] = this.base[d] + this.axes[2 * d] * (x - baseX) + this.axes[2 * d + 1] * (y - baseY);
    }
    return into;
  }

  // Covariance in the plane of a posterior with these log-variances: [xx, xy, yy].
  covariance(logVariance) {
    let xx = 0, xy = 0, yy = 0;
    for (let d = 0; d < this.latent; d++) {
      const variance = Math.exp(logVariance[d]);
      const x = this.axes[2 * d], y = this.axes[2 * d + 1];
      xx += x * x * variance;
      xy += x * y * variance;
      yy += y * y * variance;
    }
    return [xx, xy, yy];
  }

  decodeAt(point) {
    return this.network.decode(this.toLatent(point));
  }

  // labels: of the test images, always the same.
  classMean(labels, label) {
    if (!this._classMeans.has(label)) this._classMeans.set(label, this._meanOf(labels, label));
    return this._classMeans.get(label);
  }

  _meanOf(labels, label) {
    const mean = new Float32Array(this.latent);
    let count = 0;
    for (let n = 0; n < this.count; n++) {
      if (labels[n] !== label) continue;
      count++;
      const code = this.code(n);
      for (let d = 0; d < this.latent; d++) mean[d] += code[d];
    }
    return mean.map((sum) => sum / Math.max(count, 1));
  }

  // Latent dimensions, the one whose codes vary most first, with centre and standard deviation.
  activeDimensions() {
    const list = [];
    for (let d = 0; d < this.latent; d++) {
      let sum = 0, squares = 0;
      for (let n = 0; n < this.count; n++) {
        const value = this.codes[n * this.latent + d];
        sum += value;
        squares += value * value;
      }
      const mean = sum / this.count;
      list.push({ d, mean, deviation: Math.sqrt(Math.max(squares / this.count - mean * mean, 0)) });
    }
    return list.sort((a, b) => b.deviation - a.deviation);
  }
}
