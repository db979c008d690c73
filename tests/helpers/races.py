"""Races made by hand, for tests of what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vae_explorer.experiment.arms import Arm, arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.standing import Standing
from vae_explorer.results.environment import Environment
from vae_explorer.results.members import MemberResult
from vae_explorer.results.race import LayerHealth, MemberJudgement, Race
from vae_explorer.results.snapshot import Freeze

ENVIRONMENT = Environment(
    made="2026-05-01T12:00:00+00:00",
    versions={"python": "3.12.1", "torch": "2.6.0", "numpy": "2.1.0", "vae_explorer": "0.1.0"},
    precision="float32",
    threads=2,
    data_origin="1,797 handwritten digits of 8×8 pixels, as shipped with scikit-learn.",
)
LUCK = (0.0, 1.3, -0.4, 0.7, -1.1)  # of five seeds, the same for all arms
NOISE = 0.05  # standard deviation of what is left when seeds are paired


def race_of(experiment: Experiment, losses: Mapping[str, float], **columns: Any) -> Race:
    """A race in which each arm, by its key, has these mean losses and the luck of the seeds.

    A column is a number for all members, or a mapping of arm keys to a number for all seeds or a
    list of one a seed: kl, gap, bound_gap (negative ELBO minus bound), active, speed, one_sided
    (the share of such units in every layer); `dead` and `saturated` map arm keys to shares by
    layer, `gradients` to norms by layer, `diverged` to the seeds' places and the steps at which
    they stopped, `unsettled` to the places of seeds whose negative ELBO does not settle, `epochs`
    to those that were trained.
    """
    arms = arms_of(experiment)
    members: list[MemberJudgement | None] = [None] * len(experiment.members)
    for index, arm in enumerate(arms):
        for place, row in enumerate(arm.rows):
            draws = np.random.default_rng([7, index, place]).normal(0, NOISE, 4).tolist()
            loss = losses[arm.key] + LUCK[place % len(LUCK)] + draws[0]

            def at(name: str, default: float, arm=arm, place=place) -> float:
                value = columns.get(name, default)
                if isinstance(value, Mapping):
                    value = value.get(arm.key, default)
                return value[place] if isinstance(value, Sequence) else value

            def of(name: str, arm=arm) -> Any:
                return columns.get(name, {}).get(arm.key, {})

            kl = at("kl", 5.0) + draws[1]
            step = of("diverged").get(place)
            reason = f"Its loss was no longer finite at step {step}."
            frozen = None if step is None else Freeze(row, step, "encoder 1", reason)
            epochs = at("epochs", float(experiment.epochs))
            result = MemberResult(
                recipe=experiment.members[row],
                test_loss=loss,
                test_reconstruction=loss - kl,
                test_kl=kl,
                active_latents=int(at("active", 2)),
                seconds=4.0,
                seconds_with_evaluation=5.0,
                images_per_second=at("speed", 1000.0),
                frozen=frozen,
                epochs=epochs,
            )
            names = {**of("dead"), **of("saturated")} or {"encoder 1": 0.0, "decoder 1": 0.0}
            members[row] = MemberJudgement(
                result=result,
                train_loss=loss - at("gap", 0.1) - draws[2],
                bound=loss - at("bound_gap", 1.5) - draws[3],
                bound_error=0.25,
                layers=tuple(
                    LayerHealth(
                        n,
                        dead=of("dead").get(n, 0.0),
                        saturated=of("saturated").get(n, 0.0),
                        one_sided=at("one_sided", 0.05),
                    )
                    for n in names
                ),
                gradients=of("gradients") or {"encoder 1": 0.2, "heads": 0.3, "output": 0.5},
                draw_error=0.02,
                settles=place not in columns.get("unsettled", {}).get(arm.key, ()),
            )
    return Race(experiment, arms, tuple(members), 64, 64, 300, 300, ENVIRONMENT)


def plain(losses: Mapping[str, float], seeds: int = 5, **columns: Any) -> Race:
    """A race of activations on digits; `settings` among the columns are the experiment's."""
    settings = {"dataset": "digits", "hidden": (16,), "epochs": 30, **columns.pop("settings", {})}
    return race_of(
        Experiment(activations=tuple(losses), seeds=seeds, **settings), losses, **columns
    )


def standing(
    arms: Sequence[Arm],
    values: np.ndarray,
    better: int = -1,
    reference: int = 0,
    diverged: Sequence[int] | None = None,
    short: Sequence[float | None] | None = None,
) -> Standing:
    """How arms stand by values (A, S): whole are those with all, none diverged and none short."""
    lost = [0] * len(arms) if diverged is None else list(diverged)
    fewer = [None] * len(arms) if short is None else list(short)
    known = np.isfinite(values).all(1)
    whole = tuple(a for a in range(len(arms)) if known[a] and not lost[a] and fewer[a] is None)
    return Standing(tuple(arms), values, reference, better, whole, lost, [0] * len(arms), fewer)
