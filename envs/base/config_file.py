"""YAML files -> typed, frozen models, with one-line errors that name the file and the key."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, create_model, model_validator
from pydantic_core import PydanticCustomError

from envs.base.config_versions import migrated
from envs.base.errors import InputError, did_you_mean, shown, unknown_name
from envs.base.files import is_file
from envs.base.yaml_text import parse_yaml

CONFIGS = Path(__file__).resolve().parents[2] / "configs"


class Strict(BaseModel):
    """Base of every config model: unknown keys are errors, values are frozen and must be finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _truth_is_no_number(cls, data: Any) -> Any:
        """Pydantic would read true as 1 and false as 0; in a file they stand where somebody mistook the key."""
        for name, value in data.items() if isinstance(data, Mapping) else ():
            field = cls.model_fields.get(name)
            if field is not None and _holds_truth(value) and _is_number(field.annotation):
                raise PydanticCustomError("truth", "true and false are no numbers", {"key": name, "got": shown(value)})
        return data


def _is_line(text: str) -> str:
    if not 0 < len(text.strip()) <= MOST_LINE or not text.isprintable():
        raise ValueError(f"must be one line of text, 1 to {MOST_LINE} characters (got {shown(text)})")
    return text


def _is_name(text: str) -> str:
    if set(text) & set("/\\"):
        raise ValueError(f"must be a name, without / (got {shown(text)})")
    return text


MOST_LINE = 120
Line = Annotated[str, AfterValidator(_is_line)]
"""A line of text that is printed and drawn, such as a title."""
Name = Annotated[Line, AfterValidator(_is_name)]
"""A line that also becomes part of the names of files."""
Model = TypeVar("Model", bound=BaseModel)


def _holds_truth(value: Any) -> bool:
    """Whether a value, or a value in its list or mapping, is true or false."""
    if isinstance(value, bool | float | int | str | BaseModel):
        return isinstance(value, bool)
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return any(isinstance(part, bool) for part in parts)


def _is_number(annotation: Any) -> bool:
    """Whether a type is a number, or a list or mapping of numbers, with no place for true and false."""
    parts = {annotation}
    while any(get_args(part) for part in parts):
        parts = {inner for part in parts for inner in get_args(part) or (part,) if isinstance(inner, Hashable)}
    return not parts.isdisjoint((int, float)) and parts.isdisjoint((bool, Any))


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Raises InputError when it cannot be read or is not a mapping."""
    try:
        data = parse_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({type(error).__name__})") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise InputError(f"{path}:{where} is not valid YAML ({getattr(error, 'problem', 'syntax')})") from None
    if not isinstance(data, dict):
        raise InputError(f"{path}: must hold a mapping of keys, not {type(data).__name__}")
    return data


def is_path(name: str) -> bool:
    """Whether a config names a file rather than an entry of configs/ (`named_file`)."""
    return "/" in name or name.endswith((".yaml", ".yml"))


def named_file(kind: str, name: str) -> Path:
    """The file of a named config (`kind` = aircraft, weather, training) or the path itself.

    Raises InputError with the nearest known name.
    """
    if is_path(name):
        path = Path(name)
        if not is_file(path):
            raise InputError(f"{name}: no such {kind.removesuffix('s')} file")
        return path
    names = names_of(kind)
    if name not in names:
        raise unknown_name(kind.removesuffix("s"), name, names)
    return CONFIGS / kind / f"{name}.yaml"


def names_of(kind: str) -> list[str]:
    """The names of all config files of a kind, sorted."""
    return sorted(p.stem for p in (CONFIGS / kind).glob("*.yaml"))


def validate(model: type[Model], data: Any, source: str) -> Model:
    """Build `model` from `data`; a ValidationError becomes one InputError line for its first fault.

    Missing keys are all named at once, and of a missing block the keys that it must have.
    """
    data = migrated(model, data, source)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = error.errors()
        # An unknown key is often the cause of a "missing key" next to it: name it first.
        fault = next((f for f in faults if f["type"] == "extra_forbidden"), faults[0])
        if fault["type"] == "missing":
            locations = [f["loc"] for f in faults if f["type"] == "missing"]
            missing = [key for location in locations for key in _missing_keys(model, location)]
            words = f"key{'s' * (len(missing) > 1)} {', '.join(map(repr, missing))}"
            more = f" (and {len(faults) - len(locations)} more)" if len(faults) > len(locations) else ""
            raise InputError(f"{source}: {words} {'are' if len(missing) > 1 else 'is'} missing{more}") from None
        key = ".".join(str(part) for part in fault["loc"])
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise InputError(f"{source}: {_fault_text(model, fault, key)}{more}") from None


def validate_changed(changed: Model, before: Model, source: str) -> Model:
    """`changed`, a copy of the valid model `before` made by `model_copy`, which checks nothing, checked as if read.

    Only what is not the very object that `before` holds is looked at, in a fifth of the time that checking all of it
    takes; what is unchanged stays that object, so that later comparisons are quick. Raises InputError, one line.
    """
    try:
        return _rechecked(changed, before)
    except ValidationError as error:
        validate(type(changed), changed.model_dump(warnings=False), source)  # which says where
        fault = error.errors()[0]  # of a key that there is not, which a dump leaves out
        raise InputError(f"{source}: {error.title}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None


def _rechecked(value: Any, before: Any) -> Any:
    """A model, or a part of one, of which what `before` does not hold is checked anew."""
    if value is before:
        return value
    if isinstance(value, BaseModel):
        known = before.__dict__ if type(before) is type(value) else {}
        parts = value.__dict__
        same = frozenset(key for key, part in parts.items() if key in known and part is known[key])
        # What is checked is each changed key, and how all of them fit; "after" validators of parts are not run again.
        narrow = _checking_all_but(type(value), same)
        checked = narrow.model_validate({k: v if k in same else _rechecked(v, known.get(k)) for k, v in parts.items()})
        return type(value).model_construct(**checked.__dict__)
    if isinstance(value, list | tuple):
        others = before if isinstance(before, list | tuple) else ()
        return tuple(_rechecked(v, other) for v, other in zip_longest(value, others[: len(value)]))
    if isinstance(value, dict):
        known = before if isinstance(before, dict) else {}
        return {k: _rechecked(v, known.get(k)) for k, v in value.items()}
    return value


@lru_cache(maxsize=256)
def _checking_all_but(model: type[BaseModel], same: frozenset[str]) -> type[BaseModel]:
    """The model with its own validators, but some of its fields taken as they are."""
    fields: dict[str, Any] = {name: (Any, ...) for name in model.model_fields if name in same}
    return create_model(model.__name__, __base__=model, **fields)


def _fault_text(model: type[BaseModel], fault: Any, key: str) -> str:
    kind, message = fault["type"], fault["msg"]
    if kind == "extra_forbidden":
        known = _keys_at(model, fault["loc"][:-1])
        unknown = str(fault["loc"][-1])
        elsewhere = [other for other in _all_keys(model) if other.rpartition(".")[2] == unknown][:2]
        if elsewhere:
            return f"unknown key {key!r}, did you mean {' or '.join(map(repr, elsewhere))}?"
        hint = did_you_mean(unknown, known) or (f", known: {', '.join(known)}" if known else "")
        return f"unknown key {key!r}{hint}"
    if kind == "missing":
        return f"key {key!r} is missing"
    if kind == "literal_error":
        # A wrong word: of a value, or (pydantic ends the place with [key]) of a key of a mapping.
        hint = did_you_mean(str(fault["input"]), re.findall(r"'([^']*)'", fault["ctx"]["expected"]))
        if key.endswith(".[key]"):
            return f"unknown key {key.removesuffix('.[key]')!r}{hint or ','} known: {fault['ctx']['expected']}"
        return f"{key}: must be {fault['ctx']['expected']} (got {shown(fault['input'])}{hint})"
    if kind == "truth":
        return f"{'.'.join(filter(None, (key, fault['ctx']['key'])))}: {message} (got {fault['ctx']['got']})"
    return value_fault(fault, key)


def value_fault(fault: Any, key: str) -> str:
    """What pydantic's `fault` says of the value of a key that there is, as in "gain: input should be ... (got 3)"."""
    message = fault["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if fault["type"] == "value_error":
        return f"{key}: {message}" if key else message
    return f"{key}: {message} (got {shown(fault['input'])})"


def _model_at(model: Any, location: tuple[Any, ...]) -> type[BaseModel] | None:
    """The sub-model at a pydantic error location; None where a plain value belongs."""
    for part in location:
        model = _inner(model)
        if isinstance(model, type) and issubclass(model, BaseModel) and part in model.model_fields:
            model = model.model_fields[part].annotation
    model = _inner(model)
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def _keys_at(model: Any, location: tuple[Any, ...]) -> list[str]:
    """The known keys of the sub-model at a pydantic error location, to suggest from."""
    there = _model_at(model, location)
    return list(there.model_fields) if there else []


def _missing_keys(model: Any, location: tuple[Any, ...]) -> list[str]:
    """The missing key at a pydantic error location, or the keys that must be in the missing block."""
    key, around = ".".join(str(part) for part in location), _model_at(model, location[:-1])
    block = around.model_fields[location[-1]].annotation if around and location[-1] in around.model_fields else None
    if not (isinstance(block, type) and issubclass(block, BaseModel)):
        return [key]
    needed = [name for name, field in block.model_fields.items() if field.is_required()]
    return [f"{key}.{name}" for name in needed] or [key]


def _all_keys(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Every key of a model and of the models in it, dotted."""
    for name, field in model.model_fields.items():
        yield f"{before}{name}"
        inner = _inner(field.annotation)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _all_keys(inner, f"{before}{name}.")


def _inner(annotation: Any) -> Any:
    """X of `X | None`, `list[X]`, `tuple[X, ...]`, `dict[str, X]`."""
    while get_origin(annotation) in (Union, UnionType, list, tuple, dict):
        inner = [a for a in get_args(annotation) if a not in (type(None), Ellipsis, str)]
        if not inner:
            return annotation
        annotation = inner[0]
    return annotation
