"""The words of the field: complete sentences, each once, and their numbers true."""

from __future__ import annotations

import math
import re

from vae_explorer.explain import choice_claims, claims
from vae_explorer.explain.glossary import GLOSSARY, WORDS
from vae_explorer.explain.statistics import LEAST_SEEDS
from vae_explorer.training.trainer import ACTIVE_VARIANCE


def test_every_word_is_said_once_in_sentences():
    assert len(WORDS) == sum(len(chapter.words) for chapter in GLOSSARY)
    terms = [word.term for word in WORDS.values()]
    assert len(set(terms)) == len(terms)
    for name, word in WORDS.items():
        assert re.fullmatch("[a-z_0-9]+", name)
        assert word.says.endswith((".", ").")) and len(word.says) < 400


def test_the_numbers_in_them_are_those_of_the_app():
    assert f"{1 / math.log(2):.2f} bits" in WORDS["nat"].says
    assert f"{math.e:.1f} times" in WORDS["nat"].says
    assert f"more than {ACTIVE_VARIANCE} over" in WORDS["active"].says
    assert f"Below {LEAST_SEEDS} seeds" in WORDS["clearly"].says


def test_the_article_has_as_many_claims_as_are_said():
    sources = [claims.__doc__, *(rule.__doc__ for rule in vars(claims).values() if callable(rule))]
    sources += [rule.__doc__ for rule in vars(choice_claims).values() if callable(rule)]
    named = {int(n) for text in sources if text for n in re.findall(r"\bC(\d+)\b", text)}
    assert max(named) <= 12 and "C1 to C12" in WORDS["article"].term
