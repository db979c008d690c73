"""The time at which the page shows a race: a slider back and forth, and a button that plays.

The slider runs over the whole race, in epochs, so that its ends stay where they are while it
trains; it stands only where something was kept.
"""

from __future__ import annotations

import bisect
import time

import streamlit as st

from vae_explorer.ui.compare.shown import ShownRace

PLAY_SECONDS = 0.4  # a frame of the animation
_FRAMES = 60  # about so many in all
_STEPS = 100  # of the slider by key
_ECHO_SECONDS = 3.0

_SLIDER = "compare.time"
_FOLLOW = "compare.follow"
_PLAYING = "compare.playing"
_SHOWN = "compare.time_shown"  # where the slider stood when the page was last drawn
_SET = "compare.time_set"  # where the page itself has put it of late, and when


def is_playing() -> bool:
    return st.session_state.get(_PLAYING, False)


def place(shown: ShownRace) -> int:
    """Draws the slider and the button; returns the index of the place in the race's history."""
    times = times_of(shown)
    if len(times) < 2:
        return -1
    _forget_echoes()
    _advance(times)
    whole = float(shown.experiment.epochs * len(shown.history.steps))
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
        st.slider(
            "Time",
            min_value=0.0,
            max_value=whole,
            step=whole / _STEPS,
            format="epoch %.1f" if len(shown.history.steps) == 1 else "epoch %.1f in all",
            label_visibility="collapsed",
            key=_SLIDER,
            on_change=_moved,
            args=(times,),
        )
        index = _nearest(times, st.session_state[_SLIDER])
        if len(shown.history.steps) > 1:
            st.caption(_which(shown, times[index]), width=165)
    return index


def times_of(shown: ShownRace) -> list[float]:
    """When what was kept was shown, in epochs of all shapes one after the other; rising."""
    each = shown.experiment.epochs
    return [
        each * (snapshot.shape + snapshot.step / shown.history.steps[snapshot.shape])
        for snapshot in shown.history.parts()[0]
    ]


def _advance(times: list[float]) -> None:
    """Moves the slider before it is drawn: on while it plays, along while it follows."""
    state = st.session_state
    if is_playing() and _SHOWN in state:
        here = _nearest(times, state[_SHOWN])
        there = min(here + max(1, len(times) // _FRAMES), len(times) - 1)
        _set(times[there])
        if there == len(times) - 1:
            state[_PLAYING], state[_FOLLOW] = False, True
    elif state.get(_FOLLOW, True) or _SHOWN not in state:
        _set(times[-1])
    else:  # what was kept may have been thinned out since
        _set(times[_nearest(times, state[_SHOWN])])


def _set(there: float) -> None:
    state = st.session_state
    if state.get(_SLIDER) != there:
        state[_SLIDER] = there
    if state.get(_SHOWN) != there:
        state[_SHOWN] = there
        state[_SET] = [*state.get(_SET, []), (there, time.monotonic())]


def _forget_echoes() -> None:
    """Forgets where the page once put the slider, as far as the browser has followed since."""
    state = st.session_state
    now, put = time.monotonic(), state.get(_SET, [])
    arrived = [i for i, (there, _) in enumerate(put) if there == state.get(_SLIDER)]
    first = arrived[-1] if arrived else 0
    state[_SET] = [
        each for i, each in enumerate(put) if i >= first or now - each[1] < _ECHO_SECONDS
    ]


def _moved(times: list[float]) -> None:
    """The slider is somewhere else than it was put, moved by hand or not yet by the browser.

    A browser that is busy sends the place it knows along with whatever it asks; that is no wish.
    """
    state = st.session_state
    wanted = state.get(_SLIDER)
    if wanted is None:  # of a race that has been forgotten since
        return
    if any(wanted == there for there, _ in state.get(_SET, [])[:-1]):
        return
    before = _nearest(times, state.get(_SHOWN, wanted))
    there = _nearest(times, wanted)
    if there == before:  # a small step by key goes on to what is next on that side
        there += int(wanted > times[before]) - int(wanted < times[before])
    there = min(max(there, 0), len(times) - 1)
    state[_SHOWN] = times[there]
    state[_SET] = [(each, time.monotonic()) for each in (wanted, times[there])]
    state[_FOLLOW] = there == len(times) - 1
    state[_PLAYING] = False


def _nearest(times: list[float], there: float) -> int:
    right = min(bisect.bisect_left(times, there), len(times) - 1)
    left = max(right - 1, 0)
    return left if there - times[left] < times[right] - there else right


def _toggle(times: list[float]) -> None:
    state = st.session_state
    state[_PLAYING] = not is_playing()
    if state[_PLAYING]:
        state[_FOLLOW] = False
        if _nearest(times, state.get(_SHOWN, times[-1])) == len(times) - 1:
            state[_SHOWN] = times[0]


def forget() -> None:
    """A new race begins at its own beginning."""
    for name in (_SLIDER, _FOLLOW, _PLAYING, _SHOWN, _SET):
        st.session_state.pop(name, None)


def _which(shown: ShownRace, there: float) -> str:
    """Which of several shapes trained then, and how far it was."""
    count = len(shown.history.steps)
    number = min(int(there / shown.experiment.epochs), count - 1)
    if number and there == number * shown.experiment.epochs:
        number -= 1  # the end of one shape is also where the next would begin
    return f"Shape {number + 1} of {count}, epoch {there - number * shown.experiment.epochs:.1f}"
