"""The PyTorch script of one member. This module does not import PyTorch."""

from __future__ import annotations

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.recipe import INITIAL_OUTPUT_LOG_VARIANCE, Member
from vae_explorer.standalone import parts
from vae_explorer.standalone.networks import Language, Networks

# Every activation as an expression that makes a module of it, for a layer of so many `units`.
MODULES = {
    "linear": "nn.Identity()",
    "exponential": "Exponential()",
    "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU(0.01)",
    "prelu": "nn.PReLU(units, init=0.25)",
    "average_pooling": "nn.AvgPool1d(3, stride=1, padding=1, count_include_pad=False)",
    "dropout": "nn.Identity()",  # the layer's own dropout follows it
    "elu": "nn.ELU()",
    "selu": "nn.SELU()",
    "celu": "nn.CELU(0.5)",
    "gelu": "nn.GELU()",
    "silu": "nn.SiLU()",
    "swish": "Swish(units)",
    "mish": "nn.Mish()",
    "softplus": "nn.Softplus()",
    "softsign": "nn.Softsign()",
    "hardtanh": "nn.Hardtanh()",
    "hardswish": "nn.Hardswish()",
    "relu6": "nn.ReLU6()",
    "squared_relu": "SquaredReLU()",
    "sine": "Sine()",
    "snake": "Snake(units)",
    "gaussian": "Gaussian()",
    "squareplus": "Squareplus()",
    "adaptive_mixture": "Mixture(units)",
}

# Those that PyTorch has no module for, as a function of x.
EXPRESSIONS = {
    "exponential": "torch.exp(x)",
    "squared_relu": "torch.relu(x).square()",
    "sine": "torch.sin(x)",
    "gaussian": "torch.exp(-x.square())",
    "squareplus": "0.5 * (x + torch.sqrt(x.square() + 4))",
}

# And those of them in which every unit learns numbers of its own.
CLASSES = {
    "swish": """\
class Swish(nn.Module):  # SiLU in which every unit learns how sharp its bend is
    def __init__(self, units):
        super().__init__()
        self.beta = nn.Parameter(torch.ones(units))

    def forward(self, x):
        return x * torch.sigmoid(self.beta * x)""",
    "snake": """\
class Snake(nn.Module):  # a rising line with a ripple, whose frequency every unit learns
    def __init__(self, units):
        super().__init__()
        self.frequency = nn.Parameter(torch.ones(units))

    def forward(self, x):
        reciprocal = self.frequency / (self.frequency.square() + 1e-12)  # finite at 0 as well
        return x + torch.sin(self.frequency * x).square() * reciprocal""",
    "adaptive_mixture": """\
class Mixture(nn.Module):  # every unit learns which of five functions to prefer where
    def __init__(self, units):
        super().__init__()
        self.scale, self.bias = (nn.Parameter(torch.zeros(5, 1, units)) for _ in range(2))

    def forward(self, x):
        weights = torch.softmax(self.scale * x + self.bias, dim=0)
        outputs = [torch.tanh(x), torch.relu(x), x * torch.sigmoid(x), torch.sin(x), x]
        return (weights * torch.stack(outputs)).sum(0)""",
}

_IMPORTS = {
    "pairwise": "from itertools import pairwise\n",
    "np": "import numpy as np",
    "torch": "import torch",
    "Image": "from PIL import Image",
    "fetch_openml": "from sklearn.datasets import fetch_openml",
    "load_digits": "from sklearn.datasets import load_digits",
    "nn": "from torch import nn",
}


def _class(name: str) -> str:
    return f'''\
class {parts.class_name(name)}(nn.Module):
    """{ACTIVATIONS[name].intuition}"""

    def forward(self, x):
        return {EXPRESSIONS[name]}'''


PYTORCH = Language(
    modules=MODULES,
    functions=CLASSES | {name: _class(name) for name in EXPRESSIONS},
    dropout="nn.Dropout({})",
    factory="lambda units: ",
    called="activation(units)",
    plain="(units)",
)


def pytorch_script(experiment: Experiment, member: Member) -> str:
    """A script that defines, trains and samples one member of the experiment with PyTorch."""
    networks = Networks(experiment, member, PYTORCH)
    convert, drawn = (
        "torch.tensor({}, dtype=torch.float32)",
        "(torch.from_numpy({}) < test).float()",
    )
    images = parts.images(experiment, convert, drawn)
    sections = [
        f"torch.manual_seed({member.seed})\n{images}",
        *networks.definitions,
        _network(experiment, networks),
        _model(experiment, networks),
        f"{_training(experiment, member, networks)}\n\n{_samples(experiment)}",
    ]
    body = "\n\n\n".join(sections)
    needs = "Needs torch, numpy, scikit-learn and Pillow."
    opening = parts.opening(experiment, member, needs, "the negative ELBO")
    return f"{opening}\n\n{parts.imports_used(_IMPORTS, body)}\n\n{body}"


def _network(experiment: Experiment, networks: Networks) -> str:
    linear, initial = "nn.Linear(inputs, units)", []
    if networks.by_gain:
        initial = [
            f"        linear = {linear}",
            f"        nn.init.normal_(linear.weight, std={networks.gain('layers')} / inputs**0.5)",
            "        nn.init.zeros_(linear.bias)",
        ]
        linear = "linear"
    lines = [
        f"def network({networks.arguments}):  # linear layers, with the same between any two",
        "    layers = []",
        "    for inputs, units in pairwise(widths):",
        *initial,
        *parts.items("layers += [", [linear, *networks.between], "]", 8),
        f"    return nn.Sequential(*{networks.kept('layers')})",
    ]
    return "\n".join(lines)


def _model(experiment: Experiment, networks: Networks) -> str:
    lines = [
        "class VAE(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *parts.items("self.encoder = network(", networks.arguments_of(0), ")", 8),
    ]
    if networks.by_gain:
        lines.append(
            f"        nn.init.zeros_(self.encoder[-1].weight[{experiment.latent}:])"
            "  # log-variances start at the prior's"
        )
    lines += parts.items("self.decoder = network(", networks.arguments_of(1), ")", 8)
    if experiment.output == "gaussian":
        start = INITIAL_OUTPUT_LOG_VARIANCE
        lines.append(f"        self.pixel_log_variance = nn.Parameter(torch.tensor({start}))")
        output, reconstruction = "pixels", "0.5 * error.sum(1)"
        error = [
            "        variance = self.pixel_log_variance.exp()",
            "        error = (images - pixels).square() / variance "
            "+ (2 * torch.pi * variance).log()",
        ]
    else:
        output, reconstruction = "logits", "error.sum(1)"
        error = ["        error = nn.functional.softplus(logits) - logits * images"]
    lines += [
        "",
        "    def forward(self, images):  # minus log-likelihoods, KL by latent dimension; in nats",
        "        mean, log_variance = self.encoder(images).chunk(2, dim=1)",
        "        latents = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)",
        f"        {output} = self.decoder(latents)",
        *error,
        "        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)",
        f"        return {reconstruction}, kl",
    ]
    return "\n".join(lines)


def _training(experiment: Experiment, member: Member, networks: Networks) -> str:
    steps = parts.steps_per_epoch(experiment)
    rate, epochs = member.learning_rate, experiment.epochs
    cycle = parts.cycles(experiment)
    lines = ["vae = VAE()", f"optimiser = torch.optim.Adam(vae.parameters(), lr={rate})"]
    if cycle:
        arguments = ["optimiser", str(rate), str(epochs * steps), "cycle_momentum=False"]
        start = "schedule = torch.optim.lr_scheduler.OneCycleLR("
        lines += parts.items(start, arguments, ")")
    lines.append(f"for epoch in range({epochs}):")
    if networks.drops:
        lines.append("    vae.train()")
    batches = f"torch.randperm(len(train)).split({experiment.batch_size})"
    weight = "" if member.beta == 1 else f"{member.beta} * "
    if experiment.kl_warmup:
        warmth = f"min(1, (epoch + step / {steps}) / {experiment.kl_warmup})"
        lines += [
            f"    for step, batch in enumerate({batches}):",
            f"        kl_weight = {weight}{warmth}",
        ]
        weight = "kl_weight * "
    else:
        lines.append(f"    for batch in {batches}:")
    if experiment.pixels == "binarised":
        lines.append("        reconstruction, kl = vae(torch.bernoulli(train[batch]))")
    else:
        lines.append("        reconstruction, kl = vae(train[batch])")
    if experiment.free_bits:
        lines += [
            f"        kl = kl.mean(0).clamp(min={experiment.free_bits})  # free bits",
            f"        loss = reconstruction.mean() + {weight}kl.sum()",
        ]
    else:
        lines.append(f"        loss = (reconstruction + {weight}kl.sum(1)).mean()")
    lines += ["        optimiser.zero_grad()", "        loss.backward()"]
    if experiment.clip_norm:
        clip = experiment.clip_norm
        lines.append(f"        nn.utils.clip_grad_norm_(vae.parameters(), {clip})")
    lines.append("        optimiser.step()")
    if cycle:
        lines.append("        schedule.step()")
    if networks.drops:
        lines.append("    vae.eval()")
    lines += [
        "    with torch.no_grad():",
        "        reconstruction, kl = vae(test)",
        '    print(f"epoch {epoch + 1}: {(reconstruction + kl.sum(1)).mean():.2f} nats")',
    ]
    return "\n".join(lines)


def _samples(experiment: Experiment) -> str:
    decoded = f"vae.decoder(torch.randn(64, {experiment.latent})).detach()"
    gaussian = experiment.output == "gaussian"
    samples = f"{decoded}.clamp(0, 1)" if gaussian else f"torch.sigmoid({decoded})"
    return f"samples = {samples}.numpy()\n{parts.picture(experiment)}"
