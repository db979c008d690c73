"""The time at which the page shows a race: a slider back and forth, and a button that plays.

The slider runs over the whole race, in epochs, so that its ends stay where they are while it
trains; it stands only where something was kept. It is a component of its own: with each thing that
it asks, a browser also sends where Streamlit's sliders stand, and one that is late sends a place
that the page has since left. A component's trigger is sent by a hand alone.
"""

from __future__ import annotations

import bisect
from typing import Any

import streamlit as st

from vae_explorer.figures.inline import beside
from vae_explorer.results.record import RaceRecord
from vae_explorer.ui.shared.told import told

PLAY_SECONDS = 0.4  # a frame of the animation
_FRAMES = 60  # about so many in all

_SLIDER = "compare.time"
_FOLLOW = "compare.follow"
_PLAYING = "compare.playing"
_SHOWN = "compare.time_shown"  # in epochs
_MOVES = "compare.time_moves"  # of the hand, as far as they have arrived
_PRESSES = "compare.play_presses"  # of the button
_ASKED_TO_PLAY = "compare.play_asked"  # by the last of them

_TIME = st.components.v2.component(
    "vae_explorer_time", js=beside(__file__, "clock.js"), css=beside(__file__, "clock.css")
)


def is_playing() -> bool:
    return st.session_state.get(_PLAYING, False)


def place(shown: RaceRecord) -> int:
    """Draws the slider and the button; returns the index of the place in the race's history."""
    times = times_of(shown)
    if len(times) < 2:
        return -1
    index = _advance(times)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        playing = is_playing()
        st.button(
            "Halt" if playing else "Play",
            icon=":material/pause:" if playing else ":material/play_circle:",
            key="compare.play",
            on_click=_toggle,
            args=(times,),
            width=88,  # the same, so that the slider stays where it is
            help="Goes through the race as it was, from where the slider stands.",
        )
        _TIME(
            key=_SLIDER,
            data={
                "times": times,
                "index": index,
                "whole": float(shown.experiment.epochs * len(shown.history.steps)),
                "unit": "" if len(shown.history.steps) == 1 else " in all",
                "moves": st.session_state.get(_MOVES, 0),
                "presses": st.session_state.get(_PRESSES, 0),
            },
            height=40,
            on_moved_change=lambda: _moved(times, told(_SLIDER, "moved")),
        )
        if len(shown.history.steps) > 1:
            st.caption(_which(shown, times[index]), width=165)
    return index


def times_of(shown: RaceRecord) -> list[float]:
    """When what was kept was shown, in epochs of all shapes one after the other; rising."""
    each = shown.experiment.epochs
    return [
        each * (snapshot.shape + snapshot.step / shown.history.steps[snapshot.shape])
        for snapshot in shown.history.parts()[0]
    ]


def _advance(times: list[float]) -> int:
    """Where the slider stands now: on while it plays, along while it follows."""
    state = st.session_state
    last = len(times) - 1
    if _SHOWN not in state or (state.get(_FOLLOW, True) and not is_playing()):
        index = last
    else:  # what was kept may have been thinned out since
        index = _nearest(times, state[_SHOWN])
        if is_playing():
            index = min(index + max(1, len(times) // _FRAMES), last)
            if index == last:
                state[_PLAYING], state[_FOLLOW] = False, True
    state[_SHOWN] = times[index]
    return index


def _moved(times: list[float], move: Any) -> None:
    """A hand has moved the slider: to `time`, in epochs, its move number `moves`.

    It halts what plays. Moves are told a little late, so that the button may have been pressed
    after it, and what it asked for have ended where the slider stood before: then that begins here.
    """
    if not isinstance(move, dict):
        return
    time, moves = move.get("time"), move.get("moves")
    if not isinstance(time, int | float) or not isinstance(moves, int):
        return
    index = _nearest(times, time)
    state = st.session_state
    state[_SHOWN], state[_MOVES] = times[index], moves
    state[_FOLLOW] = index == len(times) - 1
    if move.get("presses") == state.get(_PRESSES, 0):
        state[_PLAYING] = False
    elif state.get(_ASKED_TO_PLAY, False):
        _play(times)


def _nearest(times: list[float], there: float) -> int:
    right = min(bisect.bisect_left(times, there), len(times) - 1)
    left = max(right - 1, 0)
    return left if there - times[left] < times[right] - there else right


def _toggle(times: list[float]) -> None:
    state = st.session_state
    state[_PRESSES] = state.get(_PRESSES, 0) + 1
    state[_ASKED_TO_PLAY] = not is_playing()
    if state[_ASKED_TO_PLAY]:
        _play(times)
    else:
        state[_PLAYING] = False


def _play(times: list[float]) -> None:
    """From where the slider stands, or from the beginning where that is the end."""
    state = st.session_state
    state[_PLAYING], state[_FOLLOW] = True, False
    if _nearest(times, state.get(_SHOWN, times[-1])) == len(times) - 1:
        state[_SHOWN] = times[0]


def forget() -> None:
    """A new race begins at its own beginning."""
    for name in (_FOLLOW, _PLAYING, _SHOWN, _ASKED_TO_PLAY):
        st.session_state.pop(name, None)


def _which(shown: RaceRecord, there: float) -> str:
    """Which of several shapes trained then, and how far it was."""
    count = len(shown.history.steps)
    number = min(int(there / shown.experiment.epochs), count - 1)
    if number and there == number * shown.experiment.epochs:
        number -= 1  # the end of one shape is also where the next would begin
    return f"Shape {number + 1} of {count}, epoch {there - number * shown.experiment.epochs:.1f}"
