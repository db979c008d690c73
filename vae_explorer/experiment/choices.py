"""All that may be chosen of an experiment: every default, bound, label and help text, once.

The values that a sweep or a tuning takes unless others are asked for are in `recipe` and `tuning`.
"""

from __future__ import annotations

from dataclasses import dataclass

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import DATASETS, IMAGE_SETS
from vae_explorer.experiment.limits import MAX_MEMBERS, MAX_SEEDS
from vae_explorer.experiment.recipe import INITS, SWEEPS, activations_setting, find_init
from vae_explorer.experiment.settings import setting
from vae_explorer.experiment.tuning import TUNED

MAX_SEED = 2**31 - 1
_AS_ENCODER = "as the encoder"
_SHARED = "one for all"


@dataclass(frozen=True)
class Choices:
    """The settings of an `Experiment`, in the order in which they are shown."""

    dataset: str = setting(
        "mnist",
        "Images",
        "The set of images to learn.",
        choices={name: info.label for name, info in DATASETS.items()},
    )
    image_set: str = setting(
        "embedded",
        "How many",
        "Those shipped with the app, at most 10,000 to train on, or the full published set.",
        choices=IMAGE_SETS,
    )
    activations: tuple[str, ...] = activations_setting(
        ("relu", "tanh", "silu"),
        "Activations",
        "The activation of every hidden layer; each chosen one trains a VAE of its own.",
        most=len(ACTIVATIONS),
    )
    decoder_activations: tuple[str, ...] | None = activations_setting(
        None,
        "Decoder activations",
        "Other activations for the decoder: every pair of encoder and decoder is trained.",
        most=len(ACTIVATIONS),
        unset=_AS_ENCODER,
    )
    hidden: tuple[int, ...] = setting(
        (256, 64),
        "Hidden widths",
        "Units in each hidden layer of the encoder, from the image inwards.",
        minimum=1,
        maximum=2048,
        longest=6,
    )
    decoder_hidden: tuple[int, ...] | None = setting(
        None,
        "Decoder widths",
        "Units in each hidden layer of the decoder, from the latent outwards; "
        "by default the encoder's in reverse.",
        minimum=1,
        maximum=2048,
        longest=6,
        unset=_AS_ENCODER,
    )
    latent: int = setting(
        2, "Latent size", "Dimensions of the latent space.", minimum=1, maximum=128
    )
    output: str = setting(
        "bernoulli",
        "Output",
        "The decoder's distribution of a pixel: Bernoulli on logits, or Gaussian with a learned "
        "variance.",
        choices={"bernoulli": "Bernoulli", "gaussian": "Gaussian"},
    )
    pixels: str = setting(
        "grey",
        "Pixels",
        "As they are, or drawn as 0 or 1 with their grey as the probability: anew whenever a "
        "training image is seen, once and for all of a test image.",
        choices={"grey": "Grey", "binarised": "Drawn as 0 or 1"},
    )
    init: str = setting(
        "gain",
        "Initial weights",
        "One normal draw shared by all members, scaled by each activation's gain; or PyTorch's "
        "default for linear layers.",
        choices=INITS,
    )
    epochs: int = setting(
        16, "Epochs", "Passes over the training images.", minimum=1, maximum=10_000
    )
    batch_size: int = setting(128, "Batch size", "Images in a mini-batch.", minimum=1, maximum=8192)
    learning_rate: float = setting(
        5e-3,
        "Learning rate",
        "Adam's step size; with the one-cycle schedule its highest value.",
        minimum=1e-7,
        maximum=10.0,
    )
    schedule: str = setting(
        "one-cycle",
        "Schedule",
        "A constant learning rate, or one that warms up and anneals to nothing.",
        choices={"constant": "Constant", "one-cycle": "One cycle"},
    )
    beta: float = setting(
        1.0,
        "Beta",
        "Weight of the KL term in what is minimised; at 1 that is the ELBO.",
        minimum=0.0,
        maximum=1000.0,
    )
    kl_warmup: float = setting(
        0.0,
        "KL warm-up",
        "Epochs over which the weight of the KL term grows from 0 to beta.",
        minimum=0.0,
        maximum=10_000.0,
    )
    free_bits: float = setting(
        0.0,
        "Free bits",
        "Nats of KL that each latent dimension may use before it is penalised.",
        minimum=0.0,
        maximum=100.0,
    )
    dropout: float = setting(
        0.0,
        "Dropout",
        "Share of hidden outputs set to zero at random in training, with any activation.",
        minimum=0.0,
        maximum=0.95,
    )
    clip_norm: float = setting(
        0.0,
        "Gradient clipping",
        "Longest gradient that a member may take a step with; 0 clips nothing.",
        minimum=0.0,
        maximum=1e9,
    )
    precision: str = setting(
        "float32",
        "Precision",
        "Of the matrix products in training; auto takes bfloat16 where it is measured faster.",
        choices={"float32": "float32", "bfloat16": "bfloat16", "auto": "Fastest"},
    )
    seed: int = setting(
        0,
        "Seed",
        "Every random draw comes from it: initial weights, batches, noise.",
        minimum=0,
        maximum=MAX_SEED,
    )
    seeds: int = setting(
        1,
        "Seeds",
        "How many times each activation is trained, from consecutive seeds.",
        minimum=1,
        maximum=MAX_SEEDS,
    )
    sweep: str = setting(
        "none",
        "Sweep",
        "A setting that takes several values; every recipe is trained with each of them.",
        choices={"none": "Nothing"}
        | {name: each.label.capitalize() for name, each in SWEEPS.items()},
    )
    sweep_values: tuple[float, ...] = setting(
        (),
        "Its values",
        "Values of the setting that is swept; by default a few usual ones.",
        minimum=0.0,
        maximum=2048.0,
        longest=12,
        kind=float,
    )
    tune: str = setting(
        "none",
        "Tuned before the race",
        "What each arm first chooses for itself, on images kept aside from training, so that none "
        "leads because a setting that all share suits it.",
        choices={"none": "Nothing"} | TUNED,
    )
    tune_values: tuple[float, ...] = setting(
        (),
        "Rates to try",
        "Learning rates that each arm may choose from; by default from 0.001 to 0.3.",
        minimum=1e-7,
        maximum=10.0,
        longest=12,
        kind=float,
    )
    learning_rates: tuple[float, ...] | None = setting(
        None,
        "Own learning rates",
        "One for each arm, in their order, instead of one that all share.",
        minimum=1e-7,
        maximum=10.0,
        longest=MAX_MEMBERS,
        kind=float,
        unset=_SHARED,
    )
    inits: tuple[str, ...] | None = setting(
        None,
        "Own initial weights",
        "Those of each arm, in their order, instead of what all share: gain or pytorch.",
        each={name: name for name in INITS},
        noun="initial weights",
        find=find_init,
        repeats=True,
        longest=MAX_MEMBERS,
        unset=_SHARED,
    )
