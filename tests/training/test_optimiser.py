"""Adam over a population: PyTorch's step, and each member clipped, silenced and undone alone."""

from __future__ import annotations

import pytest
import torch

from vae_explorer.model.parameters import Parameters
from vae_explorer.training.optimiser import MemberwiseAdam

SHAPES = {"weight": (3, 4, 5), "bias": (3, 1, 5)}


@pytest.fixture
def parameters():
    drawn = Parameters(SHAPES)
    for value in drawn.values.values():
        value.copy_(torch.randn(value.shape, generator=torch.Generator().manual_seed(1)))
    return drawn


@pytest.fixture
def draw_gradients(parameters):
    """New random gradients at each call, the same in every test."""
    generator = torch.Generator().manual_seed(0)

    def draw():
        for gradient in parameters.gradients.values():
            gradient.copy_(torch.randn(gradient.shape, generator=generator))

    return draw


def copies(named):
    return {name: tensor.clone() for name, tensor in named.items()}


def test_steps_are_those_of_adam_as_published(parameters, draw_gradients):
    """Kingma and Ba (2015), algorithm 1, with a learning rate of its own at every step."""
    adam = MemberwiseAdam(parameters)
    expected = {name: value.double() for name, value in parameters.values.items()}
    first = {name: torch.zeros(shape).double() for name, shape in SHAPES.items()}
    second = {name: torch.zeros(shape).double() for name, shape in SHAPES.items()}
    for step in range(1, 11):
        draw_gradients()
        rate = 0.01 * step
        for name, gradient in parameters.gradients.items():
            first[name] = 0.9 * first[name] + 0.1 * gradient
            second[name] = 0.999 * second[name] + 0.001 * gradient.double().square()
            unbiased = first[name] / (1 - 0.9**step), second[name] / (1 - 0.999**step)
            expected[name] -= rate * unbiased[0] / (unbiased[1].sqrt() + 1e-8)
        adam.step(rate)
        assert adam.learning_rate == rate
    for name, value in parameters.values.items():
        torch.testing.assert_close(value.double(), expected[name], rtol=1e-5, atol=1e-6)


def test_members_with_shares_of_the_rate_step_as_if_it_were_theirs_alone(
    draw_gradients, parameters
):
    start = copies(parameters.values)
    shares = (1.0, 0.25, 0.01)
    adam = MemberwiseAdam(parameters, shares)
    gradients = []
    for _ in range(5):
        draw_gradients()
        gradients.append(copies(parameters.gradients))
        adam.step(0.04)
    for member, share in enumerate(shares):
        alone = [value[member].clone().requires_grad_() for value in start.values()]
        reference = torch.optim.Adam(alone, lr=0.04 * share)
        for step in gradients:
            for value, name in zip(alone, SHAPES):
                value.grad = step[name][member].clone()
            reference.step()
        for value, name in zip(alone, SHAPES):
            torch.testing.assert_close(parameters.values[name][member], value.detach())


def test_undo_takes_back_a_step_with_a_share(draw_gradients, parameters):
    adam = MemberwiseAdam(parameters, (1.0, 0.25, 0.01))
    for _ in range(3):
        before = copies(parameters.values)
        draw_gradients()
        adam.step(0.04)
    adam.undo(1)
    for name, value in parameters.values.items():
        torch.testing.assert_close(value[1], before[name][1], rtol=1e-5, atol=1e-6)


def test_a_clipped_member_keeps_its_direction_and_the_others_all(parameters, draw_gradients):
    draw_gradients()
    parameters.gradients["weight"][0] *= 100
    before = copies(parameters.gradients)
    norms = parameters.gradient_norms()
    longest = 2 * norms[2].item()
    assert norms[1] < longest < norms[0]
    MemberwiseAdam(parameters).clip(norms, longest)
    for name, gradient in parameters.gradients.items():
        torch.testing.assert_close(gradient[0], before[name][0] * (longest / norms[0]))
        assert torch.equal(gradient[1:], before[name][1:])
    assert parameters.gradient_norms()[0].item() == pytest.approx(longest)


def test_clipping_is_pytorchs(parameters, draw_gradients):
    draw_gradients()
    references = [torch.nn.Parameter(value[0].clone()) for value in parameters.values.values()]
    for reference, gradient in zip(references, parameters.gradients.values()):
        reference.grad = gradient[0].clone()
    torch.nn.utils.clip_grad_norm_(references, 0.5)
    MemberwiseAdam(parameters).clip(parameters.gradient_norms(), 0.5)
    for reference, gradient in zip(references, parameters.gradients.values()):
        torch.testing.assert_close(gradient[0], reference.grad, rtol=1e-5, atol=1e-6)


def test_clipping_leaves_a_silenced_member_silent(parameters, draw_gradients):
    adam = MemberwiseAdam(parameters)
    for bad in (float("nan"), float("inf")):
        draw_gradients()
        parameters.gradients["weight"][1] = bad
        norms = parameters.gradient_norms()
        adam.silence([1])
        adam.clip(norms, 0.1)
        assert not parameters.gradients["weight"][1].any()
        assert parameters.gradients["weight"].isfinite().all()


def test_undo_takes_back_the_last_step_of_one_member(parameters, draw_gradients):
    adam = MemberwiseAdam(parameters)
    for _ in range(5):
        draw_gradients()
        adam.step(0.1)
    before = copies(parameters.values)
    draw_gradients()
    adam.step(0.3)
    after = copies(parameters.values)
    adam.undo(1)
    for name, value in parameters.values.items():
        torch.testing.assert_close(value[1], before[name][1], rtol=1e-5, atol=1e-6)
        assert not torch.equal(after[name][1], before[name][1])
        assert torch.equal(value[::2], after[name][::2])


def test_an_undone_and_silenced_member_stays_where_it_is(parameters, draw_gradients):
    adam = MemberwiseAdam(parameters)
    for _ in range(3):
        draw_gradients()
        adam.step(0.1)
    adam.undo(1)
    before = copies(parameters.values)
    for _ in range(20):
        draw_gradients()
        adam.silence([1])
        adam.step(0.1)
    for name, value in parameters.values.items():
        assert torch.equal(value[1], before[name][1])
        assert not torch.equal(value[0], before[name][0])


def test_there_is_nothing_to_undo_before_the_first_step(parameters):
    before = parameters.flat.clone()
    MemberwiseAdam(parameters).undo(0)
    assert torch.equal(parameters.flat, before)
