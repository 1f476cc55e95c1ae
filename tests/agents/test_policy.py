"""The policy's steadiness: the measure against its closed form, what training makes of it, and that it is off."""

from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.vec_env import DummyVecEnv

from agents.config.programme import load_config
from agents.environments.flights import flight_env_function
from agents.policy import SteadyPolicy, policy_class
from agents.training.train import make_model

SMALL = [
    "network.hidden=[8]",
    "algorithm.n_envs=4",
    "algorithm.n_steps=64",
    "algorithm.batch_size=64",
    "algorithm.learning_rate=3e-3",
    "algorithm.schedule=constant",
    "training.seed=3",
]


def _policy(*overrides: str) -> tuple[SteadyPolicy, torch.Tensor, torch.Tensor]:
    """A fresh one, with 20,000 observations and actions."""
    config = load_config("takeoff", [*SMALL, *overrides])
    env = DummyVecEnv([flight_env_function(config)])
    policy = make_model(config, env).policy
    assert isinstance(policy, SteadyPolicy)
    torch.manual_seed(0)
    wide = 0.1 * torch.randn(20_000, *(env.observation_space.shape or ()))
    env.close()
    return policy, wide, torch.zeros(len(wide), 4)


def test_unrest_of_a_linear_policy_is_the_square_of_its_gains() -> None:
    """For sticks W o, E |W (o + e) - W o|^2 = spread^2 |W|^2 (Frobenius)."""
    policy, observations, _ = _policy("algorithm.steady_weight=2", "algorithm.steady_spread=0.001")
    with torch.no_grad():
        for name in ("mlp_extractor.policy_net.0.bias", "action_net.bias"):
            policy.get_parameter(name).zero_()
        policy.get_parameter("mlp_extractor.policy_net.0.weight").mul_(0.01)  # so small that tanh is linear
        first = policy.get_parameter("mlp_extractor.policy_net.0.weight")
        gains = policy.get_parameter("action_net.weight") @ first
        expected = 0.001**2 * gains.square().sum()
        assert float(policy.unsteadiness(observations).mean()) == pytest.approx(float(expected), rel=0.03)


def test_beyond_its_travel_a_stick_is_steady() -> None:
    policy, observations, _ = _policy("algorithm.steady_weight=2")
    with torch.no_grad():
        policy.get_parameter("action_net.bias").fill_(50.0)
        assert float(policy.unsteadiness(observations).max()) == 0.0


def test_without_a_weight_the_entropy_is_the_distribution_s_with_one_less_by_the_unrest() -> None:
    policy, observations, actions = _policy()
    with torch.no_grad():
        entropy = policy.evaluate_actions(observations, actions)[2]
        assert entropy is not None
        assert torch.equal(entropy, policy.get_distribution(observations).distribution.entropy().sum(1))  # type: ignore[attr-defined]
        policy.be_steady(3.0, 0.05, 0.25)
        torch.manual_seed(1)
        raised = policy.evaluate_actions(observations, actions)[2]
        torch.manual_seed(1)
        assert raised is not None
        assert torch.allclose(raised, 0.25 * entropy - 3.0 * policy.unsteadiness(observations))


def test_training_with_the_weight_ends_steadier() -> None:
    unrest = []
    for weight in (0, 300):
        config = load_config("takeoff", [*SMALL, f"algorithm.steady_weight={weight}"])
        env = DummyVecEnv([flight_env_function(config)] * 4)
        env.seed(5)
        model = make_model(config, env)
        policy = model.policy
        assert isinstance(policy, SteadyPolicy)
        with torch.no_grad():
            policy.get_parameter("action_net.weight").mul_(50)  # a policy of large gains
        model.learn(1024)
        torch.manual_seed(0)
        policy.steady_spread = 0.05
        with torch.no_grad():
            unrest.append(float(policy.unsteadiness(torch.randn(4000, *(env.observation_space.shape or ()))).mean()))
        env.close()
    assert unrest[1] < 0.5 * unrest[0]


@pytest.mark.parametrize("bounded", [False, True])
@pytest.mark.parametrize("truth_size", [0, 3])
def test_sticks_without_noise_are_those_of_stable_baselines3_to_the_bit(bounded: bool, truth_size: int) -> None:
    torch.manual_seed(3)
    boxes = [gymnasium.spaces.Box(-np.inf, np.inf, (9 + truth_size,), np.float32)]
    boxes.append(gymnasium.spaces.Box(-1.0, 1.0, (4,), np.float32))
    policy = policy_class(bounded)(*boxes, lambda _: 0.0, net_arch=[16, 16], truth_size=truth_size)
    with torch.no_grad():
        policy.get_parameter("action_net.weight").mul_(300.0)  # many sticks beyond their travel
    seen = np.random.default_rng(1).normal(size=(16, 9)).astype(np.float32)
    theirs, _ = ActorCriticPolicy.predict(policy, seen, deterministic=True)
    ours, state = policy.predict(seen, ("kept",), deterministic=True)  # type: ignore[arg-type]
    assert state == ("kept",)
    assert np.array_equal(ours, theirs)
    assert np.count_nonzero(np.abs(ours) > 0.9) > 5
    assert policy.predict(seen[0], deterministic=True)[0].shape == (4,)
    torch.manual_seed(0)
    noisy, _ = policy.predict(seen)
    assert not np.array_equal(noisy, ours)


def test_training_makes_the_policy_steadier_little_by_little() -> None:
    """What a ramp begins at is trained with at first; of 0 it is still the steady loss, not plain PPO's."""
    keys = [*SMALL, "algorithm.steady_weight=2", "algorithm.steady_first=0", "training.ramp=1"]
    config = load_config("takeoff", keys)
    env = DummyVecEnv([flight_env_function(config)] * 4)
    policy = make_model(config, env).policy
    assert isinstance(policy, SteadyPolicy)
    assert policy.is_steady
    policy.steady_weight = config.steady_weight(0)
    observations, actions = torch.zeros(8, *(env.observation_space.shape or ())), torch.zeros(8, 4)
    env.close()
    with torch.no_grad():
        raised = policy.evaluate_actions(observations, actions)[2]
    assert raised is not None
    assert torch.equal(raised, torch.zeros(8))  # no bonus for entropy (ent_coef 0), and no price of unrest yet


@pytest.mark.parametrize("bounded", [False, True])
@pytest.mark.parametrize("truth_size", [0, 3])
@pytest.mark.parametrize("activation", [torch.nn.Tanh, torch.nn.ELU])
def test_what_is_collected_and_learned_from_is_that_of_stable_baselines3(
    bounded: bool, truth_size: int, activation: type[torch.nn.Module]
) -> None:
    """Actions, values and likelihoods of the same noise, and the gradients of a loss of them."""
    torch.manual_seed(3)
    seen, sticks = (gymnasium.spaces.Box(-1.0, 1.0, (size,), np.float32) for size in (9 + truth_size, 4))
    keys: dict[str, Any] = {
        "net_arch": [16, 16],
        "truth_size": truth_size,
        "activation_fn": activation,
        "log_std_init": -0.4,
    }
    policy = policy_class(bounded)(seen, sticks, lambda _: 0.0, **keys)
    readings, gain = torch.randn(32, 9 + truth_size), torch.randn(32)
    with torch.no_grad():
        torch.manual_seed(5)
        ours = policy(readings)
        torch.manual_seed(5)
        theirs = ActorCriticPolicy.forward(policy, readings)
    for own, other in zip(ours, theirs, strict=True):
        assert own.shape == other.shape
        assert own.dtype == other.dtype
        torch.testing.assert_close(own, other, atol=1e-5, rtol=1e-5)
    gradients = []
    for kind in (type(policy), ActorCriticPolicy):
        policy.zero_grad()
        values, likelihood, entropy = kind.evaluate_actions(policy, readings, ours[0])
        torch.testing.assert_close(likelihood, ours[2], atol=1e-5, rtol=1e-5)
        assert entropy is not None
        (values.square().mean() + (gain * likelihood).mean() - 0.1 * entropy.mean()).backward()
        gradients.append([parameter.grad.clone() for parameter in policy.parameters() if parameter.grad is not None])
    for own, other in zip(*gradients, strict=True):
        torch.testing.assert_close(own, other, atol=1e-6, rtol=1e-5)


def test_what_is_no_number_is_refused_as_stable_baselines3_does() -> None:
    policy, observations, _ = _policy()
    with torch.no_grad():
        policy.get_parameter("action_net.weight").fill_(np.nan)
        with pytest.raises(ValueError, match="invalid values"):
            policy(observations[:4])
