// What the canvas shows, kept in the browser for the canvas that comes next. Python is told of a
// change a moment later, and a page that is left may never be heard: Streamlit drops what its
// components said last. Told at once, it would not be heard for sure either.

const STORED_AS = "vae_explorer.canvas";

// What the last canvas of this view id kept, or what this one is to keep: its viewId, its view, and
// the pad that may be drawn on. No other view, session or tab has this id.
function keptOf(viewId, view) {
  const before = window.vaeExplorerKept;
  if (before?.viewId === viewId) return before;
  const stored = viewId && !before ? takeStored() : {}; // a page of one file has no id
  return (window.vaeExplorerKept = { viewId, view: { ...view, ...stored } });
}

// For the document that is loaded in this one's place: its session has another view id.
function store({ viewId, view }) {
  if (!viewId) return;
  try {
    sessionStorage.setItem(STORED_AS, JSON.stringify({ address: location.href, view }));
  } catch {
    // A browser that keeps nothing for the page: the address has all that Python was told of.
  }
}

// Of the document before, if this is the same one again. An address that is opened is obeyed.
function takeStored() {
  try {
    const { address, view } = JSON.parse(sessionStorage.getItem(STORED_AS) ?? "{}");
    sessionStorage.removeItem(STORED_AS);
    const again = ["reload", "back_forward"].includes(performance.getEntriesByType("navigation")[0]?.type);
    return again && address === location.href ? view : {};
  } catch {
    return {};
  }
}

// A view as far as Python takes it: in thousandths, and without arithmetic that has not begun.
function asText({ minus, plus, ...view }) {
  const taken = view.amount ? { ...view, minus, plus } : view;
  return JSON.stringify(taken, (_, value) => (typeof value === "number" ? Math.round(value * 1000) : value));
}
