"""Components whose place is given to their next instance: Streamlit may begin one anew in it."""

from __future__ import annotations

import base64

import pytest

from vae_explorer.figures.inline import beside
from vae_explorer.ui.compare import clock
from vae_explorer.ui.explore import copy_link
from vae_explorer.ui.explore.canvas import canvas
from vae_explorer.ui.explore.view import View
from vae_explorer.ui.shared import live_figure

VIEW = {"view_id": "1", "view": View().to_canvas(), "present": False}
CASES = {
    "figure": (
        live_figure._FIGURE_JS,
        {"figure": '{"data": [], "layout": {}}', "height": 300, "narrow_height": 300, "alt": "A"},
    ),
    "canvas": (canvas._CANVAS_JS, {**VIEW, "images": "", "members": [], "labels": {}}),
    "copy_link": (beside(copy_link.__file__, "copy_link.js"), {}),
    "clock": (
        beside(clock.__file__, "clock.js"),
        {"times": [0, 1], "index": 1, "whole": 1, "unit": "", "moves": 0, "presses": 0},
    ),
}
# Each time in the same place; what Plotly draws, it draws into an element that is on the page.
TWICE = """async ([script, data]) => {
    window.drawn = [];
    window.Plotly = { Icons: {}, purge() {}, async react(chart) {
        chart.on = () => {};
        drawn.push(chart);
    } };
    const place = document.createElement("div");
    place.innerHTML = '<div class="place"></div>';
    document.body.append(place);
    const show = (await import(`data:text/javascript;base64,${script}`)).default;
    const call = () => show({
        data, parentElement: place, setTriggerValue() {}, setStateValue() {},
    });
    const end = call();
    const made = place.querySelectorAll("*").length;
    end?.();
    call();
    for (let frame = 0; data.figure && !drawn.length && frame < 600; frame++)
        await new Promise(requestAnimationFrame);
    return [made, place.querySelectorAll("*").length, drawn.map((chart) => chart.isConnected)];
}"""


@pytest.mark.parametrize("name", CASES)
def test_one_that_begins_anew_in_its_place_is_alone_there(profile, name):
    script, data = CASES[name]
    page = profile.new_page()
    page.goto("about:blank")
    encoded = base64.b64encode(script.encode()).decode()
    first, second, drawn = page.evaluate(TWICE, [encoded, data])
    page.close()
    assert second == first > 1
    if name == "figure":
        assert drawn and drawn[-1]
