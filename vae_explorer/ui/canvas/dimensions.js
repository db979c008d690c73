// A slider for each of the most active latent dimensions, where there are more than a plane has.

const MOST_SLIDERS = 8;

function dimensions(explorer) {
  const { pack, space } = explorer;
  const grid = element("div", { className: "dimensions" });
  for (const { d, mean, deviation } of space.activeDimensions().slice(0, MOST_SLIDERS)) {
    const slider = element("input", { type: "range", min: -3, max: 3, step: 0.01, value: 0, ariaLabel: `Latent dimension ${d + 1}` });
    slider.oninput = () => {
      explorer.touched();
      explorer.space.base[d] = mean + Number(slider.value) * Math.max(deviation, 0.3);
      explorer.pointer = explorer.space.toPlane(explorer.space.base);
      explorer.changed({ background: true });
    };
    grid.append(element("label", {}, `z${subscript(d + 1)}`, slider));
  }
  return element(
    "section", {},
    element("h3", { textContent: `Most active of ${pack.latent} latent dimensions, ${pack.members[explorer.view.focus].label}` }),
    grid,
  );
}

function subscript(number) {
  return String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
}
