"""What a reader must know to read the report's numbers."""

from __future__ import annotations

import numpy as np

from vae_explorer.explain.statistics import (
    ALPHA,
    LEAST_SEEDS,
    LEVEL,
    MAIN_ALPHA,
    paired_share,
)
from vae_explorer.explain.verdicts import few
from vae_explorer.explain.words import percent
from vae_explorer.results.race import Race


def paragraphs(race: Race) -> str:
    """HTML; nothing in it but the app's own words and numbers."""
    seeds = race.experiment.seeds
    found = [
        "<b>Negative ELBO.</b> What a VAE is judged by, in nats per image and averaged over the "
        "test images: the reconstruction (how badly the image is described from its latent) plus "
        "the KL (how much the latent says of the image). Lower is better; it is an upper bound on "
        "the negative log-likelihood.",
        _bounds(race),
        f"<b>Generalisation gap.</b> The negative ELBO on these test images minus that on "
        f"{race.train_images:,} training images{_matched(race)}. Other images would give another: "
        "its ± is over seeds alone.",
        "<b>Pairing.</b> The same seed is the same initial draw, the same batches and the same "
        "noise for every activation, and differences are taken seed by seed." + _paired(race),
    ]
    if seeds >= LEAST_SEEDS:
        found += [
            f"<b>±.</b> That of a mean is half of its {LEVEL * 100:.0f} % t interval over {seeds} "
            "seeds. That of a difference holds at once with those of all others on this page, "
            "which makes it wider.",
            "<b>Clear.</b> A difference is clear where its ± leaves 0 out. All pairs are compared "
            "at once, also those that are not in the table, so that the reference may be chosen "
            "after a look (Games and Howell 1976, with seeds as blocks and Šidák’s correction). "
            f"The chance that any such statement on this page is false is at most {ALPHA:g}, of "
            f"which the negative ELBO has {MAIN_ALPHA:g}. “No clear difference” does not say that "
            "there is none. The leaders are those that no other is clearly better than.",
        ]
    else:
        found.append(
            f"<b>{few(seeds).capitalize()}.</b> An example, not a result: nothing is tested, no "
            "statement of order is made, and the table keeps the order in which the activations "
            "were chosen."
        )
    found.append(
        "<b>Dead, saturated, one-sided, active.</b> A unit is dead whose derivative is all but 0 "
        f"on every {_seen(race)}, and saturated if it is flat on 95 % of them. It is one-sided if "
        "its pre-activation never changes sign. One of ReLU is then dead or linear; a unit whose "
        "slope is nowhere 0 cannot die, but can be one-sided. A latent is active if its mean "
        "varies over the test images by more than 0.01. A VAE whose numbers are no longer finite "
        "has diverged: it stops, and counts as no result."
    )
    return "\n".join(f"<p>{each}</p>" for each in found)


def _paired(race: Race) -> str:
    """What pairing does to the variance of a difference, as measured."""
    share = paired_share(race.values("test_loss")[race.whole()])
    if not np.isfinite(share):
        return ""
    if share <= 0:
        return (
            " In this race that takes no variance out of them: a seed does not do the same to all."
        )
    return (
        f" In this race that takes out {percent(share)} of the variance which a difference of the "
        "negative ELBO would have between seeds that are not paired."
    )


def _bounds(race: Race) -> str:
    """The two bounds of the likelihood, and of how much they are the mean."""
    draws = f"K = {race.bound_samples:,} draws of z an image"
    text = f"<b>Negative IW bound.</b> The importance-weighted bound with {draws}"
    if _by_the_same_draws(race):
        return text + (
            ". Negative ELBO and bound are over the same "
            f"{race.bound_images:,} test images and the same draws, so that the bound is lower by "
            "what the column “ELBO below IW bound” says: the less, the better the encoder "
            "matches its decoder. Where single draws of z decide the mean, the ELBO does not "
            "settle, and no number is stated."
        )
    return text + (
        f", on {race.bound_images:,} test images; the negative ELBO is over all "
        "of them with one draw, so that the two cannot be subtracted."
    )


def _seen(race: Race) -> str:
    """The images that units are watched on."""
    if _by_the_same_draws(race):
        return "training image, with z drawn as in training"
    return "probe image"


def _matched(race: Race) -> str:
    return ", as many of each class" if _by_the_same_draws(race) else ""


def _by_the_same_draws(race: Race) -> bool:
    """As races are judged now; those of before had one draw, and other images for the bound."""
    return race.loss_draws > 1
