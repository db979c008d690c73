"""The Words page: what the field's terms mean, each with an address of its own."""

import streamlit as st

from vae_explorer.explain.glossary import GLOSSARY, Word
from vae_explorer.figures.inline import beside

_STYLE = """<style>
.st-key-words h2 { font-size: 1.25rem; padding: 0.8rem 0 0; }
.st-key-words h3 { font-size: 1.05rem; padding: 0; }
</style>"""
_TO_WORD = st.components.v2.component("vae_explorer_to_word", js=beside(__file__, "to_word.js"))


def page() -> None:
    """Draws the whole page."""
    st.markdown("##### What the words mean that the other pages use")
    names = [(name, word) for chapter in GLOSSARY for name, word in chapter.words.items()]
    st.caption(" · ".join(f"[{word.term}](#{name})" for name, word in names))
    with st.container(key="words"):
        st.html(_STYLE)
        for chapter in GLOSSARY:
            st.header(chapter.title, anchor=False)
            with st.grid("auto", min_column_width=380):
                for name, word in chapter.words.items():
                    _card(name, word)
    _TO_WORD(key="to_word", height=1)


def _card(name: str, word: Word) -> None:
    with st.container(border=True, height="stretch"):
        st.subheader(word.term, anchor=name)
        st.markdown(word.says)
        if word.formula:
            st.latex(word.formula)
