"""What is in a report. tests/browser/test_report.py opens it."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys

import numpy as np
import plotly.graph_objects as go
import pytest

from tests.helpers.pages import HOSTILE, PNG, Reader, assert_fetches_nothing
from tests.helpers.races import plain, race_of
from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.findings import claims, explain, recommend
from vae_explorer.explain.standings import Standings
from vae_explorer.figures.report.page import report_html
from vae_explorer.results.race import QUANTITIES

LOSSES = {"relu": 30.0, "gelu": 28.0, "tanh": 30.0, "exponential": 33.0}


@pytest.fixture(scope="module")
def race():
    return plain(LOSSES, diverged={"exponential": {1: 40, 2: 9}}, dead={"relu": {"encoder 1": 0.3}})


@pytest.fixture(scope="module")
def report(race):
    return report_html(race, "relu")


def text_of(report):
    """As it is read: without tags, and every space one."""
    return " ".join(re.sub(r"<[^>]+>", "", report.split("</style>")[1]).split())


def rows_of(report, table=0):
    """The cells of a table's lines as texts."""
    body = re.findall(r"<tbody>(.*?)</tbody>", report, re.S)[table]
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body)
    ]


def test_every_sentence_is_in_it(race, report):
    text = text_of(report)
    found = recommend(Standings(race, "relu"))
    for sentence in (found.sentence, found.reason, found.doubt):
        assert sentence.replace("'", "&#x27;") in text
    for finding in (*explain(Standings(race, "relu")), *claims(Standings(race))):
        assert finding.sentence.replace("'", "&#x27;") in text


def test_the_leaderboard_has_the_best_first_and_who_fell_out_last(race, report):
    rows = rows_of(report)
    assert rows[0][0] == "GELU" and "<b>GELU</b>" in report
    assert [row[0] for row in rows[-1:]] == ["Exponential"]
    assert {row[0]: row[-1] for row in rows} == {
        "GELU": "clearly better",
        "ReLU": "reference",
        "Tanh": "no clear difference",
        "Exponential": "2 of 5 seeds diverged",
    }
    found = Standings(race).of("test_loss").difference(1, 0)
    assert rows[0][5] == f"−{-found.mean:.2f} ± {found.half:.2f}"
    assert rows[0][6] in (f"{found.adjusted:.3f}", "&lt; 0.001")
    assert rows[-1][5:7] == ["–", "–"]  # of the lucky seeds nothing is said


def test_all_quantities_have_a_column(race, report):
    losses, units = rows_of(report, 1), rows_of(report, 2)
    assert [len(row) for row in (losses[0], units[0])] == [8, 8]
    assert len({len(row) for row in losses}) == len({len(row) for row in units}) == 1
    assert len(losses[0]) + len(units[0]) == len(QUANTITIES) + 2
    values = race.values("gap")[1]
    assert losses[0][6].startswith(f"{values.mean():.2f} ± ")
    loose = race.values("test_loss")[1] - race.values("bound")[1]
    assert losses[0][5].startswith(f"{loose.mean():.2f} ± ")
    relu = next(row for row in units if row[0] == "ReLU")
    assert (relu[1], relu[6]) == ("30 ± 0", "1,000")  # speed is measured once: it has no ±


def test_from_one_seed_nothing_is_put_first():
    report = report_html(plain({"relu": 30.0, "gelu": 10.0}, seeds=1), "relu")
    rows = rows_of(report)
    assert [row[0] for row in rows] == ["ReLU", "GELU"]
    assert rows[1][-1] == "one seed: an example"
    assert "±" not in "".join(map("".join, rows))
    assert "One seed each, on test images: an example" in report
    assert "An example, not a result" in report


def test_only_settings_that_differ_are_marked(report):
    marked = re.findall(r'<tr class="differs">.*?<td>(.*?)</td>', report)
    assert [re.sub(r"<[^>]+>", "", each) for each in marked] == [
        "Digits (8×8) default MNIST",
        "ReLU, GELU, Tanh, Exponential default ReLU, Tanh, SiLU",
        "16 default 256, 64",
        "30 default 16",
        "5 default 1",
    ]


def test_it_says_where_it_was_run_how_to_read_it_and_how_to_run_it_again(race, report):
    text = text_of(report)
    assert "2026-05-01 12:00:00 UTC" in text
    assert "python 3.12.1, torch 2.6.0, numpy 2.1.0, vae_explorer 0.1.0" in text
    assert "with K = 64 draws of z an image." in text
    assert "are over the same 300 test images and the same draws" in text
    assert "on these test images minus that on 300 training images, as many of each class" in text
    older = dataclasses.replace(race, loss_draws=1, bound_images=40)
    before = text_of(report_html(older, "relu"))
    assert "on 40 test images; the negative ELBO is over all of them with one draw" in before
    assert "300 training images. Other images would give another" in before
    assert "That of a mean is half of its 95 % t interval over 5 seeds." in text
    assert "is at most 0.05, of which the negative ELBO has 0.04" in text
    assert (
        "python -m vae_explorer compare --dataset digits --activation relu gelu tanh exponential "
        "--hidden 16 --epochs 30 --seeds 5 --out race --reference relu" in text
    )


def test_learning_rates_of_their_own_stand_in_the_leaderboard(race, report):
    assert "Learning rate<" not in report.split("<tbody>")[0]
    experiment = race.experiment.replace(learning_rates=(0.01, 0.003, 0.3, 0.0001))
    tuned = report_html(dataclasses.replace(race, experiment=experiment), "relu")
    assert "Learning rate<" in tuned.split("<tbody>")[0]
    shown = {row[0]: row[1] for row in rows_of(tuned)}
    assert shown == {"ReLU": "0.01", "GELU": "0.003", "Tanh": "0.3", "Exponential": "0.0001"}


def test_without_an_environment_there_is_no_section_of_it(race):
    report = report_html(dataclasses.replace(race, environment=None), "relu")
    assert "Environment" not in report


def test_tables_and_figures_are_numbered_in_their_order(race):
    figure = go.Figure(go.Scatter(x=np.arange(3), y=np.arange(3)))
    report = report_html(
        race, "relu", [(figure, "First."), (figure, "Second.")], [(PNG, ["a", "b"], "Third.")]
    )
    assert re.findall(r"<b>(Table \d)\.</b>", report) == [f"Table {n}" for n in range(1, 6)]
    captions = re.findall(r"<figcaption><b>(Figure \d)\.</b> (\w+)\.", report)
    assert captions == [("Figure 1", "First"), ("Figure 2", "Second"), ("Figure 3", "Third")]
    assert report.count('class="chart"') == 2
    assert report.count("plotly.js v") == 1


def test_words_from_elsewhere_are_text(race):
    environment = dataclasses.replace(
        race.environment, data_origin=HOSTILE, versions={HOSTILE: HOSTILE}, made=HOSTILE
    )
    frozen = race.members[-4].result.frozen
    frozen = dataclasses.replace(frozen, layer=HOSTILE, reason=HOSTILE)
    member = dataclasses.replace(
        race.members[-4], result=dataclasses.replace(race.members[-4].result, frozen=frozen)
    )
    members = (*race.members[:-4], member, *race.members[-3:])
    hostile = dataclasses.replace(race, environment=environment, members=members)
    report = report_html(
        hostile,
        "relu",
        [(go.Figure(layout={"title": {"text": HOSTILE}}), HOSTILE)],
        [(PNG, [HOSTILE], HOSTILE)],
        command=HOSTILE,
        title=HOSTILE,
    )
    assert HOSTILE not in report.replace("\\u003c", "<!")
    assert Reader(report).texts["title"] == HOSTILE


def test_nothing_is_fetched(report):
    assert_fetches_nothing(Reader(report))


@pytest.mark.parametrize(
    ("settings", "title"),
    [
        ({"activations": ["relu"]}, "ReLU on MNIST"),
        ({"activations": ["relu", "tanh"]}, "2 activations on MNIST"),
        (
            {"activations": ["relu"], "decoder_activations": ["relu", "tanh"]},
            "2 pairs of activations on MNIST",
        ),
        ({"activations": ["relu"], "sweep": "beta"}, "ReLU, 3 values of beta, on MNIST"),
    ],
)
def test_it_has_a_title_of_its_own(settings, title):
    experiment = Experiment(seeds=2, **settings)
    race = race_of(experiment, {arm.key: 30.0 for arm in arms_of(experiment)})
    report = report_html(race, race.arms[0].key)
    assert Reader(report).texts["h1"] == title


def test_own_images_are_not_called_by_the_name_of_a_set():
    experiment = Experiment(seeds=3, activations=("relu", "tanh"))
    race = race_of(experiment, {"relu": 30.0, "tanh": 35.0})
    origin = "60 training and 60 test images of MNIST, read from the folder MNIST."
    environment = dataclasses.replace(race.environment, data_origin=origin)
    race = dataclasses.replace(race, environment=environment)
    page = Reader(report_html(race, "relu"))
    assert page.texts["h1"] == "2 activations on own images in the layout of MNIST"
    advice = recommend(Standings(race, "relu"))
    assert advice.sentence.startswith("For own images in the layout of MNIST with these settings")
    assert "one data set, own images in the layout of MNIST, and" in advice.doubt


def test_a_reference_that_does_not_race_is_refused(race):
    with pytest.raises(ValueError, match="There is no 'mish' in this race"):
        report_html(race, "mish")


def test_it_is_made_without_streamlit_and_pytorch():
    program = (
        "import sys, vae_explorer.figures.report.page\n"
        "print(sorted({'streamlit', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
