// Draws a Plotly figure and, when a new one comes, changes the chart in place.

const charts = new WeakMap(); // parentElement -> chart

const NARROW = 440; // px below which a figure takes what its layout says for phones

const ZOOMED = /^([xy]axis\d*)\.range\[([01])\]$/;

const NOT_FETCHED = "This chart cannot be drawn: its library did not come from the server. Load the page again.";

function create(parentElement) {
  const element = document.createElement("div");
  element.setAttribute("role", "figure");
  parentElement.append(element);
  const chart = { element, figure: null, theme: "", drawn: "", visible: false, zoom: {} };
  chart.drawing = Promise.resolve();
  chart.observer = new IntersectionObserver((entries) => {
    chart.visible = entries.at(-1).isIntersecting;
    draw(chart);
  }, { rootMargin: "200px" });
  chart.observer.observe(element);
  chart.onChange = () => draw(chart);
  document.addEventListener("visibilitychange", chart.onChange);
  window.addEventListener("resize", chart.onChange); // a phone that is turned
  charts.set(parentElement, chart);
  return chart;
}

function destroy(chart, parentElement) {
  chart.figure = null;
  chart.element.remove(); // the next chart may come to the same place, and would be below it
  chart.observer.disconnect();
  document.removeEventListener("visibilitychange", chart.onChange);
  window.removeEventListener("resize", chart.onChange);
  // Plotly goes on with a chart after a drawing has begun; it would find nothing there.
  chart.drawing.finally(() => window.Plotly?.purge(chart.element));
  charts.delete(parentElement);
}

// The page's colours and font, as a template: what the figure says itself goes before it.
function template(element) {
  const style = getComputedStyle(element);
  const css = (name) => style.getPropertyValue(name).trim();
  const font = { color: css("--st-text-color"), family: css("--st-font") };
  return { layout: {
    font,
    hoverlabel: { bgcolor: css("--st-background-color"), bordercolor: css("--st-border-color"), font },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: css("--st-text-color"), activecolor: css("--st-primary-color") },
  } };
}

function resetZoom(chart) {
  chart.zoom = {};
  chart.drawn += " "; // no longer what is wanted
  draw(chart);
}

// Its PNG: as large as on the page, in twice as many pixels, under the name of what it shows.
function image(chart) {
  const words = chart.element.getAttribute("aria-label").toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const filename = ["vae", "explorer", ...words].join("-").slice(0, 80);
  return { format: "png", filename, scale: 2, width: null, height: null };
}

function configuration(chart, Plotly) {
  const reset = {
    name: "Reset zoom",
    title: "Reset zoom",
    icon: Plotly.Icons.home,
    click: () => resetZoom(chart),
  };
  const buttons = [["toImage", "zoom2d", "pan2d", reset]];
  return {
    displaylogo: false,
    responsive: true,
    doubleClick: false,
    modeBarButtons: buttons,
    toImageButtonOptions: image(chart),
  };
}

// Gives it its height; returns whether it is as narrow as on a phone.
function fit(chart) {
  const narrow = chart.element.clientWidth < NARROW;
  chart.element.style.height = `${narrow ? chart.heights.narrow : chart.heights.wide}px`;
  return narrow;
}

// One drawing after the other: two at once, of other charts in one place, can leave it blank.
function draw(chart) {
  chart.drawing = chart.drawing.then(() => drawNewest(chart), () => drawNewest(chart));
}

async function drawNewest(chart) {
  const Plotly = await plotly().catch(() => null);
  if (!Plotly && chart.drawn === "") chart.element.textContent = NOT_FETCHED;
  if (!Plotly) return;
  // What nobody sees is not drawn; it will be, with the newest data, when it comes into view.
  if (!chart.visible || document.hidden || !chart.figure) return;
  const narrow = fit(chart);
  const wanted = chart.figure + chart.theme + narrow;
  if (chart.drawn === wanted) return;
  const first = chart.drawn === "";
  if (first) chart.element.textContent = "";
  const { data, layout } = JSON.parse(chart.figure);
  if (narrow) Object.assign(layout, layout.meta?.narrow);
  layout.template = template(chart.element);
  // The page's own: a PNG of text on nothing could not be read.
  layout.paper_bgcolor = layout.template.layout.hoverlabel.bgcolor;
  // Plotly's uirevision gives a zoom up where the figure's own range has changed, as it does live.
  for (const [axis, range] of Object.entries(chart.zoom)) {
    if (layout[axis]) Object.assign(layout[axis], { range: [...range], autorange: false });
  }
  // The same object every time: Plotly builds a chart anew where its configuration has changed.
  chart.config ??= configuration(chart, Plotly);
  await Plotly.react(chart.element, data, layout, chart.config);
  chart.drawn = wanted;
  if (!first) return;
  chart.element.on("plotly_relayout", (changes) => {
    for (const [name, value] of Object.entries(changes)) {
      const match = name.match(ZOOMED);
      if (match) (chart.zoom[match[1]] ??= [])[Number(match[2])] = value;
    }
  });
  chart.element.on("plotly_doubleclick", () => resetZoom(chart));
}

export default function ({ data, parentElement }) {
  const chart = charts.get(parentElement) ?? create(parentElement);
  chart.element.setAttribute("aria-label", data.alt);
  chart.heights = { wide: data.height, narrow: data.narrow_height };
  fit(chart);
  chart.theme = JSON.stringify(template(parentElement));
  chart.figure = data.figure;
  draw(chart);
  return () => destroy(chart, parentElement);
}
