// Draws the figures of a report in the reader's theme, and again when that changes.

const { figures, image } = JSON.parse(document.getElementById("values").textContent);
const charts = document.querySelectorAll(".chart");
const config = { displaylogo: false, toImageButtonOptions: image };
const printing = matchMedia("print");

function draw() {
  if (printing.matches) return; // paper has its own rules, in report.css
  const style = getComputedStyle(document.body);
  const font = { color: style.color, family: style.fontFamily };
  const template = { layout: {
    font,
    hoverlabel: { bgcolor: style.backgroundColor, font },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: style.color },
  } };
  charts.forEach((chart, index) => {
    const figure = structuredClone(figures[index]);
    const width = chart.clientWidth, height = parseFloat(chart.style.height);
    const layout = { ...figure.layout, template, width, height, autosize: false };
    layout.paper_bgcolor = "rgba(0,0,0,0)";
    Plotly.react(chart, figure.data, layout, config).then(() => scale(chart, width, height));
  });
}

// So that the drawing can be shown at another size than it was made for.
function scale(chart, width, height) {
  chart.style.setProperty("--ratio", `${width} / ${height}`);
  for (const drawing of chart.querySelectorAll(".main-svg")) {
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }
}

draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width) draw();
  width = innerWidth;
});
