"""What a race means: a recommendation, findings and what they say to the article."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from vae_explorer.explain.findings import claims, explain, recommend
from vae_explorer.explain.recommend import Recommendation
from vae_explorer.explain.standings import Standings
from vae_explorer.explain.statistics import LEAST_SEEDS
from vae_explorer.explain.verdicts import few
from vae_explorer.results.race import Race
from vae_explorer.results.record import RaceRecord
from vae_explorer.ui.compare import state
from vae_explorer.ui.shared import steady
from vae_explorer.ui.shared.plain import plain

_SAID = "compare.said"
_WAIT = "Said once the race is over and judged."
_LATER = "Said of the end of the race, and not of the time at which the slider stands."


@dataclass(frozen=True, eq=False)
class _Said:
    """All that is said of a race held against one of its arms."""

    standings: Standings
    reference: str
    advice: Recommendation
    findings: list[str]
    stop: str  # how far each shape got in a race that was stopped
    claims: list[str]


def _said_of(race: Race, reference: str) -> _Said:
    """Worked out once: with many arms it takes a third of a second, far longer than to draw it."""
    said: _Said | None = st.session_state.get(_SAID)
    if said is None or said.standings.race is not race or said.reference != reference:
        standings = Standings(race, reference)
        found = explain(standings)
        said = _Said(
            standings,
            reference,
            recommend(standings),
            [finding.sentence for finding in found],
            " ".join(finding.sentence for finding in found if finding.rule == "stopped"),
            [finding.sentence for finding in claims(standings)],
        )
        st.session_state[_SAID] = said
    return said


def standings_of(race: Race, reference: str) -> Standings:
    """How a race that has been judged stands."""
    return _said_of(race, reference).standings


def advice(shown: RaceRecord, at_end: bool) -> None:
    """Draws the recommendation, or why there is none yet."""
    if shown.race is not None and at_end:
        said = _said_of(shown.race, state.reference_key(shown))
        if said.stop:
            st.caption(f":material/stop_circle: {plain(said.stop)}")
        st.markdown(f"**{plain(said.advice.sentence)}** {plain(said.advice.reason)}")
    elif shown.experiment.seeds < LEAST_SEEDS:
        words = few(shown.experiment.seeds).capitalize()
        st.caption(f":material/casino: {words} each: an example, not a result.")


def findings(shown: RaceRecord, at_end: bool) -> None:
    """Draws the sentences of a race that has been judged, in a fold that is there before."""
    with st.expander("What was found, and what speaks against it", icon=":material/lightbulb:"):
        if shown.race is None or not at_end:
            st.caption(_WAIT if shown.race is None else _LATER)
        else:
            _draw(_said_of(shown.race, state.reference_key(shown)))
        steady.end(2)


def _draw(said: _Said) -> None:
    st.markdown(_list(said.findings))
    st.markdown(f"**How sure is the recommendation?** {plain(said.advice.doubt)}")
    if said.claims:
        st.markdown("**What this says to the claims of the article**\n\n" + _list(said.claims))


def _list(sentences: list[str]) -> str:
    return "\n".join(f"- {plain(sentence)}" for sentence in sentences)
