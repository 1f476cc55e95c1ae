"""Configs as an editor sees them: schemas that are up to date, accept what ships and mark what the program refuses."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from agents.config.programme import load_config
from agents.schemas.schema import KINDS, SCHEMAS, schema_line, schemas, unit_of
from envs.base.config_file import CONFIGS, read_yaml
from envs.tasks import TASKS
from scripts import schema as schema_script

FILES = [(kind, path) for kind, (folder, _) in KINDS.items() for path in sorted((CONFIGS / folder).glob("*.yaml"))]


@pytest.fixture(scope="module")
def fresh() -> dict[str, dict[str, Any]]:
    return schemas()


def faults(schema: dict[str, Any], data: Any) -> list[str]:
    """What an editor would underline."""
    checker = jsonschema.Draft7Validator(schema)
    plain = json.loads(json.dumps(data))
    return [f"{'.'.join(map(str, one.absolute_path))}: {one.message}" for one in checker.iter_errors(plain)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_written_schemas_are_fresh(kind: str, fresh: dict[str, dict[str, Any]]) -> None:
    written = json.loads((SCHEMAS / f"{kind}.json").read_text(encoding="utf-8"))

    def essence(schema: dict[str, Any]) -> dict[str, Any]:
        schema = copy.deepcopy(schema)
        for key in ("aircraft", "weather"):  # names to complete: an aircraft more needs no new schema
            schema["properties"].get(key, {}).pop("examples", None)
        return schema

    assert essence(written) == essence(fresh[kind]), "run: python scripts/schema.py"
    jsonschema.Draft7Validator.check_schema(written)


@pytest.mark.parametrize(("kind", "path"), FILES, ids=lambda value: getattr(value, "stem", value))
def test_a_shipped_config_names_its_schema_and_keeps_to_it(
    kind: str, path: Path, fresh: dict[str, dict[str, Any]]
) -> None:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert first == schema_line(kind)
    assert (path.parent / first.partition("$schema=")[2]).resolve().is_file()
    assert faults(fresh[kind], read_yaml(path)) == []


@pytest.mark.parametrize("task", TASKS)
def test_a_complete_config_keeps_to_the_schema(task: str, fresh: dict[str, dict[str, Any]]) -> None:
    assert faults(fresh["training"], yaml.safe_load(load_config(task).complete_yaml())) == []


@pytest.mark.parametrize(
    ("kind", "name", "key", "value"),
    [
        ("training", "takeoff", "trainig", {}),
        ("training", "takeoff", "training.stepps", 5),
        ("training", "takeoff", "training.steps", 0),
        ("training", "takeoff", "training.steps", 1.5),
        ("training", "takeoff", "training.eval_flights", 1001),
        ("training", "takeoff", "algorithm.gamma", 1.5),
        ("training", "takeoff", "network.hidden", [64, 0]),
        ("training", "takeoff", "network.activation", "sigmoid"),
        ("training", "takeoff", "algorithm.first_action", [0, 0, 0]),
        ("training", "takeoff", "reward", {"touch": -1}),  # a term of landing
        ("training", "takeoff", "task_options", {"base_share": 0.5}),
        ("training", "landing", "training.first_reward", {"tuch": -1}),
        ("training", "takeoff", "effects", {"swrl": False}),
        ("training", "takeoff", "task", "takeof"),
        ("training", "takeoff", "runway", "gras"),
        ("training", "circuit", "skills", {"takeof": {}}),
        ("training", "takeoff", "tune.space", {"algorithm.gama": {"low": 0.9, "high": 0.99}}),
        ("training", "takeoff", "tune.space", {"algorithm.gamma": {"low": 0.9}}),
        ("aircraft", "ultra_stick", "mas", {}),
        ("aircraft", "ultra_stick", "mass.mass_kg", -1),
        ("aircraft", "ultra_stick", "mass.center_of_gravity_m", [0, 0]),
        ("aircraft", "ultra_stick", "surfaces", [{"name": "wing"}]),
        ("aircraft", "ultra_stick", "derivatives.CL", {"alhpa": 4.0}),
        ("weather", "gusty", "turbulnce", 0.1),
        ("weather", "gusty", "gust_length_s", [0.5]),
        ("mission", "first_circuit", "legs", ["takeof"]),
        ("mission", "first_circuit", "side", "port"),
        ("mission", "first_circuit", "version", 2),
        ("mission", "first_circuit", "pilots", {"taxi": "autopilot"}),
        ("autopilot", "sport", "landng", {}),
        ("autopilot", "sport", "landing.gains", {"touch_sped": 1.1}),
        ("autopilot", "sport", "landing.gains", {"glide": 0.0}),
    ],
)
def test_an_editor_underlines_what_the_program_refuses(
    kind: str, name: str, key: str, value: Any, fresh: dict[str, dict[str, Any]]
) -> None:
    data = read_yaml(CONFIGS / KINDS[kind][0] / f"{name}.yaml")
    block = data
    *blocks, last = key.split(".")
    for part in blocks:
        block = block[part]
    block[last] = value
    assert len(faults(fresh[kind], data)) >= 1


def numbers(node: dict[str, Any], whole: dict[str, Any], key: str = "") -> Iterator[tuple[str, str, bool]]:
    """(dotted key, description, whether it holds numbers) of every key."""
    if "$ref" in node:
        node = whole["definitions"][node["$ref"].rpartition("/")[2]]
    for name, field in node.get("properties", {}).items():
        dotted = f"{key}.{name}".lstrip(".")
        parts = [field, *field.get("anyOf", ())]
        inner = [part.get("items") for part in parts if isinstance(part.get("items"), dict)]
        blocks = [part for part in (*parts, *inner) if "$ref" in part]
        if blocks:
            for block in blocks:
                yield from numbers(block, whole, dotted)
            continue
        text = json.dumps([*parts, *inner])
        yield dotted, field.get("description", ""), '"number"' in text or '"integer"' in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_says_what_it_means_and_every_number_its_unit(kind: str, fresh: dict[str, dict[str, Any]]) -> None:
    found = list(numbers(fresh[kind], fresh[kind]))
    assert len(found) >= 4
    # what a key is called over says it for those below: derivatives.CL in its block, space in tune
    assert [
        key
        for key, words, _ in found
        if not words
        and key.split(".")[-2:-1] not in (["CL"], ["CD"], ["CY"], ["Cl"], ["Cm"], ["Cn"], ["mix"], ["effects"])
    ] == []
    assert [key for key, words, is_number in found if is_number and words and not unit_of(key, words)] == []


def test_units_come_from_the_key_or_its_description() -> None:
    assert unit_of("span_m", "from tip to tip") == "m"
    assert unit_of("stiffness_N_per_m", "of the spring") == "N/m"
    assert unit_of("rotor_inertia_kgm2", "of the rotor") == "kg m2"
    assert unit_of("steps", "in all [steps]") == "steps"
    assert unit_of("title", "one line") == ""


@pytest.mark.parametrize("task", TASKS)
def test_the_keys_of_a_task_are_the_rows_of_its_tables(task: str, fresh: dict[str, dict[str, Any]]) -> None:
    rule = next(rule for rule in fresh["training"]["allOf"] if rule["if"]["properties"]["task"]["const"] == task)
    blocks = rule["then"]["properties"]
    terms, options = (blocks[block]["properties"] for block in ("reward", "task_options"))
    assert {key: entry["default"] for key, entry in terms.items()} == TASKS[task].default_reward
    assert {key: entry["default"] for key, entry in options.items()} == TASKS[task].default_options
    for row in TASKS[task].rewards.rows:
        assert terms[row.name]["description"] == f"{row.meaning} ({row.kind}) [{row.unit}]"
    for option in TASKS[task].start_options:
        assert options[option.name]["description"] == f"{option.meaning} [{option.unit}]"
    assert blocks["training"]["properties"]["first_reward"] == blocks["reward"]


def test_the_command_writes_all_schemas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import agents.schemas.schema as module

    monkeypatch.setattr(module.write_schemas, "__defaults__", (tmp_path / "schemas",))
    assert schema_script.main([]) == 0
    assert sorted(p.name for p in (tmp_path / "schemas").iterdir()) == [f"{kind}.json" for kind in sorted(KINDS)]
    assert len(capsys.readouterr().out.splitlines()) == len(KINDS)
