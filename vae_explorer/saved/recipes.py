"""What `pretrain` trains, by the name of the entry, in that order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.experiment import Experiment

# Those that grow faster than their input diverge at the pace that suits the others, so they are
# trained in smaller steps as well; these come first, and are those that are taken. The exponential
# overflows even so, at the first batches and their latents farthest out, save on the digits with
# 3 of 20 seeds, of which theirs is the first.
_SUPERLINEAR = tuple(name for name, entry in ACTIVATIONS.items() if entry.family == "superlinear")
_ARTICLE = tuple(name for name, entry in ACTIVATIONS.items() if entry.article)
_BEYOND = tuple(name for name, entry in ACTIVATIONS.items() if not entry.article)
_BEST = ("gelu", "silu", "mish", "snake", "adaptive_mixture")  # among the best in two dimensions

# Of the 28×28 and of the 8×8 images. Adam's steps hardly depend on how long its gradients are, so
# clipping costs nothing, and one wild batch does not outweigh many.
_IMAGES = {"image_set": "full", "epochs": 8, "clip_norm": 5.0}
_DIGITS = {"batch_size": 64, "epochs": 60, "clip_norm": 5.0, "seed": 4}
# Two dimensions leave the decoder the harder work, so most of the weights are its own.
_IMAGES_2D = {"hidden": (80, 64, 48), "decoder_hidden": (48, 64, 88), "learning_rate": 1e-2}
_DIGITS_2D = {"hidden": (64, 32)}
# More dimensions ask for width: one layer makes the most of as many weights, and all survive it.
_IMAGES_20D = {"latent": 20, "hidden": (96,)}
_DIGITS_20D = {"latent": 20, "hidden": (64,)}


def _recipes() -> Mapping[str, Experiment]:
    """What is looked at most comes first; split so that no file is large."""
    recipes: dict[str, dict[str, Any]] = {}
    for dataset in ("mnist", "digits", "fashion"):
        shape = {**_DIGITS, **_DIGITS_2D} if dataset == "digits" else {**_IMAGES, **_IMAGES_2D}
        slower = {} if dataset == "digits" else {"learning_rate": 1e-3}
        article = [name for name in _ARTICLE if name not in _SUPERLINEAR]
        for part, names, changes in (
            ("superlinear", _SUPERLINEAR, slower),
            ("article", article, {}),
            ("beyond", _BEYOND, {}),
        ):
            settings = {**shape, **changes, "dataset": dataset, "activations": names}
            recipes[f"{dataset}-2d-{part}"] = settings
    for dataset in ("mnist", "digits", "fashion"):
        shape = {**_DIGITS, **_DIGITS_20D} if dataset == "digits" else {**_IMAGES, **_IMAGES_20D}
        names = (*_ARTICLE, *_BEST)
        recipes[f"{dataset}-20d"] = {**shape, "dataset": dataset, "activations": names}
    return MappingProxyType({name: Experiment.from_dict(r) for name, r in recipes.items()})


RECIPES = _recipes()
