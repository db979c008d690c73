"""The Words page: what the field's terms mean, each with an address of its own."""

import streamlit as st

from vae_explorer.explain.glossary import GLOSSARY, Word


def page() -> None:
    """Draws the whole page."""
    st.markdown("##### What the words mean that the other pages use")
    names = [(name, word) for chapter in GLOSSARY for name, word in chapter.words.items()]
    st.caption(" · ".join(f"[{word.term}](#{name})" for name, word in names))
    for chapter in GLOSSARY:
        st.markdown(f"### {chapter.title}")
        with st.grid("auto", min_column_width=380):
            for name, word in chapter.words.items():
                _card(name, word)


def _card(name: str, word: Word) -> None:
    with st.container(border=True, height="stretch"):
        st.subheader(word.term, anchor=name)
        st.markdown(word.says)
        if word.formula:
            st.latex(word.formula)
