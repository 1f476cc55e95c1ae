"""Practice: on what is believed and nothing else, from the pilot's own weights, and only where it is needed."""

from __future__ import annotations

import functools
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from agents.adaptation import practice as module
from agents.adaptation.adapted_bundle import write_adapted
from agents.adaptation.estimate import Estimate, nothing_known
from agents.adaptation.learner import Learner
from agents.adaptation.parameters import NAMES
from agents.adaptation.practice import Believed, Practice, parts, practise, with_part
from agents.adaptation.sensor_log import READ, SensorLog
from agents.pilots.bundle import PRETRAINED
from agents.pilots.compensated import CompensatedPilot, Compensation
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from envs.flight_env import FlightEnv

TAKEOFF, LANDING = "takeoff-ultra_stick", "landing-ultra_stick"


def heavier(by: float, std: float) -> Estimate:
    """An estimate that is nearly sure of a mass, and knows of nothing else."""
    mean, variance = np.zeros(len(NAMES)), np.full(len(NAMES), 1e-4)
    mean[NAMES.index("mass")], variance[NAMES.index("mass")] = by, std**2
    return Estimate(mean, np.diag(variance), np.zeros((0, 2)))


def test_where_nothing_is_known_the_drawing_is_practised_on() -> None:
    env = FlightEnv("takeoff")
    aircraft = Believed.of(nothing_known())(np.random.default_rng(0), env.drawing)
    assert aircraft.mass == env.drawing.mass
    assert aircraft.propulsion == env.drawing.propulsion


def test_what_is_believed_is_drawn_anew_for_each_flight_by_its_seed() -> None:
    believed = Believed.of(heavier(0.3, 0.02))
    env = believed.make_env(pilot_config(TAKEOFF))
    masses = []
    for seed in (1, 2, 1):
        env.reset(seed=seed)
        masses.append(float(env.world.parameters[0]["mass"]) / env.drawing.mass.mass_kg)
    assert masses[0] == masses[2] != masses[1]
    assert all(1.2 < mass < 1.4 for mass in masses)
    env.step(np.zeros(4, np.float32))


def test_the_hidden_fault_is_thrown_away_before_anything_is_practised() -> None:
    hidden = pilot_config(TAKEOFF, ["discrepancies=[heavy=1]"])
    practice = Practice(hidden)
    assert hidden.discrepancy_words == ["heavy=1"]
    assert practice.config.discrepancy_words == []
    env = Believed.of(nothing_known()).make_env(practice.config)
    env.reset(seed=1)
    assert env.world.parameters[0]["mass"] == pytest.approx(env.drawing.mass.mass_kg)


def test_a_pilot_that_flies_what_it_believes_is_left_alone() -> None:
    pilot = load_pilot(TAKEOFF)
    practice = Practice(pilot_config(TAKEOFF))
    names = tuple(pilot.card["observation_names"])
    assert practice.better(pilot, Believed.of(nothing_known()), Compensation(), names) is pilot
    assert practice.steps == 0


@pytest.mark.parametrize(
    ("shares", "practised"),
    [
        ([0.3, 0.5, 0.6, 0.96], 3),  # until it is good
        ([0.3, 0.2], 1),  # while it helps
        ([0.5, 0.6, 0.7, 0.8, 0.85], 4),  # as long as practice may last
    ],
)
def test_practice_goes_on_while_it_helps(shares: list[float], practised: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pilot, coming = load_pilot(TAKEOFF), iter(shares)
    monkeypatch.setattr(Practice, "share", lambda *_: next(coming))
    monkeypatch.setattr(module, "practise", lambda part, *_, **__: replace(part))
    practice, names = Practice(pilot_config(TAKEOFF)), tuple(pilot.card["observation_names"])
    better = practice.better(pilot, Believed.of(nothing_known()), Compensation(), names)
    assert practice.steps == practised * module.STEPS
    assert (better is pilot) == (max(shares) == shares[0])
    assert not list(coming)


def test_what_the_pilot_bears_is_left_alone_until_a_real_flight_of_it_fails() -> None:
    config = pilot_config(TAKEOFF)
    env = FlightEnv(**config.flight_settings())
    pilot = load_pilot(TAKEOFF, env)
    learner = Learner(pilot, env.drawing, env.observation_names)
    env.close()
    learner.logs.append(SensorLog(900, np.zeros((0, len(READ))), 0.01, 30))
    assert isinstance(learner.pilot, CompensatedPilot)
    practice = Practice(config)
    practice.settle(learner, is_first=True, is_success=True)  # believes the drawing, which it flies
    assert learner.bears
    assert learner.pilot is pilot
    assert practice.steps == 0
    learner.learn(SensorLog(901, np.zeros((0, len(READ))), 0.01, 30), is_success=False)
    assert isinstance(learner.pilot, CompensatedPilot)


@pytest.mark.parametrize(("allowing", "bears"), [(1.0, False), (0.9, True)])
def test_what_the_pilot_bears_is_allowed_for_where_that_flies_as_well(
    allowing: float, bears: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = pilot_config(TAKEOFF)
    env = FlightEnv(**config.flight_settings())
    learner = Learner(load_pilot(TAKEOFF, env), env.drawing, env.observation_names)
    env.close()
    learner.logs.append(SensorLog(900, np.zeros((0, len(READ))), 0.01, 30))
    learner.compensation = Compensation(rudder_offset=0.1)

    def share(_: Practice, pilot: Any, __: Any) -> float:
        return allowing if isinstance(pilot, CompensatedPilot) else 1.0

    monkeypatch.setattr(Practice, "share", share)
    Practice(config).settle(learner, is_first=True, is_success=True)
    assert learner.bears is bears
    assert isinstance(learner.pilot, CompensatedPilot) is not bears


def test_a_pilot_that_allowed_and_landed_is_not_given_up_for_a_belief_that_looks_harmless() -> None:
    env = FlightEnv(**pilot_config(TAKEOFF).flight_settings())
    learner = Learner(load_pilot(TAKEOFF, env), env.drawing, env.observation_names)
    env.close()
    learner.logs.append(SensorLog(900, np.zeros((0, len(READ))), 0.01, 30))
    learner.learn(SensorLog(901, np.zeros((0, len(READ))), 0.01, 30), is_success=True)
    learner.bears = True
    assert isinstance(learner.pilot, CompensatedPilot)
    learner.learn(SensorLog(902, np.zeros((0, len(READ))), 0.01, 30), is_success=False)
    assert learner.pilot is learner.first_pilot


def test_learning_goes_on_from_the_pilots_weights_and_leaves_it_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    part = load_pilot(TAKEOFF)
    before = {name: tensor.clone() for name, tensor in part.policy.state_dict().items()}
    make_env = functools.partial(Believed.of(heavier(0.2, 0.01)).make_env, pilot_config(TAKEOFF))
    update = module.PRACTICE | {"n_envs": 4, "n_steps": 64, "batch_size": 128, "n_epochs": 2}
    monkeypatch.setattr(module, "PRACTICE", update)
    critic_alone = practise(part, make_env, steps=4 * 64 * module.CRITIC_FIRST).policy.state_dict()
    for name, tensor in part.policy.state_dict().items():
        assert torch.equal(tensor, before[name])
        if "policy_net" in name or "action_net" in name:
            assert torch.equal(critic_alone[name], tensor)
    assert not torch.equal(critic_alone["value_net.weight"], before["value_net.weight"])
    whole = practise(part, make_env, steps=4 * 64 * (module.CRITIC_FIRST + 2)).policy.state_dict()
    assert not torch.equal(whole["action_net.weight"], before["action_net.weight"])
    assert (whole["action_net.weight"] - before["action_net.weight"]).abs().max() < 0.1


def test_an_adapted_bundle_flies_what_was_practised(tmp_path: Path) -> None:
    config = pilot_config(LANDING)
    pilot = load_pilot(LANDING)
    names = pilot.names
    for place, part in parts(pilot).items():
        changed = {name: tensor + 0.01 * place for name, tensor in part.policy.state_dict().items()}
        policy = load_pilot(LANDING)
        policy = parts(policy)[place].policy
        policy.load_state_dict(changed)
        pilot = with_part(pilot, place, replace(part, policy=policy))
    write_adapted(tmp_path / "bundle", LANDING, pilot, config, names, Compensation(elevator_offset=0.1), {})
    shutil.copytree(tmp_path / "bundle", tmp_path / "elsewhere")
    back = load_pilot(str(tmp_path / "elsewhere")).pilot
    assert sorted(parts(back)) == [2, 3]
    for place, part in parts(back).items():
        for name, tensor in part.policy.state_dict().items():
            assert torch.equal(tensor, parts(pilot)[place].policy.state_dict()[name])
            assert not torch.equal(tensor, parts(load_pilot(LANDING))[place].policy.state_dict()[name])
    assert (PRETRAINED / "circuit-ultra_stick" / "rollout").is_dir()
