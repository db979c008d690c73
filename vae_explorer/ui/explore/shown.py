"""The VAEs that a view shows, wherever they come from."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from vae_explorer.data import Dataset, load_or_embedded
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.ui.explore.canvas.canvas import Package, images_package

if TYPE_CHECKING:
    from vae_explorer.model.population import Population


@dataclass(frozen=True, eq=False)
class Shown:
    """What the canvas and the sections need of some VAEs of one shape.

    Attributes
    ----------
    key : Hashable
        Theirs and their weights', by which what is made of them is kept.
    packages : tuple of Package
        One a VAE, for the canvas.
    load : callable
        Gives all of them as one population.
    runs : callable
        Gives the saved runs that they come from, as a zip.
    alone : callable
        Gives the experiment that trains the k-th of them by itself.
    """

    key: Hashable
    dataset: Dataset
    packages: tuple[Package, ...]
    load: Callable[[], Population]
    runs: Callable[[], bytes]
    alone: Callable[[int], Experiment]


@st.cache_resource(show_spinner=False)
def images_of(dataset: str, image_set: str = "embedded") -> Dataset:
    """A set as a training of this app has it: the embedded images where others cannot be had."""
    return load_or_embedded(dataset, image_set)[0]


@st.cache_resource(show_spinner=False)
def images_shown(dataset: str, image_set: str = "embedded") -> Package:
    """Its test images, for the canvas."""
    return images_package(images_of(dataset, image_set))
