// Between two latents at t in [0, 1]: along the straight line, or along the great circle
// (White 2016, "Sampling Generative Networks", section 2.1) with lengths changing evenly.
function between(start, end, t, kind) {
  const point = start.map((value, d) => value * (1 - t) + end[d] * t);
  if (kind !== "spherical") return point;
  const lengths = [start, end].map((ends) => Math.hypot(...ends));
  const dot = start.reduce((sum, value, d) => sum + value * end[d], 0);
  const angle = Math.acos(Math.min(1, Math.max(-1, dot / Math.max(lengths[0] * lengths[1], 1e-12))));
  const sine = Math.sin(angle);
  if (sine < 1e-4 || Math.min(...lengths) < 1e-12) return point;
  const length = lengths[0] * (1 - t) + lengths[1] * t;
  const left = (Math.sin((1 - t) * angle) / sine / lengths[0]) * length;
  const right = (Math.sin(t * angle) / sine / lengths[1]) * length;
  return start.map((value, d) => left * value + right * end[d]);
}

// The latent at t in [0, 1] of the whole way along several of them.
function along(latents, t, kind) {
  const position = t * (latents.length - 1);
  const leg = Math.min(Math.floor(position), latents.length - 2);
  return between(latents[leg], latents[leg + 1], position - leg, kind);
}
