"""Pages of one file: what is in them. tests/browser/test_takeaway.py opens them."""

import base64
import json

import numpy as np
import plotly.graph_objects as go

from tests.helpers.pages import HOSTILE, PNG, Reader, assert_fetches_nothing
from vae_explorer.figures.page import figure_html, file_name, images_html


def test_a_figure_is_in_its_page_as_it_was_given():
    figure = go.Figure(go.Scatter(x=np.arange(3), y=np.array([1.5, np.nan, 2.5])))
    figure.update_layout(title_text="</script><script>alert(1)</script>")
    page = Reader(figure_html(figure, "Loss curves", "Two losses."))
    values = json.loads(page.texts["values"])
    assert values["figure"] == json.loads(figure.to_json())
    assert values["image"]["filename"] == "vae-explorer-loss-curves"
    assert page.texts["h1"] == "Loss curves"
    assert page.texts["figcaption"] == "Two losses."


def test_titles_and_captions_are_text():
    for text in (
        figure_html(go.Figure(), HOSTILE, HOSTILE),
        images_html(PNG, HOSTILE, HOSTILE, [HOSTILE]),
    ):
        assert HOSTILE not in text
        page = Reader(text)
        assert page.texts["title"] == page.texts["h1"] == HOSTILE
        assert page.texts["figcaption"] == HOSTILE


def test_nothing_is_fetched():
    for text in (figure_html(go.Figure(), "A", "B"), images_html(PNG, "A", "B")):
        assert_fetches_nothing(Reader(text))


def test_a_mosaic_is_in_its_page_byte_for_byte():
    page = Reader(images_html(PNG, "Reconstructions", "As learned.", ["ReLU", "Tanh"]))
    (image,) = (attributes for tag, attributes in page.tags if tag == "img")
    assert base64.b64decode(image["src"].removeprefix("data:image/png;base64,")) == PNG
    assert image["alt"] == "As learned."
    assert page.texts["span"] == "ReLUTanh"


def test_file_names_are_plain():
    assert file_name("Loss curves: β = 2, ReLU/Tanh", "gif") == (
        "vae-explorer-loss-curves-2-relu-tanh.gif"
    )
    assert file_name("…", "zip") == "vae-explorer.zip"
    assert len(file_name("word " * 100, "png")) <= 84
