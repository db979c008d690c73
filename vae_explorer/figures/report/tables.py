"""The tables of a report, as HTML. Every word that is not the app's own is escaped."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from vae_explorer.experiment.arms import Arm
from vae_explorer.experiment.experiment import SETTINGS
from vae_explorer.experiment.settings import in_words, number_text
from vae_explorer.explain.standing import Standing
from vae_explorer.explain.standings import Standings
from vae_explorer.explain.statistics import LEAST_SEEDS, Interval
from vae_explorer.explain.verdicts import few
from vae_explorer.explain.words import sentence
from vae_explorer.figures.report.numbering import Numbering
from vae_explorer.figures.style import activation_style
from vae_explorer.results.race import QUANTITIES, Quantity, Race

_LOSSES = ("test_loss", "reconstruction", "kl", "bound")
# Twelve columns do not fit on a page of A4.
_HALVES = (
    ("Losses and latents", (*_LOSSES, "looseness", "gap", "active_latents")),
    (
        "Units, gradients at the last step, and timing",
        (
            *("dead", "saturated", "one_sided", "smallest_gradient", "largest_gradient"),
            *("images_per_second", "seconds"),
        ),
    ),
)
_DASHES = {"solid": "none", "dash": "6 2", "dot": "3 1.75", "longdashdot": "9 2 3 2"}  # px
_NOTHING = '<td class="none">–</td>'


def leaderboard(standings: Standings, number: Numbering) -> str:
    """Losses of every arm, its difference to the reference and a verdict."""
    loss = standings.of("test_loss")
    rates = standings.race.experiment.learning_rates
    head = "".join(
        [
            _head("Activation", "name"),
            *([_head("Learning rate", "")] if rates else []),
            *(_head(QUANTITIES[name].label, "", QUANTITIES[name].unit) for name in _LOSSES),
            _head(f"Against {loss.arms[loss.reference].label}", "", "nats"),
            _head("p", "", "corrected"),
            _head("Verdict", "words"),
        ]
    )
    lines = []
    for arm in loss.order:
        name = _name(loss.arms[arm], bold=arm in loss.leaders)
        cells = [f"<td>{number_text(rates[arm])}</td>"] if rates else []
        cells += [_mean(QUANTITIES[q], standings.interval(q, arm)) for q in _LOSSES]
        cells += _against(loss, arm)
        cells.append(f'<td class="words">{loss.verdict(arm).words}</td>')
        lines.append(f"<tr>{name}{''.join(cells)}</tr>")
    caption = f"{_how(standings.race, len(loss.leaders))} The verdict is on the negative ELBO; "
    return _table(number, caption + "lower is better.", head, lines)


def _how(race: Race, leading: int) -> str:
    """What the leaderboard's numbers are."""
    seeds = race.experiment.seeds
    if seeds < LEAST_SEEDS:
        return sentence(
            f"{few(seeds)} each, on test images: an example, in the order of the settings"
        )
    bold = {0: "", 1: "; the winner is bold"}.get(
        leading, "; the leaders, between which there is no clear difference, are bold"
    )
    return f"Means over {seeds} seeds ± half of their 95 % interval, on test images{bold}."


def measurements(standings: Standings, number: Numbering) -> str:
    """Every quantity of every arm."""
    tables = []
    for words, names in _HALVES:
        head = _head("Activation", "name") + "".join(
            _head(QUANTITIES[name].label, "", QUANTITIES[name].unit) for name in names
        )
        lines = [
            f"<tr>{_name(standings.arms[arm])}"
            + "".join(_mean(QUANTITIES[name], standings.interval(name, arm)) for name in names)
            + "</tr>"
            for arm in standings.of("test_loss").order
        ]
        note = "VAEs of one shape train together and share one timing" if "seconds" in names else ""
        tables.append(_table(number, ". ".join(filter(None, [words, note])) + ".", head, lines))
    return "\n".join(tables)


def settings(race: Race, number: Numbering) -> str:
    """All settings; those that are not the default's are marked."""
    lines = []
    for name, setting in SETTINGS.items():
        value = getattr(race.experiment, name)
        differs = value != setting.default
        if name == "sweep_values":
            value = race.experiment.swept_values  # the usual ones, where no others are asked for
        kind = ' class="differs"' if differs else ""
        shown, default = (html.escape(in_words(setting, v)) for v in (value, setting.default))
        beside = f' <span class="default">default {default}</span>' if differs else ""
        label = html.escape(setting.metadata["label"])
        lines.append(f'<tr{kind}><th scope="row">{label}</th><td>{shown}{beside}</td></tr>')
    caption = "Settings; those in bold are not the default's."
    return _table(number, caption, "", lines, "pairs")


def environment(race: Race, number: Numbering) -> str:
    """Where it was run; nothing where that is not known."""
    found = race.environment
    if found is None:
        return ""
    rows = {
        "Ended": found.made.replace("T", " ").replace("+00:00", " UTC"),
        "Versions": ", ".join(f"{name} {version}" for name, version in found.versions.items()),
        "Precision": found.precision,
        "Threads": f"{found.threads:,}",
        "Images": found.data_origin,
    }
    lines = [
        f'<tr><th scope="row">{name}</th><td>{html.escape(text)}</td></tr>'
        for name, text in rows.items()
    ]
    return _table(number, "Where and when the race was run.", "", lines, "pairs")


def _table(
    number: Numbering, caption: str, head: str, lines: Sequence[str], kind: str = "numbers"
) -> str:
    top = f"<thead><tr>{head}</tr></thead>\n" if head else ""
    body = "\n".join(lines)
    return (
        f'<div class="wide"><table class="{kind}">\n'
        f"<caption><b>{number.table()}.</b> {html.escape(caption)}</caption>\n"
        f"{top}<tbody>\n{body}\n</tbody></table></div>"
    )


def _head(label: str, kind: str, unit: str = "") -> str:
    below = f"<small>{html.escape(unit)}</small>" if unit else ""
    marked = f' class="{kind}"' if kind else ""
    return f'<th scope="col"{marked}>{html.escape(label)}{below}</th>'


def _name(arm: Arm, bold: bool = False) -> str:
    """The arm's name after a dash in its colour, as on the charts."""
    label = html.escape(arm.label)
    label = f"<b>{label}</b>" if bold else label
    return f'<th scope="row" class="name">{_key(arm)}{label}</th>'


def _key(arm: Arm) -> str:
    """The line of the arm's activation, with a dot in the decoder's colour if it has another."""
    style = activation_style(arm.activation_key)
    dot = f'<circle cx="11" cy="4" r="3.5" fill="{style.marker_colour}"/>'
    return (
        '<svg class="key" width="22" height="8" aria-hidden="true"><line x2="22" y1="4" y2="4" '
        f'stroke="{style.colour}" stroke-width="3" stroke-dasharray="{_DASHES[style.dash]}"/>'
        f"{dot if style.marker_colour != style.colour else ''}</svg>"
    )


def _mean(quantity: Quantity, found: Interval) -> str:
    if not math.isfinite(found.mean):
        return _NOTHING
    scale = 100 if quantity.percent else 1
    text = _number(scale * found.mean, quantity.digits)
    if math.isfinite(found.half):
        text += f'<span class="half"> ± {_number(scale * found.half, quantity.digits)}</span>'
    return f"<td>{text}</td>"


def _against(standing: Standing, arm: int) -> list[str]:
    """The difference and its p; of what is not compared, as of lucky seeds, nothing."""
    found = standing.differences[arm]
    if found is None or not standing.comparable(arm) or not math.isfinite(found.mean):
        return [_NOTHING, _NOTHING]
    text = f"{found.mean:+,.2f}".replace("-", "−")
    if not math.isfinite(found.half):
        return [f"<td>{text}</td>", _NOTHING]
    kind = ' class="clear"' if found.clear else ""
    p_value = f"{found.adjusted:.3f}" if found.adjusted >= 0.001 else "&lt; 0.001"
    half = f'<span class="half"> ± {found.half:,.2f}</span>'
    return [f"<td{kind}>{text}{half}</td>", f"<td{kind}>{p_value}</td>"]


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}".replace("-", "−")
