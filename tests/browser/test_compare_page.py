"""The Compare page, from a click to a judged race, back in time, away and back again.

A race starts a process that imports PyTorch, which takes far longer than the small races here: so
each is looked at from all sides.
"""

from __future__ import annotations

import io
import itertools
import json
import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.helpers.compare_page import (
    PATIENCE,
    check_pictures,
    choose,
    offer,
    option,
    race,
    rows,
    taken,
    wait_for_plot,
    wait_for_points,
    wait_until_judged,
)
from tests.helpers.pressing import go_to, press, settled
from vae_explorer.saved.zips import race_of_zip

QUICK = "?dataset=digits&activations=relu,tanh,sine&hidden=16&epochs=12&seeds=3"
LONG = QUICK.replace("epochs=12", "epochs=10000")
ONE_SEED = QUICK.replace("seeds=3", "seeds=1")
SWEPT = (
    "?dataset=digits&activations=relu,tanh&hidden=8&epochs=6&seeds=2&sweep=latent&sweep_values=1,2"
)
GRID = QUICK.replace("relu,tanh,sine", "relu,tanh") + "&decoder_activations=relu,tanh"
HALT_AT_ONCE = """() => new MutationObserver((_, observer) => {
    const halt = [...document.querySelectorAll("button")].find(b => b.innerText.endsWith("Halt"));
    if (!halt) return;
    observer.disconnect();
    halt.click();
    window.halted = true;
}).observe(document.body, { subtree: true, childList: true, characterData: true })"""
ERRORS_ARE_SENTENCES = re.compile("Traceback|Error:")


def check_titles_are_apart(page: Page) -> None:
    """Of the latent spaces, which share the width of the page."""
    choose(page, "Latent space")
    wait_for_points(page, "chart.race_latents", "> 0")
    titles = page.locator("[class*=st-key-chart-race_latents] .annotation-text")
    expect(titles).to_have_count(3)
    boxes = titles.evaluate_all("found => found.map(each => each.getBoundingClientRect().toJSON())")
    for one, other in itertools.combinations(boxes, 2):
        beside = one["right"] < other["left"] or other["right"] < one["left"]
        assert beside or one["bottom"] < other["top"] or other["bottom"] < one["top"]
    # Drawn again with nothing new, the page keeps the figure's own height.
    choose(page, "Differences")
    page.locator("[class*=st-key-chart-race] .js-plotly-plot").first.wait_for()
    choose(page, "Curves")
    wait_for_plot(page, "chart.race", "plot._fullData.some(trace => trace.x?.length >= 12)")
    wait_for_plot(page, "chart.race_latents", "plot.clientHeight === plot._fullLayout.height")


def test_a_race_from_its_start_to_its_end_and_back_in_time(open_page):
    page = open_page(QUICK, path="compare")
    expect(page.get_by_role("button", name="Report", exact=True)).to_be_disabled()
    race(page)
    # A projector's first screen has curves, leaderboard and recommendation.
    advice = page.get_by_text("For Digits (8×8) with these settings")
    for shown in (page.locator("table"), advice, page.get_by_role("slider", name="Time")):
        box = shown.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 720
    wait_for_points(page, "chart.race", ">= 12")
    expect(rows(page)).to_have_count(3)

    # The leaderboard follows the reference and the quantity, and the address them.
    expect(page.locator("table tbody tr", has_text="ReLU")).to_contain_text("reference")
    option(page, "Held against", "against Tanh")
    expect(page.locator("table tbody tr", has_text="Tanh")).to_contain_text("reference")
    option(page, "Judged by", "by Negative IW bound")
    expect(page.locator("table thead")).to_contain_text("IW bound")
    expect(page).to_have_url(re.compile("reference=tanh&judged=bound"))

    # What was said of the end is not said of the start, where there is no bound yet either.
    slider = page.get_by_role("slider", name="Time")
    slider.press("Home")
    wait_for_points(page, "chart.race", "< 12")
    expect(advice).to_have_count(0)
    expect(page.locator("table thead")).to_contain_text("Negative ELBO")
    page.get_by_text("What was found").click()
    page.get_by_text("Said of the end of the race").wait_for()
    slider.press("End")
    end = slider.get_attribute("aria-valuetext")
    for _ in range(5):
        slider.press("ArrowLeft")
    press(page, "Play")
    # A page that is kept from drawing for two seconds shows no Halt: it is seen by where it ends.
    expect(slider).to_have_attribute("aria-valuetext", end, timeout=PATIENCE)
    page.get_by_role("button", name="Play", exact=True).wait_for()
    wait_for_points(page, "chart.race", ">= 12")
    expect(page.locator("table thead")).to_contain_text("IW bound")
    expect(advice).to_have_count(1)

    check_pictures(page)
    expect(page).to_have_url(re.compile("pictures=samples"))
    expect(page.get_by_text(ERRORS_ARE_SENTENCES)).to_have_count(0)


def test_one_seed_on_a_phone_in_the_dark_and_anew_from_the_past(open_page):
    page = open_page(ONE_SEED, "dark", path="compare", size=(390, 844))
    page.get_by_text("One seed an activation: an example, not a result").wait_for()
    race(page)
    expect(page.locator("table")).to_contain_text("example")
    expect(page.locator("table")).not_to_contain_text("clearly")
    page.get_by_text("No recommendation for Digits").wait_for()
    check_pictures(page)
    check_titles_are_apart(page)
    page.wait_for_function("document.scrollingElement.scrollWidth <= 390")
    page.get_by_role("slider", name="Time").press("Home")
    wait_for_points(page, "chart.race", "< 12")
    race(page, "Race anew")
    wait_for_points(page, "chart.race", ">= 12")
    press(page, "Reset")
    page.get_by_role("button", name="Race", exact=True).wait_for()
    expect(page.get_by_text(ERRORS_ARE_SENTENCES)).to_have_count(0)


def test_a_live_race_is_followed_paused_gone_back_in_and_stopped(open_page):
    page = open_page(LONG, path="compare")
    press(page, "Race")
    expect(rows(page)).to_have_count(3, timeout=PATIENCE)
    thumb = page.get_by_role("slider", name="Time")
    for _ in range(8):  # it follows, again and again
        stood = thumb.get_attribute("aria-valuetext") or ""
        expect(thumb).not_to_have_attribute("aria-valuetext", stood, timeout=PATIENCE)
    # Halted by a hand that waits: on a busy machine what there is to play is over before another.
    page.evaluate(HALT_AT_ONCE)
    press(page, "Play")  # from the beginning, while it trains
    page.wait_for_function("window.halted")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    stood = thumb.get_attribute("aria-valuetext") or ""
    press(page, "Pause")
    page.get_by_text("paused at step").wait_for()
    expect(thumb).to_have_attribute("aria-valuetext", stood)
    thumb.press("End")  # it was not there
    expect(thumb).not_to_have_attribute("aria-valuetext", stood)
    press(page, "Resume")
    go_to(page, "Train", "/train")  # and back: it has gone on
    page.get_by_role("button", name="Train", exact=True).wait_for()
    go_to(page, "Compare", "/compare")
    press(page, "Stop")
    wait_until_judged(page)
    page.get_by_role("button", name="Race anew", exact=True).wait_for()


@pytest.mark.parametrize(
    ("query", "view", "condition"),
    [
        (SWEPT, "Sweep", "plot._fullLayout.xaxis.title.text.includes('atent size')"),
        (GRID, "Grid", "plot._fullData.some(trace => trace.type === 'heatmap')"),
    ],
)
def test_four_settings_are_four_arms_with_a_view_of_their_own(open_page, query, view, condition):
    page = open_page(query, path="compare")
    race(page)
    expect(rows(page)).to_have_count(4)
    choose(page, view)
    wait_for_plot(page, "chart.race", condition)
    check_pictures(page)


def test_a_race_is_taken_away_and_brought_back(open_page):
    page = open_page(QUICK, path="compare")
    race(page)
    expect(rows(page)).to_have_count(3)
    standings = rows(page).all_inner_texts()
    page.reload()  # the race is the tab's, not the session's
    wait_until_judged(page)
    expect(rows(page)).to_have_text(standings, use_inner_text=True)
    option(page, "Held against", "against Tanh")
    expect(page.locator("table tbody tr", has_text="Tanh")).to_contain_text("reference")
    report = taken(page, "Report").decode()
    assert "ReLU" in report
    assert "python -m vae_explorer compare" in report
    press(page, "Take away")
    assert json.loads(taken(page, "JSON"))["reference"] == "tanh"
    assert len(taken(page, "CSV").decode().splitlines()) == 10
    for kind in ("Latent space", "Manifold"):
        assert taken(page, f"{kind} as GIF").startswith(b"GIF8")
    data = taken(page, "Race as zip")
    saved = race_of_zip(data)
    assert saved.race.experiment.activations == ("relu", "tanh", "sine")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {name.partition("/")[2] for name in archive.namelist()}
    assert {"report.html", "results.csv", "results.json", "runs/1/model.safetensors"} <= names

    # In another session; first what is no race. Then one opened, and one laid over it.
    other = open_page(GRID, path="compare")
    press(other, "Saved races")
    for content in (b"no zip", b"PK\x03\x04" + bytes(100)):
        offer(other, "Open a race", content)
        other.get_by_text("The file is no zip that can be read").first.wait_for()
    offer(other, "Open a race", data)
    wait_until_judged(other)
    other.get_by_text("A saved race, made").wait_for()
    expect(rows(other)).to_have_text(standings, use_inner_text=True)
    offer(other, "Lay a race", data)
    wait_for_plot(
        other,
        "chart.race",
        "plot._fullData.some(trace => (trace.name ?? '').startsWith('saved'))",
    )
    # A race that is started is what is shown.
    settled(other)
    other.keyboard.press("Escape")
    expect(other.get_by_test_id("stPopoverBody")).to_have_count(0)
    press(other, "Race")
    expect(other.get_by_text("A saved race, made")).to_have_count(0)
    expect(rows(other)).to_have_count(4, timeout=PATIENCE)
    expect(other.get_by_text("Traceback")).to_have_count(0)


def test_the_address_holds_the_view_and_what_it_may_not_hold_is_told_once(open_page):
    page = open_page(QUICK + "&reference=%3Cscript%3E&pictures=values&judged=luck", path="compare")
    notice = page.get_by_text("reference is '<script>'")
    notice.wait_for()
    expect(notice).to_contain_text("judged is 'luck'")
    expect(page).to_have_url(re.compile("pictures=values$"))


def test_a_tuned_race_shows_its_tuning_as_it_goes_and_afterwards(open_page):
    tuned = QUICK.replace("relu,tanh,sine", "relu,tanh")
    page = open_page(f"{tuned}&tune=learning_rate&tune_values=0.0003,0.03", path="compare")
    expect(page.get_by_role("textbox", name="Rates to try")).to_have_value("0.0003, 0.03")
    expect(page.get_by_role("slider", name="Learning rate")).to_have_count(0)
    press(page, "Step")
    wait_for_plot(page, "chart.tuning", "plot.layout.xaxis.tickvals.length === 2")
    page.get_by_text("Trying 2 learning rates with 12 VAEs · paused").wait_for()
    press(page, "Resume")
    wait_until_judged(page)
    page.get_by_text("each at its own best of 2 learning rates").first.wait_for()
    choose(page, "Tuning")
    rings = "plot._fullData.filter(trace => trace.name.includes('choice'))"
    wait_for_plot(page, "chart.tuning", f"{rings}.every(ring => 10 ** ring.x[0] > 0.029)")
    wait_for_plot(page, "chart.tuning", f"{rings}.length === 2")
    expect(page.locator(".leaderboard .rate")).to_have_text(["Rate", "0.03", "0.03"])
    page.get_by_text("on 287 validation images: the mean of 3 seeds").wait_for()
    expect(page).to_have_url(re.compile("tune=learning_rate&tune_values=0.0003(%2C|,)0.03"))
    press(page, "Take away")
    race = race_of_zip(taken(page, "Race as zip"))
    assert race.experiment.learning_rates == (0.03, 0.03)
    assert race.tuning.chosen == ((0.03, "gain"),) * 2
