"""JSON Schemas of the config files, for editors: they complete keys, show what each means, and mark what is wrong.

Made from the models that read the files, so that neither can say anything else; `scripts/schema.py` writes them to
configs/schemas/, and the first line of each config names its own. Draft 7, which all editors know.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from agents.autopilot import AUTOPILOTS
from agents.autopilot.own_gains import OwnGains
from agents.autopilot.told_gains import DIVISORS, LEAST_DIVISOR, MOST
from agents.config.programme import LEG_TASKS, ROLL_OUT, SKILLS, TrainingConfig
from agents.config.tune_block import NOT_TUNED
from agents.missions.mission import Mission, figures
from agents.sticks.controls import Controls
from envs.aircraft.aircraft import Aircraft
from envs.base.config_file import CONFIGS, names_of
from envs.base.files import write_atomically
from envs.base.units import unit_by_ending
from envs.discrepancies import discrepancy_names
from envs.figures.figure import Figure
from envs.figures.sequence import SequenceFile, sequence_names
from envs.tasks import TASKS
from envs.tasks.parts.options import Option
from envs.weather import Weather

SCHEMAS = CONFIGS / "schemas"
A_PATH = r"/|\.ya?ml$"  # what is no name in configs/ (envs.base.config_file.is_path)
KINDS: dict[str, tuple[str, type[BaseModel]]] = {
    "aircraft": ("aircraft", Aircraft),
    "weather": ("weather", Weather),
    "training": ("training", TrainingConfig),
    "mission": ("missions", Mission),
    "controls": ("controls", Controls),
    "figure": ("figures", Figure),
    "sequence": ("sequences", SequenceFile),
    "autopilot": ("autopilot", OwnGains),
}
"""{schema: (folder in configs, model)}."""


def schema_line(kind: str) -> str:
    """The first line of a shipped config, which YAML language servers look for."""
    return f"# yaml-language-server: $schema=../schemas/{kind}.json"


def schemas() -> dict[str, dict[str, Any]]:
    """{kind: its JSON Schema}."""
    return {kind: schema(kind) for kind in KINDS}


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of aircraft, weather, training, mission, controls, figure, sequence or autopilot files."""
    made = KINDS[kind][1].model_json_schema()
    if kind == "training":
        _add_training(made)
    if kind == "autopilot":
        _add_gains(made)
    if kind == "mission":
        keys = made["properties"]
        for leg, key, known in (("FigureLeg", "figure", figures()), ("SequenceLeg", "sequence", sequence_names())):
            made["$defs"][leg]["properties"][key] |= {"anyOf": [{"enum": list(known)}, {"pattern": A_PATH}]}
        stunts = [{"$ref": f"#/$defs/{leg}"} for leg in ("FigureLeg", "SequenceLeg")]
        keys["legs"]["items"] = {"anyOf": [{"enum": list(LEG_TASKS)}, *stunts]}
        _add_names(keys)
    return {"$schema": "http://json-schema.org/draft-07/schema#", **_for_editors(made)}


def write_schemas(folder: Path = SCHEMAS) -> list[Path]:
    """Write configs/schemas/*.json; the files."""
    folder.mkdir(exist_ok=True)
    files = []
    for kind, made in schemas().items():
        files.append(folder / f"{kind}.json")
        write_atomically(files[-1], json.dumps(made, indent=1) + "\n")
    return files


def unit_of(key: str, description: str) -> str:
    """'m' of `span_m`, 'steps' of a description that ends in [steps], '' where there is none."""
    if description.endswith("]"):
        return description.rpartition("[")[2][:-1]
    return unit_by_ending(key)


def _add_training(made: dict[str, Any]) -> None:
    """What only the rest of the program knows: tasks with their terms and options, discrepancies, tuned keys."""
    keys, blocks = made["properties"], made["$defs"]
    fixed = next(part for part in keys["discrepancies"]["anyOf"] if part.get("type") == "array")
    fixed["items"]["examples"] = discrepancy_names()
    keys["skills"]["propertyNames"] = {"enum": [*SKILLS, ROLL_OUT]}
    _add_names(keys)
    made["allOf"] = [
        {"if": {"properties": {"task": {"const": task}}, "required": ["task"]}, "then": _of_task(task)}
        for task in sorted(TASKS)
    ]
    tuned = {key: {"description": words} for key, words in _tunable(made, made)}
    entry = {"anyOf": [{"$ref": "#/$defs/Range"}, {"$ref": "#/$defs/Choices"}]}
    blocks["TuneConfig"]["properties"]["space"] |= {
        "properties": {key: {**words, **entry} for key, words in tuned.items()},
        "patternProperties": {r"^(reward|task_options|effects)\.": entry},
        "additionalProperties": False,
    }


def _of_task(task: str) -> dict[str, Any]:
    """What the keys of a training config hold for one task."""

    def block(keys: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
        return {"additionalProperties": False, "properties": dict(keys)}

    reward = block(
        (row.name, {"type": "number", "default": row.scale, "description": f"{row.meaning} ({row.kind}) [{row.unit}]"})
        for row in TASKS[task].rewards.rows
    )
    options = block((option.name, _option(option)) for option in TASKS[task].start_options)
    return {
        "properties": {
            "reward": reward,
            "task_options": options,
            "training": {"properties": {"first_reward": reward, "task_options": options, "last_task_options": options}},
        }
    }


def _option(option: Option) -> dict[str, Any]:
    """What a task's option takes."""
    bounds = {"minimum": option.low, "maximum": option.high}
    return {
        "type": "integer" if option.whole else "number",
        **{word: bound for word, bound in bounds.items() if math.isfinite(bound)},
        "default": option.default,
        "description": f"{option.meaning} [{option.unit}]",
    }


def _add_gains(made: dict[str, Any]) -> None:
    """Of each task's autopilot, what gains it has and what they may be."""
    for task, one in made["properties"].items():
        if task in AUTOPILOTS:
            gains = {
                gain.name: {
                    "type": "number",
                    "minimum": LEAST_DIVISOR if gain.name in DIVISORS else -MOST,
                    "maximum": MOST,
                    "description": "a gain of the autopilot: agents/autopilot tells what each is [its own]",
                }
                for gain in fields(AUTOPILOTS[task].gains_type)
            }
            one["properties"] = {"gains": {"additionalProperties": False, "properties": gains}}


def _add_names(keys: dict[str, Any]) -> None:
    """Names to complete. Not the only ones: a path will do, and a new file needs no new schema."""
    for kind in ("aircraft", "weather"):
        keys[kind]["examples"] = names_of(kind)


def _tunable(made: Mapping[str, Any], whole: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """(dotted key, description) of every key that can be searched."""
    for key, field in made["properties"].items():
        inner = field.get("$ref")
        if inner:
            yield from _tunable(whole["$defs"][inner.rpartition("/")[2]], whole, f"{before}{key}.")
        elif f"{before}{key}" not in NOT_TUNED and "additionalProperties" not in field:
            yield f"{before}{key}", field.get("description", "")


def _for_editors(node: Any, key: str = "") -> Any:
    """Draft 7 without pydantic's titles, and with the unit in every description."""
    if isinstance(node, list):
        return [_for_editors(part) for part in node]
    if not isinstance(node, dict):
        return node.replace("#/$defs/", "#/definitions/") if isinstance(node, str) else node
    out: dict[str, Any] = {}
    for name, value in node.items():
        if name == "properties":
            out[name] = {inner: _for_editors(part, inner) for inner, part in value.items()}
        elif name in ("$defs", "patternProperties"):
            out["definitions" if name == "$defs" else name] = {n: _for_editors(part) for n, part in value.items()}
        elif name == "prefixItems":
            out |= {"items": _for_editors(value), "additionalItems": False}
        elif name in ("default", "const", "enum", "examples"):
            out[name] = value
        elif name == "description":
            out[name] = _with_unit(key, " ".join(value.split()))
        elif not (name == "title" and isinstance(value, str)):
            out[name] = _for_editors(value)
    names = out.get("propertyNames", {}).get("enum")
    if names and "additionalProperties" in out:  # editors complete what stands under properties
        each = out["additionalProperties"]
        out |= {"properties": {name: each for name in names}, "additionalProperties": False}
        del out["propertyNames"]
    return out


def _with_unit(key: str, description: str) -> str:
    unit = unit_of(key, description)
    return f"{description} [{unit}]" if unit and not description.endswith("]") else description
