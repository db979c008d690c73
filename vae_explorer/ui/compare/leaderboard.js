// A table of standings. Rows are kept by their keys: numbers change in place, and a row whose place
// has changed glides there from where it is seen now.

const GLIDE = { duration: 400, easing: "ease-in-out" }; // milliseconds
const DASHES = { solid: "", dot: "2 3", dash: "7 4", longdash: "11 4", dashdot: "7 3 2 3", longdashdot: "11 3 2 3" };
const MARKS = { better: "▲ ", worse: "▼ " };
const HEAD = `
  <table>
    <caption></caption>
    <thead><tr>
      <th scope="col" class="rank"><span class="unseen">Rank</span></th>
      <th scope="col" class="name">Activation</th>
      <th scope="col" class="number rate" title="Learning rate of each">Rate</th>
      <th scope="col" class="plot quantity"></th>
      <th scope="col" class="number">Mean ± 95 %</th>
      <th scope="col" class="number reference"></th>
      <th scope="col" class="verdict"></th>
    </tr></thead>
    <tbody></tbody>
  </table>`;
const ROW = `
  <td class="rank"></td>
  <th scope="row" class="name"></th>
  <td class="number rate"></td>
  <td class="plot" aria-hidden="true"><div></div></td>
  <td class="number mean"></td>
  <td class="number difference"></td>
  <td class="verdict"></td>`;

function create(parentElement) {
  const board = document.createElement("div");
  board.className = "leaderboard";
  board.innerHTML = HEAD;
  parentElement.append(board);
  return board;
}

// Only what has changed is written: a text that is written again loses its selection.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function swatch({ colour, marker_colour, dash, width, opacity }) {
  const dot = marker_colour === colour ? "" : `<circle cx="17" cy="6" r="4.5" fill="${marker_colour}"/>`;
  return `<svg viewBox="0 0 34 12" aria-hidden="true"><line x1="1" y1="6" x2="33" y2="6" stroke="${colour}"
    stroke-width="${width}" stroke-dasharray="${DASHES[dash] ?? ""}" stroke-opacity="${opacity}"/>${dot}</svg>`;
}

function fill(tr, row, scale, reference) {
  tr.dataset.kind = row.kind;
  tr.style.setProperty("--colour", row.style.colour);
  const name = tr.querySelector(".name");
  const look = swatch(row.style) + "<span></span>";
  if (tr.look !== look) name.innerHTML = tr.look = look;
  write(name.lastElementChild, row.label);
  write(tr.querySelector(".rank"), row.rank === null ? "–" : String(row.rank));
  write(tr.querySelector(".rate"), row.rate);
  write(tr.querySelector(".mean"), row.text);
  write(tr.querySelector(".difference"), row.difference_text);
  write(tr.querySelector(".verdict"), (MARKS[row.kind] ?? "") + row.verdict);
  plot(tr.querySelector(".plot div"), row, scale, reference);
}

// The mean as a dot and its interval as a line with ends, on the common scale; where the
// reference's mean is, a line goes through all rows.
function plot(place, row, [low, high], reference) {
  const at = (value) => (100 * (value - low)) / (high - low);
  const within = (value) => Math.min(Math.max(at(value), 0), 100);
  const parts = [];
  if (reference !== null && within(reference) === at(reference)) parts.push({ name: "reference", left: at(reference) });
  if (row.low !== null && within(row.high) > within(row.low)) {
    parts.push({ name: "whisker", left: within(row.low), width: within(row.high) - within(row.low) });
  }
  if (row.mean !== null) {
    const off = at(row.mean) > 100 ? " off" : at(row.mean) < 0 ? " off left" : "";
    parts.push({ name: "dot" + off, left: within(row.mean) });
  }
  while (place.childElementCount > parts.length) place.lastElementChild.remove();
  while (place.childElementCount < parts.length) place.append(document.createElement("span"));
  parts.forEach(({ name, left, width }, i) => {
    const span = place.children[i];
    span.className = name;
    span.style.left = `${left}%`;
    span.style.width = width === undefined ? "" : `${width}%`;
  });
}

// Rows in the new order. Where the browser can move a row within the document it keeps its
// transitions; taken out and put in again it would lose them, so one in its place is not touched.
function arrange(body, wanted) {
  wanted.forEach((tr, i) => {
    const there = body.children[i] ?? null;
    if (there === tr) return;
    if (tr.isConnected && body.moveBefore) body.moveBefore(tr, there);
    else body.insertBefore(tr, there);
  });
  while (body.childElementCount > wanted.length) body.lastElementChild.remove();
}

function show(board, { rows, scale, quantity, reference, reference_mean, row_height, height }) {
  board.classList.toggle("rated", rows.some((row) => row.rate));
  board.style.height = `${height}px`;
  board.style.setProperty("--row", `${row_height}px`);
  write(board.querySelector("caption"), `Standings by ${quantity}, the best first`);
  write(board.querySelector("th.quantity"), quantity);
  write(board.querySelector("th.reference"), `Against ${reference}`);
  const body = board.querySelector("tbody");
  const known = new Map([...body.children].map((tr) => [tr.dataset.key, tr]));
  const seen = new Map([...known.values()].map((tr) => [tr, tr.getBoundingClientRect().top]));
  const start = body.getBoundingClientRect().top;
  const wanted = rows.map((row) => {
    const tr = known.get(row.key) ?? document.createElement("tr");
    if (!known.has(row.key)) {
      tr.dataset.key = row.key;
      tr.innerHTML = ROW;
    }
    fill(tr, row, scale, reference_mean);
    return tr;
  });
  arrange(body, wanted);
  glide(body, wanted, seen, start);
}

// From where each row was seen, even if it was still on its way, to where it now is.
function glide(body, wanted, seen, start) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const shift = body.getBoundingClientRect().top - start; // of the table as a whole
  for (const tr of wanted) tr.getAnimations().forEach((animation) => animation.cancel());
  const moves = wanted.map((tr) => {
    return seen.has(tr) ? seen.get(tr) + shift - tr.getBoundingClientRect().top : 0;
  });
  wanted.forEach((tr, i) => {
    tr.classList.toggle("rises", moves[i] > 1);
    if (Math.abs(moves[i]) <= 1) return;
    tr.animate([{ transform: `translateY(${moves[i]}px)` }, { transform: "none" }], GLIDE);
  });
}

export default function ({ data, parentElement }) {
  show(parentElement.querySelector(".leaderboard") ?? create(parentElement), data);
}
