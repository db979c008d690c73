"""The Compare page's time: it follows, is moved by hand and by a playback."""

from __future__ import annotations

from typing import Any

import pytest

from vae_explorer.ui.compare import clock


@pytest.fixture
def state(monkeypatch):
    """What the session holds."""
    held: dict = {}
    monkeypatch.setattr(clock.st, "session_state", held)
    return held


def drawn(times: list[float], told: Any = None) -> float:
    """Where the slider stands when the page is drawn, after a hand has moved it to `told`."""
    if told is not None:
        presses = clock.st.session_state.get(clock._PRESSES, 0)
        clock._moved(times, {"time": told, "moves": 1, "presses": presses})
    return times[clock._advance(times)]


def test_it_follows_the_newest(state):
    for end in range(2, 30):
        times = [0.5 * k for k in range(end)]
        assert drawn(times) == times[-1]


def test_moved_by_hand_it_stays_there_while_the_race_goes_on(state):
    times = [0.0, 1.0, 2.0, 3.0]
    drawn(times)
    assert drawn(times, 0.9) == 1.0  # the nearest at which something was kept
    assert drawn([*times, 4.0]) == 1.0
    assert drawn([0.0, 2.0, 4.0, 6.0]) in (0.0, 2.0)  # thinned out since
    assert drawn([0.0, 2.0, 4.0, 6.0], 6.0) == 6.0  # back at the end it follows again
    assert drawn([0.0, 2.0, 4.0, 6.0, 8.0]) == 8.0


def test_a_move_to_what_has_been_thinned_out_goes_to_the_nearest_and_its_number_is_answered(state):
    drawn([0.0, 1.0, 2.0, 3.0])
    clock._moved([0.0, 2.0, 4.0], {"time": 2.9, "moves": 7})
    assert drawn([0.0, 2.0, 4.0, 6.0]) == 2.0
    assert state[clock._MOVES] == 7


@pytest.mark.parametrize("told", [None, 3.0, {}, {"time": "1", "moves": 1}, {"time": 1.0}])
def test_what_no_hand_can_tell_moves_nothing(state, told):
    times = [0.0, 1.0, 2.0]
    drawn(times)
    clock._moved(times, told)
    assert drawn([*times, 3.0]) == 3.0


@pytest.mark.parametrize("told", [float("nan"), float("inf"), -float("inf"), -1, 1e300])
def test_a_move_beyond_the_ends_is_to_one_of_its_places(state, told):
    times = [0.0, 1.0, 2.0]
    drawn(times)
    assert drawn(times, told) in times


def test_a_playback_goes_from_where_it_stands_to_the_end_and_then_follows(state):
    times = [float(k) for k in range(240)]
    drawn(times)
    clock._toggle(times)  # from the end it begins again
    seen = [drawn(times)]
    while clock.is_playing():
        seen.append(drawn(times))
    assert seen == sorted(set(seen))
    assert seen[0] < 10
    assert seen[-1] == 239
    assert len(seen) <= clock._FRAMES + 1
    assert drawn([*times, 240.0]) == 240.0


def test_a_hand_halts_the_playback(state):
    times = [float(k) for k in range(100)]
    drawn(times)
    clock._toggle(times)
    drawn(times)
    assert drawn(times, 50.0) == 50.0
    assert not clock.is_playing()
    clock.forget()
    assert drawn(times) == times[-1]


def test_a_playback_that_was_begun_after_a_move_goes_on_from_there_when_that_is_told(state):
    times = [float(k) for k in range(100)]
    drawn(times)
    clock._toggle(times)
    clock._moved(times, {"time": 50.0, "moves": 1, "presses": 0})  # before the press, told late
    assert clock.is_playing()
    assert drawn(times) == 51.0
    clock._moved(times, {"time": 60.0, "moves": 2, "presses": 1})
    assert drawn(times) == 60.0
    assert not clock.is_playing()


def test_a_playback_that_ended_on_a_move_told_late_begins_again_with_the_next(state):
    """A hand goes to the end and some steps back, and all of it is told after the press."""
    times = [float(k) for k in range(100)]
    drawn(times, 0.0)
    clock._toggle(times)
    clock._moved(times, {"time": 99.0, "moves": 2, "presses": 0})
    drawn(times)
    clock._moved(times, {"time": 94.0, "moves": 7, "presses": 0})
    seen = [drawn(times)]
    while clock.is_playing():
        seen.append(drawn(times))
    assert seen == [95.0, 96.0, 97.0, 98.0, 99.0]


def test_a_press_at_the_end_plays_from_the_beginning_however_late_the_move_is_told(state):
    times = [float(k) for k in range(100)]
    drawn(times, 50.0)
    clock._toggle(times)
    drawn(times)
    clock._moved(times, {"time": 99.0, "moves": 2, "presses": 0})
    assert drawn(times) == 1.0
    assert clock.is_playing()


def test_a_halt_is_no_wish_to_play(state):
    times = [float(k) for k in range(100)]
    drawn(times, 10.0)
    clock._toggle(times)
    drawn(times)
    clock._toggle(times)  # halts, and a move before it is told after it
    clock._moved(times, {"time": 30.0, "moves": 2, "presses": 1})
    assert not clock.is_playing()
    assert drawn(times) == 30.0
