"""`python -m vae_explorer compare ...`: a race, judged, with a report."""

from __future__ import annotations

import argparse
import dataclasses

from vae_explorer.data import load_dataset
from vae_explorer.experiment.arms import arms_of, chosen_key
from vae_explorer.experiment.command import PROGRAM, option_names
from vae_explorer.experiment.judging import Judging
from vae_explorer.experiment.settings import ConfigError, from_text
from vae_explorer.explain.verdicts import power
from vae_explorer.saved.race import (
    REPORT_NAME,
    check_race_target,
    save_report,
    save_results,
    save_runs,
)
from vae_explorer.terminal.interruption import Interruption
from vae_explorer.terminal.options import (
    add_experiment_options,
    add_images,
    add_threads,
    experiment_from,
    help_of,
    metavar_of,
)
from vae_explorer.terminal.progress import say
from vae_explorer.terminal.steps import (
    INTERRUPTED,
    announcement,
    set_threads,
    take_steps,
    trials_announcement,
)
from vae_explorer.terminal.tables import standings, tuned


def add_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the race")
    group.add_argument(
        "--out",
        required=True,
        metavar="DIR",
        help="Folder for report.html, results.csv, results.json and the saved runs; "
        "a race that is there is replaced.",
    )
    group.add_argument(
        "--reference",
        metavar="NAME",
        help="The activation that the others are held against (default: the first).",
    )
    for setting in dataclasses.fields(Judging):
        group.add_argument(
            *option_names(setting),
            dest=setting.name,
            help=help_of(setting),
            metavar=metavar_of(setting),
        )
    add_images(group)
    add_threads(group)
    add_experiment_options(parser)


def epilog() -> str:
    return (
        f"example:\n  {PROGRAM} compare --dataset digits --activation relu --activation gelu "
        "--seeds 5 --epochs 30 --out races/relu-gelu"
    )


def run(arguments: argparse.Namespace) -> int:
    given = vars(arguments)
    experiment = experiment_from(arguments)
    for name in ("learning_rates", "inits"):
        if experiment.trials and getattr(experiment, name) is not None:
            raise ConfigError(
                f"{name} are given, and tune is to choose them; leave one of the two out."
            )
    judging = Judging(
        **{
            setting.name: from_text(setting, given[setting.name])
            for setting in dataclasses.fields(Judging)
            if setting.name in given
        }
    )
    reference = chosen_key(arms_of(experiment), given.get("reference"))
    folder = check_race_target(arguments.out, experiment)
    data_dir = given.get("data_dir")
    dataset = load_dataset(experiment.dataset, experiment.image_set, data_dir, progress=say)
    say(dataset.origin)
    if line := power(experiment):
        say(line)
    with Interruption() as interruption:
        from vae_explorer.figures.report.race import race_report
        from vae_explorer.training.judge import judge
        from vae_explorer.training.race import RaceTrainer, Recording
        from vae_explorer.training.tuning import Tuner

        tuning = None
        if experiment.trials:
            tuner = Tuner(experiment, dataset)
            say(trials_announcement(tuner, set_threads(given.get("threads"), experiment.trials[0])))
            take_steps(tuner, interruption)
            if not tuner.finished:
                raise KeyboardInterrupt
            tuning, experiment = tuner.tuning(), tuner.tuned
            say(tuned(tuning, experiment))
        threads = set_threads(given.get("threads"), experiment)
        race = RaceTrainer(experiment, dataset)
        say(announcement(race, threads))
        recording = Recording(race)
        take_steps(race, interruption, recording.after_step)
        if race.step_number == 0:
            raise KeyboardInterrupt
        if not race.finished:
            recording.look()
            say(f"Interrupted at step {race.step_number:,} of {race.steps:,}; saving the race.")
        # What took hours first: whatever fails after it loses no more than itself.
        save_runs(folder, race)
        try:
            judged = judge(race, judging, say, tuning)
            record = dataclasses.replace(recording.record, race=judged)
            save_results(folder, record, reference)
            save_report(folder, race_report(record, reference))
        except KeyboardInterrupt:
            say(f"Interrupted before all was measured: the runs are saved in {folder}.")
            return INTERRUPTED
        say(standings(judged, reference))
        say(f"Saved as {folder}; {REPORT_NAME} in it shows the race.")
    return 0 if race.finished else INTERRUPTED
