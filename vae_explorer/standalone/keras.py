"""The Keras 3 script of one member, for any of its backends. This module does not import Keras.

The model's `call` adds the loss, which knows from `training` whether it is to be minimised or
reported. That works on every backend, where a `train_step` would be one backend's own.
"""

from __future__ import annotations

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.recipe import INITIAL_OUTPUT_LOG_VARIANCE, Member
from vae_explorer.standalone import parts
from vae_explorer.standalone.networks import Language, Networks

# Every activation as an expression that makes a layer of it.
LAYERS = {
    "linear": "layers.Identity()",
    "exponential": 'layers.Activation("exponential")',
    "tanh": 'layers.Activation("tanh")',
    "sigmoid": 'layers.Activation("sigmoid")',
    "relu": 'layers.Activation("relu")',
    "leaky_relu": "layers.LeakyReLU(0.01)",
    "prelu": "layers.PReLU(keras.initializers.Constant(0.25))",
    "average_pooling": "layers.Activation(average_pooling)",
    "dropout": "layers.Identity()",  # the layer's own dropout follows it
    "elu": 'layers.Activation("elu")',
    "selu": 'layers.Activation("selu")',
    "celu": "layers.Activation(celu)",
    "gelu": 'layers.Activation("gelu")',
    "silu": 'layers.Activation("silu")',
    "swish": "Swish()",
    "mish": 'layers.Activation("mish")',
    "softplus": 'layers.Activation("softplus")',
    "softsign": 'layers.Activation("softsign")',
    "hardtanh": 'layers.Activation("hard_tanh")',
    "hardswish": 'layers.Activation("hard_silu")',
    "relu6": 'layers.Activation("relu6")',
    "squared_relu": "layers.Activation(squared_relu)",
    "sine": "layers.Activation(ops.sin)",
    "snake": "Snake()",
    "gaussian": "layers.Activation(gaussian)",
    "squareplus": 'layers.Activation("squareplus")',
    "adaptive_mixture": "Mixture()",
}

# Those that Keras does not have, or not with these constants, as a function of x.
EXPRESSIONS = {
    "average_pooling": 'ops.average_pool(x[..., None], 3, strides=1, padding="same")[..., 0]',
    "celu": "ops.celu(x, alpha=0.5)",
    "squared_relu": "ops.square(ops.relu(x))",
    "gaussian": "ops.exp(-ops.square(x))",
}

# And those of them in which every unit learns numbers of its own.
CLASSES = {
    "swish": """\
class Swish(layers.Layer):  # SiLU in which every unit learns how sharp its bend is
    def build(self, input_shape):
        self.beta = self.add_weight(input_shape[-1:], "ones")

    def call(self, x):
        return x * ops.sigmoid(self.beta * x)""",
    "snake": """\
class Snake(layers.Layer):  # a line with a ripple, whose frequency every unit learns
    def build(self, input_shape):
        self.frequency = self.add_weight(input_shape[-1:], "ones")

    def call(self, x):
        reciprocal = self.frequency / (ops.square(self.frequency) + 1e-12)  # finite at 0 as well
        return x + ops.square(ops.sin(self.frequency * x)) * reciprocal""",
    "adaptive_mixture": """\
class Mixture(layers.Layer):  # every unit learns which of five to prefer where
    def build(self, input_shape):
        shape = (5, 1, input_shape[-1])
        self.scale, self.bias = (self.add_weight(shape, "zeros") for _ in range(2))

    def call(self, x):
        outputs = ops.stack([ops.tanh(x), ops.relu(x), ops.silu(x), ops.sin(x), x])
        return ops.sum(ops.softmax(self.scale * x + self.bias, axis=0) * outputs, axis=0)""",
}

_IMPORTS = {
    "pairwise": "from itertools import pairwise\n",
    "keras": "import keras",
    "np": "import numpy as np",
    "ops": "from keras import layers, ops",
    "Image": "from PIL import Image",
    "fetch_openml": "from sklearn.datasets import fetch_openml",
    "load_digits": "from sklearn.datasets import load_digits",
}


def _function(name: str) -> str:
    return f'''\
def {name}(x):
    """{ACTIVATIONS[name].intuition}"""
    return {EXPRESSIONS[name]}'''


KERAS = Language(
    modules=LAYERS,
    functions=CLASSES | {name: _function(name) for name in EXPRESSIONS},
    dropout="layers.Dropout({})",
    factory="lambda: ",
    called="activation()",
    plain="()",
)


def keras_script(experiment: Experiment, member: Member) -> str:
    """A script that defines, trains and samples one member of the experiment with Keras 3."""
    networks = Networks(experiment, member, KERAS)
    images = parts.images(experiment, "np.float32({})", "np.float32({} < test)")
    sections = [
        f"keras.utils.set_random_seed({member.seed})\n{images}",
        *networks.definitions,
        _network(experiment, networks),
        _model(experiment, member, networks),
        *([_one_cycle(experiment, member)] if parts.cycles(experiment) else []),
        f"{_training(experiment, member)}\n\n{_samples(experiment)}",
    ]
    body = "\n\n\n".join(sections)
    needs = "Needs scikit-learn, Pillow and Keras 3 on KERAS_BACKEND=torch, jax or tensorflow."
    opening = parts.opening(experiment, member, needs, "the negative ELBO (val_loss)")
    return f"{opening}\n\n{parts.imports_used(_IMPORTS, body)}\n\n{body}"


def _network(experiment: Experiment, networks: Networks) -> str:
    if networks.by_gain:
        initial = [
            "        start = keras.initializers.RandomNormal("
            f"stddev={networks.gain('chain')} / inputs**0.5)",
        ]
        dense = "layers.Dense(units, kernel_initializer=start)"
    else:
        initial = [
            "        bound = 1 / inputs**0.5",
            "        start = [keras.initializers.RandomUniform(-bound, bound) for _ in range(2)]",
        ]
        dense = "layers.Dense(units, None, True, *start)"
    lines = [
        f"def network({networks.arguments}):  # dense layers, with the same between any two",
        "    chain = []",
        "    for inputs, units in pairwise(widths):",
        *initial,
        *parts.items("chain += [", [dense, *networks.between], "]", 8),
        f"    return keras.Sequential({networks.kept('chain')})",
    ]
    return "\n".join(lines)


def _model(experiment: Experiment, member: Member, networks: Networks) -> str:
    gaussian = experiment.output == "gaussian"
    lines = [
        "class VAE(keras.Model):",
        "    def __init__(self):",
        "        super().__init__()",
        *parts.items("self.encoder = network(", networks.arguments_of(0), ")", 8),
        *parts.items("self.decoder = network(", networks.arguments_of(1), ")", 8),
        "        self.noise = keras.random.SeedGenerator()",
    ]
    if networks.by_gain:
        latent = experiment.latent
        lines[-1:-1] = [
            f"        self.encoder.build((None, {experiment.image_size}))",
            "        head = self.encoder.layers[-1].kernel  # log-variances start at the prior's",
            f"        head.assign(head * np.float32(np.repeat([1, 0], {latent})))",
        ]
    if gaussian:
        start = f"keras.initializers.Constant({INITIAL_OUTPUT_LOG_VARIANCE})"
        lines.append(f"        self.pixel_log_variance = self.add_weight((), {start})")
    if experiment.kl_warmup:
        lines.append('        self.step = self.add_weight((), "zeros", trainable=False)')
    drawn = []
    if experiment.pixels == "binarised":  # images for testing are drawn before, and stay as drawn
        uniform = "keras.random.uniform(ops.shape(images), seed=self.noise)"
        drawn = [f"        images = ops.ceil(images - {uniform})  # 0, 1"]
    dropped = ", training=training" if networks.drops else ""
    output = "pixels" if gaussian else "logits"
    lines += [
        "",
        "    def call(self, images, training=False):",
        *drawn,
        f"        mean, log_variance = ops.split(self.encoder(images{dropped}), 2, axis=1)",
        "        noise = keras.random.normal(ops.shape(mean), seed=self.noise)",
        "        latents = mean + noise * ops.exp(0.5 * log_variance)",
        f"        {output} = self.decoder(latents{dropped})",
        *_loss(experiment, member),
        f"        return {output}",
    ]
    return "\n".join(lines)


def _loss(experiment: Experiment, member: Member) -> list[str]:
    """Lines that add the negative ELBO in evaluation, and in training what is chosen."""
    if experiment.output == "gaussian":
        lines = [
            "        variance = ops.exp(self.pixel_log_variance)",
            "        error = ops.square(images - pixels) / variance "
            "+ ops.log(2 * np.pi * variance)",
            "        reconstruction = 0.5 * ops.mean(ops.sum(error, axis=1))",
        ]
    else:
        lines = [
            "        error = ops.softplus(logits) - logits * images",
            "        reconstruction = ops.mean(ops.sum(error, axis=1))",
        ]
    lines += [
        "        kl = 0.5 * ops.mean("
        "ops.square(mean) + ops.exp(log_variance) - 1 - log_variance, axis=0)",
    ]
    weight = "" if member.beta == 1 else f"{member.beta} * "
    chosen = []
    if experiment.kl_warmup:
        steps = parts.steps_per_epoch(experiment)
        warmth = f"ops.minimum(1, self.step / ({experiment.kl_warmup} * {steps}))"
        chosen += [
            f"            kl = {weight}{warmth} * kl",
            "            self.step.assign_add(1)",
        ]
    elif weight:
        chosen.append(f"            kl = {weight}kl")
    if experiment.free_bits:
        chosen.insert(0, f"            kl = ops.maximum(kl, {experiment.free_bits})  # free bits")
    if chosen:
        lines += ["        if training:", *chosen]
    return [*lines, "        self.add_loss(reconstruction + ops.sum(kl))"]


def _one_cycle(experiment: Experiment, member: Member) -> str:
    steps = experiment.epochs * parts.steps_per_epoch(experiment)
    return f"""\
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):  # up from 1/25 in 30 % of the steps, down to 1/250,000: two cosines
        step, top, last = ops.cast(step, "float32"), 0.3 * {steps} - 1, {steps - 1}
        up = 0.52 - 0.48 * ops.cos(np.pi * step / top)
        down = 0.500002 + 0.499998 * ops.cos(np.pi * (step - top) / (last - top))
        return {member.learning_rate} * ops.where(step <= top, up, down)"""


def _training(experiment: Experiment, member: Member) -> str:
    cycle = parts.cycles(experiment)
    adam = ["OneCycle()" if cycle else str(member.learning_rate), "epsilon=1e-8"]
    if experiment.clip_norm:
        adam.append(f"global_clipnorm={experiment.clip_norm}")
    size, epochs = f"batch_size={experiment.batch_size}", f"epochs={experiment.epochs}"
    fit = ["train", size, epochs, "validation_data=(test, None)", "verbose=2"]
    lines = [
        "vae = VAE()",
        f"vae.compile(keras.optimizers.Adam({', '.join(adam)}))",
        *parts.items("vae.fit(", fit, ")"),
    ]
    return "\n".join(lines)


def _samples(experiment: Experiment) -> str:
    decoded = f"vae.decoder(keras.random.normal((64, {experiment.latent})))"
    gaussian = experiment.output == "gaussian"
    samples = f"ops.clip({decoded}, 0, 1)" if gaussian else f"ops.sigmoid({decoded})"
    return f"samples = ops.convert_to_numpy({samples})\n{parts.picture(experiment)}"
