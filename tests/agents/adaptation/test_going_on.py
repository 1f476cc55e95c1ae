"""A run of test flights that was stopped goes on with all that it had learned, also with what it does not fly now."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from agents.adaptation.adapt import PRACTISED, adapt
from agents.adaptation.learner import Learner
from agents.adaptation.practice import Practice
from agents.pilots.compensated import Compensation
from agents.pilots.loading import load_pilot
from agents.runs.run_folder import read_json

PILOT = "takeoff-ultra_stick"


def weights(pilot: Any) -> torch.Tensor:
    """Those of its last layer."""
    return pilot.policy.state_dict()["action_net.weight"]


def test_what_was_practised_is_kept_where_the_belief_was_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []

    def better(practice: Practice, pilot: Any, *others: Any) -> Any:
        given.append(pilot)
        practice.steps += 1
        policy = copy.deepcopy(pilot.policy)
        with torch.no_grad():
            policy.action_net.weight += 0.001
        return replace(pilot, policy=policy)

    monkeypatch.setattr(Practice, "share", lambda *_: 0.0)  # nothing is borne
    monkeypatch.setattr(Practice, "better", better)
    monkeypatch.setattr(Learner, "allows", False)
    monkeypatch.setattr("agents.adaptation.estimate.ROUNDS", 1)  # how good the belief is does not matter here
    fault, run = ["heavy=0.5"], tmp_path / "run"
    adapt(PILOT, fault, flights=1, run=str(run), evaluation_flights=0, processes=1)
    assert read_json(run / "adaptation.json")["compensation"] == Compensation().as_dict()
    assert torch.equal(weights(load_pilot(str(run)).pilot), weights(given[0]))  # it flies as it did
    practised = weights(load_pilot(str(run / PRACTISED)).pilot)
    assert torch.allclose(practised, weights(given[0]) + 0.001)

    adapt(PILOT, fault, flights=2, resume=str(run), evaluation_flights=0, processes=1)
    times = read_json(run / "adaptation.json")["practice_steps"]  # a second time only if the second flight failed
    assert torch.allclose(weights(load_pilot(str(run / PRACTISED)).pilot), weights(given[0]) + 0.001 * times)
