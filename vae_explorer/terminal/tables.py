"""What a person reads in a terminal when training has ended: what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

import numpy as np

from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.findings import explain, recommend
from vae_explorer.explain.standings import Standings
from vae_explorer.explain.tuned import choices
from vae_explorer.explain.unused import unused
from vae_explorer.explain.words import at_rates
from vae_explorer.results.members import MemberResult
from vae_explorer.results.race import Race
from vae_explorer.results.tuning import Tuning
from vae_explorer.saved.run_json import RunRecord


def table(record: RunRecord) -> str:
    """The results as a table, with what is to be said of single members and of luck below it."""
    results = record.results
    header = (
        "activation",
        "seed",
        "negative ELBO",
        "reconstruction",
        "KL",
        "active latents",
        "images/s",
    )
    rows = [header, *(_row(result) for result in results)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(header))]
    draws = record.info.loss_draws
    by = f", by {draws:,} draws of z an image" if draws > 1 else ""
    lines = [f"On the test images{by}, in nats per image:"]
    for row in rows:
        first, *others = (cell.ljust(width) for cell, width in zip(row, widths))
        lines.append("  ".join([first, *(cell.strip().rjust(len(cell)) for cell in others)]))
    for result in results:
        if result.frozen:
            name = f"{result.recipe.label}, seed {result.recipe.seed}"
            lines.append(f"{name}, stopped early. {result.frozen.reason}")
    return "\n".join([*lines, *_on_luck(results, record.info.unsettled)])


def _row(result: MemberResult) -> tuple[str, ...]:
    losses = (result.test_loss, result.test_reconstruction, result.test_kl)
    return (
        result.recipe.label,
        str(result.recipe.seed),
        *("–" if loss is None else f"{loss:,.2f}" for loss in losses),
        str(result.active_latents),
        f"{result.images_per_second:,.0f}",
    )


def _on_luck(results: Sequence[MemberResult], unsettled: Sequence[int]) -> list[str]:
    """How sure a comparison of activations is, where there is one."""
    losses: Mapping[str, list[float]] = defaultdict(list)
    unsure: Mapping[str, int] = Counter(
        results[index].recipe.label for index in unsettled if not results[index].frozen
    )
    for result in results:
        loss = None if result.frozen else result.test_loss
        losses[result.recipe.label].append(np.nan if loss is None else loss)
    heavy = [
        f"{label}: the negative ELBO does not settle"
        + (f" in {count} of {len(losses[label])} seeds" if len(losses[label]) > 1 else "")
        + ": single draws of z decide its mean."
        for label, count in unsure.items()
    ]
    if all(len(values) > 1 for values in losses.values()):
        whole = [
            f"{label}: {fmean(values):,.2f} ± {stdev(values):,.2f} nats, mean and standard "
            f"deviation of {len(values)} seeds."
            for label, values in losses.items()
            if all(np.isfinite(values))
        ]
        # The seeds that are left are the lucky ones: they have no mean.
        gone = {label: int(np.isnan(values).sum()) for label, values in losses.items()}
        lost = [
            f"{label}: {count - unsure[label]} of {len(losses[label])} seeds diverged."
            for label, count in gone.items()
            if count > unsure[label]
        ]
        return whole + heavy + lost
    if len(losses) > 1:
        return [*heavy, "With one seed each, a difference may be luck; --seeds 3 shows how much."]
    return heavy


def tuned(tuning: Tuning, experiment: Experiment) -> str:
    """What the trials chose."""
    labels = [arm.label for arm in arms_of(experiment)]
    found = choices(tuning, labels, experiment.learning_rate)
    return f"Best on {tuning.images:,} validation images: {found}."


def standings(race: Race, reference: str) -> str:
    """A line an arm, in their order, then what follows from them, a sentence a line."""
    found = Standings(race, reference)
    loss = found.of("test_loss")
    rows = [("", "negative ELBO", "", f"to {race.arms[loss.reference].label}", "", "")]
    for arm in loss.order:
        mean, difference = loss.intervals[arm], loss.differences[arm]
        rows.append(
            (
                race.arms[arm].label,
                "–" if np.isnan(mean.mean) else f"{mean.mean:,.2f}",
                "" if np.isnan(mean.half) else f"± {mean.half:.2f}",
                "" if difference is None or np.isnan(difference.mean) else _signed(difference.mean),
                ""
                if difference is None or np.isnan(difference.half)
                else f"± {difference.half:.2f}",
                loss.verdict(arm).words,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    where = ", ".join(filter(None, ["On the test images", at_rates(race), "nats per image"]))
    how = "means over seeds, which are too few to test anything"
    if not found.example:
        how = "means over seeds with their 95 % intervals, and differences with intervals that "
        how += "hold at once for all pairs"
    lines = [f"{where}: {how}:"]
    for row in rows:
        cells = [row[0].ljust(widths[0]), row[1].rjust(widths[1]), row[2].ljust(widths[2])]
        cells += [row[3].rjust(widths[3]), row[4].ljust(widths[4]), row[5]]
        lines.append("  ".join(cells).rstrip())
    none = unused(race.experiment)
    findings = [each.sentence for each in explain(found) if each.sentence != none]
    advice = recommend(found)
    first = [none] if none else []
    last = f"{advice.sentence.removeprefix(none).strip()} {advice.reason} {advice.doubt}"
    return "\n".join([*first, *lines, *findings, last])


def _signed(value: float) -> str:
    return f"{value:+,.2f}".replace("-", "−")
