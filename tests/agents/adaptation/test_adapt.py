"""scripts/adapt.py and scripts/adapt_study.py end to end: what they write and say, and going on after a stop."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import matplotlib.image
import pytest

from agents.adaptation import adapt as adaptation
from agents.adaptation import estimate, practice
from agents.adaptation.cell import Cell, fly_cell
from agents.adaptation.study import experiment
from agents.pilots.loading import load_pilot
from envs.flight_env import FlightEnv
from scripts import adapt, adapt_study

PILOT = "takeoff-ultra_stick"  # whose flights are a third as long as landings
FAULT = "elevator_rigging=1"


def adapted(run: Path, *words: str, flights: int = 2, pilot: str = PILOT, fault: str = FAULT) -> dict[str, Any]:
    told = [pilot, "--discrepancy", fault, "--run", str(run)] if not run.exists() else ["--resume", str(run)]
    status = adapt.main([*told, "--flights", str(flights), "--processes", "1", *words])
    assert status == 0
    return json.loads((run / "adaptation.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def in_short() -> Iterator[None]:
    """Few rounds of an estimate, few simulated flights and no practice after them.

    Those are tested whole in test_estimate.py and test_practice.py.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate, "ROUNDS", 2)
        patch.setattr(practice, "CHECKED", 8)
        patch.setattr(practice, "MOST_STEPS", 0)
        yield


@pytest.fixture(scope="module")
def said() -> io.StringIO:
    """What the run of `whole` prints."""
    return io.StringIO()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, said: io.StringIO) -> Path:
    """A run of two test flights; beside it `stopped`, what lay on the disk after the first of them."""
    run = tmp_path_factory.mktemp("adapt") / "run"
    write = adaptation.write_json

    def write_and_keep(path: Path, told: dict[str, Any]) -> None:
        write(path, told)
        if len(told["test_flights"]) == 1:
            shutil.copytree(run, run.with_name("stopped"))

    with contextlib.redirect_stdout(said), pytest.MonkeyPatch.context() as patch:
        patch.setattr(adaptation, "write_json", write_and_keep)
        adapted(run, "--weather", "breeze", "--evaluation-flights", "4")
    return run


@pytest.fixture
def no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the run is not to be looked at."""
    monkeypatch.setattr(adaptation, "draw_adaptation", lambda path, *_: path)


def test_it_says_each_flight_and_what_it_believes(whole: Path, said: io.StringIO) -> None:
    words = said.getvalue()
    assert "is told nothing of it" in words
    assert "test flight 1: " in words
    assert "elevator stands up by" in words
    assert "before any test flight: 0 of 4 flights succeed" in words
    assert "4 of 4 flights succeed" in words
    assert f"discrepancies=[{FAULT}]" in words
    assert str(whole) in words


def test_a_run_holds_what_is_promised(whole: Path) -> None:
    told = json.loads((whole / "adaptation.json").read_text(encoding="utf-8"))
    assert told["discrepancies"] == [FAULT]
    assert (told["pilot"], told["task"], told["aircraft"]) == (PILOT, "takeoff", "ultra_stick")
    assert [flight["seed"] for flight in told["test_flights"]] == [900, 901]
    assert set(told["test_flights"][0]) >= {"seed", "is_success", "outcome", "crashed", "metrics"}
    assert told["crashes"] == sum(flight["crashed"] for flight in told["test_flights"])
    assert set(told["estimate"]["elevator_offset"]) == {"mean", "std", "unit"}
    assert {"identify", "learn"} <= set(told["seconds"])
    assert told["simulated_steps"] > 100 * 30
    assert {path.name for path in (whole / "flights").iterdir()} >= {"flight_000900.csv", "flight_000901.json"}
    picture = matplotlib.image.imread(whole / "adaptation.png")
    assert picture.shape[1] >= 1200
    assert picture.std() > 0.05
    # Before: it cannot take off; after one flight it can.
    before, after = (told["counted"][number] for number in ("0", "2"))
    assert before[0] <= 1
    assert after[0] >= 3


def test_the_adapted_bundle_flies_by_itself(whole: Path) -> None:
    env = FlightEnv(task="takeoff", weather="breeze", discrepancies=[FAULT])
    pilot = load_pilot(str(whole / "bundle"), env)
    assert pilot.compensation.elevator_offset == pytest.approx(-0.33, abs=0.1)
    observation, _ = env.reset(seed=1003)
    state, ended, info = None, False, {}
    while not ended:
        action, state = pilot.predict(observation, state=state)
        observation, _, terminated, truncated, info = env.step(action)
        ended = terminated or truncated
    assert info["outcome"] == "climbing"


@pytest.mark.usefixtures("no_picture")
def test_it_goes_on_after_a_stop_as_if_there_had_been_none(whole: Path) -> None:
    stopped = whole.with_name("stopped")
    before = json.loads((stopped / "adaptation.json").read_text(encoding="utf-8"))
    assert (len(before["test_flights"]), before["finished"]) == (1, False)
    again = adapted(stopped, "--evaluation-flights", "0", flights=2)
    once = json.loads((whole / "adaptation.json").read_text(encoding="utf-8"))
    assert again["test_flights"] == once["test_flights"]
    assert again["estimate"] == once["estimate"]
    assert again["compensation"] == once["compensation"]


@pytest.mark.usefixtures("no_picture")
def test_it_stops_where_flying_on_would_only_wreck_aircraft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(adaptation, "gives_up", lambda flown: len(flown) == 1)
    told = adapted(tmp_path / "run", "--evaluation-flights", "0", flights=3)
    assert (len(told["test_flights"]), told["finished"]) == (1, True)
    assert "2 crashes in a row: no more test flights are made" in capsys.readouterr().out


@pytest.mark.usefixtures("no_picture")
def test_the_autopilot_adapts_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.adaptation.practice.GOOD", 1.1)  # it would bear this one as it is
    run = tmp_path / "autopilot"
    told = adapted(
        run, "--task", "landing", "--evaluation-flights", "0", flights=1, pilot="autopilot", fault="elevator_rigging=-1"
    )
    assert told["compensation"]["elevator_offset"] > 0.1
    env = FlightEnv(task="landing")
    pilot = load_pilot(str(run / "bundle"), env)
    observation, _ = env.reset(seed=1)
    assert pilot.predict(observation)[0].shape == (4,)


def test_the_study_keeps_its_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = [PILOT, "--weather", "breeze", "--discrepancies", FAULT, "--after", "1", "--flights", "3"]
    words += ["--run", str(tmp_path / "study"), "--processes", "1"]
    # In this process, which has the kernels and little practice; that a cell can go to another is seen by its pickle.
    monkeypatch.setattr(experiment, "ProcessPoolExecutor", lambda most, mp_context: ThreadPoolExecutor(1))
    assert adapt_study.main(words) == 0
    told = json.loads((tmp_path / "study" / "study.json").read_text(encoding="utf-8"))
    sound, cell = told["cells"]
    assert (sound["asked"]["discrepancy"], cell["asked"]["discrepancy"]) == ("", FAULT)
    assert sound["successes"]["0"] >= 2
    assert cell["successes"]["0"] <= 1
    assert cell["successes"]["1"] >= 2
    assert cell["knowing"] >= 2
    assert 0.0 < cell["quality"]["1"]["centreline_m"] < 3.0
    whole = Cell.of(cell, "study.json")
    assert pickle.loads(pickle.dumps((experiment.fly_cell, whole.asked, whole))) == (fly_cell, whole.asked, whole)
    (figures,) = told["summary"]
    assert (figures["pilot"], figures["flyable"]) == (PILOT, 1)
    assert figures["after"]["1"]["won_back"] == pytest.approx(
        (cell["successes"]["1"] - cell["successes"]["0"])
        / (max(cell["knowing"], cell["successes"]["1"]) - cell["successes"]["0"])
    )
    monkeypatch.setattr(experiment, "fly_cell", lambda _: pytest.fail("flown twice"))
    assert adapt_study.main(words) == 0
    page = tmp_path / "page.md"
    assert adapt_study.main(["--run", str(tmp_path / "study"), "--markdown", str(page)]) == 0
    assert f"| {FAULT} | " in page.read_text(encoding="utf-8")
