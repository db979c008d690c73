"""The images that a page shows before it trains are those that it will train on."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from vae_explorer.data import DATA_DIR_VARIABLE, load_dataset
from vae_explorer.data.folder import IDX_NAMES
from vae_explorer.data.idx import write_idx
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.figures.images import GAP
from vae_explorer.ui.shared import preview


@pytest.fixture(autouse=True)
def fresh():
    preview._sample_png.clear()
    yield
    preview._sample_png.clear()


def draw(image_set: str) -> None:
    """A page of its own: it has no names but those that it imports."""
    from vae_explorer.ui.shared import preview

    preview._samples("mnist", image_set)


def shown(image_set: str, monkeypatch) -> tuple[np.ndarray, list[str], AppTest]:
    """The picture (H, W), the names of its rows, and the page."""
    drawn = []
    monkeypatch.setattr(preview, "mosaic", lambda png, rows, _: drawn.append((png, rows)))
    app = AppTest.from_function(draw, args=(image_set,), default_timeout=60).run()
    assert not app.exception
    ((png, rows),) = drawn
    return np.array(Image.open(io.BytesIO(png)).convert("L")), rows, app


def write_folder(folder, count: int) -> np.ndarray:
    """A set of `count` images of one class, white but for a column each."""
    images = np.full((count, 28, 28), 255, np.uint8)
    images[np.arange(count), :, np.arange(count) % 28] = 0
    for name, items in zip(IDX_NAMES, (images, np.full(count, 7, np.uint8)) * 2):
        write_idx(folder / name, items)
    return images


@pytest.mark.parametrize(("count", "lines", "columns"), [(3, 1, 3), (45, 1, 30), (70, 2, 30)])
def test_the_images_of_a_folder_are_shown(tmp_path, monkeypatch, count, lines, columns):
    write_folder(tmp_path, count)
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path))
    picture, rows, app = shown("full", monkeypatch)
    assert len(rows) == lines
    assert np.mean(picture > 200) > 0.8  # those of MNIST are mostly black
    height, width = picture.shape
    assert (width + GAP) / (height + GAP) * lines == columns
    assert not app.warning


def test_a_folder_that_cannot_be_read_is_told_before_training(tmp_path, monkeypatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path / "nowhere"))
    picture, rows, app = shown("full", monkeypatch)
    assert len(rows) == 2
    assert np.mean(picture > 200) < 0.3
    (warning,) = app.warning
    assert "does not exist; the embedded images are used instead." in warning.value


@pytest.mark.parametrize("folder", [None, "there"])
def test_nothing_is_fetched_or_read_to_be_looked_at(tmp_path, monkeypatch, folder):
    monkeypatch.delenv(DATA_DIR_VARIABLE, raising=False)
    image_set = "full"
    if folder:  # which is not asked for
        write_folder(tmp_path, 3)
        monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path))
        image_set = "embedded"
    asked = []

    def load(*args):
        asked.append(args)
        return load_dataset(args[0]), None

    monkeypatch.setattr(preview, "load_or_embedded", load)
    shown(image_set, monkeypatch)
    assert asked == [("mnist", "embedded")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Race will start 4 VAEs at once, each **64 – 8 – 2 – 8 – 64** units wide"),
        (
            {"tune": "learning_rate"},
            "Race will first try 6 learning rates with 36 VAEs on images kept aside. With the best "
            "of each it will start 4 VAEs at once, each **64 – 8 – 2 – 8 – 64** units wide",
        ),
    ],
)
def test_what_will_be_started_and_tried_before_is_said(changes, words):
    experiment = Experiment(
        dataset="digits", activations=("relu", "tanh"), hidden=(8,), seeds=2, **changes
    )
    assert preview._sentence(experiment, "Race").startswith(words)


@pytest.mark.parametrize(("hidden", "said"), [((), True), ((8,), False)])
def test_that_no_activation_is_used_is_said(monkeypatch, hidden, said):
    texts: list[str] = []
    monkeypatch.setattr(preview.st, "info", lambda text, **_: texts.append(text))
    preview.no_activation(Experiment(activations=("relu", "tanh"), hidden=hidden))
    assert [text[:44] for text in texts] == ["Without hidden layers no activation is used:"] * said
