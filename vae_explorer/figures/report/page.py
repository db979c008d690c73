"""The report of a race: one HTML file that opens anywhere, offline, in any theme, and prints.

It needs neither a server nor Streamlit, so that the command line makes it too.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from vae_explorer.experiment.command import command_line
from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.explain.findings import claims, explain, recommend
from vae_explorer.explain.standings import Finding, Standings
from vae_explorer.explain.words import at_rates, epochs_of, images_of
from vae_explorer.figures.inline import beside
from vae_explorer.figures.page import (
    MOSAIC_STYLE,
    figure_values,
    file_name,
    mosaic,
    page,
    script_json,
)
from vae_explorer.figures.report import reading, tables
from vae_explorer.figures.report.numbering import Numbering
from vae_explorer.results.race import Race

_ROW_HEIGHT = 1.25  # rem, of a mosaic
_HEIGHT = 380  # px, of a figure that says none


def report_html(
    race: Race,
    reference: str,
    figures: Sequence[tuple[go.Figure, str]] = (),
    mosaics: Sequence[tuple[bytes, Sequence[str], str]] = (),
    command: str = "",
    title: str = "",
) -> str:
    """The report's text, Plotly included (5 MB).

    Parameters
    ----------
    reference : str
        Key of the arm that the others are held against; ValueError if there is none.
    figures : sequence of (figure, caption)
    mosaics : sequence of (PNG, names of its rows, caption)
    command : str, optional
        What trains the race again; by default `command_line` of its experiment.
    """
    standings, number = Standings(race, reference), Numbering()
    title = title or _title(race)
    parts = [
        _summary(standings),
        _section("How to read this", reading.paragraphs(race)),
        _section("Result", tables.leaderboard(standings, number)),
        _section("What the numbers say", _findings(explain(standings))),
        _section("What the article says", _findings(claims(standings))),
        _section("Figures", _figures(figures, mosaics, number)),
        _section("All measurements", tables.measurements(standings, number)),
        _section("Settings", tables.settings(race, number)),
        _section("Environment", tables.environment(race, number)),
        _section("How to run it again", _again(race, reference, command)),
    ]
    body = "\n".join([*parts, _scripts([figure for figure, _ in figures], title)])
    style = beside(__file__, "report.css")
    return page(title, body, MOSAIC_STYLE + style)


def _title(race: Race) -> str:
    """ "12 activations on MNIST", "ReLU, 3 values of beta, on MNIST"."""
    experiment = race.experiment
    names = list(dict.fromkeys(arm.activation_key for arm in race.arms))
    what = experiment.members[0].label
    if len(names) > 1:
        pairs = "pairs of " if experiment.decoder_activations else ""
        what = f"{len(names)} {pairs}activations"
    if experiment.sweep != "none":
        label = SWEEPS[experiment.sweep].label
        what += f", {len(experiment.swept_values)} values of {label},"
    return f"{what} on {images_of(race)}"


def _section(title: str, body: str) -> str:
    """Nothing where there is nothing to say."""
    return f"<section>\n<h2>{html.escape(title)}</h2>\n{body}\n</section>" if body else ""


def _summary(standings: Standings) -> str:
    found, race, seeds = recommend(standings), standings.race, standings.seeds
    facts = [
        f"{len(race.members):,} VAEs",
        f"{seeds} seed{'s' * (seeds > 1)}",
        epochs_of(race),
        *filter(None, [at_rates(race)]),
    ]
    if race.environment:
        version = race.environment.versions.get("vae_explorer", "")
        facts += [f"VAE Explorer {version}".strip(), race.environment.made[:10]]
    return (
        f'<p class="facts">{html.escape(" · ".join(facts))}</p>\n'
        f'<div class="summary"><p class="lead">{html.escape(found.sentence)}</p>\n'
        f"<p>{html.escape(found.reason)}</p>\n"
        f'<p class="doubt"><b>Doubt.</b> {html.escape(found.doubt)}</p></div>'
    )


def _findings(found: Sequence[Finding]) -> str:
    if not found:
        return ""
    items = "\n".join(f"<li>{html.escape(finding.sentence)}</li>" for finding in found)
    return f'<ul class="findings">\n{items}\n</ul>'


def _figures(
    figures: Sequence[tuple[go.Figure, str]],
    mosaics: Sequence[tuple[bytes, Sequence[str], str]],
    number: Numbering,
) -> str:
    drawn = []
    for figure, caption in figures:
        height = figure.layout.height or _HEIGHT
        chart = (
            f'<div class="chart" role="img" aria-label="{html.escape(caption)}" '
            f'style="height: {height:.0f}px"></div>'
        )
        drawn.append(_captioned(chart, caption, number))
    for png, rows, caption in mosaics:
        drawn.append(_captioned(mosaic(png, caption, rows, _ROW_HEIGHT), caption, number))
    return "\n".join(drawn)


def _captioned(body: str, caption: str, number: Numbering) -> str:
    words = f"<b>{number.figure()}.</b> {html.escape(caption)}"
    return f"<figure>\n{body}\n<figcaption>{words}</figcaption>\n</figure>"


def _again(race: Race, reference: str, command: str) -> str:
    options = {"out": "race", "reference": reference}
    command = command or command_line(race.experiment, **options)
    # A line may end between words, but not after the hyphen of an option.
    words = " ".join(
        f"<span>{html.escape(word)}</span>" if word.startswith("--") else html.escape(word)
        for word in command.split(" ")
    )
    return (
        "<p>On the same images, with the versions named above, this trains the same VAEs and "
        f"judges them alike:</p>\n<pre><code>{words}</code></pre>"
    )


def _scripts(figures: Sequence[go.Figure], title: str) -> str:
    """Plotly once, and what draws every figure with it; nothing where there is none."""
    if not figures:
        return ""
    image = {"filename": file_name(title, "")[:-1], "scale": 2, "width": None, "height": None}
    values = {"figures": [figure_values(figure) for figure in figures], "image": image}
    script = beside(__file__, "report.js")
    return (
        f"{script_json('values', values)}\n<script>{get_plotlyjs()}</script>\n"
        f"<script>\n{script}</script>"
    )
