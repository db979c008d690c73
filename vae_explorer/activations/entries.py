"""The activation functions, an entry each. To add one, add an entry: the registry finds it here.

Importing this module does not import PyTorch: that waits until a function is called.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from vae_explorer.activations.activation import Activation
from vae_explorer.activations.functions import (
    MIXED,
    adaptive_mixture,
    average_pooling,
    prelu,
    snake,
)
from vae_explorer.activations.lazy import lazy_import

if TYPE_CHECKING:
    import torch
    from torch.nn import functional as F
else:
    torch = lazy_import("torch")
    F = lazy_import("torch.nn.functional")


ENTRIES = (
    Activation(
        name="linear",
        label="Linear",
        formula="x",
        range=(-inf, inf),
        intuition="Passes its input on unchanged, so stacked layers are no stronger than one.",
        source="Neural Networks and Principal Component Analysis, Baldi and Hornik, 1989",
        family="linear",
        gain=1.0,
        function=lambda x: x,
        article=True,
    ),
    Activation(
        name="exponential",
        label="Exponential",
        formula=r"e^{x}",
        range=(0, inf),
        intuition="Grows by the same factor at every step to the right, so it soon explodes.",
        source="Generalized Linear Models (inverse of the log link), Nelder and Wedderburn, 1972",
        family="superlinear",
        gain=0.367879,
        function=lambda x: torch.exp(x),
        article=True,
    ),
    Activation(
        name="tanh",
        label="Tanh",
        formula=r"\tanh(x)",
        range=(-1, 1),
        intuition="Squeezes any input between −1 and 1, and hardly reacts once it is near either.",
        source="Efficient BackProp, LeCun, Bottou, Orr and Müller, 1998",
        family="saturating",
        gain=1.592537,
        function=lambda x: torch.tanh(x),
        article=True,
    ),
    Activation(
        name="sigmoid",
        label="Sigmoid",
        formula=r"\frac{1}{1 + e^{-x}}",
        range=(0, 1),
        intuition="A soft switch from 0 to 1, whose gradient is at most a quarter.",
        source="Learning Representations by Back-Propagating Errors, Rumelhart, Hinton and "
        "Williams, 1986",
        family="saturating",
        gain=1.846229,
        function=lambda x: torch.sigmoid(x),
        article=True,
    ),
    Activation(
        name="relu",
        label="ReLU",
        formula=r"\max(0, x)",
        range=(0, inf),
        intuition="Keeps positive inputs and zeroes the rest, so a unit that is always negative "
        "stops learning.",
        source="Rectified Linear Units Improve Restricted Boltzmann Machines, Nair and Hinton, "
        "2010",
        family="rectified",
        gain=1.414214,
        function=lambda x: F.relu(x),
        article=True,
    ),
    Activation(
        name="leaky_relu",
        label="LeakyReLU",
        formula=r"\max(0, x) + 0.01 \min(0, x)",
        range=(-inf, inf),
        intuition="ReLU that lets one hundredth of a negative input through, so no unit dies.",
        source="Rectifier Nonlinearities Improve Neural Network Acoustic Models, Maas, Hannun and "
        "Ng, 2013",
        family="rectified",
        gain=1.414143,
        function=lambda x: F.leaky_relu(x, negative_slope=0.01),
        article=True,
    ),
    Activation(
        name="prelu",
        label="PReLU",
        formula=r"\max(0, x) + a \min(0, x)",
        range=(-inf, inf),
        intuition="LeakyReLU in which every unit learns how much of a negative input to let "
        "through.",
        source="Delving Deep into Rectifiers, He, Zhang, Ren and Sun, 2015",
        family="rectified",
        gain=1.371989,
        function=prelu,
        parameters={"slope": 0.25},
        article=True,
    ),
    Activation(
        name="average_pooling",
        label="Average pooling",
        formula=r"\tfrac{1}{3} (x_{i-1} + x_{i} + x_{i+1})",
        range=(-inf, inf),
        intuition="Gives every unit the mean of itself and its two neighbours, which blurs but "
        "does not bend.",
        source="Gradient-Based Learning Applied to Document Recognition, LeCun, Bottou, Bengio and "
        "Haffner, 1998",
        family="linear",
        gain=1.732051,  # of inner units; the two at the edges, which average two, need sqrt(2)
        function=average_pooling,
        elementwise=False,
        article=True,
    ),
    Activation(
        name="dropout",
        label="Dropout",
        formula=r"\frac{m x}{1 - p}, \; m \sim \mathrm{Bernoulli}(1 - p)",
        range=(-inf, inf),
        intuition="Zeroes a random fifth of the units at every training step and changes nothing "
        "afterwards.",
        source="Dropout: A Simple Way to Prevent Neural Networks from Overfitting, Srivastava, "
        "Hinton, Krizhevsky, Sutskever and Salakhutdinov, 2014",
        family="linear",
        gain=1.0,
        function=lambda x: x,
        # Its noise has p / (1 - p) times the variance of a centred signal: at the paper's 0.5 for
        # wide classifiers as much as the signal, at 0.2 a quarter, which a narrow VAE can bear.
        dropout=0.2,
        article=True,
    ),
    Activation(
        name="elu",
        label="ELU",
        formula=r"\max(0, x) + \min(0, e^{x} - 1)",
        range=(-1, inf),
        intuition="ReLU whose negative side bends down to −1, which keeps mean outputs near zero.",
        source="Fast and Accurate Deep Network Learning by Exponential Linear Units (ELUs), "
        "Clevert, Unterthiner and Hochreiter, 2016",
        family="smooth rectified",
        gain=1.245198,
        function=lambda x: F.elu(x),
    ),
    Activation(
        name="selu",
        label="SELU",
        formula=r"1.0507 \left(\max(0, x) + 1.6733 \min(0, e^{x} - 1)\right)",
        range=(-1.7580993408473766, inf),
        intuition="ELU scaled so that layer after layer keeps outputs at mean 0 and variance 1.",
        source="Self-Normalizing Neural Networks, Klambauer, Unterthiner, Mayr and Hochreiter, "
        "2017",
        family="smooth rectified",
        gain=1.0,
        function=lambda x: F.selu(x),
    ),
    Activation(
        name="celu",
        label="CELU",
        formula=r"\max(0, x) + \tfrac{1}{2} \min(0, e^{2 x} - 1)",
        range=(-0.5, inf),
        intuition="ELU with an adjustable floor, here −½, that meets the straight side without a "
        "kink.",
        source="Continuously Differentiable Exponential Linear Units, Barron, 2017",
        family="smooth rectified",
        gain=1.330908,
        function=lambda x: F.celu(x, alpha=0.5),  # at PyTorch's default of 1 it would be ELU
    ),
    Activation(
        name="gelu",
        label="GELU",
        formula=r"x \, \Phi(x)",
        range=(-0.16997120747990363, inf),
        intuition="Weighs its input by the chance that a standard normal number lies below it.",
        source="Gaussian Error Linear Units (GELUs), Hendrycks and Gimpel, 2016",
        family="smooth rectified",
        gain=1.533530,
        function=lambda x: F.gelu(x),
    ),
    Activation(
        name="silu",
        label="SiLU",
        formula=r"\frac{x}{1 + e^{-x}}",
        range=(-0.27846454276107374, inf),
        intuition="Multiplies its input by its own sigmoid: ReLU with a soft bend and a small dip.",
        source="Sigmoid-Weighted Linear Units for Neural Network Function Approximation in "
        "Reinforcement Learning, Elfwing, Uchibe and Doya, 2018",
        family="smooth rectified",
        gain=1.676532,
        function=lambda x: F.silu(x),
    ),
    Activation(
        name="swish",
        label="Swish",
        formula=r"\frac{x}{1 + e^{-\beta x}}",
        range=(-0.27846454276107374, inf),
        intuition="SiLU in which every unit learns how sharp its bend is, from a line to a ReLU.",
        source="Searching for Activation Functions, Ramachandran, Zoph and Le, 2017",
        family="smooth rectified",
        gain=1.676532,
        function=lambda x, beta: x * torch.sigmoid(beta * x),
        parameters={"beta": 1.0},
    ),
    Activation(
        name="mish",
        label="Mish",
        formula=r"x \tanh(\ln(1 + e^{x}))",
        range=(-0.3088434130172505, inf),
        intuition="A close relative of SiLU with a slightly deeper dip for negative inputs.",
        source="Mish: A Self Regularized Non-Monotonic Activation Function, Misra, 2020",
        family="smooth rectified",
        gain=1.486848,
        function=lambda x: F.mish(x),
    ),
    Activation(
        name="softplus",
        label="Softplus",
        formula=r"\ln(1 + e^{x})",
        range=(0, inf),
        intuition="ReLU with its corner rounded off, so it is never quite zero and never flat.",
        source="Incorporating Second-Order Functional Knowledge for Better Option Pricing, Dugas, "
        "Bengio, Bélisle, Nadeau and Garcia, 2000",
        family="smooth rectified",
        gain=1.041867,
        function=lambda x: F.softplus(x),
    ),
    Activation(
        name="softsign",
        label="Softsign",
        formula=r"\frac{x}{1 + |x|}",
        range=(-1, 1),
        intuition="Like tanh, but it nears −1 and 1 so slowly that its gradient fades more gently.",
        source="Quadratic Polynomials Learn Better Image Features, Bergstra, Desjardins, Lamblin "
        "and Bengio, 2009",
        family="saturating",
        gain=2.337533,
        function=lambda x: F.softsign(x),
    ),
    Activation(
        name="hardtanh",
        label="HardTanh",
        formula=r"\max(-1, \min(1, x))",
        range=(-1, 1),
        intuition="Tanh drawn with a ruler: the input itself, cut off at −1 and 1.",
        source="Large Scale Machine Learning, Collobert, 2004",
        family="saturating",
        gain=1.392036,
        function=lambda x: F.hardtanh(x),
    ),
    Activation(
        name="hardswish",
        label="HardSwish",
        formula=r"\tfrac{1}{6} x \min(6, \max(0, x + 3))",
        range=(-0.375, inf),
        intuition="SiLU made from straight lines and a parabola, cheap enough for a phone.",
        source="Searching for MobileNetV3, Howard et al., 2019",
        family="rectified",
        gain=1.736657,
        function=lambda x: F.hardswish(x),
    ),
    Activation(
        name="relu6",
        label="ReLU6",
        formula=r"\min(6, \max(0, x))",
        range=(0, 6),
        intuition="ReLU with a ceiling at 6, so that no output runs away.",
        source="Convolutional Deep Belief Networks on CIFAR-10, Krizhevsky, 2010",
        family="rectified",
        gain=1.414214,
        function=lambda x: F.relu6(x),
    ),
    Activation(
        name="squared_relu",
        label="Squared ReLU",
        formula=r"\max(0, x)^{2}",
        range=(0, inf),
        intuition="ReLU squared, which mutes small inputs and makes large ones larger.",
        source="Primer: Searching for Efficient Transformers for Language Modeling, So, Mańke, "
        "Liu, Dai, Shazeer and Le, 2021",
        family="superlinear",
        gain=0.816497,
        function=lambda x: F.relu(x).square(),
    ),
    Activation(
        name="sine",
        label="Sine",
        formula=r"\sin(x)",
        range=(-1, 1),
        intuition="Repeats itself along its input, so one unit can answer to many values.",
        source="Implicit Neural Representations with Periodic Activation Functions, Sitzmann, "
        "Martel, Bergman, Lindell and Wetzstein, 2020",
        family="periodic",
        gain=1.520867,
        function=lambda x: torch.sin(x),
    ),
    Activation(
        name="snake",
        label="Snake",
        formula=r"x + \tfrac{1}{a} \sin^{2}(a x)",
        range=(-inf, inf),
        intuition="A rising line with a ripple, whose frequency every unit learns.",
        source="Neural Networks Fail to Learn Periodic Functions and How to Fix It, Ziyin, Hartwig "
        "and Ueda, 2020",
        family="periodic",
        gain=0.874581,
        function=snake,
        parameters={"frequency": 1.0},
    ),
    Activation(
        name="gaussian",
        label="Gaussian",
        formula=r"e^{-x^{2}}",
        range=(0, 1),
        intuition="Answers only to inputs near zero and falls silent on both sides.",
        source="Multivariable Functional Interpolation and Adaptive Networks, Broomhead and Lowe, "
        "1988",
        family="local",
        gain=1.495349,
        function=lambda x: torch.exp(-x.square()),
    ),
    Activation(
        name="squareplus",
        label="Squareplus",
        formula=r"\tfrac{1}{2} \left(x + \sqrt{x^{2} + 4}\right)",
        range=(0, inf),
        intuition="A rounded ReLU like softplus, made with a square root instead of exponentials.",
        source="Squareplus: A Softplus-Like Algebraic Rectifier, Barron, 2021",
        family="smooth rectified",
        gain=0.816497,
        function=lambda x: 0.5 * (x + torch.sqrt(x.square() + 4)),
    ),
    Activation(
        name="adaptive_mixture",
        label="Adaptive mixture",
        formula=r"\sum_{j} \mathrm{softmax}_{j}(a_{j} x + b_{j}) \, f_{j}(x)",
        range=(-inf, inf),
        intuition="Every unit blends tanh, ReLU, SiLU, sine and the identity, and learns which to "
        "prefer for which input.",
        source="After Learning Combinations of Activation Functions, Manessi and Rozza, 2018, with "
        "the gate of Adaptive Mixtures of Local Experts, Jacobs et al., 1991",
        family="adaptive",
        gain=1.496762,
        function=adaptive_mixture,
        parameters={f"{name}_{part}": 0.0 for name in MIXED for part in ("scale", "bias")},
    ),
)
