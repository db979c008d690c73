"""Words are explained where they stand, and on a page of their own that links lead into."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.helpers.pressing import settled
from vae_explorer.explain.glossary import WORDS


@pytest.mark.parametrize("name", ["kl", "procrustes"])
def test_a_link_leads_to_a_word(server, profile, name):
    page = profile.new_page()
    page.goto(f"{server.address}words#{name}")
    word = page.get_by_role("heading", name=WORDS[name].term, exact=True)
    expect(word).to_be_in_viewport()
    page.close()


def test_every_word_is_there_and_no_formula_is_broken(server, profile):
    page = profile.new_page()
    page.goto(f"{server.address}words")
    for word in WORDS.values():
        expect(page.get_by_role("heading", name=word.term, exact=True)).to_have_count(1)
    formulas = sum(bool(word.formula) for word in WORDS.values())
    expect(page.locator(".katex-display")).to_have_count(formulas)
    expect(page.locator(".katex-error")).to_have_count(0)
    page.close()


@pytest.mark.parametrize(
    ("path", "word"), [("", "latent"), ("train", "dead"), ("compare", "thick")]
)
def test_the_keyboard_has_words_explained_where_they_stand(open_page, path, word):
    page = open_page("?dataset=digits", path=path)
    settled(page)
    page.get_by_test_id("stMain").get_by_test_id("stTooltipHoverTarget").first.locator(
        "button, [tabindex='0'], svg"
    ).first.hover()
    expect(page.get_by_text(WORDS[word].says[:40]).first).to_be_visible()
