"""Missions: what a file may say, what is refused in one line, and what scripts/fly.py leaves behind."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from rich.console import Console

from agents.commands.evaluate import evaluate
from agents.commands.fly import fly
from agents.missions.flyers import mission_config, mission_pilot
from agents.missions.mission import load_mission, plan_mission
from agents.skills.display_pilot import DisplayPilot
from envs.base.config_file import names_of
from envs.base.errors import InputError, run_command
from envs.figures.figure import find_figure
from envs.flights.flight_log import FlightLog
from envs.flights.story import timeline
from scripts.fly import main as fly_script
from tests.support.flight_samples import takeoff_log

ROOT = Path(__file__).resolve().parents[3]
GOOD: dict[str, Any] = {"version": 1, "legs": ["take-off", "circuit", "landing"], "pilot": "takeoff-ultra_stick"}


def written(folder: Path, **change: Any) -> str:
    """A mission file; None leaves a key out."""
    path = folder / "mission.yaml"
    path.write_text(yaml.safe_dump({k: v for k, v in {**GOOD, **change}.items() if v is not None}))
    return str(path)


@pytest.mark.parametrize("name", names_of("missions"))
def test_every_mission_that_comes_along_is_sound(name: str) -> None:
    assert load_mission(name).legs
    assert load_mission(name).title


@pytest.mark.parametrize(
    ("legs", "task", "options"),
    [
        (["take-off"], "takeoff", {}),
        (["landing"], "landing", {}),
        (["circuit"], "pattern", {"circuit_side": -1}),
        (["takeoff", "circuit", "landing"], "circuit", {"circuit_side": -1, "laps": 1}),
        (["take off", "circuit", "circuit", "landing"], "circuit", {"circuit_side": -1, "laps": 2}),
        (["take-off", {"figure": "loop"}, {"figure": "immelmann"}, "landing"], "airshow", {"circuit_side": -1}),
        (["take-off", {"sequence": "club"}, "landing"], "airshow", {"circuit_side": -1}),
        ([{"figure": "loop"}], "loop", {}),
        ([{"sequence": "club"}], "club", {}),
    ],
)
def test_legs_make_a_flight(legs: list[str], task: str, options: dict[str, int], tmp_path: Path) -> None:
    plan = plan_mission(written(tmp_path, legs=legs, side="right", seed=12), weather="gusty")
    assert (plan.task, plan.settings["task_options"]) == (task, options)
    assert (plan.settings["weather"], plan.seed) == ("gusty", 12)


def test_figures_of_a_mission_and_who_flies_them(tmp_path: Path) -> None:
    own = {**find_figure("loop").model_dump(mode="json", exclude_none=True), "title": "Mine"}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(own))
    legs = ["take-off", {"figure": "mine.yaml"}, {"figure": "half_cuban_eight"}, "landing"]
    plan = plan_mission(written(tmp_path, legs=legs, pilot=None))
    assert plan.settings["figure"] == (str(tmp_path / "mine.yaml"), "half_cuban_eight")
    assert list(plan.skills) == ["takeoff", "pattern", "landing", "rollout", "figure", "robust_landing"]
    assert mission_config(plan).figure == plan.settings["figure"]
    lone = plan_mission(written(tmp_path, legs=legs[1:2], pilot=None))
    assert (lone.task, lone.settings["figure"]) == ("figure", (str(tmp_path / "mine.yaml"),))
    parts = {skill: "autopilot" for skill in ("takeoff", "pattern", "landing")}
    with pytest.raises(InputError, match="pilots has no 'figure'"):
        plan_mission(written(tmp_path, legs=legs, pilot=None, pilots=parts))
    assert plan_mission(written(tmp_path, legs=legs, pilot=None, pilots={**parts, "figure": "autopilot"})).skills
    flown = mission_pilot(plan, mission_config(plan))
    assert isinstance(flown, DisplayPilot)


def test_a_mission_is_evaluated_by_its_name() -> None:
    out = io.StringIO()
    assert evaluate("first_takeoff", flights=2, processes=1, console=Console(file=out, width=200)) == 0
    assert "takeoff" in out.getvalue()
    with pytest.raises(InputError, match="--task landing: the legs of a mission"):
        evaluate("first_takeoff", task="landing", flights=2)


def test_a_mission_may_say_all_that_a_flight_is_made_of(tmp_path: Path) -> None:
    legs = {"legs": ["take-off"], "field_elevation_m": 1600, "discrepancies": ["heavy"], "runway": "asphalt"}
    config = mission_config(plan_mission(written(tmp_path, **legs)))
    assert (config.field_elevation_m, config.discrepancies, config.runway) == (1600.0, ("heavy",), "asphalt")
    # What it leaves out is the pilot's own where it learned to see by it, else the default.
    assert mission_config(plan_mission(written(tmp_path, legs=["take-off"]))).runway == "grass"
    with pytest.raises(InputError, match=r"runway: unknown runway 'gras', did you mean 'grass'\?"):
        plan_mission(written(tmp_path, runway="gras"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"legs": ["take-of"]}, "unknown leg 'take-of', did you mean 'take-off'"),
        ({"legs": []}, "legs"),
        ({"legs": None}, "'legs' is missing"),
        ({"legs": ["landing", "take-off"]}, "no flight has the legs landing, take-off"),
        ({"legs": ["take-off", "landing"]}, "no flight has the legs take-off, landing"),
        ({"legs": ["circuit", "circuit"]}, "no flight has the legs"),
        ({"legs": [{"figure": "lop"}]}, "unknown figure 'lop', did you mean 'loop'"),
        ({"legs": [{"figur": "loop"}]}, "figur"),
        ({"legs": [{"sequence": "clbu"}]}, "unknown sequence 'clbu', did you mean 'club'"),
        ({"legs": ["take-off", {"figure": "figure"}, "landing"]}, "figure is a task of its own, no figure"),
        ({"legs": ["take-off", {"figure": "loop"}]}, "no flight has the legs take-off, loop"),
        ({"legs": ["take-off", {"figure": "loop"}, "circuit", "landing"]}, "no flight has the legs"),
        ({"legs": ["take-off", {"figure": "none.yaml"}, "landing"]}, "no such figure file"),
        ({"legs": ["take-off", *["circuit"] * 21, "landing"]}, "21 circuits; at most 20"),
        ({"legs": [3]}, "legs"),
        ({"legs": ["take-off", *["circuit"] * 50, "landing"]}, "legs"),
        ({"version": 2}, "version"),
        ({"version": None}, "'version' is missing"),
        ({"wether": "calm"}, "unknown key 'wether', did you mean 'weather'"),
        ({"side": "up"}, "side"),
        ({"seed": -1}, "seed"),
        ({"pilot": "landing-ultra_stik"}, "unknown pilot"),
        ({"pilots": {"takeoff": "takeoff-ultra_stick"}}, "pilot or pilots, not both"),
        ({"pilot": None, "pilots": {"takeoff": "takeoff-ultra_stick"}}, "pilots has no 'pattern'"),
        ({"pilot": None, "pilots": {"taxi": "x"}}, "taxi"),
        ({"pilot": None, "legs": ["take-off"], "pilots": {"takeoff": "takeoff-ultra_stick"}}, "give pilot"),
        ({"pilot": None, "aircraft": "ultra_stik"}, "did you mean 'ultra_stick'"),
    ],
)
def test_a_wrong_mission_is_refused_in_one_line(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        plan_mission(written(tmp_path, **change))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_pilot_of_another_task_is_refused(tmp_path: Path) -> None:
    plan = plan_mission(written(tmp_path))
    with pytest.raises(InputError, match="was trained for takeoff, the mission is a circuit"):
        mission_config(plan)
    with pytest.raises(InputError, match="did you mean 'first_circuit'"):
        plan_mission("first_circut")
    with pytest.raises(InputError, match="no such mission file"):
        plan_mission(str(tmp_path / "none.yaml"))


def test_a_mission_leaves_log_card_and_story(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        fly("first_takeoff", seed=1003, run=str(tmp_path / "run"), card=str(tmp_path / "card.png"), draw_video=False)
        == 0
    )
    told = capsys.readouterr().out
    assert "lift-off" in told
    assert "took off and climbed away, a success" in told
    log = FlightLog.load(tmp_path / "run" / "flights" / "flight_001003")
    assert log.header["seed"] == 1003
    assert log.header["pilot"] == "takeoff-ultra_stick"
    assert (tmp_path / "card.png").stat().st_size > 10_000
    assert (tmp_path / "run" / "config.yaml").is_file()
    with pytest.raises(InputError, match="already exists"):
        fly("first_takeoff", run=str(tmp_path / "run"), draw_video=False)


def test_a_pilot_s_seed_is_flown_as_it_was_evaluated(tmp_path: Path) -> None:
    out = io.StringIO()
    evaluate(
        "takeoff-ultra_stick",
        weather="storm",
        flights=2,
        seed=1004,
        log_folder=str(tmp_path / "logs"),
        settings=["effects.swirl=false"],
        processes=1,
        console=Console(file=out, width=200),
    )
    run, swirl = str(tmp_path / "run"), ["effects.swirl=false"]
    assert fly("takeoff-ultra_stick", weather="storm", seed=1005, run=run, draw_video=False, settings=swirl) == 0
    counted, shown = (FlightLog.load(tmp_path / place / "flight_001005") for place in ("logs", "run/flights"))
    assert np.array_equal(counted.data, shown.data)
    for key in ("outcome", "metrics", "ending", "effects_off", "weather", "pilot"):
        assert counted.header[key] == shown.header[key]


def test_settings_of_a_mission(tmp_path: Path) -> None:
    plan = plan_mission("first_takeoff")
    config = mission_config(plan, ["effects.swirl=false", "field_elevation_m=1600", "discrepancies=[heavy]"])
    assert (config.effects["swirl"], config.field_elevation_m, config.discrepancies) == (False, 1600.0, ("heavy",))
    assert config.task_options == mission_config(plan).task_options
    run = tmp_path / "run"
    words = ["aircraft=sport", "weather=calm"]  # say who flies it, as --aircraft and --weather do
    assert fly("first_takeoff", run=str(run), draw_video=False, settings=words) == 0
    log = FlightLog.load(run / "flights" / "flight_001000")
    assert (log.header["aircraft"], log.header["weather"], log.header["pilot"]) == ("sport", "calm", "takeoff-sport")


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("landed", "landed, a success"), ("hard", "touched down too hard"), ("timeout", "ran out of time")],
)
def test_the_story_tells_each_phase_and_how_it_ended(outcome: str, said: str) -> None:
    log = takeoff_log()
    metrics = {
        "pattern_cross_track_m": 4.24,
        "pattern_height_error_m": 0.8,
        "touchdown_x_m": -2.5,
        "touchdown_y_m": 0.31,
        "stopping_distance_m": 41.0,
        "go_arounds": 2.0,
    }
    header = {
        **log.header,
        "task": "circuit",
        "metrics": metrics,
        "outcome": outcome,
        "is_success": outcome == "landed",
    }
    told = timeline(FlightLog(log.columns, log.data, header))
    for words in (
        "4.2 m beside its legs",
        "2.5 m before the aim point, 0.31 m left",
        "stopped after 41 m",
        "went around 2 times",
        said,
    ):
        assert words in told


def test_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for words, code, said in (
        (["--help"], 0, "usage:"),
        (["no_such"], 2, "unknown mission or pilot 'no_such'"),
        (["landing-ultra_stik"], 2, "did you mean 'landing-ultra_stick'"),
        (["runs/none"], 2, "runs/none: no such bundle or run folder"),
        (["landing-sport", "--pilot", "autopilot"], 2, "landing-sport is a pilot already"),
        (["first_takeoff", "training.steps=5"], 2, "says how to learn"),
        (["first_takeoff", "task=landing"], 2, "the legs of a mission say what its task is"),
        (["first_takeoff", "efects.swirl=false"], 2, "did you mean 'effects'"),
        (["takeoff-sport", "effects.swirl"], 2, "expected key=value"),
        (["first_takeoff", "--card", "/nowhere/card.png"], 2, "/nowhere/card.png"),
        (["first_takeoff", "--video", "x.mp4", "--no-video"], 2, "one of them"),
    ):
        with pytest.raises(SystemExit) as ended:
            run_command(lambda words=words: fly_script(words))
        printed = capsys.readouterr()
        assert ended.value.code == code
        assert said in printed.out + printed.err
        assert len(printed.err.strip().splitlines()) <= 1
    assert not list(tmp_path.iterdir())
