"""The trainer: every promise that it makes about a run, over real steps on real images."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from scipy.linalg import subspace_angles

from vae_explorer import training
from vae_explorer.config import ConfigError, Experiment
from vae_explorer.data import DATASETS, Dataset, Split
from vae_explorer.probe import Probe
from vae_explorer.randomness import generator
from vae_explorer.recording import Recorder
from vae_explorer.training import Trainer

LOSSES = ("train_reconstruction", "train_kl", "test_reconstruction", "test_kl")
EXPLODING = {  # at this rate the exponential diverges after a few steps, and no other does
    "hidden": (16, 16),
    "latent": 4,
    "batch_size": 64,
    "learning_rate": 0.03,
    "schedule": "constant",
    "epochs": 2,
}


def experiment(**settings):
    quick = {"dataset": "digits", "hidden": (8, 6), "batch_size": 50, "epochs": 2}
    return Experiment(**{**quick, **settings})


def trained(recipe, dataset, steps=None):
    """A trainer after so many steps, or all."""
    trainer = Trainer(recipe, dataset)
    while not trainer.finished and trainer.step_number != steps:
        trainer.step()
    return trainer


def weights(trainer):
    return trainer.population.parameters.flat.clone()


def weights_of(trainer, member):
    """By name, without the rows that a member's activation leaves unused."""
    values = trainer.population.parameters.values
    return {name: value[member] for name, value in values.items()}


def assert_same_curves(curves, others):
    for field in dataclasses.fields(curves):
        np.testing.assert_array_equal(getattr(curves, field.name), getattr(others, field.name))


@pytest.fixture
def spy(monkeypatch):
    """Records the arguments and the result of every call of a population's method."""

    def watch(trainer, name):
        calls, method = [], getattr(trainer.population, name)

        def watched(*arguments, **named):
            result = method(*arguments, **named)
            calls.append((arguments, result))
            return result

        monkeypatch.setattr(trainer.population, name, watched)
        return calls

    return watch


# --- A member of a race trains as if it were alone ---


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize(
    "race",
    [
        {"activations": ("relu", "adaptive_mixture", "average_pooling", "prelu"), "seeds": 2},
        {"activations": ("tanh", "swish", "snake"), "seeds": 2, "dropout": 0.3},
        {"activations": ("relu", "dropout"), "seeds": 2},
        {
            "activations": ("dropout", "silu"),
            "decoder_activations": ("prelu", "dropout"),
            "seeds": 2,
        },
        {"activations": ("relu", "snake"), "output": "gaussian", "init": "pytorch"},
        {
            "activations": ("relu", "elu"),
            "kl_warmup": 1.0,
            "free_bits": 0.1,
            "clip_norm": 5.0,
            "beta": 2.0,
        },
    ],
    ids=["learned", "dropout", "dropout activation", "pairs", "gaussian", "KL and clipping"],
)
def test_a_member_of_a_race_trains_as_if_it_were_alone(race, digits):
    race = {"batch_size": 200, **race}
    together = trained(experiment(**race), digits)
    curves = together.curves()
    for index, recipe in enumerate(together.population.members):
        alone = trained(
            experiment(
                **{
                    **race,
                    "activations": (recipe.encoder_activation,),
                    "decoder_activations": (recipe.decoder_activation,),
                    "seed": recipe.seed,
                    "seeds": 1,
                }
            ),
            digits,
        )
        for name, value in weights_of(alone, 0).items():
            torch.testing.assert_close(
                weights_of(together, index)[name], value, rtol=1e-7, atol=1e-9, msg=None
            )
        for name in LOSSES:
            ours, theirs = getattr(curves, name)[:, index], getattr(alone.curves(), name)[:, 0]
            np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_in_float32_a_race_and_a_run_alone_agree_to_its_precision(digits):
    together = trained(experiment(activations=("relu", "gelu"), batch_size=200, epochs=1), digits)
    alone = trained(experiment(activations=("gelu",), batch_size=200, epochs=1), digits)
    ours, theirs = together.curves().test_loss[-1, 1], alone.curves().test_loss[-1, 0]
    assert ours == pytest.approx(theirs, rel=1e-4)


# --- Repeatable ---


@pytest.mark.parametrize("settings", [{}, {"dropout": 0.2, "output": "gaussian"}])
def test_the_same_run_twice_is_the_same_bit_for_bit(settings, few_digits):
    recipe = experiment(activations=("relu", "snake"), seeds=2, **settings)
    once, again = trained(recipe, few_digits), trained(recipe, few_digits)
    assert torch.equal(weights(once), weights(again))
    assert_same_curves(once.curves(), again.curves())


def test_another_seed_is_another_run(few_digits):
    recipe = experiment(activations=("relu",), seeds=2)
    first, second = trained(recipe, few_digits).curves().test_loss[-1]
    assert first != second


@pytest.mark.parametrize("every", [1, 4, None])
def test_how_often_a_snapshot_is_taken_changes_nothing(every, few_digits):
    recipe = experiment(activations=("tanh", "dropout"), seeds=2)
    unwatched = trained(recipe, few_digits)
    watched = Trainer(recipe, few_digits, every=every)
    snapshots = list(watched)
    assert len(snapshots) == {1: 6, 4: 2, None: 2}[every]
    assert snapshots[-1].finished
    assert torch.equal(weights(watched), weights(unwatched))
    assert_same_curves(watched.curves(), unwatched.curves())


def test_evaluating_in_between_changes_nothing(few_digits):
    recipe = experiment(activations=("tanh",), dropout=0.3)
    unwatched, watched = trained(recipe, few_digits), Trainer(recipe, few_digits)
    while not watched.finished:
        watched.step()
        watched.evaluate()
    assert torch.equal(weights(watched), weights(unwatched))


# --- Batches ---


def test_an_epoch_shows_every_image_once_in_a_new_order_and_the_rest_as_a_small_batch(
    spy, few_digits
):
    trainer = Trainer(experiment(activations=("relu", "tanh"), seeds=2), few_digits)
    calls = spy(trainer, "backward")
    while not trainer.finished:
        trainer.step()
    batches = [arguments[0] for arguments, _ in calls]
    assert [batch.shape[1] for batch in batches] == [50, 50, 30] * 2
    expected = np.unique(few_digits.train.images / np.float32(16), axis=0)
    first, second = torch.cat(batches[:3], dim=1), torch.cat(batches[3:], dim=1)
    for epoch in (first, second):
        for member in epoch.numpy():
            np.testing.assert_allclose(np.unique(member, axis=0), expected)
        assert torch.equal(epoch[0], epoch[2])  # one seed, two activations
        assert not torch.equal(epoch[0], epoch[1])  # two seeds
    assert not torch.equal(first, second)


def test_noise_is_standard_normal_new_each_time_and_shared_by_a_seed(spy, digits):
    trainer = Trainer(experiment(activations=("relu", "tanh"), seeds=2, epochs=1), digits)
    calls = spy(trainer, "backward")
    while not trainer.finished:
        trainer.step()
    noise = torch.cat([arguments[1] for arguments, _ in calls], dim=1)  # (4, 1437, 2)
    assert torch.equal(noise[0], noise[2])
    assert not torch.equal(noise[0], noise[1])
    vectors = noise[:2].flatten(0, 1).numpy()
    assert len(np.unique(vectors, axis=0)) == len(vectors) == 2 * 1437
    values = vectors.ravel()  # of their mean and variance, five standard errors
    assert abs(values.mean()) < 5 / math.sqrt(len(values))
    assert abs(values.var() - 1) < 5 * math.sqrt(2 / len(values))


def test_pixels_are_brightness_whatever_the_levels(few_digits, spy):
    info = dataclasses.replace(DATASETS["digits"], levels=255)
    images = few_digits.train.images.copy()
    images[:, :2] = 0, 255
    brighter = dataclasses.replace(
        few_digits, info=info, train=Split(images, few_digits.train.labels)
    )
    trainer = Trainer(experiment(activations=("relu",)), brighter)
    calls = spy(trainer, "backward")
    trainer.step()
    pixels = calls[0][0][0]
    assert pixels.min().item() == 0
    assert pixels.max().item() == pytest.approx(1, abs=1e-6)


# --- Curves ---


def test_a_row_is_the_mean_over_the_images_since_the_row_before(spy, few_digits):
    trainer = Trainer(experiment(activations=("relu", "tanh")), few_digits)
    calls = spy(trainer, "backward")
    while not trainer.finished:
        trainer.step()
    parts = np.array([[part.numpy() for part in result] for _, result in calls])  # (6, 2, 2)
    expected = [np.average(epoch, axis=0, weights=[50, 50, 30]) for epoch in (parts[:3], parts[3:])]
    curves = trainer.curves()
    np.testing.assert_allclose(curves.train_reconstruction, [row[0] for row in expected], rtol=1e-6)
    np.testing.assert_allclose(curves.train_kl, [row[1] for row in expected], rtol=1e-6)
    np.testing.assert_array_equal(curves.step, [3, 6])
    np.testing.assert_array_equal(curves.epoch, [1, 2])
    np.testing.assert_array_equal(curves.train_loss, curves.train_reconstruction + curves.train_kl)


def test_long_epochs_have_ten_rows_and_test_losses_at_their_end(spy, digits):
    recipe = experiment(activations=("relu",), batch_size=14, epochs=2)  # 103 steps an epoch
    trainer = Trainer(recipe, digits)
    calls = spy(trainer, "backward")
    while not trainer.finished:
        trainer.step()
    curves = trainer.curves()
    assert len(curves.step) == 20
    measured = ~np.isnan(curves.test_loss[:, 0])
    assert np.flatnonzero(measured).tolist() == [9, 19]
    assert curves.step[measured].tolist() == [103, 206]
    losses = np.array([result[0].item() for _, result in calls])
    sizes = [14] * 102 + [9]
    start = 0
    for row, stop in enumerate(curves.step):
        mean = np.average(losses[start:stop], weights=(sizes * 2)[start:stop])
        assert curves.train_reconstruction[row, 0] == pytest.approx(mean, rel=1e-6)
        assert 10 <= stop - start <= 11
        start = stop


def test_a_run_of_many_epochs_keeps_at_most_a_thousand_rows(few_digits):
    tiny = dataclasses.replace(
        few_digits, train=Split(few_digits.train.images[:20], few_digits.train.labels[:20])
    )
    trainer = trained(experiment(activations=("relu",), hidden=(2,), epochs=1003), tiny)
    curves = trainer.curves()
    assert 400 < len(curves.step) <= 1000
    assert curves.epoch[-1] == 1003
    assert not np.isnan(curves.test_loss).any()


@pytest.mark.parametrize("epochs", [1, 99, 100, 101, 999, 1000, 1001, 4321, 10_000])
@pytest.mark.parametrize("steps_per_epoch", [1, 9, 25])
def test_rows_are_few_even_and_end_with_the_run(epochs, steps_per_epoch):
    recorder = Recorder(1, steps_per_epoch, epochs)
    zero = torch.zeros(1)
    for step in range(1, epochs * steps_per_epoch + 1):
        if epochs * steps_per_epoch < 20_000 or step % steps_per_epoch == 0:
            recorder.add(zero, zero, 1)
        recorder.write(step, lambda: np.zeros((2, 1)))
    curves = recorder.curves()
    assert 1 <= len(curves.step) <= 1000
    assert curves.step[-1] == epochs * steps_per_epoch
    gaps = np.diff(curves.step, prepend=0)
    assert gaps[:-1].max(initial=0) - gaps[:-1].min(initial=gaps[0]) <= 1
    assert gaps[-1] <= gaps[0] + 1


def test_images_trained_counts_the_small_batch_as_what_it_is(few_digits):
    trainer = Trainer(experiment(activations=("relu", "tanh")), few_digits)
    counted = [0]
    while not trainer.finished:
        trainer.step()
        counted.append(trainer.images_trained)
    assert counted == [0, 50, 100, 130, 180, 230, 260]


def test_the_negative_elbo_falls_far_below_where_it_starts(digits):
    recipe = experiment(activations=("relu", "tanh"), hidden=(64,), latent=4, epochs=25)
    trainer = Trainer(recipe, digits)
    before = trainer.evaluate().sum(0)
    while not trainer.finished:
        trainer.step()
    after = trainer.curves().test_loss[-1]
    # Coding each pixel by its mean alone costs this much; a VAE that learns does better.
    test, mean = digits.test.images / 16, digits.train.images.mean(0) / 16
    p = mean.clip(1e-3, 1 - 1e-3)
    by_mean = -(test * np.log(p) + (1 - test) * np.log(1 - p)).sum(1).mean()
    assert (before > 40).all()
    assert (after < by_mean - 1).all()


# --- Evaluation ---


@pytest.mark.parametrize("values", [1, 64 * 2 * 7, 64 * 2 * 60, 10**9])
def test_evaluation_sees_every_test_image_once_whatever_the_chunk(
    values, spy, monkeypatch, few_digits
):
    trainer = trained(experiment(activations=("relu", "tanh"), latent=5), few_digits, steps=2)
    expected = trainer.evaluate()
    monkeypatch.setattr(training, "_EVALUATED_VALUES", values)
    calls = spy(trainer, "losses")
    evaluated = trainer.evaluate()
    seen = torch.cat([arguments[0] for arguments, _ in calls])
    np.testing.assert_array_equal(seen.numpy() * 16, few_digits.test.images)
    np.testing.assert_allclose(evaluated, expected, rtol=1e-5)
    largest = max(64, values // 2)
    assert max(arguments[0].numel() for arguments, _ in calls) <= largest


def test_a_wide_layer_makes_the_chunks_of_an_evaluation_smaller(spy, monkeypatch, few_digits):
    trainer = Trainer(experiment(activations=("relu",), hidden=(200,)), few_digits)
    monkeypatch.setattr(training, "_EVALUATED_VALUES", 2000)
    calls = spy(trainer, "losses")
    trainer.evaluate()
    assert max(len(arguments[0]) for arguments, _ in calls) == 10


@pytest.mark.parametrize("output", ["bernoulli", "gaussian"])
def test_evaluation_is_a_plain_vaes_on_the_test_images(output, plain_vae, few_digits):
    recipe = experiment(activations=("relu", "prelu"), seeds=2, dropout=0.3, output=output)
    trainer = trained(recipe, few_digits)
    images = torch.tensor(few_digits.test.images / np.float32(16))
    evaluated = trainer.evaluate()
    for member, recipe in enumerate(trainer.population.members):
        noise = torch.randn(len(images), 2, generator=generator(recipe.seed, "evaluation"))
        with torch.no_grad():
            reconstruction, kl = plain_vae(trainer.population, member).losses(images, noise)
        expected = [reconstruction.mean().item(), kl.sum(-1).mean().item()]
        assert evaluated[:, member].tolist() == pytest.approx(expected, rel=1e-5)


def test_active_latents_are_those_whose_mean_varies_over_the_test_images(few_digits):
    trainer = trained(experiment(activations=("tanh", "relu"), latent=6), few_digits, steps=3)
    scales = torch.tensor([[0.0, 0.01, 0.05, 0.1, 0.3, 1], [1, 0, 0, 0, 0, 0]])
    heads = trainer.population.encoder.dense[-1]
    heads.weight[..., :6] *= scales[:, None]
    trainer.evaluate()
    mean, _ = trainer.population.encode(few_digits.test.images / np.float32(16))
    variances = mean.numpy().astype(np.float64).var(axis=1)  # (2, 6)
    expected = (variances > 0.01).sum(1)
    assert 0 < expected[0] < 6
    assert trainer.snapshot().active_latents.tolist() == expected.tolist()


# --- Schedule, changes, KL weight, clipping ---


def test_one_cycle_rates_reach_the_weights(few_digits):
    rates = {}
    for schedule in ("one-cycle", "constant"):
        trainer = Trainer(experiment(activations=("relu",), schedule=schedule), few_digits)
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
def test_a_change_acts_from_the_next_step(name, value, few_digits):
    recipe = experiment(activations=("relu", "tanh"))
    from_the_start = trained(recipe.replace(**{name: value}), few_digits)
    changed = Trainer(recipe, few_digits)
    changed.change(**{name: value})
    unchanged = trained(recipe, few_digits, steps=3)
    while not changed.finished:
        changed.step()
    assert torch.equal(weights(changed), weights(from_the_start))

    late = trained(recipe, few_digits, steps=3)
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
def test_a_change_that_may_not_be_leaves_all_as_it_was(settings, message, few_digits):
    trainer = trained(experiment(activations=("relu",)), few_digits, steps=2)
    with pytest.raises(ConfigError, match=message):
        trainer.change(**settings)
    assert trainer.changes == []
    while not trainer.finished:
        trainer.step()
    undisturbed = trained(experiment(activations=("relu",)), few_digits)
    assert torch.equal(weights(trainer), weights(undisturbed))


def test_kl_warm_up_grows_evenly_from_nothing_to_beta(spy, few_digits):
    recipe = experiment(activations=("relu", "tanh"), epochs=4, kl_warmup=2.0, beta=3.0)
    trainer = Trainer(recipe, few_digits)
    calls = spy(trainer, "backward")
    while not trainer.finished:
        trainer.step()
    taken = [arguments[2].flatten().tolist() for arguments, _ in calls]
    assert taken == [[pytest.approx(3 * min(1, step / 6))] * 2 for step in range(12)]


def test_kl_weight_beta_and_free_bits_move_the_kl_as_they_should(digits):
    usual = {"activations": ("relu",), "hidden": (32,), "latent": 4, "epochs": 8}
    kl = {
        name: trained(experiment(**usual, **settings), digits).curves().test_kl[-1, 0]
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


def test_bits_that_are_all_free_are_a_beta_of_zero(few_digits):
    free = trained(experiment(activations=("relu",), free_bits=100.0), few_digits)
    without = trained(experiment(activations=("relu",), beta=0.0), few_digits)
    assert torch.equal(weights(free), weights(without))


def test_each_member_is_clipped_by_itself(few_digits):
    recipe = experiment(activations=("relu", "exponential", "tanh"))
    free = trained(recipe, few_digits, steps=1)
    norms = free.population.parameters.gradient_norms()
    longest = norms.sort().values[:2].mean().item()  # one member is below, two above
    clipped = trained(recipe.replace(clip_norm=longest), few_digits, steps=1)
    for name, gradient in clipped.population.parameters.gradients.items():
        before = free.population.parameters.gradients[name]
        for member, norm in enumerate(norms.tolist()):
            scale = min(1, longest / norm)
            torch.testing.assert_close(gradient[member], before[member] * scale)


# --- Divergence ---


@pytest.mark.usefixtures("double")
def test_a_member_that_diverges_is_frozen_and_the_others_never_notice(digits):
    race = trained(experiment(activations=("relu", "exponential", "tanh"), **EXPLODING), digits)
    calm = trained(experiment(activations=("relu", "tanh"), **EXPLODING), digits)
    assert list(race.frozen) == [1]
    for ours, theirs in ((0, 0), (2, 1)):
        for name in LOSSES:
            expected = getattr(calm.curves(), name)[:, theirs]
            np.testing.assert_allclose(getattr(race.curves(), name)[:, ours], expected, rtol=1e-6)
        for name, value in weights_of(calm, theirs).items():
            torch.testing.assert_close(weights_of(race, ours)[name], value, rtol=1e-7, atol=1e-9)


@pytest.mark.usefixtures("double")
def test_a_frozen_member_stands_where_its_loss_was_last_finite(spy, digits):
    recipe = experiment(activations=("exponential", "relu"), **EXPLODING)
    race = trained(recipe, digits)
    (freeze,) = race.frozen.values()
    assert freeze.member == 0
    assert freeze.step > 1
    # The step before the one that was not finite led there, so that one was undone as well.
    before = trained(recipe, digits, steps=freeze.step - 1)
    for name, value in weights_of(before, 0).items():
        torch.testing.assert_close(weights_of(race, 0)[name], value, rtol=1e-6, atol=1e-8)
    calls = spy(before, "backward")
    before.step()
    assert all(part[0].isfinite() for part in calls[0][1])
    before.step()
    assert not all(part[0].isfinite() for part in calls[1][1])


def test_a_frozen_member_is_reported_with_step_layer_and_reason(digits):
    trainer = Trainer(experiment(activations=("exponential", "relu"), **EXPLODING), digits)
    while not trainer.frozen:
        assert trainer.snapshot().frozen == ()
        trainer.step()
    step = trainer.step_number - 1  # the one that was not finite
    still = {name: value.clone() for name, value in weights_of(trainer, 0).items()}
    while not trainer.finished:
        trainer.step()
    snapshot = trainer.snapshot()
    (freeze,) = snapshot.frozen
    assert (freeze.member, freeze.step) == (0, step)
    assert freeze.layer in snapshot.gradient_layers
    assert f"no longer finite at step {step}, first in {freeze.layer}." in freeze.reason
    for name, value in weights_of(trainer, 0).items():
        assert torch.equal(value, still[name])
        assert value.isfinite().all()
    assert np.isfinite(snapshot.curves.test_loss[-1, 1])
    assert not snapshot.gradient_norms[0].any()


def test_a_member_that_never_was_finite_keeps_its_initial_weights(few_digits):
    recipe = experiment(activations=("exponential", "relu"))
    trainer = Trainer(recipe, few_digits)
    trainer.population.encoder.dense[0].bias[0] = 1000.0
    start = weights_of(Trainer(recipe, few_digits), 0)
    while not trainer.finished:
        trainer.step()
    assert trainer.frozen[0].step == 0
    assert trainer.frozen[0].layer == "encoder 1"
    for name, value in weights_of(trainer, 0).items():
        if name != "encoder.0.bias":
            assert torch.equal(value, start[name])
    assert np.isfinite(trainer.curves().test_loss[:, 1]).all()


def test_all_members_may_be_frozen_and_the_run_still_ends(few_digits):
    trainer = Trainer(experiment(activations=("relu",), output="gaussian"), few_digits)
    trainer.population.decoder.dense[-1].bias[:] = float("inf")
    snapshots = list(trainer)
    assert [len(snapshot.frozen) for snapshot in snapshots] == [1, 1]
    assert snapshots[-1].frozen[0].layer == "output"


# --- Truth: probabilistic PCA ---


def test_a_linear_gaussian_vae_finds_the_subspace_noise_and_likelihood_of_ppca(random):
    """Its optimum is known in closed form: Tipping and Bishop (1999), equations 7 to 9."""
    pixels, latent, count = 64, 2, 1000
    axes = np.linalg.qr(random.normal(size=(pixels, latent)))[0] * [1.2, 0.7]
    labels = (np.arange(count + 100) % 10).astype(np.uint8)
    signal = random.normal(size=(len(labels), latent)) @ axes.T
    images = 0.5 + signal + 0.1 * random.normal(size=(len(labels), pixels))
    images = (255 * images).round().clip(0, 255).astype(np.uint8)
    dataset = Dataset(
        dataclasses.replace(DATASETS["digits"], levels=255),
        Split(images[:count].copy(), labels[:count].copy()),
        Split(images[count:].copy(), labels[count:].copy()),
        "embedded",
        "Two factors and noise.",
    )
    values, vectors = np.linalg.eigh(np.cov(images[:count].T / 255, bias=True))
    values, vectors = values[::-1], vectors[:, ::-1]
    noise = values[latent:].mean()
    log_likelihood = -0.5 * (
        pixels * math.log(2 * math.pi)
        + np.log(values[:latent]).sum()
        + (pixels - latent) * math.log(noise)
        + pixels
    )
    trainer = trained(
        Experiment(
            dataset="digits",
            activations=("linear",),
            hidden=(),
            latent=latent,
            output="gaussian",
            epochs=400,
            batch_size=100,
            learning_rate=0.1,
        ),
        dataset,
    )
    loadings = trainer.population.decoder.dense[0].weight[0].numpy()  # (2, 64)
    learned = trainer.population.parameters.values["output.log_variance"].exp().item()
    assert np.degrees(subspace_angles(loadings.T, vectors[:, :latent])).max() < 0.5
    assert learned == pytest.approx(noise, rel=0.01)
    # The sampled ELBO of the last 20 epochs; it may not be above the likelihood but by chance.
    elbo = -trainer.curves().train_loss[-20:].mean()
    assert elbo == pytest.approx(log_likelihood, abs=0.15)
    # An encoder with independent dimensions makes the columns orthogonal (Lucas et al. 2019).
    assert abs(np.corrcoef(loadings)[0, 1]) < 0.05
    centre = trainer.population.decode(np.zeros((1, latent)))[0, 0]
    np.testing.assert_allclose(centre, images[:count].mean(0) / 255, atol=0.02)


# --- Snapshots ---


def test_a_snapshot_shows_the_population_as_it_is(plain_vae, few_digits):
    trainer = trained(experiment(activations=("relu", "tanh"), latent=3), few_digits)
    trainer.path_images = (4, 2)
    snapshot, probe = trainer.snapshot(), Probe(few_digits)
    images = torch.from_numpy(probe.pixels)
    for member in range(2):
        plain = plain_vae(trainer.population, member)
        with torch.no_grad():
            mean, log_variance = plain.encode(images)
            straight = torch.lerp(mean[4], mean[2], torch.linspace(0, 1, 11)[:, None])
            decoded = plain.decode(mean[: probe.shown]), plain.decode(straight)
        close = {"rtol": 1e-4, "atol": 1e-5}
        np.testing.assert_allclose(snapshot.latent_mean[member], mean, **close)
        np.testing.assert_allclose(snapshot.latent_log_variance[member], log_variance, **close)
        pictures = snapshot.reconstructions[member], snapshot.path_linear[member]
        for picture, expected in zip(pictures, decoded):
            assert np.abs(picture - 255 * expected.numpy()).max() <= 0.51
        ends = snapshot.path_spherical[member][[0, -1]].astype(int)
        assert np.abs(ends - snapshot.path_linear[member][[0, -1]]).max() <= 1
    assert snapshot.path_images == (4, 2)
    assert (snapshot.step, snapshot.steps, snapshot.epoch, snapshot.epochs) == (6, 6, 2.0, 2)
    assert 0 < snapshot.seconds <= snapshot.wall_seconds
    assert snapshot.images_per_second == pytest.approx(260 / snapshot.seconds)


def test_a_snapshot_does_not_change_with_the_training_that_goes_on(few_digits):
    trainer = trained(experiment(activations=("relu",)), few_digits, steps=3)
    snapshot = trainer.snapshot()
    kept = snapshot.to_bytes()
    trainer.change(beta=7.0)
    while not trainer.finished:
        trainer.step()
    assert trainer.snapshot().to_bytes() != kept
    assert snapshot.to_bytes() == kept


def test_the_probe_shows_each_class_twice_in_order_and_then_the_rest(digits):
    probe = Probe(digits)
    assert probe.shown == 20
    assert probe.labels[:20].tolist() == [*range(10), *range(10)]
    assert len(probe.images) == len(np.unique(probe.images, axis=0)) == 360
    np.testing.assert_array_equal(probe.pixels, probe.images / np.float32(16))
    np.testing.assert_array_equal(Probe(digits).images, probe.images)


def test_the_probe_bears_a_test_set_that_lacks_classes(few_digits):
    of_three = few_digits.test.labels < 3
    some = Split(few_digits.test.images[of_three], few_digits.test.labels[of_three])
    probe = Probe(dataclasses.replace(few_digits, test=some))
    assert probe.labels[: probe.shown].tolist() == [0, 1, 2, 0, 1, 2]
    assert len(probe.images) == of_three.sum()


# --- What a trainer refuses ---


def test_images_of_another_set_are_refused(few_digits):
    with pytest.raises(ValueError, match="on mnist and the images are digits"):
        Trainer(Experiment(dataset="mnist"), few_digits)


def test_mixed_precision_is_for_products_of_training_alone(few_digits):
    recipe = experiment(activations=("relu",), hidden=(64,))
    exact = trained(recipe, few_digits, steps=1)
    rounded = trained(recipe.replace(precision="bfloat16"), few_digits, steps=1)
    assert rounded.snapshot().precision == "bfloat16"
    assert Trainer(recipe.replace(precision="auto"), few_digits).precision in (
        "float32",
        "bfloat16",
    )
    # Equal but for rounding: bfloat16 has 8 bits, and a step of Adam is at most the rate.
    difference = (weights(exact) - weights(rounded)).abs().max()
    assert difference < 2.1 * exact.snapshot().learning_rate
    with torch.no_grad():
        product = torch.full((1, 1, 1), 1 + 2**-12) @ torch.ones(1, 1, 1)
    assert product.item() == 1 + 2**-12  # outside a step products are whole again
