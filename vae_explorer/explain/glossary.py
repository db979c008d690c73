"""The words of the field, each explained once: pages show them where they stand, and in a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vae_explorer.explain.statistics import LEAST_SEEDS


@dataclass(frozen=True)
class Word:
    """A term and what it says, in Markdown; a formula in LaTeX where one says it best."""

    term: str
    says: str
    formula: str = ""


@dataclass(frozen=True)
class Chapter:
    """Words that belong together, by the names that links have of them."""

    title: str
    words: Mapping[str, Word]


GLOSSARY = (
    Chapter(
        "The model",
        {
            "vae": Word(
                "Variational autoencoder (VAE)",
                "Two networks that learn together: the encoder turns an image into a distribution "
                "over a few numbers, the decoder turns such numbers into an image. What it has "
                "learned it can draw anew (Kingma and Welling 2014).",
            ),
            "encoder": Word(
                "Encoder",
                "The network that takes an image and gives the mean and the log-variance of its "
                "latent.",
                r"x \mapsto \mu(x),\ \log \sigma^2(x)",
            ),
            "heads": Word(
                "Heads",
                "The last layer of the encoder, which has no activation: one half of it gives the "
                "mean, the other the log-variance.",
            ),
            "mean": Word(
                "Mean and log-variance",
                "Where an image lies in the latent space, and how far its code may be from there. "
                "The dot of an image is its mean, and the ellipse around it one standard "
                "deviation.",
                r"q(z \mid x) = \mathcal N\big(\mu(x),\ \sigma^2(x)\big)",
            ),
            "latent": Word(
                "Latent, code",
                "The few numbers z that stand for an image: a point of the latent space. The codes "
                "of a set of images are their means.",
            ),
            "sample": Word(
                "Sample",
                "In training the decoder is given no mean but a point drawn around it, so that "
                "neighbouring points must mean similar images.",
                r"z = \mu + \sigma\,\varepsilon,\quad \varepsilon \sim \mathcal N(0, 1)",
            ),
            "decoder": Word(
                "Decoder",
                "The network that takes a point of the latent space and gives the brightness of "
                "every pixel.",
                r"z \mapsto p(x \mid z)",
            ),
            "prior": Word(
                "Prior",
                "Where codes are meant to lie: a standard normal distribution. To draw a new image "
                "is to draw a point of it and to decode it. In charts of two latents the dashed "
                "circle holds 95 % of it.",
                r"p(z) = \mathcal N(0, 1)",
            ),
        },
    ),
    Chapter(
        "The loss",
        {
            "reconstruction": Word(
                "Reconstruction error",
                "How improbable the image is by what the decoder gives for its code, in nats: "
                "minus the log-likelihood, summed over the pixels. It pulls codes apart.",
                r"-\log p(x \mid z)",
            ),
            "kl": Word(
                "KL divergence",
                "How far an image's distribution of codes is from the prior, in nats (Kullback and "
                "Leibler 1951). It pulls codes together, to the middle and to the same spread. It "
                "is 0 where the code says nothing of the image.",
                r"\tfrac12 \textstyle\sum_d \big(\mu_d^2 + \sigma_d^2 - 1 - \log \sigma_d^2\big)",
            ),
            "elbo": Word(
                "Negative ELBO",
                "The loss: reconstruction error plus KL divergence. An image costs at most so many "
                "nats by the model's own probability of it (the evidence lower bound, with its "
                "sign changed). Lower is better.",
                r"-\log p(x) \le -\mathrm{ELBO}(x)",
            ),
            "nat": Word(
                "Nat",
                "The unit of all losses here: information by the natural logarithm. One nat is "
                "1.44 bits. Where the loss is 1 nat lower, the images are 2.7 times as probable by "
                "its bound (their geometric mean).",
            ),
            "beta": Word(
                "Beta",
                "How much the KL divergence counts in training (Higgins et al. 2017): above 1 "
                "codes are ordered more, and images blurred more. What is reported is always with "
                "a beta of 1.",
            ),
            "bound": Word(
                "Tighter bound",
                "The loss by many samples of z at once, weighted by how well they explain the "
                "image (Burda et al. 2016): closer to the model's own probability than the ELBO.",
            ),
            "collapse": Word(
                "Posterior collapse",
                "A latent dimension that is the same for every image: its KL divergence is 0, and "
                "the decoder has learned to do without it.",
            ),
            "active": Word(
                "Active latents",
                "Dimensions that have not collapsed: those whose mean varies by more than 0.01 "
                "over the test images (Burda et al. 2016).",
            ),
        },
    ),
    Chapter(
        "Activations and training",
        {
            "activation": Word(
                "Activation",
                "The function f that every unit of a hidden layer applies to the weighted sum of "
                "its inputs. Without one, any number of layers does what a single one can.",
                r"f(W x + b)",
            ),
            "pre_activation": Word(
                "Pre-activation",
                "What goes into the function: the weighted sum of a unit's inputs.",
            ),
            "dead": Word(
                "Dead unit",
                "One whose function is flat at every image that it is shown, as ReLU is below 0: "
                "nothing passes back through it, and it learns no more.",
            ),
            "saturated": Word(
                "Saturated unit",
                "One whose function is nearly flat at nearly every image, as tanh is far from 0: "
                "it learns slowly.",
            ),
            "gradient": Word(
                "Gradient norm",
                "How hard a mini-batch pulls at the weights of a layer. Where it gets smaller "
                "from the output to the input, it vanishes on its way back.",
            ),
            "diverged": Word(
                "Diverged",
                "Its loss or its gradient was no longer a finite number. Here such a VAE is "
                "stopped at its last finite weights, and the others go on.",
            ),
            "epoch": Word(
                "Epoch, mini-batch",
                "Training goes through all training images once an epoch, a mini-batch at a time; "
                "each mini-batch is one step of all weights.",
            ),
            "seed": Word(
                "Seed",
                "The number from which everything random comes: initial weights, the order of "
                "the images, and the samples. With one seed all activations begin alike.",
            ),
        },
    ),
    Chapter(
        "Races",
        {
            "race": Word(
                "Race",
                "The same VAE with different activations, each from several seeds: what differs "
                "by more than seeds do is no luck.",
            ),
            "interval": Word(
                "± and 95 % interval",
                "A mean over seeds is known this well: were the race run again and again with "
                "other seeds, 95 % of such intervals would hold the true mean.",
            ),
            "paired": Word(
                "Paired",
                "Activations are compared seed by seed: what a lucky draw gives to all of them "
                "falls out of the difference.",
            ),
            "clearly": Word(
                "Clearly, no clear difference",
                "A difference is clear where its interval, widened for all comparisons of the "
                f"race, does not hold 0. Below {LEAST_SEEDS} seeds nothing is judged.",
            ),
            "tuned": Word(
                "Tuned",
                "Each activation first chooses its own learning rate, on images that are neither "
                "trained nor tested on. At one rate for all, that one leads which the rate suits.",
            ),
            "thick": Word(
                "Thick and thin lines",
                "A thin line is one VAE, from one seed; a thick one the mean of an activation's "
                "seeds, with its 95 % interval around it.",
            ),
            "article": Word(
                "The article, C1 to C12",
                "What this app grew out of: an article on what activation functions do in "
                "variational autoencoders. Its twelve claims are numbered, and a race says what "
                "it has to say to them.",
            ),
        },
    ),
    Chapter(
        "Ways to look",
        {
            "same_image": Word(
                "Same image, same coordinates",
                "Every VAE lays its own map, so that one place means another image in each. Held "
                "equal is therefore the image, which each keeps at a place of its own; or, by a "
                "switch, the place.",
            ),
            "manifold": Word(
                "Manifold",
                "Images decoded all over the plane: what the decoder would draw at each place.",
            ),
            "density": Word(
                "Density",
                "Where codes lie: the mean of all images' distributions, the aggregate posterior.",
            ),
            "interpolation": Word(
                "Interpolation",
                "Images decoded on the way from one code to another: straight, or on a great "
                "circle, which keeps the distance from the middle as samples of the prior have it.",
            ),
            "arithmetic": Word(
                "Latent arithmetic",
                "An image's code, moved by the difference of two classes' mean codes, and decoded.",
            ),
            "axes": Word(
                "Principal axes",
                "Of more than two latents: the plane in which codes vary most (Pearson 1901).",
            ),
            "tsne": Word(
                "t-SNE",
                "A picture that keeps near codes near (van der Maaten and Hinton 2008). Distances "
                "between groups, and their sizes, mean nothing in it.",
            ),
            "procrustes": Word(
                "Turned towards the first",
                "Latent spaces differ by turns and reflections that say nothing: side by side each "
                "is turned onto the first as nearly as it can be (Schönemann 1966).",
            ),
        },
    ),
)

WORDS: Mapping[str, Word] = {
    name: word for chapter in GLOSSARY for name, word in chapter.words.items()
}
