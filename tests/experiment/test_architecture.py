"""The one description of both networks: names, widths and order of their layers."""

from __future__ import annotations

import pytest

from vae_explorer.experiment.experiment import Experiment


def architecture(**settings):
    return Experiment(dataset="digits", **{"hidden": (12, 7), "latent": 3, **settings}).architecture


def test_blocks_have_the_names_of_files_and_of_people():
    described = architecture()
    assert [(b.key, b.title, b.inputs, b.outputs, b.hidden) for b in described.blocks] == [
        ("encoder.0", "encoder 1", 64, 12, True),
        ("encoder.1", "encoder 2", 12, 7, True),
        ("encoder.2", "heads", 7, 6, False),  # three means and three log-variances
        ("decoder.0", "decoder 1", 3, 7, True),
        ("decoder.1", "decoder 2", 7, 12, True),
        ("decoder.2", "output", 12, 64, False),
    ]
    assert described.blocks[0].activation_key == "encoder.0.activation"
    assert described.path == (64, 12, 7, 3, 7, 12, 64)


@pytest.mark.parametrize(
    ("settings", "titles", "path"),
    [
        ({"hidden": ()}, ["heads", "output"], (64, 3, 64)),
        ({"decoder_hidden": ()}, ["encoder 1", "encoder 2", "heads", "output"], (64, 12, 7, 3, 64)),
        ({"hidden": (), "decoder_hidden": (9,)}, ["heads", "decoder 1", "output"], (64, 3, 9, 64)),
    ],
)
def test_either_network_may_be_without_hidden_layers(settings, titles, path):
    described = architecture(**settings)
    assert [block.title for block in described.blocks] == titles
    assert described.path == path


def test_weights_and_outputs_are_counted():
    described = architecture(hidden=(5,))
    # (64 + 1) 5 + (5 + 1) 6 into the code, (3 + 1) 5 + (5 + 1) 64 out of it.
    assert described.parameters == 325 + 36 + 20 + 384
    assert described.outputs == (64 + 5 + 6) + (3 + 5 + 64)


def test_each_network_has_its_own_activation():
    members = Experiment(activations=("relu", "tanh"), decoder_activations=("silu",)).members
    described = architecture()
    assert described.encoder.activations_of(members) == ["relu", "tanh"]
    assert described.decoder.activations_of(members) == ["silu", "silu"]
