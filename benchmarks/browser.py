"""How fast the latent canvas's networks run in the browser.

`python -m benchmarks.browser [--rounds 200]` starts a headless Chromium on this machine and prints
a Markdown table. It needs the tests' requirements.
"""

from __future__ import annotations

import argparse
import base64
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

import vae_explorer
from benchmarks.measure import spread, stopwatch, table
from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.find_browser import installed
from vae_explorer.data import load_dataset
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.training.trainer import Trainer
from vae_explorer.ui.explore.canvas.pack import pack

SCRIPT = Path(vae_explorer.__file__).parent / "ui" / "explore" / "canvas" / "network.js"
SIX = ("relu", "tanh", "silu", "gelu", "prelu", "adaptive_mixture")
REPEATS = 10  # calls a measurement: the browser's clock ticks every 0.1 ms
WARM_UP = 30  # measurements until the browser has compiled what it measures

MEASURE = """([header, blob, images, rounds, repeats]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  const members = unpackNetworks(header, bytes(blob));
  const pixels = new Float32Array(bytes(images)), size = header.imageSize;
  const latent = new Float32Array(header.latent);
  let turn = 0;
  const decode = () => {
    for (let d = 0; d < latent.length; d++) latent[d] = 3 * Math.sin(0.1 * turn + d);
    for (const member of members) member.decode(latent);
  };
  const encode = () => {
    const start = (turn * size) % pixels.length;
    for (const member of members) member.encode(pixels.subarray(start, start + size));
  };
  const milliseconds = (work) => Array.from({ length: rounds }, () => {
    const started = performance.now();
    for (let repeat = 0; repeat < repeats; repeat++, turn++) work();
    return (performance.now() - started) / repeats;
  });
  return [milliseconds(decode), milliseconds(encode)];
}"""


def measured(browser: Browser, header: dict, blob: bytes, images: bytes, rounds: int) -> list:
    """Milliseconds to decode one latent by every member, and to encode one image by every one."""
    page = browser.new_page()
    page.set_content("<!doctype html>")
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    texts = [base64.b64encode(part).decode() for part in (blob, images)]
    results = page.evaluate(MEASURE, [header, *texts, rounds + WARM_UP, REPEATS])
    page.close()
    return [times[WARM_UP:] for times in results]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="measurements of ten calls each")
    rounds = parser.parse_args().rounds
    dataset = load_dataset("mnist")
    trainer = Trainer(Experiment(activations=SIX, hidden=(256,), latent=2, epochs=1), dataset)
    while not trainer.finished:  # as many zeros behind a ReLU as a trained one has
        trainer.step()
    images = dataset.pixels(dataset.test.images[:200])
    packed = pack(trainer.population, images)
    packing = median(stopwatch(lambda: pack(trainer.population, images)) for _ in range(7))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=CHROMIUM_OPTIONS)
        decoding, encoding = measured(browser, *packed, images.tobytes(), rounds)
        version = browser.version
        browser.close()
    table(
        (f"six members of 784-256-2, headless Chromium {version}", "ms, median [range]"),
        [
            ("one latent decoded by all six", spread(decoding)),
            ("one image encoded by all six", spread(encoding)),
            ("packed for the browser, in Python", f"{1000 * packing:.0f}"),
            ("size of the six", f"{len(packed[1]) / 1e6:.1f} MB"),
        ],
    )


if __name__ == "__main__":
    main()
