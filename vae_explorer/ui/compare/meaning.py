"""What a race means: a recommendation, findings and what they say to the article."""

from __future__ import annotations

import streamlit as st

from vae_explorer.explain import claims, explain, recommend
from vae_explorer.judgement import Race
from vae_explorer.ui.compare import view_state
from vae_explorer.ui.compare.shown import ShownRace

_WAIT = "Said once the race is over and judged."
_LATER = "Said of the end of the race, and not of the time at which the slider stands."


def advice(shown: ShownRace, at_end: bool) -> None:
    """Draws the recommendation, or why there is none yet."""
    if shown.race is not None and at_end:
        recommended = recommend(shown.race, view_state.reference_key(shown))
        st.markdown(f"**{recommended.sentence}** {recommended.reason}")
    elif shown.experiment.seeds == 1:
        st.caption(":material/casino: One seed each: an example, not a result.")


def findings(shown: ShownRace, at_end: bool) -> None:
    """Draws the sentences of a race that has been judged, in a fold that is there before."""
    with st.expander("What was found, and what speaks against it", icon=":material/lightbulb:"):
        if shown.race is None or not at_end:
            st.caption(_WAIT if shown.race is None else _LATER)
        else:
            _said(shown.race, view_state.reference_key(shown))


def _said(race: Race, reference: str) -> None:
    st.markdown(_list([finding.sentence for finding in explain(race, reference)]))
    st.markdown(f"**How sure is the recommendation?** {recommend(race, reference).doubt}")
    to_claims = [each.sentence for each in claims(race)]
    if to_claims:
        st.markdown("**What this says to the claims of the article**\n\n" + _list(to_claims))


def _list(sentences: list[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)
