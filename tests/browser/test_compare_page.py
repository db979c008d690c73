"""The Compare page, from a click to a judged race, back in time, away and back again."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pressing import press
from vae_explorer.archive import race_of_zip

QUICK = "?dataset=digits&activations=relu,tanh,sine&hidden=16&epochs=12&seeds=3"
LONG = QUICK.replace("epochs=12", "epochs=10000")
SWEPT = (
    "?dataset=digits&activations=relu,tanh&hidden=8&epochs=6&seeds=2&sweep=latent&sweep_values=1,2"
)
PATIENCE = 90_000  # milliseconds
ERRORS_ARE_SENTENCES = re.compile("Traceback|Error:")


def race(page: Page) -> None:
    """To the end, judged."""
    press(page, "Race")
    page.get_by_role("button", name="Report", exact=True).wait_for(timeout=PATIENCE)


def choose(page: Page, name: str) -> None:
    """One of the kinds of pictures."""
    page.get_by_role("radio", name=name, exact=True).click()


def wait_for_points(page: Page, chart: str, condition: str) -> None:
    """Until the longest trace of the charts whose key begins so has `condition` many points."""
    plot = page.locator(f'[class*="st-key-{chart.replace(".", "-")}"]').first
    plot.scroll_into_view_if_needed()
    page.wait_for_function(
        f"""key => {{
            const plot = document.querySelector(`[class*="st-key-${{key}}"] .js-plotly-plot`);
            const sizes = plot?._fullData?.map(trace => (trace.x ?? trace.z ?? []).length) ?? [];
            return Math.max(...sizes) {condition};
        }}""",
        arg=chart.replace(".", "-"),
        timeout=PATIENCE,
    )


def taken(page: Page, name: str) -> bytes:
    """What a download button gives."""
    with page.expect_download() as download:
        press(page, name)
    with open(download.value.path(), "rb") as file:
        return file.read()


def rows(page: Page) -> list[str]:
    """The leaderboard from top to bottom."""
    table = page.locator("table")
    return [row.inner_text() for row in table.locator("tbody tr").all()]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_race_runs_to_its_end_and_every_picture_fills(open_page, theme):
    page = open_page(QUICK, theme, path="compare")
    race(page)
    wait_for_points(page, "chart.race", ">= 12")
    assert len(rows(page)) == 3
    for kind, chart in (
        ("Latent space", "chart.race_latents"),
        ("Histograms", "chart.race_layers"),
        ("Values over time", "chart.race_over_training"),
        ("Gradients over time", "chart.race_gradients"),
    ):
        choose(page, kind)
        wait_for_points(page, chart, "> 1")
    for kind, pictures in (
        ("Manifold", ".squares img"),
        ("Reconstructions", ".mosaic img"),
        ("Interpolation", ".mosaic img"),
        ("Samples", ".mosaic img"),
    ):
        choose(page, kind)
        page.locator(pictures).first.wait_for()
        for image in page.locator(pictures).all():
            assert image.evaluate("image => image.naturalWidth") > 50
    expect(page.get_by_text(ERRORS_ARE_SENTENCES)).to_have_count(0)


def test_the_leaderboard_follows_the_reference_and_the_quantity(open_page):
    page = open_page(QUICK, path="compare")
    race(page)
    expect(page.locator("table tbody tr", has_text="ReLU")).to_contain_text("reference")
    page.get_by_role("combobox", name="Held against").click()
    page.get_by_role("option", name="against Tanh").click()
    expect(page.locator("table tbody tr", has_text="Tanh")).to_contain_text("reference")
    page.get_by_role("combobox", name="Judged by").click()
    page.get_by_role("option", name="by Negative IW bound").click()
    expect(page.locator("table thead")).to_contain_text("IW bound")


def test_one_seed_is_called_an_example(open_page):
    page = open_page(QUICK.replace("seeds=3", "seeds=1"), path="compare")
    page.get_by_text("One seed shows an example, not a result").wait_for()
    race(page)
    expect(page.locator("table")).to_contain_text("example")
    expect(page.locator("table")).not_to_contain_text("clearly")


def test_time_goes_back_and_shows_what_was(open_page):
    page = open_page(QUICK, path="compare")
    race(page)
    wait_for_points(page, "chart.race", ">= 12")
    page.get_by_role("slider", name="Time").press("Home")
    wait_for_points(page, "chart.race", "< 12")
    press(page, "Play")
    wait_for_points(page, "chart.race", ">= 12")
    page.get_by_role("button", name="Play", exact=True).wait_for()


def test_a_race_is_live_and_can_be_paused_and_stopped(open_page):
    page = open_page(LONG, path="compare")
    press(page, "Race")
    expect(page.locator("table tbody tr")).to_have_count(3, timeout=PATIENCE)
    press(page, "Pause")
    page.get_by_text("paused at step").wait_for()
    press(page, "Resume")
    press(page, "Stop")
    page.get_by_role("button", name="Report", exact=True).wait_for(timeout=PATIENCE)
    page.get_by_role("button", name="Race anew", exact=True).wait_for()


def test_a_sweep_trains_its_shapes_and_draws_its_lines(open_page):
    page = open_page(SWEPT, path="compare")
    race(page)
    assert len(rows(page)) == 4
    page.get_by_role("radio", name="Sweep", exact=True).click()
    page.wait_for_function(
        """() => document.querySelector('[class*="st-key-chart-race"] .js-plotly-plot')
            ?._fullLayout.xaxis.title.text.toLowerCase().includes('latent size')"""
    )


def test_a_grid_of_encoders_and_decoders_is_a_heat_map(open_page):
    page = open_page(
        QUICK.replace("relu,tanh,sine", "relu,tanh") + "&decoder_activations=relu,tanh",
        path="compare",
    )
    race(page)
    page.get_by_role("radio", name="Grid", exact=True).click()
    page.wait_for_function(
        """() => document.querySelector('[class*="st-key-chart-race"] .js-plotly-plot')
            ?._fullData.some(trace => trace.type === 'heatmap')"""
    )


def test_a_race_is_taken_away_and_brought_back(open_page):
    page = open_page(QUICK, path="compare")
    race(page)
    report = taken(page, "Report").decode()
    assert "ReLU" in report
    assert "python -m vae_explorer compare" in report
    assert json.loads(taken(page, "JSON"))
    assert len(taken(page, "CSV").decode().splitlines()) == 10
    assert taken(page, "Manifold as GIF").startswith(b"GIF8")
    data = taken(page, "Race as zip")
    saved = race_of_zip(data)
    assert saved.race.experiment.activations == ("relu", "tanh", "sine")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {name.partition("/")[2] for name in archive.namelist()}
    assert {"report.html", "results.csv", "results.json", "runs/1/model.safetensors"} <= names
    other = open_page(LONG, path="compare")
    press(other, "Saved races")
    upload = {"name": "race.zip", "mimeType": "application/zip", "buffer": data}
    other.locator('input[type="file"]').first.set_input_files(upload)
    other.get_by_role("button", name="Report", exact=True).wait_for(timeout=PATIENCE)
    assert len(rows(other)) == 3
    other.locator('input[type="file"]').last.set_input_files(upload)
    other.wait_for_function(
        """() => document.querySelector('[class*="st-key-chart-race"] .js-plotly-plot')
            ?._fullData.some(trace => (trace.name ?? '').startsWith('saved'))"""
    )


def test_a_file_that_is_no_race_is_answered_in_a_sentence(open_page):
    page = open_page(QUICK, path="compare")
    press(page, "Saved races")
    for content in (b"no zip", b"PK\x03\x04" + bytes(100)):
        upload = {"name": "race.zip", "mimeType": "application/zip", "buffer": content}
        page.locator('input[type="file"]').first.set_input_files(upload)
        page.get_by_text("The file is no zip that can be read").first.wait_for()
    expect(page.get_by_text("Traceback")).to_have_count(0)
