"""Where panels lie: side by side, row by row from the top, with the room that is asked for."""

import numpy as np
import pytest

from vae_explorer.figures.charts.places import Places, axis_number


@pytest.mark.parametrize(
    ("panels", "columns", "rows"), [(0, 1, 1), (1, 1, 1), (5, 3, 2), (6, 3, 2)]
)
def test_there_are_as_many_rows_as_it_takes(panels, columns, rows):
    assert Places(panels, columns).rows == rows


def test_without_room_between_them_panels_fill_the_figure():
    places = Places(panels=6, columns=3)
    np.testing.assert_allclose(places.across(0), [0, 1 / 3])
    np.testing.assert_allclose(places.across(5), [2 / 3, 1])
    np.testing.assert_allclose(places.upwards(2), [0.5, 1])
    np.testing.assert_allclose(places.upwards(3), [0, 0.5], atol=1e-12)


def test_room_is_a_share_of_the_figures_width_and_of_a_rows_height():
    places = Places(panels=4, columns=2, gap=0.05, head=0.2, foot=0.1)
    np.testing.assert_allclose(places.across(3), [0.55, 0.95])
    np.testing.assert_allclose(places.upwards(0), [0.55, 0.9])
    np.testing.assert_allclose(places.upwards(3), [0.05, 0.4])


def test_the_lowest_have_none_below_and_the_leftmost_none_beside():
    places = Places(panels=5, columns=3)
    assert [places.is_lowest(panel) for panel in range(5)] == [False, False, True, True, True]
    assert [places.is_leftmost(panel) for panel in range(5)] == [True, False, False, True, False]


def test_plotlys_first_axis_has_no_number():
    assert [axis_number(index) for index in range(3)] == ["", "2", "3"]
