"""Tuning on a Ray cluster: a local one, an actor of which is killed, and addresses that lead nowhere."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest

optuna = pytest.importorskip("optuna")
pytest.importorskip("ray")

from optuna.trial import TrialState  # noqa: E402

from agents.commands.tune import tune  # noqa: E402
from agents.tuning.ray_engine import check_cluster  # noqa: E402
from agents.tuning.storage import open_storage  # noqa: E402
from envs.base.errors import InputError  # noqa: E402
from tests.support.fake_flight import fake_env_function  # noqa: E402
from tests.support.tuning_tools import SMALL, programme, start, wait_for  # noqa: E402


def test_a_killed_actor_does_not_lose_the_study(tmp_path: Path) -> None:
    def trials() -> list[Any]:
        try:
            storage = open_storage(str(tmp_path / "study" / "study.journal"))
            return optuna.load_study(study_name="study", storage=storage).trials
        except (KeyError, InputError):
            return []

    def under_way() -> Any:
        return next((t for t in trials() if t.state == TrialState.RUNNING and t.intermediate_values), None)

    command = start(tmp_path, workers=1, steps=8192, trials=2, engine="ray")
    victim = wait_for(under_way, 240)
    os.kill(int(victim.user_attrs["beat"].partition(":")[0]), signal.SIGKILL)
    assert command.wait(240) == 0
    output = (tmp_path / "output.txt").read_text()
    assert "its actor died; trial 1 queued again" in output
    assert "best: trial" in output
    states = [trial.state for trial in trials()]
    assert states.count(TrialState.COMPLETE) == 2
    assert states[victim.number] == TrialState.FAIL
    assert (tmp_path / "study" / "best.yaml").is_file()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1:1", "nothing answers at 127.0.0.1:1"),
        ("ray://127.0.0.1:1", "nothing answers at 127.0.0.1:1"),
        ("nonsense", "expected HOST:PORT"),
        ("host:99999", "expected HOST:PORT"),
    ],
)
def test_a_wrong_address_is_one_line_at_once(tmp_path: Path, address: str, said: str) -> None:
    began = time.monotonic()
    with pytest.raises(InputError) as error:
        tune(
            programme(tmp_path),
            SMALL,
            folder=str(tmp_path / "study"),
            engine="ray",
            address=address,
            storage=str(tmp_path / "study.journal"),
            make_env=fake_env_function,
        )
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert time.monotonic() - began < 8
    assert not (tmp_path / "study").exists()


def test_something_else_at_the_address_is_noticed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(InputError, match="no Ray cluster"):
            check_cluster(address)
