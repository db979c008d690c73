// In presenter mode the arrow keys go through the saved views, and Escape ends it. So do the two
// keys of the remote controls that people hold on a stage, wherever the focus is.

const STEPS = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1, Escape: 0 };
const ALWAYS = ["Escape", "PageDown", "PageUp"];
const OWN_KEYS = "input, textarea, select, [role=application], [role=slider], [contenteditable]";
const SAYS = "The arrow keys go through the saved views; Escape ends the presentation.";

let handler = null;

export default function ({ parentElement, setTriggerValue }) {
  if (handler) document.removeEventListener("keydown", handler);
  handler = (event) => {
    const target = event.composedPath()[0];
    if (!(event.key in STEPS) || (!ALWAYS.includes(event.key) && target.matches?.(OWN_KEYS))) return;
    event.preventDefault();
    setTriggerValue("step", STEPS[event.key]);
  };
  document.addEventListener("keydown", handler);
  // Said when it is true, to those who hear the page.
  parentElement.querySelector("p").textContent = SAYS;
  return () => {
    document.removeEventListener("keydown", handler);
    handler = null;
  };
}
