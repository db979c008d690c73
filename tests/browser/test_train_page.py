"""The Train page, clicked through as a person would."""

from __future__ import annotations

import io
import os
import re
import select
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.helpers.compare_page import taken
from tests.helpers.jobs import workers_of
from tests.helpers.pressing import press, settled

QUICK = "?dataset=digits&activations=relu,tanh&hidden=32&epochs=40"
LONG = "?dataset=digits&activations=relu,tanh&hidden=32&epochs=10000"
PATIENCE = 60_000  # milliseconds


def step_number(page: Page) -> float:
    """The epoch that the progress line shows."""
    text = page.get_by_text(re.compile(r"^Epoch [\d.]+ of")).inner_text()
    return float(text.split()[1])


TRACES = """key => [...document.querySelectorAll(`[class*="st-key-${key}"] .js-plotly-plot`)]
    .flatMap(plot => (plot._fullData ?? []).map(trace => (trace.x ?? []).length))"""


CUT = """() => [...document.querySelectorAll('[class*="st-key-chart-latents"] .js-plotly-plot')]
    .flatMap(plot => [...plot.querySelectorAll(".xtitle, .ytitle")].filter(title => {
        const [outer, inner] = [plot, title].map(each => each.getBoundingClientRect());
        return !inner.height || inner.bottom > outer.bottom || inner.left < outer.left;
    }).map(title => title.textContent))"""


def trace_lengths(page: Page, chart: str) -> list[int]:
    """Points of each trace that the browser has drawn in a chart."""
    return page.evaluate(TRACES, chart.replace(".", "-"))


def wait_for_traces(page: Page, chart: str, condition: str) -> None:
    """Until `condition`, JavaScript on `lengths`, holds of the points of a chart's traces."""
    page.wait_for_function(
        f"key => {{ const lengths = ({TRACES})(key); return {condition}; }}",
        arg=chart.replace(".", "-"),
        timeout=PATIENCE,
    )


def show(page: Page, chart: str) -> None:
    """Scrolls to a chart, which is drawn when it comes into view."""
    plot = page.locator(f'[class*="st-key-{chart.replace(".", "-")}"]')
    plot.scroll_into_view_if_needed()
    plot.locator(".main-svg").first.wait_for()
    page.wait_for_function(
        "key => document.querySelector(`[class*='st-key-${key}'] .js-plotly-plot`)._fullData",
        arg=chart.replace(".", "-"),
    )


def wait_for_epoch_after(page: Page, epoch: float) -> None:
    page.wait_for_function(
        """epoch => [...document.querySelectorAll('p')].some(
            p => parseFloat((p.textContent.match(/^Epoch ([0-9.]+) of/) ?? [])[1]) > epoch)""",
        arg=epoch,
        timeout=PATIENCE,
    )


def stop(page: Page) -> None:
    """A run goes on for a while without its page, and would take a core from the tests after it."""
    press(page, "Stop")
    page.get_by_text("stopped at step").wait_for()


def test_the_opening_view_draws_the_chosen_functions(open_page):
    page = open_page(QUICK)
    for name in ("ReLU", "Tanh"):
        drawing = page.get_by_role("img", name=f"{name} from -4 to 4", exact=True)
        drawing.wait_for()
        assert drawing.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
        assert drawing.bounding_box()["y"] < 720


@pytest.fixture(scope="module", autouse=True)
def abandoned(server, browser) -> Iterator[int]:
    """A descriptor of the process of a run whose tab was closed, readable once it has ended.

    Before all tests, so that the grace passes while they run.
    """
    page = browser.new_page()
    page.goto(f"{server.address}train{LONG}")
    before = set(workers_of(server))
    press(page, "Train")
    wait_for_epoch_after(page, 0)
    (worker,) = set(workers_of(server)) - before
    descriptor = os.pidfd_open(worker)
    page.close()
    yield descriptor
    os.close(descriptor)


def test_two_activations_train_to_the_end_and_every_chart_fills(open_page):
    page = open_page(QUICK, "dark")
    press(page, "Train")
    wait_until_trained(page, 40)
    for chart in ("chart.losses", "chart.latents", "chart.layers", "chart.gradients"):
        show(page, chart)
        wait_for_traces(page, chart, "Math.max(...lengths) > 1")
    # Train and test of both, a point an epoch.
    wait_for_traces(page, "chart.losses", "lengths.filter(length => length === 40).length === 4")
    legend = page.locator('[class*="st-key-chart-latents"] .legend .traces')
    expect(legend).to_have_count(10)
    assert len({round(entry.bounding_box()["y"]) for entry in legend.all()}) == 1  # one row
    show(page, "chart.latents")
    assert not page.evaluate(CUT), "A title of an axis is cut off."
    mosaics = page.locator(".mosaic img")
    expect(mosaics).to_have_count(2)
    for mosaic in mosaics.all():
        assert mosaic.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    expect(page.locator(".mosaic").first).to_contain_text("ReLU")


def wait_until_trained(page: Page, epochs: int) -> None:
    """To the end, and every epoch of it."""
    page.get_by_text("trained in").wait_for(timeout=PATIENCE)
    expect(page.get_by_text(f"Epoch {epochs:.1f} of {epochs} ")).to_be_visible()


def paused_step(page: Page) -> int:
    text = page.get_by_text(re.compile(r"paused at step")).inner_text()
    return int(text.rpartition(" ")[2].replace(",", ""))


def test_the_first_step_by_hand_pause_step_resume_and_stop(open_page):
    page = open_page(LONG)
    press(page, "Step")
    page.get_by_text("paused at step 0").wait_for()
    press(page, "Step")
    page.get_by_text("paused at step 1").wait_for()
    press(page, "Resume")
    wait_for_epoch_after(page, 0)
    press(page, "Pause")
    page.get_by_role("button", name="Resume", exact=True).wait_for()
    held = paused_step(page)
    press(page, "Step")
    page.get_by_text(f"paused at step {held + 1:,}").wait_for()
    press(page, "Step")
    page.get_by_text(f"paused at step {held + 2:,}").wait_for()
    press(page, "Resume")
    wait_for_epoch_after(page, (held + 2) / 12 + 1)
    stop(page)
    page.get_by_role("button", name="Train anew", exact=True).wait_for()
    press(page, "Reset")
    page.get_by_text("Train will start").wait_for()


def test_beta_changes_while_it_runs(open_page):
    page = open_page(LONG)
    press(page, "Train")
    wait_for_epoch_after(page, 0)
    slider = page.get_by_role("slider", name="Beta")
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    page.wait_for_url(re.compile(r"[?&]beta=2"))
    wait_for_epoch_after(page, step_number(page))
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    expect(page.get_by_text("For the next run")).to_have_count(0)
    stop(page)


def test_zoom_survives_new_data(open_page):
    page = open_page(LONG)
    press(page, "Train")
    wait_for_epoch_after(page, 2)
    plot = page.locator('[class*="st-key-chart-losses"] .js-plotly-plot')
    area = plot.locator(".nsewdrag").first.bounding_box()
    left, top = area["x"] + area["width"] * 0.2, area["y"] + area["height"] * 0.3
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + area["width"] * 0.4, top + area["height"] * 0.4, steps=8)
    page.mouse.up()
    span = "plot => plot._fullLayout.xaxis.range.map(Number)"
    zoomed = plot.evaluate(span)
    assert zoomed[1] - zoomed[0] < 5000
    points = max(trace_lengths(page, "chart.losses"))
    wait_for_epoch_after(page, step_number(page) + 5)
    page.wait_for_function(
        """points => Math.max(...document.querySelector(
            '[class*="st-key-chart-losses"] .js-plotly-plot'
            )._fullData.map(trace => trace.x.length)) > points""",
        arg=points,
    )
    assert plot.evaluate(span) == zoomed
    stop(page)


def test_two_sessions_see_only_their_own_run(open_page):
    first = open_page(QUICK)
    second = open_page(QUICK.replace("relu,tanh", "gelu,sine").replace("epochs=40", "epochs=30"))
    press(first, "Train")
    press(second, "Train")
    for page, epochs, names in ((first, 40, ("ReLU", "Tanh")), (second, 30, ("GELU", "Sine"))):
        wait_until_trained(page, epochs)
        expect(page.locator(".mosaic").last.locator("span")).to_have_text(names)


def test_a_latent_space_of_many_dimensions_has_two_views(open_page):
    page = open_page(QUICK.replace("relu,tanh", "relu") + "&latent=8")
    press(page, "Train")
    page.get_by_text("trained in").wait_for(timeout=PATIENCE)
    settled(page)
    page.get_by_text("t-SNE", exact=True).click()
    page.wait_for_function(
        """() => [...document.querySelectorAll('[class*="st-key-chart-latents"] .js-plotly-plot')]
            .some(plot => !plot._fullLayout.xaxis.title.text)""",
        timeout=PATIENCE,
    )
    every = "lengths.reduce((all, length) => all + length, 0) >= 360"
    wait_for_traces(page, "chart.latents", every)


def test_a_run_can_be_taken_away_and_loaded(open_page, tmp_path):
    import vae_explorer

    page = open_page(QUICK)
    press(page, "Train")
    page.get_by_text("trained in").wait_for(timeout=PATIENCE)
    zipfile.ZipFile(io.BytesIO(taken(page, "Save"))).extractall(tmp_path)
    population = vae_explorer.load(tmp_path / "vae-run")
    assert [member.encoder_activation for member in population.members] == ["relu", "tanh"]


def test_the_url_opens_the_same_experiment_and_says_what_it_ignored(open_page):
    page = open_page("?dataset=digits&latent=3&epochs=-4&hidden=[here](//a.b)&foo=bar")
    page.get_by_text("64 – 256 – 64 – 3 – 64 – 256 – 64").wait_for()
    # Both are gone soon. As it was written, and no link to where its writer wants people to be.
    page.wait_for_function(
        """() => {
            const toasts = [...document.querySelectorAll("[data-testid=stToast]")];
            const said = toasts.map(each => each.innerText).join();
            const links = toasts.flatMap(each => [...each.querySelectorAll("a")]);
            return said.includes("epochs is -4") && said.includes("hidden is '[here](//a.b)'")
                && !links.length;
        }"""
    )
    expect(page.get_by_text("Traceback")).to_have_count(0)


def test_what_is_typed_wrong_is_answered_in_a_sentence(open_page):
    """Under its field, with the field's label, and beside the button; all else stays."""
    page = open_page(QUICK)
    drawing = page.get_by_role("img", name="ReLU from -4 to 4", exact=True)
    drawing.wait_for()
    box = page.get_by_role("textbox", name="Hidden widths")
    box.fill("12, many")
    box.press("Enter")
    sentence = "Hidden widths: '12,many'; it must be a list of whole numbers"
    under = page.get_by_test_id("stSidebar").get_by_role("alert").filter(has_text=sentence)
    expect(under).to_be_visible()
    field, said = box.bounding_box(), under.bounding_box()
    assert 0 < said["y"] - (field["y"] + field["height"]) < 30
    expect(page.get_by_test_id("stMain").get_by_text(sentence)).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    expect(drawing).to_be_visible()
    expect(page).to_have_url(re.compile("hidden=32"))
    box.fill("12 8")
    box.press("Enter")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    page.wait_for_url(re.compile("hidden=12(,|%2C)8"))


def test_closing_the_tab_ends_the_run(abandoned):
    ended, _, _ = select.select([abandoned], [], [], 120)
    assert ended, "the run goes on without its page"


def test_a_reload_goes_on_with_the_run_and_another_tab_does_not(open_page):
    page = open_page(LONG)
    press(page, "Train")
    wait_for_epoch_after(page, 0)
    before = step_number(page)
    other = page.context.new_page()  # it shares cookies and lasting storage with the first
    other.goto(page.url)
    other.get_by_text("Train will start").wait_for()
    page.reload()
    wait_for_epoch_after(page, before)
    press(page, "Pause")
    page.get_by_role("button", name="Resume", exact=True).wait_for()
    expect(other.get_by_text("Train will start")).to_be_visible()
    other.close()
    press(page, "Reset")
    page.get_by_text("Train will start").wait_for()
    page.reload()
    page.get_by_text("Train will start").wait_for()
    expect(page.get_by_text("paused at step")).to_have_count(0)


def test_a_run_that_is_still_held_is_taken_up_when_its_owner_is_gone(open_page):
    page = open_page(LONG)
    press(page, "Train")
    wait_for_epoch_after(page, 0)
    before = step_number(page)
    name = "vae_explorer.train"
    page.wait_for_function("name => sessionStorage.getItem(name)", arg=name)
    token = page.evaluate("name => sessionStorage.getItem(name)", name)
    again = page.context.new_page()  # as a tab that is loaded while its old connection stays
    again.goto(page.url)
    again.get_by_text("Train will start").wait_for()
    again.evaluate("([name, token]) => sessionStorage.setItem(name, token)", [name, token])
    again.reload()
    again.get_by_text("still held by a connection").wait_for()
    expect(again.get_by_text("Train will start")).to_be_visible()
    page.close()
    wait_for_epoch_after(again, before)
    press(again, "Reset")
    again.get_by_text("Train will start").wait_for()
    again.close()
