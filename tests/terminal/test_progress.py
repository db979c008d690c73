"""Tables and progress, for people to read."""

from __future__ import annotations

import os
import sys

import pytest

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.results.members import MemberResult
from vae_explorer.results.snapshot import Freeze
from vae_explorer.saved.run_json import RunInfo, RunRecord
from vae_explorer.terminal.progress import Bar, Lines, progress, say, status
from vae_explorer.terminal.tables import table
from vae_explorer.training.trainer import Trainer


def record(losses, seeds=1, frozen=None, draws=1, unsettled=(), **settings):
    experiment = Experiment(seeds=seeds, **settings)
    results = tuple(
        MemberResult(
            recipe, loss, 80.0, 5.25, 2, 4.0, 5.0, 12345.6, frozen if i == 0 else None, 3.0
        )
        for i, (recipe, loss) in enumerate(zip(experiment.members, losses, strict=True))
    )
    info = RunInfo(
        made="2026-01-01T00:00:00+00:00",
        finished=True,
        step=9,
        steps=9,
        epoch=3.0,
        precision="float32",
        threads=1,
        versions={},
        data_origin="Nowhere.",
        training_images=30,
        test_images=10,
        changes=(),
        loss_draws=draws,
        unsettled=unsettled,
    )
    return RunRecord(experiment, results, info)


def trainer_of(dataset, **settings):
    settings = {"activations": ["relu", "tanh"], "epochs": 3, **settings}
    return Trainer(Experiment(dataset="digits", hidden=[4], batch_size=10, **settings), dataset)


def test_a_table_of_single_seeds_says_that_a_difference_may_be_luck():
    assert table(record([1234.5, 90.0], activations=["relu", "tanh"])).splitlines() == [
        "On the test images, in nats per image:",
        "activation  seed  negative ELBO  reconstruction    KL  active latents  images/s",
        "ReLU           0       1,234.50           80.00  5.25               2    12,346",
        "Tanh           0          90.00           80.00  5.25               2    12,346",
        "With one seed each, a difference may be luck; --seeds 3 shows how much.",
    ]


def test_a_table_of_seeds_gives_mean_and_standard_deviation():
    lines = table(record([89.0, 91.0, 80.0, 80.0], 2, activations=["relu", "tanh"])).splitlines()
    assert lines[-2:] == [
        "ReLU: 90.00 ± 1.41 nats, mean and standard deviation of 2 seeds.",
        "Tanh: 80.00 ± 0.00 nats, mean and standard deviation of 2 seeds.",
    ]


def test_one_vae_alone_is_compared_with_nothing():
    assert table(record([89.0], activations=["relu"])).endswith("12,346")


def test_a_diverged_member_has_a_dash_and_a_reason():
    freeze = Freeze(0, 3, "encoder 1", "Its loss was no longer finite.")
    lines = table(record([None, 91.0], 2, freeze, activations=["exponential"])).splitlines()
    assert lines[2].split()[:3] == ["Exponential", "0", "–"]
    assert lines[-2:] == [
        "Exponential, seed 0, stopped early. Its loss was no longer finite.",
        "Exponential: 1 of 2 seeds diverged.",
    ]


def test_the_lucky_seeds_of_an_arm_that_lost_one_have_no_mean_and_stand_last():
    """Though what it lost at its last finite step was little."""
    freeze = Freeze(0, 3, "encoder 1", "Its loss was no longer finite.")
    losses = [10.0, 12.0, 80.0, 82.0]
    lines = table(record(losses, 2, freeze, activations=["exponential", "relu"])).splitlines()
    assert lines[-2:] == [
        "ReLU: 81.00 ± 1.41 nats, mean and standard deviation of 2 seeds.",
        "Exponential: 1 of 2 seeds diverged.",
    ]


def test_a_table_says_by_how_many_draws_it_is_and_which_elbo_does_not_settle():
    """That one has no loss, and has not diverged; the seed that has is counted by itself."""
    freeze = Freeze(0, 3, "encoder 1", "Its loss was no longer finite.")
    losses = [None, None, 90.0, 80.0, 81.0, 82.0]
    names = ["exponential", "relu"]
    lines = table(
        record(losses, 3, freeze, draws=16, unsettled=(0, 1), activations=names)
    ).splitlines()
    assert lines[0] == "On the test images, by 16 draws of z an image, in nats per image:"
    assert lines[-3:] == [
        "ReLU: 81.00 ± 1.00 nats, mean and standard deviation of 3 seeds.",
        "Exponential: the negative ELBO does not settle in 1 of 3 seeds: single draws of z decide "
        "its mean.",
        "Exponential: 1 of 3 seeds diverged.",
    ]
    one = table(record([None], draws=16, unsettled=(0,), activations=["exponential"]))
    assert one.endswith(
        "Exponential: the negative ELBO does not settle: single draws of z decide its mean."
    )


def test_the_status_names_the_best_and_the_worst_activation(few_digits):
    trainer = trainer_of(few_digits)
    trainer.step()
    assert status(trainer, 2.0).startswith("  3 %  epoch 0.1 of 3  ")
    for _ in range(12):
        trainer.step()
    relu, tanh = trainer.curves().train_loss[-1]
    first, second = sorted([(relu, "ReLU"), (tanh, "Tanh")])
    expected = f"training loss {first[0]:.1f} ({first[1]}) to {second[0]:.1f} ({second[1]}) nats"
    assert status(trainer, 7200.0).endswith(f"4:00:00 left  {expected}")


def test_the_status_of_one_activation_is_a_mean_over_seeds(few_digits):
    trainer = trainer_of(few_digits, activations=["relu"], seeds=3)
    for _ in range(13):
        trainer.step()
    mean = trainer.curves().train_loss[-1].mean()
    assert status(trainer, 1.0).endswith(f"training loss {mean:.1f} nats")


def test_lines_are_few(few_digits, capsys):
    trainer = trainer_of(few_digits, epochs=50)
    report = progress(trainer)
    assert isinstance(report, Lines)
    while not trainer.finished:
        trainer.step()
        report.update()
    report.close()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("  2 %  epoch 1.0 of 50")
    assert [line[:5] for line in lines[1:]] == [f"{5 * n:3} %" for n in range(1, 21)]


def test_a_bar_stays_in_its_line(few_digits, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    trainer = trainer_of(few_digits)
    bar = Bar(trainer)
    while not trainer.finished:
        trainer.step()
        bar.update()
    bar.close()
    drawn = capsys.readouterr().out.removesuffix("\n").split("\r")
    assert {len(line) for line in drawn[1:]} == {49}
    assert drawn[1].startswith("░" * 20 + "   3 %")
    assert drawn[-1].startswith("█" * 20 + " 100 %")


@pytest.mark.parametrize("seconds", [0, 59.6, 3600])
def test_the_time_left_is_minutes_and_seconds(few_digits, seconds):
    trainer = trainer_of(few_digits, epochs=2)
    for _ in range(13):
        trainer.step()
    expected = {0: "0:00 left", 59.6: "1:00 left", 3600: "1:00:00 left"}
    assert expected[seconds] in status(trainer, seconds)


def test_training_goes_on_when_nobody_reads(monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        say("One.")
        say("Two.")
