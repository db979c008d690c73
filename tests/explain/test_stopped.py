"""What is said of a race that was stopped, of how far it got and of what never began."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from tests.figures.report.test_report import rows_of, text_of
from tests.helpers.races import plain, race_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.findings import claims, explain, recommend
from vae_explorer.explain.standings import Standings
from vae_explorer.explain.statistics import Family
from vae_explorer.figures.leaderboard import leaderboard_rows
from vae_explorer.figures.report.page import report_html
from vae_explorer.results.race import QUANTITIES
from vae_explorer.saved.race_json import from_json, to_csv, to_json
from vae_explorer.terminal.tables import standings

SHARED = "At learning rate 0.005, shared by all, "

PLANNED = 30
LOSSES = {"relu@2": 30.0, "relu@8": 25.0, "relu@32": 90.0}
EPOCHS = {"relu@2": 30.0, "relu@8": 12.5, "relu@32": 0.0}


def stopped(losses=LOSSES, epochs=EPOCHS):
    """Stopped while its second shape trained; were the last one's numbers read, they would lose."""
    experiment = Experiment(
        dataset="digits", activations=("relu",), sweep="latent", seeds=5, epochs=PLANNED
    )
    return race_of(experiment, losses, epochs=epochs)


def test_what_never_began_has_no_number_anywhere():
    race = stopped()
    for name in QUANTITIES:
        assert np.isnan(race.values(name)[2]).all()
    assert race.stops() == (None, 12.5, 0.0)
    lines = list(csv.DictReader(io.StringIO(to_csv(race))))
    assert {line["epochs"] for line in lines} == {"30.0", "12.5", "0.0"}
    for line in lines[-5:]:
        assert not any(line[name] for name in (*QUANTITIES, "bound_error"))
    arm = json.loads(to_json(race, "relu@2"))["arms"][2]
    assert arm["epochs"] == 0
    for found in arm["quantities"].values():
        assert found["mean"] is None and found["count"] == 0


def test_what_never_began_and_what_learned_for_fewer_epochs_is_neither_better_nor_worse():
    race = stopped()
    values = race.values("test_loss")
    assert Family(values).difference(1, 0).clear  # were it not for the epochs
    rows = leaderboard_rows(Standings(race).of("test_loss"))
    assert [(row["label"], row["rank"], row["verdict"]) for row in rows] == [
        ("ReLU, latent size 2", 1, "reference"),
        ("ReLU, latent size 8", None, "trained to epoch 12.5"),
        ("ReLU, latent size 32", None, "not trained"),
    ]
    table = rows_of(report_html(race, "relu@2"))
    assert [(row[0], row[-1]) for row in table] == [(r["label"], r["verdict"]) for r in rows]
    assert [row[5:7] for row in table] == [["–", "–"]] * 3
    said = [f.sentence for f in (*explain(Standings(race, "relu@2")), *claims(Standings(race)))]
    assert not any("clearly" in sentence for sentence in said), said
    assert not json.loads(to_json(race, "relu@2"))["arms"][1]["quantities"]["test_loss"][
        "difference"
    ]["clear"]


def test_nothing_is_held_against_a_reference_that_learned_for_fewer_epochs():
    race = stopped()
    for reference, words in [
        ("relu@8", "reference trained for fewer epochs"),
        ("relu@32", "reference not trained"),
    ]:
        rows = leaderboard_rows(Standings(race, reference).of("test_loss"))
        assert rows[0]["verdict"] == words
        assert rows_of(report_html(race, reference))[0][-1] == words


def test_every_surface_says_at_which_epoch_each_shape_was_stopped():
    race = stopped()
    (sentence,) = [f.sentence for f in explain(Standings(race, "relu@2")) if f.rule == "stopped"]
    assert sentence == (
        "The race was stopped: latent size 2 came to the end, 8 was stopped at epoch 12.5 of 30 "
        "and 32 never began. What learned for fewer epochs than the rest is not compared with it."
    )
    report = text_of(report_html(race, "relu@2"))
    assert sentence in report
    assert "15 VAEs · 5 seeds · stopped: 1 of 3 shapes trained for 30 epochs" in report
    assert sentence in standings(race, "relu@2")
    doubt = recommend(Standings(race, "relu@2")).doubt
    assert "The race was stopped before its end" in doubt
    assert "2 settings learned for fewer epochs and stood no chance" in doubt


def test_a_race_of_one_shape_that_was_stopped_is_compared_as_far_as_it_got():
    race = plain({"relu": 30.0, "gelu": 28.0}, epochs=0.75)
    assert race.stops() == (0.75,) and race.whole().all()
    found = [f.sentence for f in explain(Standings(race, "relu"))]
    assert found[0] == "The race was stopped at epoch 0.8 of 30."
    assert any(sentence.startswith(f"{SHARED}GELU wins") for sentence in found)
    assert "5 seeds · stopped at epoch 0.8 of 30" in text_of(report_html(race, "relu"))
    assert "0.8 epochs are short" in recommend(Standings(race, "relu")).doubt


def test_a_shape_of_which_every_vae_diverged_was_not_stopped():
    diverged = {"relu@2": dict.fromkeys(range(5), 40)}
    experiment = Experiment(
        dataset="digits", activations=("relu",), sweep="latent", seeds=5, epochs=PLANNED
    )
    race = race_of(
        experiment, LOSSES, diverged=diverged, epochs={"relu@2": 3.0, "relu@8": 30, "relu@32": 30}
    )
    assert race.stops() == (None, None, None)
    assert race.whole().tolist() == [False, True, True]


def test_an_untested_arm_does_not_make_the_others_less_clear():
    values = np.array([[1.0, 2.0, 3.1], [2.0, 3.1, 4.0], [3.0, 4.0, 5.3]])
    nothing = np.full((4, 3), np.nan)
    alone, beside = Family(values), Family(np.concatenate([values, nothing]))
    assert alone.difference(1, 0) == beside.difference(1, 0)
    assert alone.comparisons == beside.comparisons == 3
    assert beside.compared == (0, 1, 2)


def test_a_file_of_before_says_no_epochs_and_is_read():
    race = stopped(epochs={})
    values = json.loads(to_json(race, "relu@2"))
    for member in values["members"]:
        del member["result"]["epochs"]
    again = from_json(json.dumps(values))
    assert again.epochs().tolist() == [30, 30, 30] and again.whole().all()
    assert again.stops() == (None, None, None)


@pytest.mark.parametrize(
    ("epochs", "message"),
    [(31, "more epochs than the 30"), (-1, "epochs"), (5, "say different epochs")],
)
def test_epochs_that_cannot_be_are_refused(epochs, message):
    values = json.loads(to_json(stopped(), "relu@2"))
    values["members"][0]["result"]["epochs"] = epochs
    if message != "say different epochs":
        for member in values["members"][:5]:
            member["result"]["epochs"] = epochs
    with pytest.raises(ValueError, match=message):
        from_json(json.dumps(values))
