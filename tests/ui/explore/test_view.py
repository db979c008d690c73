"""The Explore page's view: what its address says is what it shows, whatever the address says."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import DATASETS
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.ui.explore.view import LOOKS, MOST_PINS, MOST_SHOWN, MOST_SLIDES, View

places = st.integers(-50_000, 50_000)


def in_a_row(pairs: list[tuple[int, int]]) -> list[int]:
    return [number for pair in pairs for number in pair]


def with_its_anchors(view: View, anchors: list[int]) -> View:
    """Anchors of pins that there are; the last of them is one, as the canvas tells it."""
    anchors = anchors[: len(view.pins) // 2]
    while anchors and anchors[-1] == -1:
        anchors.pop()
    return view.replace(anchors=anchors)


views = st.builds(
    View,
    dataset=st.sampled_from(list(DATASETS)),
    latent=st.integers(1, 128),
    activations=st.lists(
        st.sampled_from(list(ACTIVATIONS)), min_size=1, max_size=MOST_SHOWN, unique=True
    ),
    run=st.sampled_from(["", "0123abcd"]),
    members=st.lists(st.integers(0, 539), max_size=MOST_SHOWN, unique=True),
    focus=st.integers(0, MOST_SHOWN - 1),
    same=st.sampled_from(["image", "place"]),
    background=st.sampled_from(["manifold", "density", "none"]),
    hidden=st.lists(st.integers(0, 9), max_size=10, unique=True),
    pins=st.lists(st.tuples(places, places), max_size=MOST_PINS).map(in_a_row),
    minus=st.integers(0, 9),
    plus=st.integers(0, 9),
    amount=st.floats(0, 1.5),
    slides=st.lists(st.tuples(st.integers(0, 127), places), max_size=MOST_SLIDES).map(in_a_row),
    path=st.sampled_from(["linear", "spherical"]),
    image=st.integers(-1, 9_999),
    window=st.just(()) | st.tuples(places, places, st.integers(1, 50_000)),
    temperature=st.floats(0, 2),
)
views = st.builds(with_its_anchors, views, st.lists(st.integers(-7, 10_009), max_size=MOST_PINS))


@given(views)
def test_an_address_opens_the_view_that_it_was_made_from(view):
    assert View.from_query(view.to_query()) == (view, [])


@given(views)
def test_the_canvas_gives_back_what_it_was_given(view):
    assert view.from_canvas(view.to_canvas()) == view


@given(
    st.dictionaries(
        st.sampled_from([f.name for f in dataclasses.fields(View)]) | st.text(max_size=20),
        st.text(max_size=60),
        max_size=8,
    )
)
def test_any_address_opens_a_view(query):
    view, notices = View.from_query(query)
    assert isinstance(view, View)
    assert all(notice.endswith(".") for notice in notices)


@given(
    st.recursive(
        st.none() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["pins", "window", "focus", "hidden"]), inner)
        ),
    )
)
def test_a_canvas_that_tells_nonsense_changes_nothing(told):
    assert isinstance(View().from_canvas(told), View)
    complete = View().to_canvas() | {"pins": told}
    assert isinstance(View().from_canvas(complete), View)


def test_an_address_of_before_holds_coordinates_equal_and_one_of_now_says_what_it_does():
    """Of before are those that name pins and not what is held equal."""
    before, _ = View.from_query({"pins": "-1200,800,500,-300"})
    assert (before.same, before.anchors) == ("place", ())
    before, _ = View.from_query({"anchors": "3"})
    assert (before.same, before.pins, before.anchors) == ("place", (-1200, 800, 1200, -800), (3,))
    assert View.from_query({"latent": "20"})[0].same == "image"
    now = View(pins=(0, 0, 100, 200), anchors=(3, -2))
    assert now.to_query() == {"pins": "0,0,100,200", "anchors": "3,-2", "same": "image"}
    assert View.from_query(now.to_query()) == (now, [])
    assert View(same="place").to_query().keys() == {"same", "pins", "anchors"}
    assert View().to_query() == View(latent=2).to_query() == {}


def test_unknown_parameters_are_named():
    assert View.from_query({"nonsense": "1"})[1] == ["The address has no use for 'nonsense'."]


@pytest.mark.parametrize(
    "wrong",
    [{"pins": (1, 2, 3)}, {"slides": (1,)}, {"window": (0, 0, 0)}, {"window": (1,)}],
)
def test_what_makes_no_sense_together_is_refused(wrong):
    with pytest.raises(ConfigError, match="default view is shown"):
        View(**wrong)


def test_every_look_is_a_setting_of_the_view():
    assert set(LOOKS) <= {field.name for field in dataclasses.fields(View)}
