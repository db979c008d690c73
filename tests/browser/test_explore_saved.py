"""Saved runs on the Explore page: of the folder that the app was given, and uploaded ones."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.helpers.canvas import decoded, frames, move, place, query
from tests.helpers.pressing import settled
from tests.helpers.saved_races import EXPERIMENT, recorded
from tests.helpers.serving import serving
from vae_explorer.data import load_dataset
from vae_explorer.saved.race import save_runs
from vae_explorer.saved.run import load
from vae_explorer.saved.zips import zip_all
from vae_explorer.ui.explore.sources import RUNS_VARIABLE
from vae_explorer.version import ROOT


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    """A folder with a race of two shapes, and something that is damaged."""
    folder = tmp_path_factory.mktemp("saved")
    trainer, _ = recorded(
        EXPERIMENT.replace(sweep="latent", sweep_values=(2, 3)), load_dataset("digits")
    )
    save_runs(folder / "race", trainer)
    (folder / "broken").mkdir()
    (folder / "broken" / "run.json").write_text("{}")
    return folder


@pytest.fixture(scope="module")
def server(runs, tmp_path_factory) -> Iterator[subprocess.Popen]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(RUNS_VARIABLE, str(runs))
        with serving(ROOT / "app.py", tmp_path_factory.mktemp("server")) as process:
            yield process


def menu(page: Page) -> None:
    settled(page)
    page.locator('[class*="st-key-explore-menu"] button').first.click()


def check_decodes(page: Page, folder: Path) -> None:
    """The first tile is what the first VAE of the run decodes under the pointer."""
    settled(page)
    move(page, 0.3, 0.6)
    frames(page)
    where, shown = place(page).astype(np.float32), decoded(page)
    first = load(folder).decode(where[None])[0, 0].numpy()
    np.testing.assert_allclose(shown[0], first * 255, atol=2.5)


def test_runs_of_the_folder_are_listed_and_opened(open_page, runs):
    page = open_page("?dataset=digits", path="")
    menu(page)
    page.get_by_text("it is no run of VAE Explorer").wait_for()
    page.get_by_role("button", name="race/runs/1: Digits").click()
    expect(page.locator(".members .tile span").first).to_contain_text("ReLU, seed 0")
    check_decodes(page, runs / "race" / "runs" / "1")
    again = open_page("?" + page.url.partition("?")[2], path="")  # anybody's, by its address
    expect(again.locator(".members .tile span").first).to_contain_text("ReLU, seed 0")


def test_a_race_is_uploaded_and_explored(open_page, runs, tmp_path):
    page = open_page("?dataset=digits", path="")
    (tmp_path / "mine.zip").write_bytes(zip_all(runs / "race"))
    menu(page)
    page.locator('input[type="file"]').set_input_files(tmp_path / "mine.zip")
    expect(page.locator(".members .tile span").first).to_contain_text("ReLU, seed 0")
    check_decodes(page, runs / "race" / "runs" / "1")
    menu(page)
    page.get_by_role("button", name="mine, shape 2: Digits").click()
    page.get_by_text("Most active of 3 latent dimensions").wait_for()
    menu(page)
    page.get_by_role("button", name="Pretrained catalogue").click()
    expect(page.locator(".members .tile span").first).not_to_contain_text("seed")
    assert "run" not in query(page)


def test_what_is_no_run_is_refused_and_the_picture_stays(open_page, tmp_path):
    page = open_page("?dataset=digits", path="")
    (tmp_path / "x.zip").write_bytes(b"PK nothing")
    menu(page)
    page.locator('input[type="file"]').set_input_files(tmp_path / "x.zip")
    expect(page.get_by_test_id("stToast")).to_contain_text("is no zip")
    expect(page.locator(".members button.tile")).to_have_count(3)
