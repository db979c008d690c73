"""A hundred random races: table, sentences, chart, report, terminal and file never disagree."""

from __future__ import annotations

import dataclasses
import json
import re
from itertools import combinations

import numpy as np
import pytest

from tests.helpers.races import race_of
from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.findings import claims, explain, recommend
from vae_explorer.explain.standings import Standings
from vae_explorer.figures import race as race_figures
from vae_explorer.figures.leaderboard import leaderboard_rows
from vae_explorer.figures.report import page as report_page
from vae_explorer.results.race import Race
from vae_explorer.results.tuning import Tuning
from vae_explorer.saved.race_json import to_json
from vae_explorer.terminal import tables

CLEAR = ("clearly better", "clearly worse", "clearly higher", "clearly lower")
NO_NUMBER = re.compile(r"\b(nan|inf|None|True|False)\b|  | ,|\.\.")


def random_race(seed: int) -> Race:
    """Of any number of arms and seeds, with and without differences, losses and a sweep."""
    rng = np.random.default_rng(seed)
    names = rng.choice(list(ACTIVATIONS), rng.integers(1, 8), replace=False).tolist()
    kind = rng.choice(["plain", "tuned", "sweep", "grid", "given"], p=[0.4, 0.2, 0.2, 0.1, 0.1])
    settings = {
        "dataset": "digits",
        "activations": names,
        "seeds": int(rng.choice([1, 2, 3, 5, 10], p=[0.1, 0.1, 0.3, 0.3, 0.2])),
        "epochs": int(rng.choice([5, 30])),
    }
    if kind == "sweep":
        sweep, values = [("beta", (0.5, 1, 2)), ("latent", (2, 8)), ("depth", (1, 2))][seed % 3]
        settings |= {"sweep": sweep, "sweep_values": values}
    elif kind == "grid":
        settings |= {"activations": names[:3], "decoder_activations": ["relu", "tanh"]}
    elif kind == "tuned":
        settings["tune"] = "learning_rate_and_init" if seed % 2 else "learning_rate"
        settings["tune_values"] = (0.001, 0.01, 0.1)
    experiment = Experiment(**settings)
    count = len(arms_of(experiment))
    tuning = None
    if kind == "tuned":
        inits = experiment.tried_inits
        shape = (count, len(inits), 3)
        losses = 25 + rng.normal(0, 1, (*shape, 1)) + rng.normal(0, 0.2, (*shape, 3))
        losses[rng.random(losses.shape) < 0.05] = np.nan
        tuning = Tuning((0.001, 0.01, 0.1), inits, losses, 287, 1150, float(rng.uniform(1, 90)))
        experiment = experiment.tuned_to(tuning.chosen)
    elif kind == "given":
        experiment = experiment.replace(learning_rates=10 ** rng.uniform(-4, -1, count))
    return dataclasses.replace(_measured(experiment, rng), tuning=tuning)


def _measured(experiment: Experiment, rng: np.random.Generator) -> Race:
    """With numbers: arms that differ by nothing, a little or a lot, evenly or not."""
    keys = [arm.key for arm in arms_of(experiment)]
    seeds = experiment.seeds
    apart = rng.choice([0.0, 0.05, 0.5, 5.0])
    spread = rng.choice([0.02, 0.3]) * np.exp(rng.normal(0, rng.choice([0.0, 0.8]), len(keys)))
    race = race_of(
        experiment,
        {key: 25 + apart * rng.normal() for key in keys},
        kl={key: (4 + rng.normal(0, 0.5, seeds)).tolist() for key in keys},
        dead={key: {"encoder 1": float(rng.beta(0.3, 2))} for key in keys},
        saturated={key: {"encoder 1": float(rng.beta(0.3, 2))} for key in keys},
        active={key: rng.integers(1, 3, seeds).tolist() for key in keys},
        gap={key: float(rng.choice([0.1, 2.0])) for key in keys},
        diverged={key: {0: 40} for key in keys if rng.random() < 0.06},
        unsettled={key: (seeds - 1,) for key in keys if rng.random() < 0.06},
    )
    luck = dict(zip(keys, spread))
    members = list(race.members)
    for arm in race.arms:
        for row in arm.rows:
            result, more = members[row].result, float(rng.normal(0, luck[arm.key]))
            changed = dataclasses.replace(
                result,
                test_loss=result.test_loss + more,
                test_reconstruction=result.test_reconstruction + more,
            )
            aside = None if experiment.sweep == "none" else changed.test_loss + rng.normal(0, 0.2)
            members[row] = dataclasses.replace(members[row], result=changed, validation_loss=aside)
    return dataclasses.replace(
        race,
        members=tuple(members),
        validation_images=0 if experiment.sweep == "none" else 287,
    )


def all_said(race):
    """All sentences, held against each arm in turn: (standings, findings, advice)."""
    found = []
    for arm in race.arms:
        standings = Standings(race, arm.key)
        found.append((standings, explain(standings), recommend(standings)))
    return found


def check_every_sentence_is_one(race, said):
    for standings, findings, advice in said:
        texts = [each.sentence for each in (*findings, *claims(standings))]
        for text in (*texts, advice.sentence, advice.reason, advice.doubt):
            assert re.match(r"[^a-z]", text) and text.endswith("."), text
            assert not NO_NUMBER.search(text), text
        assert len(set(texts)) == len(texts)


def check_no_two_arms_have_one_name(race, said):
    assert len({arm.label for arm in race.arms}) == len(race.arms)


def check_a_difference_is_clear_where_its_interval_leaves_0_out(race, said):
    for standings, _, _ in said:
        for quantity in ("test_loss", "kl", "active_latents", "dead"):
            standing = standings.of(quantity)
            for arm, difference in enumerate(standing.differences):
                if difference is None:
                    continue
                words = standing.verdict(arm).words
                apart = difference.low > 0 or difference.high < 0  # false for NaN
                assert difference.clear == apart
                if words in CLEAR:
                    assert apart
                if apart and standings.diverged[arm] == standings.unsettled[arm] == 0:
                    assert words in CLEAR


def check_nothing_is_concluded_from_few_seeds(race, said):
    if race.experiment.seeds > 2:
        return
    for standings, findings, advice in said:
        assert advice.arms == () and standings.leaders == ()
        assert not any("clear" in each.sentence for each in findings)
        rows = leaderboard_rows(standings.of("test_loss"))
        assert all(row["rank"] is None for row in rows)


def check_a_winner_is_one_everywhere(race, said):
    first = said[0][0].leaders
    for standings, findings, advice in said:
        assert standings.leaders == first  # whatever is chosen as the reference
        wins = [each for each in findings if " wins: " in each.sentence]
        takes = ", take " in advice.sentence
        if wins:
            assert len(first) == 1 and takes
            assert advice.arms == wins[0].arms == standings.keys(*first)
            if not standings.diverged.any():
                assert leaderboard_rows(standings.of("test_loss"))[0]["key"] == advice.arms[0]
        if takes:
            assert len(first) == 1 and advice.arms == standings.keys(*first)


def check_what_is_recommended_is_clearly_worse_than_nothing(race, said):
    for standings, _, advice in said:
        row = {arm.key: place for place, arm in enumerate(race.arms)}
        for key in advice.arms:
            assert not standings.diverged[row[key]] and not standings.unsettled[row[key]]
            assert standings.of("test_loss").verdict(row[key]).words != "clearly worse"


def check_leaders_named_together_do_not_clearly_differ(race, said):
    for standings, findings, _ in said:
        for each in findings:
            if each.rule == "leading" and "no clear difference between" in each.sentence.lower():
                rows = [race.row(key) for key in each.arms]
                for one, other in combinations(rows, 2):
                    assert not standings.of("test_loss").difference(one, other).clear


def check_a_clear_difference_in_the_table_has_its_sentence_and_both_parts(race, said):
    for standings, findings, _ in said:
        texts = {each.arms[0]: each.sentence for each in findings if each.rule == "difference"}
        if standings.alike:
            continue
        rows = leaderboard_rows(standings.of("test_loss"))
        assert set(texts) == {row["key"] for row in rows if row["verdict"] in CLEAR}
        for row in rows:
            if row["key"] not in texts:
                continue
            text = texts[row["key"]]
            word = "lower" if row["verdict"] == "clearly better" else "higher"
            assert f"nats {word} than" in text
            assert text.count("±") == 3  # the whole and both parts
            if "comes from" in text:
                arm = race.row(row["key"])
                whole = standings.of("test_loss").difference(arm, standings.reference).mean
                parts = [
                    standings.of(name).difference(arm, standings.reference)
                    for name in ("reconstruction", "kl")
                ]
                assert any(part.clear and part.mean / whole >= 0.8 for part in parts)


def check_terminal_report_file_and_chart_say_what_the_table_says(race, said):
    key = race.arms[-1].key
    standings = Standings(race, key)
    rows = leaderboard_rows(standings.of("test_loss"))
    advice = recommend(standings)
    terminal = tables.standings(race, key)
    lines = terminal.splitlines()
    for row in rows:
        (line,) = [each for each in lines if each.startswith(f"{row['label']}  ")]
        assert line.endswith(row["verdict"])
    report = report_page.report_html(race, key)
    values = json.loads(to_json(race, key))
    for arm in values["arms"]:
        (row,) = [row for row in rows if row["key"] == arm["key"]]
        assert arm["quantities"]["test_loss"]["verdict"] == row["verdict"]
        assert f'<td class="words">{row["verdict"]}</td>' in report
    assert values["leaders"].get("test_loss", []) == list(standings.keys(*standings.leaders))
    assert values["recommendation"]["sentence"] == advice.sentence
    for text in (advice.reason, advice.doubt):
        assert text in terminal
    if len(race.arms) > 1:
        figure = race_figures.against(standings.of("test_loss"), "test_loss")
        filled = {trace.name for trace in figure.data if trace.marker.symbol == "circle"}
        assert filled == {row["label"] for row in rows if row["verdict"] in CLEAR}
    if race.experiment.seeds > 2 and len(race.arms) > 1 and "learning rate" in advice.sentence:
        assert advice.sentence.count("learning rate") == 1


CHECKS = [each for name, each in list(globals().items()) if name.startswith("check_")]


@pytest.mark.parametrize("seed", range(100))
def test_a_random_race_contradicts_itself_nowhere(seed):
    race = random_race(seed)
    said = all_said(race)
    assert len(CHECKS) == 9
    for check in CHECKS:
        check(race, said)
