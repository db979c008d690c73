"""Rules on what happened inside the VAEs: each fires above its threshold and not below."""

from __future__ import annotations

import pytest

from tests.helpers.races import plain, race_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain import mechanism
from vae_explorer.explain.findings import explain
from vae_explorer.explain.standings import Standings
from vae_explorer.explain.words import margin, size

LOSSES = {"gelu": 30.0, "relu": 30.0}


def said(race, rule):
    return [f.sentence for f in explain(Standings(race, race.arms[0].key)) if f.rule == rule]


def test_dead_units_are_told_by_layer_with_what_the_kl_does():
    dead = {"relu": {"encoder 1": 0.02, "encoder 2": 0.31}}
    race = plain(LOSSES, dead=dead, kl={"relu": 1.9})
    (sentence,) = said(race, "dead")
    kl = Standings(race).of("kl").difference(1, 0)
    assert sentence == (
        "ReLU: 31 % of units in encoder layer 2 are dead (mean of 5 seeds); its KL is "
        f"{size(kl)} nats lower than GELU's {margin(kl)}."
    )
    assert round(kl.mean, 1) == -3.1


def test_layers_come_with_the_worst_first():
    dead = {"relu": {"encoder 1": 0.12, "decoder 1": 0.5}}
    (sentence,) = said(plain(LOSSES, dead=dead), "dead")
    assert sentence.startswith("ReLU: 50 % of units in decoder layer 1 and 12 % in encoder layer 1")


@pytest.mark.parametrize("what", ["dead", "saturated"])
def test_a_threshold_decides(what):
    least = getattr(mechanism, what.upper())
    at = plain(LOSSES, **{what: {"relu": {"encoder 1": least}}})
    below = plain(LOSSES, **{what: {"relu": {"encoder 1": least - 0.01}}})
    assert said(at, what) and not said(below, what)


def test_one_seed_is_enough_to_see_dead_units_but_says_so():
    race = plain(LOSSES, seeds=1, dead={"relu": {"encoder 1": 0.4}}, kl={"relu": 1.0})
    assert said(race, "dead") == ["ReLU: 40 % of units in encoder layer 1 are dead (one seed)."]


def test_seeds_that_diverged_do_not_count():
    race = plain(LOSSES, dead={"relu": {"encoder 1": 0.4}}, diverged={"relu": {0: 5}})
    assert "(mean of 4 of 5 seeds)" in said(race, "dead")[0]
    race = plain(
        LOSSES, dead={"relu": {"encoder 1": 0.4}}, diverged={"relu": dict.fromkeys(range(5), 3)}
    )
    assert not said(race, "dead")


def test_unused_latents_of_one_arm():
    (sentence,) = said(plain(LOSSES, active={"relu": [1, 2, 1, 1, 1]}), "unused_latents")
    assert sentence.startswith("ReLU uses 1.2 of 2 latent dimensions (mean of 5 seeds): ")
    assert not said(plain(LOSSES, active={"relu": [1, 2, 2, 2, 2]}), "unused_latents")


def test_unused_latents_of_all():
    race = plain(LOSSES, settings={"latent": 32}, active={"gelu": 20, "relu": 11})
    assert said(race, "unused_latents") == [
        "All 2 activations leave latent dimensions unused (posterior collapse): of 32, ReLU uses "
        "11.0 and GELU 20.0."
    ]


def test_unused_latents_of_all_alike():
    race = plain(LOSSES, settings={"latent": 32}, active={"gelu": 20, "relu": 20})
    (sentence,) = said(race, "unused_latents")
    assert sentence.endswith("(posterior collapse): of 32, each uses 20.0.")


def test_unused_latents_in_a_sweep_of_their_number():
    experiment = Experiment(
        dataset="digits", activations=["relu"], seeds=3, sweep="latent", sweep_values=[2, 8]
    )
    race = race_of(experiment, {"relu@2": 30.0, "relu@8": 30.0}, active={"relu@2": 2, "relu@8": 5})
    (sentence,) = said(race, "unused_latents")
    assert sentence.startswith("ReLU, latent size 8 uses 5.0 of 8 latent dimensions")


def test_gradients_that_vanish_or_explode():
    towards_input = {"encoder 1": 1e-5, "heads": 0.01, "output": 0.5}
    race = plain(LOSSES, gradients={"relu": towards_input})
    assert said(race, "gradients") == [
        "ReLU: the gradient of encoder layer 1 is 50,000 times smaller than that of the decoder's "
        "last layer (mean of 5 seeds): gradients vanish on their way back."
    ]
    towards_output = {"encoder 1": 0.5, "heads": 0.01, "output": 1e-5}
    (sentence,) = said(plain(LOSSES, gradients={"relu": towards_output}), "gradients")
    assert sentence.endswith("gradients explode on their way back.")
    near = {"encoder 1": 1e-3, "output": 0.5}
    assert not said(plain(LOSSES, gradients={"relu": near}), "gradients")


def test_gradients_of_nothing():
    race = plain(LOSSES, gradients={"relu": {"encoder 1": 0.0, "output": 0.5}})
    (sentence,) = said(race, "gradients")
    assert sentence.startswith("ReLU: no gradient at all reaches encoder layer 1")
    none = plain(LOSSES, gradients={"relu": {"encoder 1": 0.0, "output": 0.0}})
    assert not said(none, "gradients")
    endless = plain(LOSSES, gradients={"relu": {"encoder 1": 5e-324, "output": 1e38}})
    assert "more than 1,000,000 times smaller" in said(endless, "gradients")[0]
