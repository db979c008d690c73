"""What version 0.1.0 made before its files had folders still opens, and says what it said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest

from vae_explorer import load_run
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.saved.zips import race_of_zip
from vae_explorer.ui.compare.view import RaceView
from vae_explorer.ui.explore.talk import Talk
from vae_explorer.ui.explore.view import View

MADE = Path(__file__).parent / "made_before"
LINKS = json.loads((MADE / "links.json").read_text(encoding="utf-8"))


def test_a_run(tmp_path):
    run = load_run(shutil.copytree(MADE / "run", tmp_path / "run"))
    assert run.experiment.activations == ("prelu",)
    assert run.experiment.decoder_activations == ("tanh",)
    assert run.results[0].test_loss == pytest.approx(48.950043)
    assert run.curves.test_loss[-1, 0] == pytest.approx(48.950043)
    pixels = run.population.decode(np.zeros((1, 1, 2), np.float32))[0, 0, :3]
    np.testing.assert_allclose(pixels, [0.4965, 0.4924, 0.4992], atol=5e-5)


@pytest.mark.parametrize(
    ("name", "losses"),
    [
        ("race", {"relu": [54.768337, 55.011578], "tanh": [52.48806, 52.877647]}),
        (
            "race-of-two-depths",
            {
                "relu@1": [54.768337, 55.011578],
                "tanh@1": [52.48806, 52.877647],
                "relu@2": [64.066025, 46.98176],
                "tanh@2": [51.661423, 49.635315],
            },
        ),
    ],
)
def test_a_race(name, losses):
    saved = race_of_zip((MADE / f"{name}.zip").read_bytes())
    assert [arm.key for arm in saved.race.arms] == list(losses)
    assert saved.race.loss_draws == 1  # and the bound was on other images than the ELBO
    assert np.isnan(saved.race.values("looseness")).all()
    np.testing.assert_allclose(saved.race.values("test_loss"), list(losses.values()))
    shapes = len(saved.race.experiment.shapes)
    assert [s.shape for s in saved.history.at(-1)] == list(range(shapes))
    assert saved.probe.images.shape == (360, 64)


def query(row):
    return dict(parse_qsl(row["query"]))


def test_the_links_of_every_page():
    explore, train, compare = LINKS
    view, notices = View.from_query(query(explore))
    # Which said nothing of what is held equal: coordinates were.
    assert view == View(**explore["view"], same="place") and notices == []
    for row in (train, compare):
        experiment, notices = Experiment.from_query(query(row))
        assert experiment == Experiment.from_dict(row["experiment"]) and notices == []
    view, notices = RaceView.from_query(query(compare))
    assert view == RaceView(**compare["view"]) and notices == []


def test_a_talk():
    talk = Talk.from_json((MADE / "talk.json").read_bytes())
    assert [view.title for view in talk.views] == ["Two spaces", "A run", "A race"]
    assert [view.page for view in talk.views] == ["", "train", "compare"]
    assert [view.query for view in talk.views] == [row["query"] for row in LINKS]
