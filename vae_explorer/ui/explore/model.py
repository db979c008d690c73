"""What the sections look at: a population with its test images, encoded once for all sessions."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from vae_explorer.data import Dataset
from vae_explorer.experiment.recipe import Member
from vae_explorer.figures.charts import member_title
from vae_explorer.figures.style import activation_style
from vae_explorer.study.codes import Codes, codes
from vae_explorer.study.latent import plane_axes
from vae_explorer.study.layers import LayerStudy, activation_study

if TYPE_CHECKING:
    from vae_explorer.model.population import Population

Plane = tuple[np.ndarray, np.ndarray]

_MOST_MODELS = 8  # in memory at once, of all sessions
_MOST_SHOWN = 1000  # test images in a scatter: more would hide each other, and slow a page down


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """K trained VAEs and N of their set's test images, in an order of chance that never changes."""

    key: Hashable
    population: Population
    dataset: Dataset
    members: tuple[Member, ...]
    shown: np.ndarray  # (N,) which test images
    pixels: np.ndarray  # (N, D) float32 in [0, 1]
    labels: np.ndarray  # (N,)
    codes: Codes  # of these images, with z at the posterior's mean
    planes: tuple[Plane, ...] | None = None  # of the members as the canvas has them

    def plane(self, k: int, codes: np.ndarray) -> Plane:
        """Centre (L,) and axes (L, 2) of member k, with codes (N, L) of all test images."""
        return plane_axes(codes) if self.planes is None else self.planes[k]

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.dataset.info.class_names

    @property
    def image_shape(self) -> tuple[int, int]:
        return self.dataset.info.image_shape

    @property
    def colours(self) -> list[str]:
        return [activation_style(member.activation_key).colour for member in self.members]

    @property
    def names(self) -> list[str]:
        """The members', with the seed where several differ in it alone."""
        return [member_title(member, self.members) for member in self.members]

    def of_each_class(self, count: int) -> np.ndarray:
        """Rows of the first `count` images of each class in turn."""
        by_class = [np.flatnonzero(self.labels == c)[:count] for c in range(len(self.class_names))]
        return np.array([rows[i] for i in range(count) for rows in by_class if len(rows) > i])

    def test_pixels(self, indices: list[int]) -> np.ndarray:
        """(len, D) of test images by their number in the set."""
        return self.dataset.pixels(self.dataset.test.images[indices])


def load_model(
    key: Hashable,
    make: Callable[[], tuple[Population, Dataset]],
    planes: tuple[Plane, ...] | None = None,
) -> LoadedModel:
    """The model called `key`, from memory where it is there; else of what `make` gives."""
    return _load(key, make, planes)


@st.cache_resource(max_entries=_MOST_MODELS, show_spinner="Encoding the test images…")
def _load(
    key: Hashable,
    _make: Callable[[], tuple[Population, Dataset]],
    _planes: tuple[Plane, ...] | None,
) -> LoadedModel:
    population, dataset = _make()
    shown = np.random.default_rng(0).permutation(len(dataset.test.labels))[:_MOST_SHOWN]
    pixels = dataset.pixels(dataset.test.images[shown])
    return LoadedModel(
        key=key,
        population=population,
        dataset=dataset,
        members=population.members,
        shown=shown,
        pixels=pixels,
        labels=dataset.test.labels[shown],
        codes=codes(population, pixels),
        planes=_planes,
    )


def activation_studies(model: LoadedModel) -> tuple[LayerStudy, ...]:
    """Of the whole test set."""
    return _studies(model.key, model)


@st.cache_resource(max_entries=_MOST_MODELS, show_spinner="Counting in every hidden layer…")
def _studies(key: Hashable, _model: LoadedModel) -> tuple[LayerStudy, ...]:
    test = _model.dataset.test
    return activation_study(
        _model.population,
        _model.dataset.pixels(test.images),
        test.labels,
        len(_model.class_names),
    )
