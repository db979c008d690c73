"""What a fragment no longer draws goes from the page, whatever else is drawn at that moment."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.helpers.serving import serving_script


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    path = Path(__file__).with_name("steady_app.py")
    with serving_script(path, tmp_path_factory.mktemp("steady")) as process:
        yield process


def test_what_is_no_longer_said_is_gone(app, browser):
    page = browser.new_page()
    page.goto(app.address)
    toggle, said = page.get_by_text("Say it"), page.get_by_text("What was said")
    expect(page.get_by_text("timer")).to_be_visible()
    for _ in range(10):
        toggle.click()
        expect(said).to_have_count(1)
        toggle.click()
        expect(page.get_by_label("Say it")).not_to_be_checked()
        expect(said).to_have_count(0)
    page.close()
