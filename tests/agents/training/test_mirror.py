"""Learning from mirrored flights: the network is its own mirror image, and its gradient that of twice the steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.vec_env import DummyVecEnv

from agents.config.programme import load_config
from agents.environments.flights import flight_env_function
from agents.environments.memory import memory_of
from agents.environments.remembering_env import memory_in, remembering
from agents.environments.truth import training_env_function
from agents.policy import SteadyPolicy
from agents.training.mirror import STICK_SIGNS, learn_mirrored, seen_signs
from agents.training.train import make_model
from envs.base.errors import InputError

SMALL = ["algorithm.n_envs=2", "algorithm.n_steps=64", "algorithm.batch_size=64", "network.hidden=[9, 6]"]
REMEMBERS = ["network.history_s=[0.1]", "network.integrals_s={roll: 1, pitch: 2}"]
STICKS = torch.tensor(STICK_SIGNS)


def _model(task: str, *overrides: str) -> tuple[Any, torch.Tensor]:
    """PPO on two aircraft, and the signs of what its policy is given."""
    config = load_config(task, [*SMALL, *overrides])
    make = flight_env_function(config)
    with_truth = training_env_function(make, config)
    env = remembering(DummyVecEnv([with_truth, with_truth]), config)
    signs = seen_signs(env.get_attr("observation_names", [0])[0], memory_in(env))
    return make_model(config, env), signs


def _mirrors(policy: SteadyPolicy, signs: torch.Tensor) -> tuple[float, float]:
    """Largest differences of mean sticks and values at mirrored observations from the mirrored ones."""
    seen = torch.randn(50, len(signs) + policy.truth_size)
    swapped = torch.cat([seen[:, : len(signs)] * signs, seen[:, len(signs) :]], 1)
    with torch.no_grad():
        sticks = policy.get_distribution(swapped).mode() - STICKS * policy.get_distribution(seen).mode()
        values = policy.predict_values(swapped) - policy.predict_values(seen)
    return float(sticks.abs().max()), float(values.abs().max())


@pytest.mark.parametrize("more", [[], REMEMBERS, ["network.bounded=true"], ["network.activation=elu"]])
def test_at_full_weight_the_policy_is_and_stays_its_own_mirror_image(more: list[str]) -> None:
    model, signs = _model("takeoff", "algorithm.mirrored=1", *more)
    assert max(_mirrors(model.policy, signs)) < 1e-5
    model.learn(256)
    with torch.no_grad():
        model.policy.action_net.bias[[0, 2]] = 0.0  # the trim, which alone is free
    assert max(_mirrors(model.policy, signs)) < 1e-4


def test_without_it_the_two_sides_differ() -> None:
    model, signs = _model("takeoff", "algorithm.mirrored=0")
    assert min(_mirrors(model.policy, signs)) > 1e-4


def test_its_gradient_is_that_of_the_steps_and_their_mirror_images_together() -> None:
    model, signs = _model("takeoff", "algorithm.mirrored=1")
    policy = model.policy
    plain = ActorCriticPolicy(
        model.observation_space, model.action_space, lambda _: 0.0, net_arch=[9, 6], log_std_init=-0.7
    )
    plain.load_state_dict(policy.state_dict())
    seen, sticks, gain = torch.randn(64, len(signs)), torch.randn(64, 4), torch.randn(64)

    def loss(of: ActorCriticPolicy, seen: torch.Tensor, sticks: torch.Tensor) -> torch.Tensor:
        values, likelihood, _ = of.evaluate_actions(seen, sticks)
        return (likelihood * gain).mean() + (values.flatten() - gain).square().mean()

    loss(policy, seen, sticks).backward()
    (0.5 * (loss(plain, seen, sticks) + loss(plain, seen * signs, sticks * STICKS))).backward()
    for (name, own), (_, other) in zip(policy.named_parameters(), plain.named_parameters(), strict=True):
        assert own.grad is not None
        assert other.grad is not None
        if name == "action_net.bias":  # free: not mirrored
            continue
        torch.testing.assert_close(own.grad, other.grad, atol=1e-5, rtol=1e-4, msg=name)


def test_part_of_the_weight_lets_the_sides_differ_a_part_as_fast() -> None:
    whole, signs = _model("takeoff", "algorithm.mirrored=1")
    seen = torch.randn(64, len(signs))
    gradients = []
    for weight in (0.0, 0.5):
        model, _ = _model("takeoff", "algorithm.mirrored=0")
        model.policy.load_state_dict(whole.policy.state_dict())
        if weight:
            learn_mirrored(model.policy, signs, weight)
        model.policy.zero_grad()
        model.policy.predict_values(seen).sum().backward()
        gradients.append(model.policy.get_parameter("mlp_extractor.value_net.0.weight").grad)
    uneven = [gradient - gradient.flip(0) * signs for gradient in gradients]
    assert uneven[0].abs().max() > 1e-3
    torch.testing.assert_close(uneven[1], uneven[0] / 3.0, atol=1e-5, rtol=1e-4)


def test_a_critic_that_sees_the_truth_learns_as_before() -> None:
    model, signs = _model("takeoff", "algorithm.mirrored=1", "network.critic=truth")
    sticks, values = _mirrors(model.policy, signs)
    assert sticks < 1e-5 < values


def test_what_is_remembered_has_the_signs_of_what_it_was() -> None:
    config = load_config("takeoff", REMEMBERS)
    names = ("airspeed", "roll", "pitch")
    memory = memory_of(config, names, 3)
    np.testing.assert_array_equal(seen_signs(names, memory), [1, -1, 1, 1, -1, 1, -1, 1])


def test_readings_without_known_sides_are_refused_in_one_line() -> None:
    with pytest.raises(InputError, match=r"algorithm.mirrored: whether the reading 'error' changes its sign .* to 0$"):
        seen_signs(("airspeed", "error"))
    with pytest.raises(InputError, match=r"algorithm.mirrored: whether a reading of this environment does .* to 0$"):
        seen_signs(())
