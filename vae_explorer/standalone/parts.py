"""What the standalone scripts of either language share: opening, images, picture."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Mapping, Sequence

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import DATASETS
from vae_explorer.data.make_embedded import TEST_PER_CLASS, TRAIN_PER_CLASS
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.recipe import Member

_LONGEST_LINE = 100
_PICTURE = 448  # pixels along the edge of the picture of samples


def steps_per_epoch(experiment: Experiment) -> int:
    """Mini-batches in an epoch of the images that `images` loads."""
    info = DATASETS[experiment.dataset]
    cut = info.openml is not None and experiment.image_set == "embedded"
    count = TRAIN_PER_CLASS * len(info.class_names) if cut else info.full_sizes[0]
    return math.ceil(count / experiment.batch_size)


def cycles(experiment: Experiment) -> bool:
    """Whether the learning rate follows the one-cycle schedule; a single step has a whole one."""
    steps = experiment.epochs * steps_per_epoch(experiment)
    return experiment.schedule == "one-cycle" and steps > 1


def opening(experiment: Experiment, member: Member, needs: str, printed: str) -> str:
    """The script's docstring: also a sentence on what it needs, and what it prints is called."""
    title = f"A variational autoencoder on {DATASETS[experiment.dataset].label}, {member.label}"
    text = (
        f"Written by VAE Explorer. {needs} Prints {printed} of the test images after each epoch, "
        "in nats an image; samples of the prior go to samples.png."
    )
    if experiment.precision != "float32":
        text += f" Precision {experiment.precision} in the app is float32 here."
    body = "\n".join(textwrap.wrap(text, _LONGEST_LINE))
    return f'"""{title}.\n\n{body}\n"""'


def images(experiment: Experiment, convert: str, drawn: str) -> str:
    """Code that loads `train` and `test`, with pixels from 0 to 1: the very images of the app.

    `convert` is an expression that makes float32 numbers of an array, with {} for the array;
    `drawn` one of `test` as zeros and ones, with {} for an array of uniform numbers.
    """
    loaded = _grey_images(experiment, convert)
    if experiment.pixels == "grey":
        return loaded
    uniform = "np.random.RandomState(0).random_sample(test.shape)"  # as in pixels.drawn_once
    return f"{loaded}\ntest = {drawn.format(uniform)}"


def _grey_images(experiment: Experiment, convert: str) -> str:
    info = DATASETS[experiment.dataset]
    train_size, test_size = info.full_sizes
    if info.openml is None:
        per_class = test_size // len(info.class_names)
        return f"""\
images, labels = load_digits(return_X_y=True)
draw = np.random.RandomState(0)  # VAE Explorer's split: {per_class} of each class for testing
drawn = [draw.permutation(np.flatnonzero(labels == k))[:{per_class}] for k in range(10)]
for_test = np.isin(np.arange(len(images)), drawn)
images = {convert.format("images")} / {info.levels}
train, test = images[~for_test], images[for_test]"""
    name, version = info.openml
    load = f'fetch_openml("{name}", version={version}, as_frame=False, parser="liac-arff")'
    if experiment.image_set == "full":
        return f"""\
images = {load}.data
images = {convert.format("images")} / {info.levels}
train, test = images[:{train_size:_}], images[{train_size:_}:]"""
    return f"""\
published, parts = {load}, []
# VAE Explorer's cut: of each class {TRAIN_PER_CLASS:,} images for training and {TEST_PER_CLASS:,} \
for testing.
for rows, count in ((range({train_size:_}), {TRAIN_PER_CLASS:_}), \
(range({train_size:_}, {train_size + test_size:_}), {TEST_PER_CLASS:_})):
    draw, labels = np.random.RandomState(0), published.target[rows].astype(int)
    drawn = [draw.permutation(np.flatnonzero(labels == k))[:count] for k in range(10)]
    images = published.data[rows][np.sort(np.ravel(drawn))]
    parts.append({convert.format("images")} / {info.levels})
train, test = parts"""


def picture(experiment: Experiment) -> str:
    """Code that saves `samples`, (64, D) in [0, 1], as samples.png."""
    height, width = DATASETS[experiment.dataset].image_shape
    return f"""\
sheet = np.uint8(255 * samples + 0.5).reshape(8, 8, {height}, {width}).swapaxes(1, 2)\
.reshape({8 * height}, {8 * width})
Image.fromarray(sheet).resize(({_PICTURE}, {_PICTURE}), Image.Resampling.NEAREST)\
.save("samples.png")
"""


def imports_used(candidates: Mapping[str, str], code: str) -> str:
    """The statements whose key, a name, occurs in the code."""
    return "\n".join(
        statement
        for name, statement in candidates.items()
        if re.search(rf"\b{re.escape(name)}\b", code)
    )


def items(start: str, listed: Sequence[str], end: str, indent: int = 0) -> list[str]:
    """A statement with a list in it, in one line or, if that is too long, in several."""
    space = " " * indent
    line = f"{space}{start}{', '.join(listed)}{end}"
    if len(line) <= _LONGEST_LINE:
        return [line]
    lines = [f"{space}   "]
    for item in listed:
        if len(f"{lines[-1]} {item}{end}") > _LONGEST_LINE:
            lines.append(f"{space}   ")
        lines[-1] += f" {item},"
    lines[-1] = lines[-1].removesuffix(",") + end
    return [f"{space}{start}", *(line for line in lines if line.strip())]


def class_name(activation: str) -> str:
    """``squared_relu`` as ``SquaredReLU``: the label's words, run together."""
    words = ACTIVATIONS[activation].label.split()
    return "".join(word[0].upper() + word[1:] for word in words)
