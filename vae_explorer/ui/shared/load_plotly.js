// Fetches Plotly while the visitor reads, so that the first chart does not wait for it.

const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 200)); // Safari has none

export default function () {
  whenIdle(() => plotly().catch(() => {}), { timeout: 2000 }); // a chart would say why
}
