// A button that copies what stands in the address bar.

const COPIED_FOR = 1800; // milliseconds

const CONTENT = `
  <button type="button" title="Copies the address of this page as it is now">
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M10 13.5a4.5 4.5 0 0 0 6.6.4l3-3a4.5 4.5
      0 0 0-6.4-6.4l-1.4 1.4M14 10.5a4.5 4.5 0 0 0-6.6-.4l-3 3a4.5 4.5 0 0 0 6.4 6.4l1.4-1.4"/></svg>
    <span class="label"><span class="ready">Copy link</span><span class="done">Copied</span></span>
  </button>
  <label class="by-hand" hidden>Copy with Ctrl+C or ⌘C
    <input type="text" readonly spellcheck="false" aria-label="Address of this page">
  </label>
  <span class="status" role="status"></span>`;

const timers = new WeakMap(); // element -> the timer that ends "Copied"

function create(parentElement) {
  const element = document.createElement("div");
  element.className = "copy-link";
  element.innerHTML = CONTENT;
  parentElement.append(element);
  const field = element.querySelector("input");
  element.querySelector("button").onclick = () => copy(element);
  field.onblur = () => { field.parentElement.hidden = true; };
  field.onkeydown = (event) => {
    if (event.key === "Escape") element.querySelector("button").focus();
  };
  return element;
}

async function copy(element) {
  const address = window.location.href;
  try {
    await navigator.clipboard.writeText(address); // there is none on http:// but on localhost
    say(element);
  } catch {
    copyFromField(element, address);
  }
}

// The old way, which asks for no permission; where that fails too the field stays, selected.
function copyFromField(element, address) {
  const field = element.querySelector("input");
  field.parentElement.hidden = false;
  field.value = address;
  field.focus();
  field.select();
  if (!document.execCommand("copy")) return;
  element.querySelector("button").focus();
  say(element);
}

function say(element) {
  const status = element.querySelector(".status");
  element.classList.add("copied");
  status.textContent = "Copied";
  clearTimeout(timers.get(element));
  timers.set(element, setTimeout(() => {
    element.classList.remove("copied");
    status.textContent = "";
  }, COPIED_FOR));
}

export default function ({ parentElement }) {
  const element = parentElement.querySelector(".copy-link") ?? create(parentElement);
  return () => {
    clearTimeout(timers.get(element));
    element.remove(); // with "Copied", if it said so
  };
}
