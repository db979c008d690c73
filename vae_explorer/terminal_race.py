"""A race in a terminal: who leads, by how much, and what can be said of it."""

from __future__ import annotations

import numpy as np

from vae_explorer.explain.findings import explain, recommend
from vae_explorer.explain.statistics import differences, interval
from vae_explorer.results.race import Race


def standings(race: Race, reference: str) -> str:
    """A line an arm, the best mean first, then what follows from them, a sentence a line."""
    values = race.values("test_loss")
    row_of_reference = race.row(reference)
    against = differences(values, row_of_reference)
    means = [interval(row) for row in values]
    order = sorted(range(len(means)), key=lambda arm: np.nan_to_num(means[arm].mean, nan=np.inf))
    rows = [("", "negative ELBO", "", f"to {race.arms[row_of_reference].label}", "")]
    for arm in order:
        mean, difference = means[arm], against[arm]
        rows.append(
            (
                race.arms[arm].label,
                "–" if np.isnan(mean.mean) else f"{mean.mean:,.2f}",
                "" if np.isnan(mean.half) else f"± {mean.half:.2f}",
                "" if difference is None or np.isnan(difference.mean) else _signed(difference.mean),
                ""
                if difference is None or np.isnan(difference.half)
                else f"± {difference.half:.2f}{'' if difference.clear else '  not clear'}",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ["On the test images, nats per image, means and 95 % intervals over seeds:"]
    for row in rows:
        cells = [row[0].ljust(widths[0]), row[1].rjust(widths[1]), row[2].ljust(widths[2])]
        cells += [row[3].rjust(widths[3]), row[4]]
        lines.append("  ".join(cells).rstrip())
    findings = [finding.sentence for finding in explain(race, reference)]
    advice = recommend(race, reference)
    return "\n".join([*lines, *findings, f"{advice.sentence} {advice.reason} {advice.doubt}"])


def _signed(value: float) -> str:
    return f"{value:+,.2f}".replace("-", "−")
