// Draws the figure of a page that stands alone, in the reader's theme, and again when that changes.

const { figure, image } = JSON.parse(document.getElementById("values").textContent);
const chart = document.getElementById("chart");
const config = { displaylogo: false, responsive: true, toImageButtonOptions: image };

function draw() {
  const style = getComputedStyle(document.body);
  const font = { color: style.color, family: style.fontFamily };
  const page = style.backgroundColor;
  const layout = structuredClone(figure.layout);
  layout.template = { layout: {
    font,
    hoverlabel: { bgcolor: page, font },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: style.color },
  } };
  layout.paper_bgcolor = page; // of its PNG too
  layout.height = Math.max(layout.height ?? 0, Math.round(0.68 * window.innerHeight));
  Plotly.react(chart, structuredClone(figure.data), layout, config);
}

draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
