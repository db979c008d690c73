"""The side bar shows the experiment of a link, and gives back the same one."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from vae_explorer.experiment.experiment import Experiment

CHANGES = [
    {"sweep": "beta", "sweep_values": (0.123456789, 1.0, 0.1 + 0.2)},
    {"sweep": "learning_rate", "sweep_values": (1.23456789e-05, 3e-5)},
    {"sweep": "dropout", "sweep_values": (0.0, 1 / 3)},
    {"sweep": "width", "sweep_values": (33.0, 1024.0)},
    {"learning_rate": 0.0012345678, "beta": 2 / 3, "dropout": 1 / 7, "seed": 1234567},
    {"hidden": (), "decoder_hidden": (1023,)},
    {"decoder_hidden": ()},
    {"decoder_activations": ("gelu", "relu")},
    {"tune": "learning_rate", "tune_values": (0.001234567, 0.1), "learning_rate": 0.02},
    {"tune": "learning_rate_and_init"},
    {"learning_rates": (0.1, 1 / 3, 1e-5), "inits": ("gain", "pytorch", "gain")},
    {},
]


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: ",".join(changes) or "first")
def test_what_a_link_names_is_what_is_trained(changes):
    def script():
        import streamlit as st

        from vae_explorer.ui.shared import sidebar

        found, problem = sidebar.sidebar(sidebar.COMPARE, False)
        st.json({} if problem else found.to_query())

    experiment = Experiment(dataset="digits").replace(**changes)
    app = AppTest.from_function(script, default_timeout=60)
    app.query_params.update(experiment.to_query())
    app.run()
    assert not app.exception
    assert Experiment.from_query(json.loads(app.json[0].value))[0] == experiment
