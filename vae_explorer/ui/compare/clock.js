// A slider over the time of a race. It stands only where something was kept; a hand that moves it is
// told to Python, at most every 0.2 s, and until the page has answered it stays where the hand left it.

const EVERY = 200; // ms

const KEYS = {
  ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1,
  PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity,
};

function nearest(times, there) {
  return times.reduce((best, time, i) => (Math.abs(time - there) < Math.abs(times[best] - there) ? i : best), 0);
}

function create(parentElement) {
  const place = document.createElement("div");
  place.className = "time";
  place.innerHTML = `<span aria-hidden="true"></span><input type="range" min="0" step="any" aria-label="Time">`;
  parentElement.append(place);
  const slider = { place, input: place.querySelector("input"), text: place.querySelector("span") };
  Object.assign(slider, { index: 0, moves: null, timer: null });
  slider.input.addEventListener("input", () => move(slider, nearest(slider.data.times, slider.input.valueAsNumber)));
  slider.input.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(slider, Math.min(Math.max(slider.index + KEYS[event.key], 0), slider.data.times.length - 1));
  });
  place.slider = slider;
  return slider;
}

// By hand.
function move(slider, index) {
  stand(slider, index);
  slider.moves += 1;
  slider.presses = slider.data.presses; // of the button for a playback, before this move
  slider.timer ??= setTimeout(() => {
    slider.timer = null;
    slider.tell({ time: slider.data.times[slider.index], moves: slider.moves, presses: slider.presses });
  }, EVERY);
}

function stand(slider, index) {
  const { times, whole, unit } = slider.data;
  slider.index = index;
  const words = `epoch ${times[index].toFixed(1)}${unit}`;
  slider.input.max = whole;
  slider.input.value = times[index];
  slider.input.setAttribute("aria-valuetext", words);
  slider.text.textContent = words;
  slider.place.style.setProperty("--at", times[index] / whole);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const slider = parentElement.querySelector(".time")?.slider ?? create(parentElement);
  const stood = slider.data?.times[slider.index];
  slider.data = data;
  slider.tell = (told) => setTriggerValue("moved", told);
  slider.moves ??= data.moves;
  // An answer to an earlier move, or a page that was drawn before the hand moved it.
  stand(slider, data.moves < slider.moves ? nearest(data.times, stood) : data.index);
}
