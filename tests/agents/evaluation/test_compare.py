"""Pilots compared: same seeds for all, crosswinds up to where it ends, and a picture that shows it."""

from __future__ import annotations

import functools
import io
import json
import os
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from rich.console import Console

from agents.commands.compare import compare
from agents.evaluation.comparison import Compared, crosswinds_held, fly_pilot, print_comparison, widest_held
from agents.evaluation.comparison_picture import draw_comparison
from agents.evaluation.flight_test import Flight
from envs.base.console import plain_console
from envs.base.errors import InputError
from envs.flight_env import FlightEnv
from scripts import compare as compare_script
from tests.support.pictures import drawn, text_faults

__all__ = ["drawn"]

QUIET = Console(file=open(os.devnull, "w"))  # noqa: SIM115


def flights(successes: int, count: int, **metrics: float) -> list[Flight]:
    return [Flight(k, k < successes, "landed" if k < successes else "hard", 10, 0.0, metrics) for k in range(count)]


def test_crosswinds_grow_until_half_of_the_flights_fail() -> None:
    seen = []

    def fly(weather: str) -> list[Flight]:
        text = Path(weather).read_text(encoding="utf-8")
        strength = float(text.split("cross_least:")[1])
        seen.append(strength)
        return flights({0.1: 20, 0.2: 19, 0.3: 18, 0.4: 20, 0.5: 5}[strength], 20)

    rates = list(crosswinds_held(fly))
    assert seen == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert rates[-1] == (0.5, 0.25)
    assert widest_held(rates) == 0.2  # 0.4 was flown well by luck: 0.3 was not held
    assert widest_held([(0.1, 0.5)]) == 0.0


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_steady_crosswind_blows_as_strongly_as_it_says(tmp_path: Path, side: float) -> None:
    path = tmp_path / "steady.yaml"
    path.write_text("cross: 0.4\ncross_least: 0.4\n", encoding="utf-8")
    env = FlightEnv(weather=str(path))
    winds = []
    for seed in range(12):
        env.reset(seed=seed)
        winds.append(float(env.world.state[0]["wind_reference"][1]))
    assert np.abs(winds) == pytest.approx(0.4 * 10.0)
    assert any(np.sign(winds) == side)  # from either side
    path.write_text("cross: 0.2\ncross_least: 0.4\n", encoding="utf-8")
    with pytest.raises(InputError, match="cross_least"):
        FlightEnv(weather=str(path))


def test_both_pilots_meet_the_same_flights(tmp_path: Path) -> None:
    report = tmp_path / "c.json"
    assert (
        compare(
            ["autopilot", "takeoff-ultra_stick"],
            weathers=("gusty",),
            flights=6,
            crosswind_flights=0,
            json_file=report,
            picture_file=tmp_path / "c.png",
            console=QUIET,
        )
        == 0
    )
    told = json.loads(report.read_text())
    assert (told["task"], told["aircraft"], told["seed"]) == ("takeoff", "ultra_stick", 1000)
    assert [one["pilot"] for one in told["results"]] == ["autopilot", "takeoff-ultra_stick"]
    assert min(one["successes"] for one in told["results"]) >= 5
    assert (tmp_path / "c.png").stat().st_size > 20_000
    config, flown = fly_pilot("autopilot", "takeoff", "ultra_stick", "gusty", range(1000, 1006))
    assert config.weather == "gusty"
    assert sum(flight.is_success for flight in flown) == told["results"][0]["successes"]


def test_a_comparison_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Off a terminal a line a batch, as soon as it is flown; on one a bar, too, gone when its flights are over."""
    one_of_ten = functools.partial(crosswinds_held, crosswinds=(0.1,))
    monkeypatch.setattr("agents.commands.compare.crosswinds_held", one_of_ten)

    def told(terminal: bool) -> str:
        out = io.StringIO()
        console = Console(file=out, force_terminal=terminal, width=80, color_system=None)
        compare(["autopilot"], weathers=("calm",), flights=3, crosswind_flights=2, console=console)
        return out.getvalue()

    plain = told(False).splitlines()
    assert plain[0] == "autopilot in calm: 3 of 3"
    assert plain[1].startswith("autopilot in a steady crosswind of 0.1 Vs: ")
    assert plain[1].endswith(" of 2")
    assert all(len(line) < 80 for line in plain[:2])
    bars = told(True)
    assert "autopilot in calm 0/3" in bars
    assert "autopilot in a steady crosswind 0/2" in bars


def test_the_picture_of_landings_has_a_runway_a_weather(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    compared = []
    for weather in ("calm", "gusty"):
        for pilot in ("learned", "autopilot"):
            flown = [
                Flight(
                    k,
                    True,
                    "landed",
                    9,
                    0.0,
                    {"touchdown_x_m": float(rng.normal()), "sink_mps": 0.4, "touchdown_y_m": 0.1, "bank_deg": 1.0},
                )
                for k in range(9)
            ]
            compared.append(Compared(pilot, weather, [*flown, *flights(0, 1)]))
    path = tmp_path / "picture.png"
    draw_comparison(compared, {"learned": [(0.1, 1.0), (0.2, 0.4)]}, "landing", 1.27, path)
    from matplotlib import image

    picture = image.imread(path)
    assert picture.shape[1] > 1000
    tarmac = np.isclose(picture[..., :3], [0xC9 / 255, 0xCB / 255, 0xCF / 255], atol=0.01).all(axis=2)
    assert tarmac.mean() > 0.03


def _measured(task: str, pilots: int, weathers: int) -> list[Compared]:
    rng, names = np.random.default_rng(1), {
        "landing": ("touchdown_x_m", "touchdown_y_m", "sink_mps", "bank_deg"),
        "takeoff": ("centreline_m", "bank_deg"),
        "pattern": ("cross_track_m", "height_error_m"),
    }  # fmt: skip
    levels, long = ("calm", "breeze", "gusty", "storm"), "runs/landing-ultra_stick-2026-11-28-with-a-long-name"
    return [
        Compared(f"{long}-{pilot}", weather, [
            Flight(k, k > 2 * pilot, "landed", 9, 0.0, {name: float(rng.normal()) for name in names[task]})
            for k in range(40)
        ])
        for weather in levels[:weathers]
        for pilot in range(pilots)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("task", "pilots", "weathers", "crosswind"),
    [("landing", 3, 2, True), ("landing", 4, 4, True), ("landing", 1, 1, False), ("takeoff", 3, 2, False),
     ("pattern", 2, 3, True)],
)  # fmt: skip
def test_a_comparison_reads_well_and_fills_its_page(
    task: str, pilots: int, weathers: int, crosswind: bool, drawn: list[Figure], tmp_path: Path
) -> None:
    compared = _measured(task, pilots, weathers)
    rates = {one.pilot: [(0.1, 1.0), (0.2, 0.9), (0.3, 0.4)] for one in compared} if crosswind else {}
    draw_comparison(compared, rates, "Landing with the E-flite Ultra Stick 25e, " * 4, 1.27, tmp_path / "c.png")
    (figure,) = drawn
    assert text_faults(figure) == []
    boxes = [axes.get_position() for axes in figure.axes]
    for number, axes in enumerate(figure.axes):  # each row of panels reaches from edge to edge
        row = [box for box in boxes if abs(box.y0 - boxes[number].y0) < 0.02]
        assert min(box.x0 for box in row) < 0.06
        assert max(box.x1 for box in row) > 0.97
        assert axes.lines or axes.patches or axes.collections
    success = figure.axes[0]
    bars = [bar for bar in success.patches if isinstance(bar, Rectangle)]
    left, right = success.get_xlim()
    first, last = min(bar.get_x() for bar in bars), max(bar.get_x() + bar.get_width() for bar in bars)
    assert first - left == pytest.approx(right - last, abs=0.02 * (right - left))
    assert len({bar.get_facecolor() for bar in bars}) == pilots


def test_the_table_has_no_empty_columns() -> None:
    def printed(task: str) -> str:
        console = Console(file=io.StringIO(), width=160)
        print_comparison(_measured(task, 1, 1), {}, console)
        return console.file.getvalue()  # type: ignore[attr-defined]

    assert "go-arounds" not in printed("takeoff")
    assert "activity" not in printed("takeoff")
    activity = [Compared("p", "calm", flights(3, 3, gold=1.0, go_arounds=0.0, aileron_activity=0.2))]
    console = Console(file=io.StringIO(), width=160)
    print_comparison(activity, {}, console)
    assert all(word in console.file.getvalue() for word in ("gold", "go-arounds", "activity a/e/r/t"))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no_such"], "no_such"),
        (["autopilot", "--weather", "storn"], "did you mean 'storm'"),
        (["autopilot", "--flights", "0"], "--flights"),
        (["autopilot", "--picture", "a.txt"], ".png"),
    ],
)
def test_a_wrong_word_is_one_line(words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=said):
        compare_script.main(words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["[red]x[/red]", r"$\frac{1}{2}$", "[link=there]x", "<b>x"])
def test_a_pilots_name_stands_in_the_table_as_it_is(name: str) -> None:
    console = plain_console(file=io.StringIO(), width=160)
    print_comparison([Compared(name, "calm", flights(3, 3))], {}, console)
    assert name.rpartition("/")[2] in console.file.getvalue()  # type: ignore[attr-defined]
    assert "\\[" not in console.file.getvalue()  # type: ignore[attr-defined]
