// The row above the plane: what lies behind the dots, the legend, and the picture to take away; and
// what stands on the plane: whose it is, and buttons for those who have no wheel.

function chip(text, onclick, more = {}) {
  return element("button", { className: "chip", type: "button", textContent: text, onclick, ...more });
}

function controls(explorer) {
  return element("div", { className: "row controls" }, backgrounds(explorer), legend(explorer), save(explorer));
}

function backgrounds(explorer) {
  const group = element("div", { className: "row", role: "group", ariaLabel: "Background" });
  for (const [name, label] of Object.entries(explorer.labels.background)) {
    const button = chip(label, () => {
      explorer.view.background = name;
      for (const each of group.children) pressed(each, each === button);
      explorer.changed({ background: true, dots: true });
    });
    pressed(button, name === explorer.view.background);
    group.append(button);
  }
  return group;
}

function legend(explorer) {
  const { pack, view } = explorer;
  const group = element("div", { className: "row legend", role: "group", ariaLabel: "Classes" });
  const show = () => [...group.children].forEach((button, label) => pressed(button, !explorer.hidden.has(label)));
  pack.class_names.forEach((name, label) => {
    const button = chip(name, (event) => {
      const others = pack.class_names.map((_, other) => other).filter((other) => other !== label);
      const alone = others.every((other) => explorer.hidden.has(other));
      if (event.detail === 2) view.hidden = alone ? [] : others;
      else if (explorer.hidden.has(label)) view.hidden = view.hidden.filter((other) => other !== label);
      else view.hidden = [...view.hidden, label];
      show();
      explorer.changed({ dots: true, background: view.background === "density" });
    }, { title: "Shows or hides these dots; a double click leaves no others" });
    button.style.setProperty("--class", pack.class_colours[label]);
    group.append(button);
  });
  show();
  return group;
}

function save(explorer) {
  const button = chip("Save PNG", () => {
    const { plane } = explorer;
    plane.sharpness = 2;
    explorer.step(performance.now(), { background: true });
    plane.finishBackground();
    const link = element("a", { download: "vae-explorer-latent-plane.png" });
    link.href = photograph(explorer.root, explorer.colours, 2).toDataURL("image/png");
    link.click();
    plane.sharpness = 0;
    explorer.redraw();
  }, { title: "Saves this picture, twice as large" });
  button.classList.add("desk");
  return button;
}

// `frame` holds the plane; these lie beside it, so that a press on them is none on the plane.
function planeButtons(explorer) {
  const middle = () => [explorer.plane.window.x, explorer.plane.window.y];
  const buttons = [
    ["+", "Zoom in", () => explorer.zoom(1 / 1.5, middle())],
    ["−", "Zoom out", () => explorer.zoom(1.5, middle())],
    ["⤢", "Show the whole plane", () => explorer.resetWindow()],
  ];
  return element(
    "div", { className: "zoom", role: "group", ariaLabel: "Zoom" },
    ...buttons.map(([text, title, onclick]) => chip(text, () => {
      explorer.touched();
      onclick();
    }, { title, ariaLabel: title })),
  );
}
