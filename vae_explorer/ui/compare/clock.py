"""The time at which the page shows a race: a slider back and forth, and a button that plays."""

from __future__ import annotations

import bisect

import streamlit as st

from vae_explorer.ui.compare.shown import ShownRace

PLAY_SECONDS = 0.4  # a frame of the animation
_FRAMES = 60  # about so many in all

_SLIDER = "compare.time"
_FOLLOW = "compare.follow"
_PLAYING = "compare.playing"


def is_playing() -> bool:
    return st.session_state.get(_PLAYING, False)


def place(shown: ShownRace) -> int:
    """Draws the slider and the button; returns the index of the place in the race's history."""
    places = list(shown.history.places)
    if len(places) < 2:
        return -1
    _advance(places)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        playing = is_playing()
        st.button(
            "Pause" if playing else "Play",
            icon=":material/pause:" if playing else ":material/play_circle:",
            key="compare.play",
            on_click=_toggle,
            args=(places,),
            help="Goes through the race as it was, from where the slider stands.",
        )
        chosen = st.select_slider(
            "Time",
            places,
            format_func=lambda step: _name(shown, step),
            label_visibility="collapsed",
            key=_SLIDER,
            on_change=_moved,
            args=(places,),
        )
    return places.index(chosen)


def _advance(places: list[int]) -> None:
    """Moves the slider before it is drawn: on while it plays, along while it follows."""
    state = st.session_state
    if is_playing() and _SLIDER in state:
        here = _nearest(places, state[_SLIDER])
        there = min(here + max(1, len(places) // _FRAMES), len(places) - 1)
        state[_SLIDER] = places[there]
        if there == len(places) - 1:
            state[_PLAYING], state[_FOLLOW] = False, True
    elif state.get(_FOLLOW, True) or _SLIDER not in state:
        state[_SLIDER] = places[-1]
    else:  # what was kept may have been thinned out since
        state[_SLIDER] = places[_nearest(places, state[_SLIDER])]


def _nearest(places: list[int], step: int) -> int:
    right = min(bisect.bisect_left(places, step), len(places) - 1)
    left = max(right - 1, 0)
    return left if step - places[left] < places[right] - step else right


def _moved(places: list[int]) -> None:
    st.session_state[_FOLLOW] = st.session_state[_SLIDER] == places[-1]
    st.session_state[_PLAYING] = False


def _toggle(places: list[int]) -> None:
    state = st.session_state
    state[_PLAYING] = not is_playing()
    if state[_PLAYING]:
        state[_FOLLOW] = False
        if state.get(_SLIDER) == places[-1]:
            state[_SLIDER] = places[0]


def forget() -> None:
    """A new race begins at its own beginning."""
    for name in (_SLIDER, _FOLLOW, _PLAYING):
        st.session_state.pop(name, None)


def _name(shown: ShownRace, step: int) -> str:
    """The epoch, and which population where there are several."""
    passed = 0
    for number, (steps, experiment) in enumerate(
        zip(shown.history.steps, shown.experiment.populations), start=1
    ):
        if step <= passed + steps or number == len(shown.history.steps):
            epoch = experiment.epochs * (step - passed) / steps
            which = f"{number} of {len(shown.history.steps)}, " if number > 1 or passed else ""
            return f"{which}epoch {epoch:.1f}"
        passed += steps
    return str(step)
