// A tile for each VAE that is shown: what it decodes at the pointer. The chosen one gives the plane.

class Members {
  constructor(explorer) {
    this.explorer = explorer;
    const { pack } = explorer;
    this.tiles = pack.members.map((member, k) => {
      const picture = new Picture(pack.shape);
      const tile = element(
        "button", { className: "tile", type: "button", title: `Shows the plane of ${member.label}` },
        element("span", { textContent: member.label }), picture.element,
      );
      tile.style.setProperty("--member", member.colour);
      tile.onclick = () => explorer.focus(k);
      return { element: tile, picture };
    });
    this.place = element("p", { className: "place-text" });
    const caption = element(
      "div", { className: "caption" },
      element("h3", { textContent: "Decoded at the pointer" }), this.place,
      element("p", { className: "hint", textContent: "Click to pin, drag to pan, scroll to zoom. A name shows its plane." }),
    );
    this.owner = element("div", { className: "owner" });
    this.elements = [caption, ...this.tiles.map((tile) => tile.element)];
    this.showFocus();
  }

  showFocus() {
    const { pack, view } = this.explorer;
    this.tiles.forEach((tile, k) => pressed(tile.element, k === view.focus));
    this.owner.textContent = `Codes of ${pack.members[view.focus].label}`;
    this.owner.style.setProperty("--member", pack.members[view.focus].colour);
  }

  draw() {
    const { pack, pointer, strip } = this.explorer;
    pack.spaces.forEach((space, k) => {
      const pixels = strip.at === null ? space.decodeAt(pointer) : space.network.decode(strip.latentAt(space));
      this.tiles[k].picture.draw(pixels);
    });
    const [x, y] = pointer.map((value) => value.toFixed(2).replace("-", "−")); // as wide while it moves
    this.place.textContent = `${pack.axis_names[0]} = ${x}, ${pack.axis_names[1]} = ${y}`;
  }
}
