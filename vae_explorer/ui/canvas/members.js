// A tile for each VAE that is shown: what it decodes at the pointer. The chosen one gives the plane.

class Members {
  constructor(explorer) {
    this.explorer = explorer;
    const { pack } = explorer;
    this.tiles = pack.members.map((member, k) => {
      const picture = new Picture(pack.shape);
      const tile = element(
        "button", { className: "tile", type: "button", title: `Show the plane of ${member.label}` },
        element("span", { textContent: member.label }), picture.element,
      );
      tile.style.setProperty("--member", member.colour);
      tile.onclick = () => explorer.focus(k);
      return { element: tile, picture };
    });
    this.place = element("p", { className: "place-text" });
    const caption = element("div", {}, element("h3", { textContent: "Decoded at the pointer" }), this.place);
    this.elements = [caption, ...this.tiles.map((tile) => tile.element)];
    this.showFocus();
  }

  showFocus() {
    this.tiles.forEach((tile, k) => pressed(tile.element, k === this.explorer.view.focus));
  }

  draw() {
    const { pack, pointer } = this.explorer;
    pack.spaces.forEach((space, k) => this.tiles[k].picture.draw(space.decodeAt(pointer)));
    const [x, y] = pointer.map((value) => tick(Math.round(value * 100) / 100));
    this.place.textContent = `${pack.axis_names[0]} = ${x}, ${pack.axis_names[1]} = ${y}`;
  }
}
