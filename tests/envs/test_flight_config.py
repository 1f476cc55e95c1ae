"""One list of settings: a field added to FlightConfig is a keyword, a config key, a mission key, a schema, a help."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import gymnasium
import pytest
import yaml

from agents.config.programme import TrainingConfig, read_config
from agents.environments.flights import flight_env_function
from agents.missions.mission import Mission
from agents.pilots.bundle import PRETRAINED
from envs.base.errors import InputError
from envs.flight_config import FieldConfig, FlightConfig
from envs.flight_env import FlightEnv

ROOT = Path(__file__).resolve().parents[2]
FIRST_FIELD = "    effects: dict[str, bool] = Field(\n"
NEW_FIELD = '    head_up: float = Field(default=0.25, ge=0, le=1, description="how far the pilot looks up [-]")\n'

# Run with another envs/flight_config.py, one field longer than ours; nothing else of the house is changed.
PROGRAM = """
import importlib.util, sys
import envs
spec = importlib.util.spec_from_file_location("envs.flight_config", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules["envs.flight_config"] = envs.flight_config = module
spec.loader.exec_module(module)

import json
import gymnasium
from agents.commands.evaluate import pilot_config
from agents.missions.flyers import mission_config
from agents.config.programme import load_config
from agents.environments.flights import flight_env_function
from agents.missions.mission import plan_mission
from agents.schemas.reference import annotated_yaml, keys
from agents.schemas.schema import schema
from agents.training.train_skills import skill_config
from envs.base.errors import InputError
from envs.flight_env import FlightEnv

class Looking(FlightEnv):
    # the line where the setting takes effect
    def reset(self, **keywords):
        observation, info = super().reset(**keywords)
        return observation * self.config.head_up, info

def refused(make):
    try:
        make()
    except InputError as error:
        return str(error)

config = load_config("takeoff", ["head_up=0.5"])
whole = load_config("circuit", ["head_up=0.75"])
mission = mission_config(plan_mission(sys.argv[2]))
looked = Looking(head_up=0.5).reset(seed=1)[0]
plain = FlightEnv().reset(seed=1)[0]
print(json.dumps({
    "keyword": gymnasium.make("ModelAircraft/Takeoff-v0", head_up=0.125).unwrapped.config.head_up,
    "default": FlightEnv().config.head_up,
    "effect": bool((looked == 0.5 * plain).all()),
    "training": flight_env_function(config)().config.head_up,
    "skill": skill_config(whole, "landing").head_up,
    "evaluation": pilot_config("takeoff-ultra_stick", ["head_up=1"]).head_up,
    "mission": mission.head_up,
    "complete": "head_up: 0.5" in config.complete_yaml(),
    "shown": "how far the pilot looks up" in annotated_yaml(config),
    "schemas": [schema(kind)["properties"]["head_up"]["maximum"] for kind in ("training", "mission")],
    "help": [key.facts for key in keys(schema("training")) if key.name == "head_up"],
    "misspelt": refused(lambda: FlightEnv(head_upp=0.5)),
    "too_much": refused(lambda: FlightEnv(head_up=2)),
}))
"""


def test_a_setting_is_one_field_and_everything_knows_it(tmp_path: Path) -> None:
    text = (ROOT / "envs" / "flight_config.py").read_text(encoding="utf-8")
    assert text.count(FIRST_FIELD) == 1
    longer, mission = tmp_path / "flight_config.py", tmp_path / "mission.yaml"
    longer.write_text(text.replace(FIRST_FIELD, NEW_FIELD + FIRST_FIELD), encoding="utf-8")
    mission.write_text("version: 1\nlegs: [take-off]\nhead_up: 0.375\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(longer), str(mission)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "keyword": 0.125,
        "default": 0.25,
        "effect": True,
        "training": 0.5,
        "skill": 0.75,
        "evaluation": 1.0,
        "mission": 0.375,
        "complete": True,
        "shown": True,
        "schemas": [1, 1],
        "help": ["number, 0 to 1; default 0.25"],
        "misspelt": "FlightEnv: unknown key 'head_upp', did you mean 'head_up'?",
        "too_much": "FlightEnv: head_up: input should be less than or equal to 1 (got 2)",
    }


def test_every_setting_reaches_the_environment() -> None:
    settings = {
        "task": "landing",
        "aircraft": "sport",
        "weather": "gusty",
        "observation": "state",
        "sensor_suite": "camera",
        "lookout": "place",
        "go_around": "never",
        "discrepancies": ("heavy=0.5",),
        "runway": "asphalt",
        "field_elevation_m": 500.0,
        "temperature_C": 30.0,
        "air_density": None,
        "effects": {"swirl": False},
        "control_hz": 60,
        "physics_hz": 480,
        "figure": (),
        "reward": {"bank": -0.25},
        "task_options": {"base_share": 0.125},
    }
    assert set(settings) == set(FlightConfig.model_fields)
    config = TrainingConfig.model_validate(settings)
    assert config.flight_settings() == settings
    made = flight_env_function(config)().unwrapped
    assert isinstance(made, FlightEnv)
    assert made.config.model_dump() == settings
    assert made.world.substeps == 8
    assert made.reward_scales["bank"] == -0.25


def test_programmes_and_missions_hold_all_settings() -> None:
    assert set(FlightConfig.model_fields) <= set(TrainingConfig.model_fields)
    assert set(FieldConfig.model_fields) <= set(Mission.model_fields)
    # The order of a config file: format and task first.
    assert list(TrainingConfig.model_fields)[:4] == ["version", "task", "aircraft", "weather"]


@pytest.mark.parametrize("path", sorted(PRETRAINED.glob("*/config.yaml")), ids=lambda path: path.parent.name)
def test_a_config_of_a_shipped_pilot_is_read_and_written_again_with_all_it_held(path: Path) -> None:
    again = yaml.safe_load(read_config(path).complete_yaml())

    def kept(old: dict, new: dict) -> bool:
        return all(kept(v, new[k]) if isinstance(v, dict) else new[k] == v for k, v in old.items())

    assert kept(yaml.safe_load(path.read_text(encoding="utf-8")), again)


def test_none_leaves_a_setting_at_its_default_and_a_value_of_a_wrong_kind_is_one_line() -> None:
    env = gymnasium.make("ModelAircraft/Takeoff-v0", reward=None, effects=None, field_elevation_m=0).unwrapped
    assert isinstance(env, FlightEnv)
    assert env.config == FlightConfig(task="takeoff")
    with pytest.raises(InputError, match=r"FlightEnv: reward.bank: input should be a valid number"):
        FlightEnv(reward={"bank": "much"})
    with pytest.raises(InputError, match=r"did you mean 'aircraft'\?"):
        gymnasium.make("ModelAircraft/Takeoff-v0", aircaft="sport")


def test_the_docstring_lists_every_setting_with_its_default() -> None:
    text = FlightEnv.__doc__ or ""
    for heading in ("Action", "Observation", "Reward", "Starting state", "Episode end", "Arguments", "Version history"):
        assert f"## {heading}\n" in text
    for name, field in FlightConfig.model_fields.items():
        default = "" if field.is_required() else f"`{field.get_default()!r}`"
        assert f"| `{name}` | {default} | {field.description} |" in text
