"""Every key of a training config in words, for `train.py --help` and `train.py TASK --show-config`.

Read off the JSON Schema (agents.schemas.schema), so off the models that check the config. For --help it is the file in
configs/schemas, which a test holds against a fresh one: help must not wait for the physics to load.
"""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from envs.base.config_file import CONFIGS

if TYPE_CHECKING:
    from agents.config.programme import TrainingConfig

KINDS = {"integer": "whole number", "number": "number", "boolean": "true or false", "string": "text", "null": "null"}
LEGEND = "b: wing span, Vs: stall speed, [-]: no unit; a reward term is multiplied by its scale"


class Key(NamedTuple):
    """One key: its dotted name, kind with range, default ('' if it must be given) and meaning with unit."""

    name: str
    kind: str
    default: str
    meaning: str

    @property
    def facts(self) -> str:
        """'number, above 0, at most 1; default 0.0003'."""
        return f"{self.kind}; {f'default {self.default}' if self.default else 'must be given'}"


def keys(schema: Mapping[str, Any]) -> list[Key]:
    """All keys of a training config in the order of the file; terms and options of a task are in `task_keys`."""
    return list(_keys(schema, schema))


def task_keys(schema: Mapping[str, Any]) -> dict[str, list[Key]]:
    """{task: its reward terms and options}."""
    found = {}
    for rule in schema["allOf"]:
        blocks = rule["then"]["properties"]
        found[rule["if"]["properties"]["task"]["const"]] = [
            key for block in ("reward", "task_options") for key in _keys(blocks[block], schema, f"{block}.")
        ]
    return found


def help_text() -> str:
    """What `train.py --help` says of the keys, in the width of the terminal."""
    width = min(120, shutil.get_terminal_size().columns)
    schema = json.loads((CONFIGS / "schemas" / "training.json").read_text(encoding="utf-8"))
    parts = [f"keys of a training config, as key.sub=value or in a file\n({LEGEND})", _listed(keys(schema), width)]
    for task, rows in task_keys(schema).items():
        parts += [f"task={task}, reward scales and options of the task", _listed(rows, width)]
    return "\n\n".join(parts)


def annotated_yaml(config: TrainingConfig) -> str:
    """All of a config as YAML that trains it, with what each key means in a comment above it."""
    from agents.schemas.schema import schema

    made = schema("training")
    data = yaml.safe_load(config.complete_yaml())
    if config.tune is not None:
        data["tune"] = config.tune.model_dump(mode="json", exclude_none=True)
    words = {key.name: key for key in [*keys(made), *task_keys(made)[config.task]]}
    lines = [f"# {LEGEND}", *_commented(data, words)]
    return "\n".join(lines) + "\n"


def _listed(rows: list[Key], width: int) -> str:
    lines = []
    for row in rows:
        lines += textwrap.wrap(f"{row.name}  {row.facts}", width, initial_indent="  ", subsequent_indent=" " * 8)
        lines += textwrap.wrap(row.meaning, width, initial_indent=" " * 6, subsequent_indent=" " * 6)
    return "\n".join(lines)


def _commented(data: Mapping[str, Any], words: Mapping[str, Key], before: str = "", indent: str = "") -> Iterator[str]:
    for key, value in data.items():
        if before == "tune.space.":
            yield f"{indent}{key}: {_text(value)}"
            continue
        row = words.get(f"{before}{key}")
        if row:
            yield from textwrap.wrap(
                f"{row.meaning}; {row.facts}", 110, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}#   "
            )
        if isinstance(value, dict) and value and (row is None or key in ("reward", "task_options", "space", "skills")):
            yield f"{indent}{key}:"
            yield from _commented(value, words, f"{before}{key}.", indent + "  ")
        else:
            yield f"{indent}{key}: {_text(value)}"


def _keys(node: Mapping[str, Any], whole: Mapping[str, Any], before: str = "") -> Iterator[Key]:
    required = node.get("required", ())
    for name, field in node["properties"].items():
        block = _block(field, whole)
        others = [part for part in field.get("anyOf", ()) if "$ref" not in part and part.get("type") != "null"]
        if block is None or others:
            default = "" if name in required else _text(field.get("default"))
            yield Key(before + name, _kind(field), default, field.get("description", ""))
        if block is not None:
            yield from _keys(block, whole, f"{before}{name}.")


def _block(field: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Any] | None:
    """The block of keys that a key holds, if it does."""
    for part in (field, *field.get("anyOf", ())):
        if "$ref" in part:
            return whole["definitions"][part["$ref"].rpartition("/")[2]]
    return None


def _kind(field: Mapping[str, Any]) -> str:
    """'whole number, at least 1', 'one of tanh, relu, elu', '4 x number, -1 to 1', '{name: number}'."""
    if "anyOf" in field:
        return " or ".join(_kind(part) for part in field["anyOf"])
    if "$ref" in field:
        return "keys of its own"
    if "enum" in field:
        return f"one of {', '.join(map(str, field['enum']))}"
    if "const" in field:
        return _text(field["const"])
    if field.get("type") == "array":
        parts = field.get("items", {})
        return f"{len(parts)} x {_kind(parts[0])}" if isinstance(parts, list) else f"list of {_kind(parts)}"
    if field.get("type") == "object":
        inner = field.get("additionalProperties") or next(iter(field.get("properties", {}).values()), {})
        known = isinstance(inner, dict) and "type" in inner
        return f"{{name: {_kind(inner) if known else 'value'}}}"
    if {"minimum", "maximum"} <= set(field):
        return f"{KINDS[field['type']]}, {_text(field['minimum'])} to {_text(field['maximum'])}"
    bounds = [
        f"{words} {_text(field[word])}"
        for word, words in (
            ("exclusiveMinimum", "above"),
            ("minimum", "at least"),
            ("exclusiveMaximum", "below"),
            ("maximum", "at most"),
        )
        if word in field
    ]
    return ", ".join([KINDS.get(str(field.get("type")), "value"), *bounds])


def _text(value: Any) -> str:
    """A value as it is typed in YAML."""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**6, allow_unicode=True)
    return text.removesuffix("\n...\n").strip()
