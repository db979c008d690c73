"""The trainer: every promise that it makes about a run, over real steps on real images."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from scipy.linalg import subspace_angles

from tests.helpers.training import weights
from vae_explorer.data import DATASETS, Dataset, Split
from vae_explorer.data.probe import Probe
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.population import Population
from vae_explorer.model.randomness import generator
from vae_explorer.training.trainer import Trainer

LOSSES = ("train_reconstruction", "train_kl", "test_reconstruction", "test_kl")


def weights_of(trainer, member):
    """By name, without the rows that a member's activation leaves unused."""
    values = trainer.population.parameters.values
    return {name: value[member] for name, value in values.items()}


def assert_same_curves(curves, others):
    for field in dataclasses.fields(curves):
        np.testing.assert_array_equal(getattr(curves, field.name), getattr(others, field.name))


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
def test_a_member_of_a_race_trains_as_if_it_were_alone(race, digits, quick, train):
    race = {"batch_size": 200, **race}
    together = train(quick(**race), digits)
    curves = together.curves()
    for index, recipe in enumerate(together.population.members):
        alone = train(
            quick(
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


def test_in_float32_a_race_and_a_run_alone_agree_to_its_precision(digits, quick, train):
    together = train(quick(activations=("relu", "gelu"), batch_size=200, epochs=1), digits)
    alone = train(quick(activations=("gelu",), batch_size=200, epochs=1), digits)
    ours, theirs = together.curves().test_loss[-1, 1], alone.curves().test_loss[-1, 0]
    assert ours == pytest.approx(theirs, rel=1e-4)


# --- Repeatable ---


@pytest.mark.parametrize("settings", [{}, {"dropout": 0.2, "output": "gaussian"}])
def test_the_same_run_twice_is_the_same_bit_for_bit(settings, few_digits, quick, train):
    recipe = quick(activations=("relu", "snake"), seeds=2, **settings)
    once, again = train(recipe, few_digits), train(recipe, few_digits)
    assert torch.equal(weights(once), weights(again))
    assert_same_curves(once.curves(), again.curves())


def test_another_seed_is_another_run(few_digits, quick, train):
    recipe = quick(activations=("relu",), seeds=2)
    first, second = train(recipe, few_digits).curves().test_loss[-1]
    assert first != second


@pytest.mark.parametrize("every", [1, 4, None])
def test_how_often_a_snapshot_is_taken_changes_nothing(every, few_digits, quick, train):
    recipe = quick(activations=("tanh", "dropout"), seeds=2)
    unwatched = train(recipe, few_digits)
    watched = Trainer(recipe, few_digits, every=every)
    snapshots = list(watched)
    assert len(snapshots) == {1: 6, 4: 2, None: 2}[every]
    assert snapshots[-1].finished
    assert torch.equal(weights(watched), weights(unwatched))
    assert_same_curves(watched.curves(), unwatched.curves())


def test_evaluating_in_between_changes_nothing(few_digits, quick, train):
    recipe = quick(activations=("tanh",), dropout=0.3)
    unwatched, watched = train(recipe, few_digits), Trainer(recipe, few_digits)
    while not watched.finished:
        watched.step()
        watched.evaluate()
    assert torch.equal(weights(watched), weights(unwatched))


# --- Evaluation ---


@pytest.mark.parametrize("values", [1, 64 * 2 * 7, 64 * 2 * 60, 10**9])
def test_evaluation_sees_every_test_image_once_whatever_the_chunk(
    values, spy, monkeypatch, few_digits, quick, train
):
    trainer = train(quick(activations=("relu", "tanh"), latent=5), few_digits, steps=2)
    expected = trainer.evaluate()
    monkeypatch.setattr("vae_explorer.training.trainer._EVALUATED_VALUES", values)
    calls = spy(trainer, "losses")
    evaluated = trainer.evaluate()
    seen = torch.cat([arguments[0] for arguments, _ in calls])
    np.testing.assert_array_equal(seen.numpy() * 16, few_digits.test.images)
    for name, known in vars(expected).items():
        np.testing.assert_allclose(getattr(evaluated, name), known, rtol=1e-5)
    largest = max(64, values // 2)
    assert max(arguments[0].numel() for arguments, _ in calls) <= largest


def test_a_wide_layer_makes_the_chunks_of_an_evaluation_smaller(
    spy, monkeypatch, few_digits, quick
):
    trainer = Trainer(quick(activations=("relu",), hidden=(200,)), few_digits)
    monkeypatch.setattr("vae_explorer.training.trainer._EVALUATED_VALUES", 2000)
    calls = spy(trainer, "losses")
    trainer.evaluate()
    assert max(len(arguments[0]) for arguments, _ in calls) == 10


@pytest.mark.parametrize("output", ["bernoulli", "gaussian"])
def test_evaluation_is_a_plain_vaes_on_the_test_images(output, plain_vae, few_digits, quick, train):
    recipe = quick(activations=("relu", "prelu"), seeds=2, dropout=0.3, output=output)
    trainer = train(recipe, few_digits)
    images = torch.tensor(few_digits.test.images / np.float32(16))
    evaluated = trainer.evaluate()
    for member, recipe in enumerate(trainer.population.members):
        noise = torch.randn(len(images), 2, generator=generator(recipe.seed, "evaluation"))
        with torch.no_grad():
            reconstruction, kl = plain_vae(trainer.population, member).losses(images, noise)
        expected = [reconstruction.mean().item(), kl.sum(-1).mean().item()]
        found = [evaluated.reconstruction[member], evaluated.kl[member]]
        assert found == pytest.approx(expected, rel=1e-5)


def test_active_latents_are_those_whose_mean_varies_over_the_test_images(few_digits, quick, train):
    trainer = train(quick(activations=("tanh", "relu"), latent=6), few_digits, steps=3)
    scales = torch.tensor([[0.0, 0.01, 0.05, 0.1, 0.3, 1], [1, 0, 0, 0, 0, 0]])
    heads = trainer.population.parameters.values["encoder.2.weight"]
    heads[..., :6] *= scales[:, None]
    mean, _ = trainer.population.encode(few_digits.test.images / np.float32(16))
    variances = mean.numpy().astype(np.float64).var(axis=1)  # (2, 6)
    expected = (variances > 0.01).sum(1)
    assert 0 < expected[0] < 6
    before = trainer.snapshot().active_latents.tolist()
    assert trainer.evaluate().active_latents.tolist() == expected.tolist()
    # A snapshot shows what was counted at an epoch's end, whoever has evaluated since.
    assert trainer.snapshot().active_latents.tolist() == before != expected.tolist()
    while not trainer.finished:
        trainer.step()
    assert trainer.snapshot().active_latents.tolist() == trainer.evaluate().active_latents.tolist()


# --- Truth: probabilistic PCA ---


def test_a_linear_gaussian_vae_finds_the_subspace_noise_and_likelihood_of_ppca(random, train):
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
    trainer = train(
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
    loadings = trainer.population.parameters.values["decoder.0.weight"][0].numpy()  # (2, 64)
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


def test_a_snapshot_shows_the_population_as_it_is(plain_vae, few_digits, quick, train):
    trainer = train(quick(activations=("relu", "tanh"), latent=3), few_digits)
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


def test_a_snapshot_does_not_change_with_the_training_that_goes_on(few_digits, quick, train):
    trainer = train(quick(activations=("relu",)), few_digits, steps=3)
    snapshot = trainer.snapshot()
    kept = snapshot.to_bytes()
    trainer.change(beta=7.0)
    while not trainer.finished:
        trainer.step()
    assert trainer.snapshot().to_bytes() != kept
    assert snapshot.to_bytes() == kept


# --- What a trainer refuses ---


def test_images_of_another_set_are_refused(few_digits):
    with pytest.raises(ValueError, match="on mnist and the images are digits"):
        Trainer(Experiment(dataset="mnist"), few_digits)


def test_mixed_precision_is_for_products_of_training_alone(few_digits, quick, train):
    recipe = quick(activations=("relu",), hidden=(64,))
    exact = train(recipe, few_digits, steps=1)
    rounded = train(recipe.replace(precision="bfloat16"), few_digits, steps=1)
    assert rounded.snapshot().precision == "bfloat16"
    # Equal but for rounding: a step of Adam is at most the rate, in either direction.
    difference = (weights(exact) - weights(rounded)).abs().max()
    assert difference < 2.1 * exact.snapshot().learning_rate
    # Evaluation's products are whole again: a population with the same weights gives the same.
    same = Population(recipe)
    same.parameters.flat.copy_(weights(rounded))
    images = few_digits.pixels(few_digits.test.images)
    assert all(map(torch.equal, rounded.population.encode(images), same.encode(images)))


def test_choosing_the_precision_leaves_no_trace(few_digits, quick, train):
    recipe = quick(activations=("relu", "prelu"), dropout=0.2)
    chosen = Trainer(recipe.replace(precision="auto"), few_digits)
    assert not chosen.snapshot().gradient_norms.any()
    given = train(recipe.replace(precision=chosen.precision), few_digits)
    while not chosen.finished:
        chosen.step()
    assert torch.equal(weights(chosen), weights(given))
