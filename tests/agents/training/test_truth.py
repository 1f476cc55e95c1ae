"""A critic that sees the truth: the pilot beside it never does, in training, in its bundle or in the air."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3 import PPO

from agents.config.programme import TrainingConfig
from agents.environments.flights import flight_env_function
from agents.environments.truth import TruthShown
from agents.pilots.learned import load_learned
from agents.policy import SteadyPolicy
from agents.runs.run_folder import RunFolder, read_json
from agents.training.train import make_model, make_training_env, train
from envs.base.config_file import validate
from envs.base.errors import InputError
from envs.discrepancies import discrepancy_names, find_discrepancy
from envs.flight_env import FlightEnv
from scripts.evaluate import main as evaluate


def programme(critic: str = "truth", **changes: Any) -> TrainingConfig:
    algorithm = {"n_envs": 2, "n_steps": 32, "batch_size": 32, "n_epochs": 1, **changes.pop("algorithm", {})}
    training = {
        **{"steps": 128, "eval_every": 64, "eval_flights": 1, "test_flights": 1, "checkpoint_every": 64},
        **{"vec_env": "dummy", "processes": 1, **changes.pop("training", {})},
    }
    data = {"version": 1, "task": "takeoff", "network": {"critic": critic, **changes.pop("network", {})}}
    drawn = {"discrepancies": {"draw": ["all"], "most": 2}}
    return validate(TrainingConfig, {**data, **drawn, "algorithm": algorithm, "training": training, **changes}, "test")


def model_of(config: TrainingConfig) -> PPO:
    env = make_training_env(flight_env_function(config), config)
    return make_model(config, env)


@pytest.mark.parametrize("bounded", [False, True])
@pytest.mark.parametrize("steady", [0.0, 0.5])
def test_what_the_pilot_does_never_depends_on_the_truth_and_the_value_does(bounded: bool, steady: float) -> None:
    model = model_of(programme(network={"bounded": bounded}, algorithm={"steady_weight": steady}))
    policy, seen = model.policy, len(FlightEnv("takeoff").observation_names)
    assert isinstance(policy, SteadyPolicy)
    size = policy.observation_space.shape[0]  # type: ignore[index]
    assert policy.truth_size == size - seen > 50
    one = torch.randn(8, size)
    other = torch.cat([one[:, :seen], torch.randn(8, size - seen)], dim=1)
    assert torch.equal(policy.get_distribution(one).mode(), policy.get_distribution(other).mode())
    assert not torch.allclose(policy.predict_values(one), policy.predict_values(other))
    actions = [policy.predict(part.numpy(), deterministic=True)[0] for part in (one, one[:, :seen], other)]
    np.testing.assert_array_equal(actions[0], actions[1])
    np.testing.assert_array_equal(actions[0], actions[2])
    assert policy.predict(one[0, :seen].numpy(), deterministic=True)[0].shape == (4,)

    one.requires_grad_()
    _, likelihood, _ = policy.evaluate_actions(one, torch.zeros(8, 4))
    likelihood.sum().backward()
    assert one.grad is not None
    assert one.grad[:, :seen].abs().sum() > 0
    assert one.grad[:, seen:].abs().sum() == 0
    model.env.close()  # type: ignore[union-attr]


def test_a_critic_of_the_sensors_is_the_network_it_always_was() -> None:
    config = programme("sensors")
    policy = model_of(config).policy
    assert policy.observation_space.shape == (len(FlightEnv("takeoff").observation_names),)
    assert type(policy.mlp_extractor).__name__ == "MlpExtractor"
    assert "truth_size" not in policy._get_constructor_parameters()


def test_a_run_is_validated_tested_resumed_and_evaluated_on_the_readings_of_the_pilot(tmp_path: Path) -> None:
    seen = len(FlightEnv("takeoff").observation_names)
    whole, halves = (RunFolder.create(tmp_path / n, n) for n in ("whole", "halves"))
    train(programme(), whole)
    card = read_json(whole.bundle / "card.json")
    assert card["observation_size"] == seen == len(card["observation_names"])
    assert card["truth_names"] == list(FlightEnv("takeoff").truth_names)
    pilot = load_learned(whole.bundle)
    env = FlightEnv("takeoff")
    pilot.check_fits(env)
    assert pilot.predict(env.reset(seed=0)[0])[0].shape == (4,)
    assert (
        evaluate([str(whole.path), "--flights", "1", "--processes", "1", "discrepancies=[elevator_rigging=0.2]"]) == 0
    )

    with pytest.raises(KeyboardInterrupt):
        train(programme(), halves, on_validation=_stop_after_64)
    train(programme(), halves, resume=True)
    for name, weight in pilot.policy.state_dict().items():
        assert torch.equal(weight, load_learned(halves.bundle).policy.state_dict()[name]), name


def _stop_after_64(steps: int, *_: Any) -> None:
    if steps == 64:
        raise KeyboardInterrupt


@pytest.mark.parametrize("name", discrepancy_names())
def test_the_truth_tells_every_discrepancy_from_the_drawing_in_as_many_numbers(name: str) -> None:
    drawn, low = FlightEnv("takeoff"), find_discrepancy(name).RANGE[0]
    plain = _built(drawn)
    assert not np.abs(plain).max() > 0.0
    told = [_built(FlightEnv("takeoff", discrepancies=[f"{name}={s}"])) for s in {1.0, low or 0.5}]
    for one in told:
        assert one.shape == plain.shape
        assert 0.1 < np.abs(one).max() <= 5.0
        assert np.isfinite(one).all()
    assert not np.allclose(told[0], told[1])


def _built(env: FlightEnv) -> np.ndarray:
    env.reset(seed=0)
    return env.truth_readings()[[not name.startswith("true ") for name in env.truth_names]]


def test_a_fault_that_strikes_in_flight_is_told_from_then_on() -> None:
    env = FlightEnv("takeoff", discrepancies=["stuck_rudder=1@0.5"])
    env.reset(seed=0)
    before = env.truth_readings()[-50:]
    for _ in range(20):
        env.step(np.zeros(4))
    stuck = [name.endswith(" stuck") for name in env.truth_names]
    assert env.truth_readings()[stuck].max() == 1.0
    assert len(before) == 50


def test_an_environment_without_the_truth_is_refused_in_one_line() -> None:
    import gymnasium

    with pytest.raises(InputError, match=r"network.critic: .* has no truth_readings"):
        TruthShown(gymnasium.make("CartPole-v1"))
