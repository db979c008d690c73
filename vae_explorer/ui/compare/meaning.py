"""What a race means: a recommendation, findings and what they say to the article."""

from __future__ import annotations

import streamlit as st

from vae_explorer.explain import claims, explain, recommend
from vae_explorer.ui.compare.shown import ShownRace

_FIRST = 4  # findings that are seen without asking for more


def findings(shown: ShownRace) -> None:
    """Draws the sentences of a race that has been judged."""
    if shown.race is None:
        if shown.experiment.seeds == 1:
            st.caption(":material/casino: One seed each: an example, not a result.")
        return
    reference = st.session_state["compare.reference"]
    advice = recommend(shown.race, reference)
    found = [finding.sentence for finding in explain(shown.race, reference)]
    with st.container(border=True):
        st.markdown(f"**{advice.sentence}** {advice.reason}")
        st.caption(advice.doubt)
        st.markdown(_list(found[:_FIRST]))
        rest, to_claims = found[_FIRST:], [each.sentence for each in claims(shown.race)]
        if rest or to_claims:
            with st.expander("All that was found", icon=":material/lightbulb:"):
                if rest:
                    st.markdown(_list(rest))
                if to_claims:
                    st.markdown("**To the article's claims**\n\n" + _list(to_claims))


def _list(sentences: list[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)
