"""A race: populations one after the other, and the history that is kept of it."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from safetensors.numpy import save

from tests.helpers.saved_races import recorded
from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import Split
from vae_explorer.data.validation import with_validation
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import Judging
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.model.bound import losses
from vae_explorer.results.history import History
from vae_explorer.saved.history import from_bytes, to_bytes
from vae_explorer.training.judge import judge
from vae_explorer.training.race import RaceTrainer, picture_bytes
from vae_explorer.training.trainer import Trainer

SWEPT = Experiment(
    dataset="digits",
    activations=("relu", "tanh"),
    hidden=(8,),
    seeds=2,
    epochs=4,
    batch_size=65,
    sweep="latent",
    sweep_values=(1, 2, 3),
)


@pytest.fixture(scope="module")
def trained(few_digits):
    return recorded(SWEPT, few_digits)


def test_a_race_trains_each_population_as_it_trains_alone(few_digits, trained):
    race, _ = trained
    assert race.step_number == race.steps == 3 * 4 * 2
    for population, trainer in zip(SWEPT.shapes, race.trainers):
        alone = Trainer(population, race.dataset)
        for _ in alone:
            pass
        np.testing.assert_array_equal(trainer.curves().test_loss, alone.curves().test_loss)


def test_pictures_are_as_large_as_is_counted_before(trained):
    race, record = trained
    for snapshot in record.history.at(-1):
        pictures = (
            *(snapshot.latent_mean, snapshot.latent_log_variance, snapshot.reconstructions),
            *(snapshot.path_linear, snapshot.path_spherical, snapshot.manifold, snapshot.samples),
        )
        counted = picture_bytes(race.trainers[snapshot.shape])
        assert counted == sum(picture.nbytes for picture in pictures)


def test_what_could_not_be_opened_again_is_refused_before_it_is_trained(digits):
    """Three snapshots at least are kept, and a history is read up to 256 MiB."""
    many = tuple(ACTIVATIONS)
    experiment = Experiment(
        dataset="digits",
        activations=many,
        decoder_activations=many[:20],
        hidden=(1,),
        latent=128,
        epochs=1,
    )
    with pytest.raises(ConfigError, match=r"take [\d,]+ MB at least; at most 240 MB can be kept"):
        RaceTrainer(experiment, digits)
    RaceTrainer(experiment.replace(latent=8), digits)


def test_pictures_are_of_the_first_seed_of_each_arm(trained):
    race, record = trained
    for snapshot in record.history.at(-1):
        assert snapshot.pictured == (0, 2)
        trainer = race.trainers[snapshot.shape]
        mean, _ = trainer.population.encode(trainer.probe.pixels)
        np.testing.assert_array_equal(snapshot.latent_mean, mean[[0, 2]])
        assert snapshot.layers[0].output.shape[0] == 2
        assert snapshot.layers[0].dead.shape == (4,)


def test_all_members_are_shown_the_same_draws_of_the_prior(trained):
    race, record = trained
    last = record.history.at(-1)[1]
    z = np.random.default_rng(0).standard_normal((20, 2)).astype(np.float32)
    pictures = race.trainers[1].population.decode(z)[[0, 2]].numpy()
    assert np.abs(last.samples / 255 - pictures).max() <= 0.5 / 255 + 1e-6
    assert last.manifold.shape == (2, 64, 64)


# --- History ---


def test_a_place_shows_what_was_shown_then(few_digits):
    race = RaceTrainer(SWEPT.replace(sweep="none"), few_digits)
    history = History([race.steps])
    taken = []
    while not race.finished:
        race.step()
        taken.append(race.latest.snapshot())
        history.add(taken[-1])
    assert len(history) == len(taken)
    for index, live in enumerate(taken):
        (shown,) = history.at(index)
        for field in dataclasses.fields(live):
            ours, theirs = getattr(shown, field.name), getattr(live, field.name)
            if isinstance(theirs, np.ndarray):
                np.testing.assert_array_equal(ours, theirs)
        for field in dataclasses.fields(live.curves):
            np.testing.assert_array_equal(
                getattr(shown.curves, field.name), getattr(live.curves, field.name)
            )


def test_populations_join_as_they_begin(trained):
    race, record = trained
    history = record.history
    each = race.trainers[0].steps
    for index, place in enumerate(history.places):
        begun = [snapshot.shape for snapshot in history.at(index)]
        assert begun == list(range(1 + max(0, (place - 1) // each)))
    assert [s.step for s in history.at(-1)] == [each] * 3
    assert all(s.shape == 1 for s in history.frames(1))


def test_other_images_in_a_path_change_what_is_kept_and_not_its_order(trained):
    race, record = trained
    history = History(race_steps := [trainer.steps for trainer in race.trainers])
    for index in range(len(record.history)):
        history.add(record.history.at(index)[-1])
    places = history.places
    for trainer in race.trainers:  # as the worker sends them, the first shape's again
        ended = next(s for s in history.at(-1) if s.shape == trainer.number)
        history.add(dataclasses.replace(ended, path_images=(4, 5)))
    assert history.places == places
    assert [s.path_images for s in history.at(-1)] == [(4, 5)] * len(race_steps)
    again = History.of(race_steps, *history.parts())  # as the file is read
    assert again.places == places


def test_a_shape_keeps_its_end_when_the_next_is_looked_at_before_it_begins(trained):
    race, record = trained
    history = History([trainer.steps for trainer in race.trainers])
    ends = record.history.at(-1)
    history.add(ends[0])
    history.add(dataclasses.replace(ends[1], step=0))
    assert [s.shape for s in history.at(-1)] == [0]
    history.add(dataclasses.replace(ends[1], step=1))
    assert [(s.shape, s.step) for s in history.at(-1)] == [(0, ends[0].step), (1, 1)]


def test_a_shape_that_ended_early_keeps_its_end(trained):
    race, record = trained
    each = race.trainers[0].steps
    first, second, _ = record.history.at(-1)
    history = History([each] * 3, most_kept=8)
    for step in range(6):  # all of its members froze there, two steps before its end
        history.add(dataclasses.replace(first, step=step))
    for step in range(1, each + 1):
        history.add(dataclasses.replace(second, step=step))
    assert [(s.shape, s.step) for s in history.at(-1)] == [(0, 5), (1, each)]


@pytest.mark.parametrize("most_kept", [5, 16])
def test_what_is_kept_is_bounded_and_stays_evenly_spread(few_digits, most_kept):
    race = RaceTrainer(SWEPT.replace(sweep="none", epochs=100), few_digits)
    history = History([race.steps], most_kept=most_kept)
    snapshot = race.latest.snapshot()
    for step in range(race.steps + 1):
        history.add(dataclasses.replace(snapshot, step=step))
        assert len(history) <= most_kept
    places = np.array(history.places)
    assert (places[0], places[-1]) == (0, race.steps)
    gaps = np.diff(places)[:-1]  # the newest may be near
    assert gaps.max() <= 2 * gaps.min()
    assert len(history) >= most_kept / 3


def test_bytes_are_bounded_and_the_ends_of_populations_stay(trained):
    _, record = trained
    kept, _ = record.history.parts()
    size = sum(array.nbytes for array in vars(kept[-1]).values() if isinstance(array, np.ndarray))
    history = History(record.history.steps, most_bytes=8 * size)
    for index in range(len(record.history)):
        history.add(record.history.at(index)[-1])
    assert len(history) <= 8
    assert {0, 8, 16, 24} <= set(history.places)


def test_the_newest_replaces_one_of_the_same_step(trained):
    _, record = trained
    history = History(record.history.steps)
    first = record.history.at(0)[0]
    for _ in range(3):
        history.add(first)
    assert history.places == (0,)


def test_a_copy_that_is_taken_while_another_adds_is_never_empty(trained, monkeypatch):
    _, record = trained
    first = record.history.at(0)[0]
    history = History(record.history.steps)
    history.add(first)
    sizes = []
    monkeypatch.setattr(
        "vae_explorer.results.history._size", lambda _: sizes.append(len(history.copy())) or 1
    )
    history.add(first)
    assert sizes
    assert set(sizes) == {1}


# --- As a file ---


def test_a_history_comes_back_from_its_file(trained):
    _, record = trained
    data = to_bytes(record.history, record.probe)
    history, probe = from_bytes(data, SWEPT)
    assert history.places == record.history.places
    np.testing.assert_array_equal(probe.images, record.probe.images)
    assert to_bytes(history, probe) == data


def damaged(data, change):
    """The file with its header's history changed by `change`, which gets values and arrays."""
    from safetensors.numpy import load

    arrays = load(data)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    values = json.loads(header["__metadata__"]["history"])
    change(values, arrays)
    return save(arrays, metadata={"history": json.dumps(values)})


def set_array(name, value):
    return lambda values, arrays: arrays.update({name: value})


@pytest.mark.parametrize(
    "change",
    [
        lambda values, arrays: values.pop("probe"),
        lambda values, arrays: values.update(steps=[1]),
        lambda values, arrays: values.update(snapshots=[]),
        lambda values, arrays: values.update(snapshots=[1]),
        lambda values, arrays: values["snapshots"][0].update(pictured=[99]),
        lambda values, arrays: values["snapshots"][0].update(population=7),
        lambda values, arrays: values["snapshots"][0].update(step="x"),
        lambda values, arrays: values["snapshots"][0].update(extra=1),
        lambda values, arrays: values["snapshots"].reverse(),
        lambda values, arrays: values.update(populations=[5, 6, 7]),
        set_array("probe.labels", np.full(60, 200, np.uint8)),
        set_array("probe.images", np.zeros((60, 9), np.uint8)),
        set_array("snapshots.0.latent_mean", np.zeros((2, 60, 9), np.float32)),
        set_array("snapshots.0.latent_mean", np.zeros((2, 60, 1), np.float64)),
        set_array("curves.0.train_kl", np.zeros((1, 1), np.float32)),
    ],
)
def test_a_damaged_or_hostile_file_is_answered_in_a_sentence(trained, change):
    _, record = trained
    data = to_bytes(record.history, record.probe)
    with pytest.raises(ValueError, match=r"\w") as caught:
        from_bytes(damaged(data, change), SWEPT)
    assert type(caught.value) is ValueError
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("data", [b"", b"no safetensors", b"\xff" * 100])
def test_bytes_that_are_no_file_are_answered(data):
    with pytest.raises(ValueError):
        from_bytes(data, SWEPT)


def test_a_sweep_keeps_images_aside_to_choose_by_and_a_plain_race_does_not(few_digits, trained):
    race, _ = trained
    aside = with_validation(few_digits)
    np.testing.assert_array_equal(race.validation.images, aside.test.images)
    np.testing.assert_array_equal(race.dataset.train.images, aside.train.images)
    np.testing.assert_array_equal(race.dataset.test.images, few_digits.test.images)
    plain = RaceTrainer(SWEPT.replace(sweep="none"), few_digits)
    assert plain.validation is None
    assert plain.dataset is few_digits


def test_what_a_value_is_chosen_by_sees_no_test_image(few_digits, trained):
    race, _ = trained
    judged = judge(race, Judging(draws=16))
    count = len(few_digits.test.labels)
    poison = Split(np.full((count, 64), 16, np.uint8), np.full(count, 3, np.uint8))
    poisoned, _ = recorded(SWEPT, dataclasses.replace(few_digits, test=poison))
    again = judge(poisoned, Judging(draws=16))
    np.testing.assert_array_equal(judged.validation(), again.validation())
    assert (judged.values("test_loss") != again.values("test_loss")).all()
    images = few_digits.pixels(race.validation.images)
    expected = [
        losses(trainer.population, images, 16, SWEPT.seed).by_draw.mean(1)
        for trainer in race.trainers
    ]
    found = [member.validation_loss for member in judged.members]
    np.testing.assert_allclose(found, np.concatenate(expected), rtol=1e-6)
    assert judged.validation_images == len(images)
