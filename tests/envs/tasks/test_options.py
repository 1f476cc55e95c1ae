"""Options of tasks: typed and bounded where they are declared, wherever they come from."""

from __future__ import annotations

import math
from typing import Any

import pytest

from agents.config.programme import load_config
from envs.base.errors import InputError
from envs.flight_config import FlightConfig
from envs.flight_env import FlightEnv
from envs.tasks import TASKS
from envs.tasks.parts.options import Option

NO_NUMBERS: tuple[Any, ...] = ("left", "", None, [1], {"a": 1}, True, math.nan, math.inf, -math.inf, 10**400)
ROWS = [(task, option) for task in TASKS for option in TASKS[task].start_options]


@pytest.mark.parametrize(("task", "option"), ROWS, ids=lambda part: getattr(part, "name", part))
def test_every_option_of_every_task_is_bounded_and_refuses_what_is_no_number(task: str, option: Option) -> None:
    assert math.isfinite(option.low)
    assert math.isfinite(option.high)
    assert option.checked(option.default) == option.default
    assert option.checked(str(option.high)) == option.high  # "1e1" from elsewhere is a number, too
    bad = [*NO_NUMBERS, option.low - 1, option.high + 1, 1e300, *((0.5,) if option.whole else ())]
    for value in bad:
        with pytest.raises(InputError, match=f"task option {option.name}: must be {option.low:g} to {option.high:g}"):
            option.checked(value)


@pytest.mark.parametrize("value", ["left", ".nan", "1e300", "[1]", "{a: 1}", "null", "true", "-1", "''"])
def test_the_same_refusal_from_a_config_a_ramp_an_environment_and_a_change(value: str) -> None:
    for key in ("task_options", "training.task_options", "training.last_task_options"):
        with pytest.raises(InputError, match="start_across"):
            load_config("takeoff", [f"{key}.start_across={value}"])
    env = FlightEnv("takeoff")
    with pytest.raises(InputError, match="start_across"):
        env.set_training({"start_across": value}, {})  # type: ignore[dict-item]
    with pytest.raises(InputError, match="start_across"):
        FlightEnv("takeoff", task_options={"start_across": value})
    env.close()


def test_a_value_arrives_with_its_type() -> None:
    given = {"circuit_side": -1.0, "laps": "2"}
    options = FlightConfig.model_validate({"task": "pattern", "task_options": given}).task_options
    assert options == {"circuit_side": -1, "laps": 2}
    assert all(type(value) is int for value in options.values())
    assert FlightEnv("takeoff", task_options={"start_along_m": "1e1"}).task.options["start_along_m"] == 10.0


def test_the_slowest_start_is_not_faster_than_the_fastest() -> None:
    with pytest.raises(InputError, match="start_speed_low: must be at most start_speed_high"):
        load_config("landing", ["task_options.start_speed_low=1.6"])
    assert load_config("landing", ["task_options={start_speed_low: 1.6, start_speed_high: 1.6}"])


@pytest.mark.parametrize("scale", ["1e308", "-1e5", ".inf", ".nan", "much", "[1]", "true"])
def test_a_scale_of_the_reward_is_a_number_that_can_be_learned_from(scale: str) -> None:
    for key in ("reward", "training.first_reward"):
        with pytest.raises(InputError, match=key):
            load_config("takeoff", [f"{key}.time={scale}"])
