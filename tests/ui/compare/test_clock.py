"""The Compare page's time: it follows, is moved by hand and by a playback, and knows its echoes."""

from __future__ import annotations

import pytest

from vae_explorer.ui.compare import clock


@pytest.fixture
def state(monkeypatch):
    """What the session holds, with a clock that stands still."""
    held: dict = {}
    monkeypatch.setattr(clock.st, "session_state", held)
    monkeypatch.setattr(clock.time, "monotonic", lambda: held.get("now", 0.0))
    return held


def drawn(times: list[float], sent: float | None = None) -> float:
    """Where the slider stands when the page is drawn, after the browser `sent` where it stood."""
    state = clock.st.session_state
    if sent is not None and sent != state[clock._SLIDER]:
        state[clock._SLIDER] = sent
        clock._moved(times)
    clock._forget_echoes()
    clock._advance(times)
    return state[clock._SLIDER]


def test_it_follows_the_newest(state):
    for end in range(2, 30):
        times = [0.5 * k for k in range(end)]
        assert drawn(times, state.get(clock._SLIDER)) == times[-1]


@pytest.mark.parametrize("late", [1, 2, 5])
def test_a_browser_that_is_late_does_not_move_it(state, late):
    put = []
    for end in range(2, 40):
        times = [0.5 * k for k in range(end)]
        state["now"] = 10.0 * end  # far slower than any echo is given time for
        put.append(drawn(times, put[max(len(put) - late, 0)] if put else None))
        assert put[-1] == times[-1]


def test_moved_by_hand_it_stays_there_while_the_race_goes_on(state):
    times = [0.0, 1.0, 2.0, 3.0]
    drawn(times)
    assert drawn(times, 0.9) == 1.0  # the nearest at which something was kept
    assert drawn([*times, 4.0], 1.0) == 1.0
    assert drawn([*times, 4.0], 0.9) == 1.0  # late
    assert drawn([0.0, 2.0, 4.0, 6.0], 1.0) in (0.0, 2.0)  # thinned out since
    assert drawn([0.0, 2.0, 4.0, 6.0], 6.0) == 6.0  # back at the end it follows again
    assert drawn([0.0, 2.0, 4.0, 6.0, 8.0], 6.0) == 8.0


def test_at_rest_every_place_can_be_gone_to_even_where_it_was_put_before(state):
    for end in range(2, 6):
        drawn([float(k) for k in range(end)], state.get(clock._SLIDER))
    times = [float(k) for k in range(5)]
    assert drawn(times, 4.0) == 4.0
    state["now"] = 60.0
    assert drawn(times, 4.0) == 4.0
    assert drawn(times, 3.0) == 3.0


def test_a_small_step_by_key_goes_on_to_the_next_place(state):
    times = [0.0, 5.0, 10.0]
    drawn(times)
    assert drawn(times, 9.9) == 5.0
    assert drawn(times, 5.1) == 10.0
    assert drawn(times, 0.0) == 0.0


def test_a_playback_goes_from_where_it_stands_to_the_end_and_then_follows(state):
    times = [float(k) for k in range(240)]
    drawn(times)
    clock._toggle(times)  # from the end it begins again
    seen = [drawn(times, state[clock._SLIDER])]
    while clock.is_playing():
        seen.append(drawn(times, state[clock._SLIDER]))
    assert seen == sorted(set(seen))
    assert seen[0] < 10
    assert seen[-1] == 239
    assert len(seen) <= clock._FRAMES + 1
    assert drawn([*times, 240.0], 239.0) == 240.0


def test_a_hand_halts_the_playback(state):
    times = [float(k) for k in range(100)]
    drawn(times)
    clock._toggle(times)
    drawn(times, state[clock._SLIDER])
    assert drawn(times, 50.0) == 50.0
    assert not clock.is_playing()
    clock.forget()
    assert not [name for name in state if name.startswith("compare.")]
