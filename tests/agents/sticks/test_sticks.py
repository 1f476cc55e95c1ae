"""Sticks without a window: keys that push and centre, a joystick's modes, curves and rates, and what a file may say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from agents.sticks.controls import MODES, Controls, Curve, load_controls
from agents.sticks.human_pilot import HumanPilot
from agents.sticks.real_time import MOST_BEHIND_S, RealTime
from agents.sticks.stick_positions import JoystickSticks, KeyboardSticks, curved
from envs.base.config_file import CONFIGS, names_of
from envs.base.errors import InputError
from envs.rendering.film.live_view import where_from

STEP_S = 1 / 30
DATA: dict[str, Any] = yaml.safe_load((CONFIGS / "controls" / "transmitter.yaml").read_text(encoding="utf-8"))


def controls(**change: Any) -> Controls:
    return Controls.model_validate({**DATA, **change})


def joystick(axes: dict[int, float], **change: Any) -> dict[str, float]:
    return JoystickSticks(controls(**change), lambda number: axes.get(number, 0.0)).advance(STEP_S)


@pytest.mark.parametrize("name", names_of("controls"))
def test_every_file_that_comes_along_is_sound(name: str) -> None:
    assert load_controls(name).title


def test_a_held_key_moves_at_its_rate_to_its_travel_and_comes_back() -> None:
    held = {"right"}
    sticks = KeyboardSticks(load_controls(), held.__contains__)
    pair = sticks.controls.keyboard.aileron
    moved = [sticks.advance(STEP_S)["aileron"] for _ in range(60)]
    assert moved[0] == pytest.approx(pair.rate_per_s * STEP_S)
    assert moved[-1] == pair.travel
    assert np.all(np.diff(moved) >= 0)
    held.clear()
    back = [sticks.advance(STEP_S)["aileron"] for _ in range(60)]
    assert back[0] == pytest.approx(pair.travel - pair.centring_per_s * STEP_S)
    assert back[-1] == 0.0
    assert min(back) == 0.0, "it does not swing past the middle"


@pytest.mark.parametrize(
    ("key", "channel", "sign"),
    [
        ("left", "aileron", -1), ("right", "aileron", 1), ("up", "elevator", -1), ("down", "elevator", 1),
        ("a", "rudder", -1), ("d", "rudder", 1), ("w", "throttle", 1),
    ],
)  # fmt: skip
def test_each_key_moves_its_channel_the_way_a_pilot_expects(key: str, channel: str, sign: int) -> None:
    commands = KeyboardSticks(load_controls(), {key}.__contains__).advance(STEP_S)
    assert np.sign(commands[channel]) == sign
    assert all(commands[other] == 0.0 for other in commands if other != channel)


def test_the_throttle_stays_where_its_keys_leave_it() -> None:
    held = {"w"}
    sticks = KeyboardSticks(load_controls(), held.__contains__)
    for _ in range(90):
        high = sticks.advance(STEP_S)["throttle"]
    held.clear()
    assert sticks.advance(STEP_S)["throttle"] == high == 1.0
    held.add("s")
    for _ in range(90):
        low = sticks.advance(STEP_S)["throttle"]
    assert low == 0.0
    sticks.reset(0.4)
    held.clear()
    assert sticks.advance(STEP_S)["throttle"] == 0.4, "a flight that starts in the air starts with its power"


@pytest.mark.parametrize("mode", MODES)
def test_modes_put_the_channels_on_the_sticks(mode: int) -> None:
    throttle_left = mode in (2, 4)
    aileron_right = mode in (1, 2)
    axes = {"left_x": 3, "left_y": 2, "right_x": 0, "right_y": 1}
    up = axes["left_y" if throttle_left else "right_y"]
    assert joystick({up: 1.0}, mode=mode)["throttle"] == 1.0
    assert joystick({up: -1.0}, mode=mode)["throttle"] == 0.0
    pull = axes["right_y" if throttle_left else "left_y"]
    assert joystick({pull: -1.0}, mode=mode)["elevator"] == 1.0, "the stick back lifts the nose"
    across = axes["right_x" if aileron_right else "left_x"]
    assert joystick({across: 1.0}, mode=mode)["aileron"] == 1.0
    assert joystick({axes["left_x" if aileron_right else "right_x"]: -1.0}, mode=mode)["rudder"] == -1.0


def test_an_inverted_axis_and_a_reversed_channel() -> None:
    turned = {**DATA["joystick"], "right_x": {"axis": 0, "inverted": True}}
    assert joystick({0: 1.0}, joystick=turned)["aileron"] == -1.0
    assert joystick({0: 1.0}, aileron={"reversed": True, "dead_zone": 0})["aileron"] == -1.0


def test_expo_is_soft_in_the_middle_and_whole_at_the_end() -> None:
    curve = Curve(dead_zone=0.0, expo=0.5)
    assert curved(1.0, curve) == 1.0
    assert curved(-1.0, curve) == -1.0
    assert curved(0.5, curve) == pytest.approx(0.5 * 0.5 + 0.5 * 0.125)
    assert curved(0.1, curve) == pytest.approx(0.1 * 0.5 + 0.0005)
    assert curved(0.5, Curve(dead_zone=0.0)) == 0.5, "without expo a straight line"


def test_dead_zone_rates_and_trim() -> None:
    curve = Curve(dead_zone=0.1, high_rate=0.9, low_rate=0.5)
    assert curved(0.1, curve) == 0.0
    assert curved(0.1001, curve) == pytest.approx(0.0, abs=1e-3)  # no jump at its edge
    assert (curved(1.0, curve), curved(1.0, curve, low_rates=True)) == pytest.approx((0.9, 0.5))
    sticks = JoystickSticks(controls(elevator={"trim": 0.1}), lambda number: 0.0)
    assert sticks.advance(STEP_S)["elevator"] == pytest.approx(0.1)
    sticks.trim(-2)
    assert sticks.advance(STEP_S)["elevator"] == pytest.approx(0.06)
    for _ in range(100):
        sticks.trim(1)
    assert sticks.advance(STEP_S)["elevator"] == 0.5


def test_a_sprung_throttle_stick_moves_the_throttle_and_leaves_it() -> None:
    at = [1.0]
    sticks = JoystickSticks(load_controls("gamepad"), lambda number: -at[0] if number == 1 else 0.0)
    for _ in range(20):
        high = sticks.advance(STEP_S)["throttle"]
    at[0] = 0.1
    assert sticks.advance(STEP_S)["throttle"] == high > 0.4


def test_a_human_answers_as_every_pilot_does() -> None:
    sticks = KeyboardSticks(load_controls(), {"w", "down"}.__contains__)
    sticks.reset(0.5)
    pilot = HumanPilot(sticks, STEP_S)
    action, state = pilot.predict(np.zeros(5, np.float32))
    assert action.shape == (4,)
    assert action.dtype == np.float32
    assert state is None
    rate = sticks.controls.keyboard.throttle.rate_per_s * STEP_S
    assert action[3] == pytest.approx(2 * (0.5 + rate) - 1)
    many, _ = pilot.predict(np.zeros((3, 5), np.float32))
    assert many.shape == (3, 4)
    assert many[0, 1] > action[1] > 0


class Instructor:
    def __init__(self) -> None:
        self.seen = 0

    def predict(self, observation: Any, state: Any = None, start: Any = None, deterministic: bool = True) -> Any:
        self.seen += 1
        return np.full(4, 0.25, np.float32), (state or 0) + 1


def test_the_instructor_sees_every_step_and_moves_the_controls_only_when_asked() -> None:
    instructor = Instructor()
    pilot = HumanPilot(KeyboardSticks(load_controls(), set[str]().__contains__), STEP_S, instructor)
    action, state = pilot.predict(np.zeros(5), None)
    assert action.tolist() == [0.0, 0.0, 0.0, -1.0]
    pilot.instructor_flies = True
    action, state = pilot.predict(np.zeros(5), state)
    assert (action.tolist(), state, instructor.seen) == ([0.25] * 4, 2, 2)


def test_time_is_kept_and_what_is_lost_is_counted() -> None:
    now = [0.0]
    slept: list[float] = []
    watch = RealTime(STEP_S, now=lambda: now[0], sleep=slept.append)
    assert (watch.due(), watch.due()) == (1, 0), "the first step at once, the next when it is due"
    watch.wait()
    assert slept == [pytest.approx(STEP_S)]
    now[0] += 3 * STEP_S
    assert watch.due() == 3, "a slow picture: its steps are caught up"
    now[0] += 2.0
    steps = watch.due()
    assert steps <= MOST_BEHIND_S / STEP_S + 1, "a long stop is not"
    assert watch.lost_s == pytest.approx(2.0 - MOST_BEHIND_S, abs=2 * STEP_S)
    assert watch.pace < 0.5
    watch.counts = False
    lost = watch.lost_s
    now[0] += 5.0
    watch.due()
    assert watch.lost_s == lost, "a pause loses nothing"


def test_in_the_long_run_every_step_is_flown_once() -> None:
    now = [0.0]
    watch = RealTime(STEP_S, now=lambda: now[0], sleep=lambda s: now.__setitem__(0, now[0] + s))
    rng = np.random.default_rng(0)
    for _ in range(2000):
        watch.due()
        now[0] += rng.uniform(0.0, 0.06)  # drawing: in the mean as long as a step
        watch.wait()
    assert watch.flown == pytest.approx(now[0] / STEP_S, abs=3)
    assert watch.pace == 1.0


def test_where_the_ghost_is_said_from_the_pilots_side() -> None:
    me = {"x_m": 10.0, "y_m": 0.0, "z_m": 5.0, "heading_deg": 0.0}
    assert where_from(me, {"x_m": 22.0, "y_m": -4.0, "z_m": 9.0}) == "12 m ahead, 4 m right, 4 m higher"
    east = {**me, "heading_deg": 90.0}  # clockwise: the nose points to -y
    assert where_from(east, {"x_m": 10.0, "y_m": -20.0, "z_m": 5.0}) == "20 m ahead"
    assert where_from(east, {"x_m": 20.0, "y_m": 0.0, "z_m": 0.0}) == "10 m left, 5 m lower"
    assert where_from(me, me) == "beside you"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mode": 5}, "mode: must be 1, 2, 3 or 4"),
        ({"version": 2}, "version"),
        ({"moed": 2}, "unknown key 'moed', did you mean 'mode'"),
        ({"aileron": {"expo": 1.5}}, "aileron.expo"),
        ({"aileron": {"exop": 0.5}}, "did you mean 'expo'"),
        ({"elevator": {"trim": 0.9}}, "elevator.trim"),
        ({"rudder": {"high_rate": 0}}, "rudder.high_rate"),
        ({"joystick": {**DATA["joystick"], "left_x": {"axis": -1}}}, "joystick.left_x.axis"),
        ({"joystick": {**DATA["joystick"], "left_x": {"axis": 1}}}, "axis '1' is both joystick.left_x and"),
        ({"joystick": {**DATA["joystick"], "buttons": {"pause": 1, "view": 1}}}, "button '1' is both"),
        ({"joystick": {**DATA["joystick"], "buttons": {"puase": 1}}}, "puase"),
        ({"keys": {"pause": "w"}}, "key 'w' is both keyboard.throttle.plus and keys.pause"),
        ({"keys": {"pause": ""}}, "keys.pause"),
        ({"keyboard": None}, "keyboard"),
        ({"throttle_idle": ".nan"}, "throttle_idle"),
    ],
)
def test_a_wrong_file_is_one_line_with_file_and_key(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({**DATA, **change}), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_controls(str(path))
    assert said in str(error.value)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)
