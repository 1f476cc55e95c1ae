"""What is sideways in an observation: a flight with left and right swapped shows the same but for those signs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import envs.flight_env
from envs.aircraft.aircraft import load_aircraft
from envs.base.readings import READINGS
from envs.flight_env import FlightEnv
from envs.tasks.parts.task import Start

ONE_SIDED = dict.fromkeys(("swirl", "torque_reaction", "gyroscopic", "p_factor"), False)
"""Switched off: what a propeller that turns one way does to the two sides."""
STICKS = np.array([-1.0, 1.0, -1.0, 1.0])
WIND = "cross: 0.3\ncross_least: 0.3\nhead: 0.2\nroughness_m: 0.02\n"
SIDE_READINGS = {
    *("cross_track", "cross_track_far", "cross_speed", "course_sine", "roll", "roll_sine", "roll_rate", "yaw_rate"),
    *("accel_right", "aileron_command", "rudder_command", "beta", "wind_across", "up_y", "track_y", "path_off_y"),
    *("path_way_y", "path_canopy_y", "path_near_y", "canopy_near_y", "path_mid_y", "canopy_mid_y", "path_far_y"),
    *("canopy_far_y", "path_farther_y", "canopy_farther_y", "path_left", "path_bank", "path_bank_near", "path_drift"),
    *("pivot", "spin"),
}


class Mirror:
    """Flies a flight, then its mirror image: the first one's start and wind to the other side."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, task: str, figure: str, folder: Path) -> None:
        self.side, self.start = 1.0, Start(0.0, 0.0, 0.0)
        draw, place = envs.flight_env.draw_weather, FlightEnv._place

        def draw_weather(*arguments: object) -> None:
            draw(*arguments)  # type: ignore[arg-type]
            wind = arguments[1][0]["wind_reference"]  # type: ignore[index]
            wind[1] = self.side * abs(wind[1])

        def placed(env: FlightEnv, start: Start) -> None:
            if self.side > 0:
                self.start = start
            y, heading, roll, turning = (self.side * getattr(self.start, name) for name in SIDEWAYS_START)
            place(env, self.start._replace(y_m=y, heading=heading, roll=roll, turning=turning))

        monkeypatch.setattr(envs.flight_env, "draw_weather", draw_weather)
        monkeypatch.setattr(FlightEnv, "_place", placed)
        self.config: dict[str, Any] = {"task": task, "observation": "state", "effects": ONE_SIDED}
        self.config |= {"weather": str(folder / "crosswind.yaml"), "aircraft": str(folder / "straight.yaml")}
        self.figure = figure

    def fly(self, side: float, steps: int) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
        """(names, observations, rewards) with sticks drawn by chance; side -1: of the mirror image."""
        self.side = side
        config = dict(self.config)
        if self.figure:
            options = {"mirrored_share": float(side < 0), "course": 1.0}
            config |= {"figure": self.figure, "task_options": options}
        elif config["task"] == "pattern":
            config |= {"task_options": {"circuit_side": side}}
        env = FlightEnv(**config)
        rng = np.random.default_rng(5)
        seen, rewards = [env.reset(seed=3)[0]], []
        for _ in range(steps):
            action = rng.normal([0.1, 0.1, 0.1, 0.6], [0.3, 0.2, 0.3, 0.1])
            observation, reward, *ends, _ = env.step(action * (STICKS if side < 0 else 1.0))
            seen.append(observation)
            rewards.append(reward)
            if any(ends[:2]):
                break
        env.close()
        return env.observation_names, np.array(seen), np.array(rewards)


SIDEWAYS_START = ("y_m", "heading", "roll", "turning")


@pytest.mark.parametrize(
    ("task", "figure"),
    [("takeoff", ""), ("landing", ""), ("pattern", ""), ("figure", "stall_turn"), ("figure", "spin")],
)
def test_a_mirrored_flight_shows_the_same_with_the_sideways_signs_changed(
    task: str, figure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "crosswind.yaml").write_text(WIND)
    drawing = load_aircraft("ultra_stick").model_dump(mode="json")
    drawing["propulsion"][0]["right_thrust_deg"] = 0.0
    (tmp_path / "straight.yaml").write_text(yaml.safe_dump(drawing))
    mirror = Mirror(monkeypatch, task, figure, tmp_path)
    names, seen, rewards = mirror.fly(1.0, 90)
    _, swapped, same_rewards = mirror.fly(-1.0, 90)
    assert len(seen) == len(swapped) > 20
    signs = np.array([-1.0 if READINGS[name].sideways else 1.0 for name in names])
    moved = np.abs(seen).max(axis=0)
    for column, name in enumerate(names):
        np.testing.assert_allclose(swapped[:, column], signs[column] * seen[:, column], atol=2e-4, err_msg=name)
    np.testing.assert_allclose(same_rewards, rewards, atol=1e-4)
    shown = {name for name, most in zip(names, moved, strict=True) if most > 0.01}
    assert {"roll_rate", "yaw_rate"} & shown, "a flight without a sideways movement tests nothing"


def test_the_readings_that_change_sides_are_those_and_no_others() -> None:
    assert {name for name, reading in READINGS.items() if reading.sideways} == SIDE_READINGS
