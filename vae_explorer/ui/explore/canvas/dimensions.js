// A slider for each of the most active latent dimensions, where there are more than a plane has. They
// stand at the code that the plane is held at, the chosen image's; sliding one is a traversal.

const LEAST_DEVIATION = 0.3; // of a dimension that says nothing, so that this can be seen

class Dimensions {
  constructor(explorer) {
    this.explorer = explorer;
    this.title = element("h3");
    this._grid = element("div", { className: "dimensions" });
    this.element = element("section", {}, this.title, this._grid);
    this.build();
  }

  // For the member whose plane is shown.
  build() {
    const { pack, space, view } = this.explorer;
    this.title.textContent = `Most active of ${pack.latent} latent dimensions, ${pack.members[view.focus].label}`;
    this._sliders = space.activeDimensions().slice(0, pack.most_slides).map(({ d, mean, deviation }) => {
      const reach = 3 * Math.max(deviation, LEAST_DEVIATION);
      const slider = element("input", {
        type: "range", min: mean - reach, max: mean + reach, step: reach / 300, ariaLabel: `Latent dimension ${d + 1}`,
        title: `From ${tick(mean - reach)} to ${tick(mean + reach)}, three standard deviations of the codes each way`,
      });
      slider.oninput = () => this._slide(d, Number(slider.value));
      return { d, slider, value: element("output") };
    });
    this._grid.replaceChildren(
      ...this._sliders.map(({ d, slider, value }) => element("label", {}, element("span", { textContent: `z${subscript(d + 1)}` }), slider, value)),
    );
    this.show();
  }

  _slide(d, value) {
    const { explorer } = this;
    explorer.touched();
    explorer.view.slides = [...explorer.view.slides.filter(([other]) => other !== d), [d, value]];
    explorer.holdPlane();
    explorer.pointer = explorer.space.toPlane(explorer.space.base);
    explorer.changed();
  }

  show() {
    const { base } = this.explorer.space;
    for (const { d, slider, value } of this._sliders) {
      slider.value = base[d];
      value.textContent = tick(Math.round(base[d] * 10) / 10);
    }
  }
}

function subscript(number) {
  return String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
}
