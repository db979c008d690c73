"""The Explore page's sections, run as Streamlit runs them, without a browser."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from vae_explorer.ui.explore.view import LOOKS, View

PATIENCE = 120.0


def script(section: str, latent: int, activations: tuple[str, ...]) -> None:
    """A page of one section, with VAEs that have random weights."""
    import torch

    from vae_explorer.data import Dataset, Split, load_dataset
    from vae_explorer.experiment.experiment import Experiment
    from vae_explorer.model.population import Population
    from vae_explorer.ui.explore.gallery import gallery
    from vae_explorer.ui.explore.model import load_model
    from vae_explorer.ui.explore.outputs import activation_outputs
    from vae_explorer.ui.explore.projections import projections
    from vae_explorer.ui.explore.view import View

    def make():
        whole = load_dataset("digits")
        test = Split(whole.test.images[:40].copy(), whole.test.labels[:40].copy())
        population = Population(
            Experiment(dataset="digits", activations=activations, hidden=(8, 6), latent=latent)
        )
        draw = torch.Generator().manual_seed(0)
        for value in population.parameters.values.values():
            with torch.no_grad():
                value.copy_(0.3 * torch.randn(value.shape, generator=draw))
        return population, Dataset(whole.info, whole.train, test, "embedded", "A few digits.")

    import streamlit as st

    st.session_state.setdefault("view", View())
    sections = {each.__name__: each for each in (gallery, activation_outputs, projections)}
    sections[section](load_model((latent, activations), make))


def page(section, latent=2, activations=("relu", "tanh", "silu"), **widgets) -> AppTest:
    """The section drawn once, with some widgets set as an address would."""
    test = AppTest.from_function(
        script,
        default_timeout=PATIENCE,
        kwargs={"section": section, "latent": latent, "activations": activations},
    )
    for name, value in widgets.items():
        test.session_state[f"explore.{name}"] = value
    return drawn(test)


def drawn(test: AppTest) -> AppTest:
    test.run()
    assert not test.exception, test.exception
    return test


def captions(test: AppTest) -> str:
    return " ".join(caption.value for caption in test.caption)


@pytest.mark.parametrize("latent", [1, 2, 3, 5])
@pytest.mark.parametrize("axes", [2, 3])
@pytest.mark.parametrize("colour", ["class", "reconstruction", "kl"])
def test_every_projection_is_drawn(latent, axes, colour):
    for kind in ("direct", "pca"):
        test = page("projections", latent, projection=kind, axes=axes, colour=colour)
        assert test.markdown[0].value.startswith("Look for")
        assert "40 test images" in captions(test)
        assert ("Upright" in captions(test)) == (axes == 3 and latent < 3)


def test_three_spaces_of_four_are_said_to_be_three():
    test = page("projections", 3, ("relu", "tanh", "silu", "elu"), axes=3)
    assert "The first 3 of 4 VAEs" in captions(test)


def test_tsne_comes_in_its_own_time_and_is_kept_for_other_sessions():
    test = page("projections", 2, ("relu", "gelu"), projection="tsne")
    assert "neighbours" not in captions(test)
    test.session_state["explore_tsne"].wait(PATIENCE)
    assert "neighbours" in captions(drawn(test))
    assert test.session_state["explore.projection"] == "tsne"
    again = page("projections", 2, ("relu", "gelu"), projection="tsne")
    assert "neighbours" in captions(again)


@pytest.mark.parametrize("latent", [1, 2, 5])
@pytest.mark.parametrize("count", [1, 3, 6])
def test_every_gallery_is_drawn(latent, count):
    activations = ("relu", "tanh", "silu", "elu", "prelu", "sine")[:count]
    for kind in ("reconstructions", "samples", "manifold", "interpolation"):
        test = page("gallery", latent, activations, gallery=kind)
        assert test.markdown[0].value.startswith("Look for")
        assert len(test.caption) == 1


@pytest.mark.parametrize("which", ["classes", "random", "hardest"])
def test_reconstructions_may_be_of_several_choices(which):
    assert "nats" in captions(page("gallery", which=which))


def test_a_button_draws_other_samples():
    test = page("gallery", gallery="samples")
    test.button(key="explore.draw_next").click()
    drawn(test)
    assert test.session_state["explore.draw"] == 1


def test_a_button_draws_a_pair_that_the_set_has():
    test = page("gallery", gallery="interpolation")
    test.button(key="explore.pair").click()
    drawn(test)
    ends = [test.session_state[f"explore.{place}"] for place in ("start", "end")]
    assert ends[0] != ends[1]
    assert all(0 <= end < 40 for end in ends)


def test_values_that_no_widget_has_are_replaced():
    test = page("gallery", gallery="nonsense", way="sideways")
    assert test.session_state["explore.gallery"] == "reconstructions"
    test = page("gallery", gallery="interpolation", start=9_999)
    assert 0 <= test.session_state["explore.start"] < 40


def test_activation_outputs_are_drawn_for_any_member():
    for k in range(3):
        test = page("activation_outputs", member=k, relative=k == 1)
        assert test.markdown[0].value.startswith("Look for")
        assert "All 40 test images" in captions(test)


def test_learned_and_mixing_functions_are_explained():
    test = page("activation_outputs", activations=("prelu", "average_pooling"))
    assert "mean of its numbers" in captions(test)
    assert "Average pooling" in captions(test)


def test_every_widget_begins_as_it_says():
    shown = {}
    for section in ("projections", "gallery", "activation_outputs"):
        for kind in ("reconstructions", "samples", "manifold", "interpolation"):
            test = page(section, gallery=kind)
            keys = [(name, f"explore.{name}") for name in LOOKS]
            shown |= {name: test.session_state[k] for name, k in keys if k in test.session_state}
    shown["gallery"] = View().gallery
    assert shown == {name: getattr(View(), name) for name in LOOKS}
