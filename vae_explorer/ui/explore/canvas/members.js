// A tile for each VAE that is shown: what it decodes at the pointer. The chosen one gives the plane.

class Members {
  constructor(explorer) {
    this.explorer = explorer;
    const { pack } = explorer;
    this.tiles = pack.members.map((member, k) => {
      const picture = new Picture(pack.shape);
      const tile = element(
        "button", { className: "tile", type: "button", title: tileTitle(member) },
        element("span", {}, member.label, ...this._reached(member)), picture.element,
      );
      tile.style.setProperty("--member", member.colour);
      tile.onclick = () => explorer.focus(k);
      return { element: tile, picture };
    });
    this.place = element("p", { className: "place-text" });
    this.title = element("h3");
    this.equal = element("p", { className: "hint" });
    const caption = element("div", { className: "caption" }, this.title, this.place);
    if (pack.members.length > 1) caption.append(this._choice(), this.equal);
    this.owner = element("div", { className: "owner" });
    this.elements = [caption, ...this.tiles.map((tile) => tile.element)];
    this.showFocus();
  }

  // After they have trained on.
  renew() {
    this.explorer.pack.members.forEach((member, k) => {
      const tile = this.tiles[k].element;
      tile.title = tileTitle(member);
      tile.querySelector("span").replaceChildren(member.label, ...this._reached(member));
    });
  }

  showFocus() {
    const { pack, view } = this.explorer;
    this.tiles.forEach((tile, k) => pressed(tile.element, k === view.focus));
    this.owner.textContent = `Codes of ${pack.members[view.focus].label}`;
    this.owner.style.setProperty("--member", pack.members[view.focus].colour);
    this._showEqual();
  }

  // Beside the name; with many members there is room for the number alone.
  _reached({ loss }) {
    return loss ? [element("small", {}, element("i", { textContent: " test loss " }), ` ${loss}`)] : [];
  }

  // What the members are compared by.
  _choice() {
    const { explorer } = this;
    const group = element("div", { className: "row equal", role: "group", ariaLabel: "Held equal" });
    for (const [name, label] of Object.entries(explorer.labels.same)) {
      const button = chip(label, () => {
        explorer.strip.holdEqual(name);
        for (const each of group.children) pressed(each, each === button);
        this._showEqual();
      });
      pressed(button, name === explorer.view.same);
      group.append(button);
    }
    return group;
  }

  _showEqual() {
    const { pack: { members }, view } = this.explorer;
    const what = view.same === "image" ? "One image in each" : "One place in each";
    this.title.textContent = members.length > 1 ? what : "Decoded here";
    this.equal.textContent = view.same === "image"
      ? `${members[view.focus].label} draws this place; the others draw the same image from where they keep it.`
      : "Each VAE lays its own map: that the same place is another image says nothing of quality.";
  }

  draw() {
    const { pack, pointer, strip } = this.explorer;
    this._latents().forEach((latent, k) => this.tiles[k].picture.draw(pack.spaces[k].network.decode(latent)));
    const [x, y] = pointer.map((value) => value.toFixed(2).replace("-", "−")); // as wide while it moves
    this.place.textContent = `${pack.axis_names[0]} = ${x}, ${pack.axis_names[1]} = ${y}`;
  }

  // Each member's latent where the decoded point is: of the same image, or the same coordinates.
  _latents() {
    const { pack: { spaces }, space: own, pointer, strip, view } = this.explorer;
    if (strip.at !== null) return spaces.map((space) => strip.latentAt(space));
    if (view.same === "place") return spaces.map((space) => space.toLatent(pointer));
    const image = own.decodeAt(pointer);
    return spaces.map((space) => (space === own ? own.toLatent(pointer) : space.network.encode(image).mean));
  }
}

function tileTitle({ label, reached }) {
  return `Shows the plane of ${label}. ${reached}`;
}
