"""What moves a step: schedule, changes while it trains, the weight of the KL term, clipping."""

from __future__ import annotations

import pytest
import torch

from tests.helpers.training import weights
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.training.trainer import Trainer

# --- Schedule, changes, KL weight, clipping ---


def test_one_cycle_rates_reach_the_weights(few_digits, quick):
    rates = {}
    for schedule in ("one-cycle", "constant"):
        trainer = Trainer(quick(activations=("relu",), schedule=schedule), few_digits)
        optimiser = torch.optim.Adam([torch.zeros(1)])
        pytorchs = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, max_lr=trainer.experiment.learning_rate, total_steps=trainer.steps
        )
        assert trainer.snapshot().learning_rate == 0  # no step was taken
        taken, expected = [], []
        while not trainer.finished:
            trainer.step()
            taken.append(trainer.snapshot().learning_rate)
            expected.append(pytorchs.get_last_lr()[0])
            optimiser.step()
            if not trainer.finished:
                pytorchs.step()
        rates[schedule] = taken
        if schedule == "one-cycle":
            assert taken == pytest.approx(expected)
    assert set(rates["constant"]) == {trainer.experiment.learning_rate}


@pytest.mark.parametrize(("name", "value"), [("beta", 5.0), ("learning_rate", 0.02)])
def test_a_change_acts_from_the_next_step(name, value, few_digits, quick, train):
    recipe = quick(activations=("relu", "tanh"))
    from_the_start = train(recipe.replace(**{name: value}), few_digits)
    changed = Trainer(recipe, few_digits)
    changed.change(**{name: value})
    unchanged = train(recipe, few_digits, steps=3)
    while not changed.finished:
        changed.step()
    assert torch.equal(weights(changed), weights(from_the_start))

    late = train(recipe, few_digits, steps=3)
    late.change(**{name: value})
    assert torch.equal(weights(late), weights(unchanged))
    late.step()
    unchanged.step()
    assert not torch.equal(weights(late), weights(unchanged))
    assert late.changes == [{"step": 3, name: value}]
    expected = {"beta": [5.0, 5.0], "learning_rate": late.snapshot().learning_rate}
    assert late.snapshot().beta.tolist() == (expected["beta"] if name == "beta" else [1, 1])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"beta": -1.0}, "beta is -1.0; it must be a number from 0 to 1000"),
        ({"beta": 2.0, "learning_rate": float("nan")}, "learning_rate is nan; it must be"),
        ({"beta": 2.0, "learning_rate": "fast"}, "learning_rate is 'fast'; it must be"),
        ({"beta": 2.0, "hidden": (3,)}, "hidden cannot change while training goes on"),
        ({"momentum": 0.9}, "momentum cannot change while training goes on"),
    ],
)
def test_a_change_that_may_not_be_leaves_all_as_it_was(settings, message, few_digits, quick, train):
    trainer = train(quick(activations=("relu",)), few_digits, steps=2)
    with pytest.raises(ConfigError, match=message):
        trainer.change(**settings)
    assert trainer.changes == []
    while not trainer.finished:
        trainer.step()
    undisturbed = train(quick(activations=("relu",)), few_digits)
    assert torch.equal(weights(trainer), weights(undisturbed))


def test_kl_warm_up_grows_evenly_from_nothing_to_beta(spy, few_digits, quick):
    recipe = quick(activations=("relu", "tanh"), epochs=4, kl_warmup=2.0, beta=3.0)
    trainer = Trainer(recipe, few_digits)
    calls = spy(trainer, "backward")
    while not trainer.finished:
        trainer.step()
    taken = [arguments[2].flatten().tolist() for arguments, _ in calls]
    assert taken == [[pytest.approx(3 * min(1, step / 6))] * 2 for step in range(12)]


def test_kl_weight_beta_and_free_bits_move_the_kl_as_they_should(digits, quick, train):
    usual = {"activations": ("relu",), "hidden": (32,), "latent": 4, "epochs": 8}
    kl = {
        name: train(quick(**usual, **settings), digits).curves().test_kl[-1, 0]
        for name, settings in {
            "usual": {},
            "warm-up": {"kl_warmup": 1000.0},
            "beta 10": {"beta": 10.0},
            "beta 10, free bits": {"beta": 10.0, "free_bits": 0.5},
        }.items()
    }
    assert kl["warm-up"] > kl["usual"] + 1
    assert kl["beta 10"] < kl["usual"] / 2
    # Without a reason to use less, four dimensions use the half nat that each is given.
    assert kl["beta 10, free bits"] == pytest.approx(4 * 0.5, rel=0.25)
    assert kl["beta 10"] < kl["beta 10, free bits"] / 10


def test_bits_that_are_all_free_are_a_beta_of_zero(few_digits, quick, train):
    free = train(quick(activations=("relu",), free_bits=100.0), few_digits)
    without = train(quick(activations=("relu",), beta=0.0), few_digits)
    assert torch.equal(weights(free), weights(without))


def test_each_member_is_clipped_by_itself(few_digits, quick, train):
    recipe = quick(activations=("relu", "exponential", "tanh"))
    free = train(recipe, few_digits, steps=1)
    norms = free.population.parameters.gradient_norms()
    longest = norms.sort().values[:2].mean().item()  # one member is below, two above
    clipped = train(recipe.replace(clip_norm=longest), few_digits, steps=1)
    for name, gradient in clipped.population.parameters.gradients.items():
        before = free.population.parameters.gradients[name]
        for member, norm in enumerate(norms.tolist()):
            scale = min(1, longest / norm)
            torch.testing.assert_close(gradient[member], before[member] * scale)
