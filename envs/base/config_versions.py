"""Config files of other versions: brought to this one where that can be done, else refused with what to do.

A format changes its number when a file of the old one would be refused or mean something else; then `MIGRATIONS`
gets an entry under the old number: a function from the old mapping to the next version's, or, where only a person can
decide, a sentence saying what to change. Keys that merely came along need no new number: they have defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from envs.base.errors import InputError

Migration = Callable[[dict[str, Any]], dict[str, Any]] | str

MIGRATIONS: dict[str, dict[int, Migration]] = {"TrainingConfig": {}, "Mission": {}, "Figure": {}, "SequenceFile": {}}
"""{model: {version left behind: how to leave it}}. Empty: version 1 is the first of all."""


def current_version(model: type[BaseModel]) -> int | None:
    """The version that `model` reads, None for files without one (aircraft and weather, so far)."""
    field = model.model_fields.get("version")
    if field is None or get_origin(field.annotation) is not Literal:
        return None
    return int(get_args(field.annotation)[0])


def migrated(model: type[BaseModel], data: Any, source: str) -> Any:
    """`data` as `model` reads it. Raises InputError, one line, for a version that it cannot be brought from."""
    current = current_version(model)
    if current is None or not isinstance(data, Mapping) or "version" not in data:
        return data
    version = data["version"]
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise InputError(f"{source}: version must be a whole number, now {current} (got {version!r})")
    if version > current:
        raise InputError(
            f"{source}: version {version} is of a newer Maiden Flight, this one reads up to {current}: "
            f"update it (git pull), or write the file again for version {current}"
        )
    changed = dict(data)
    while version < current:
        step = MIGRATIONS.get(model.__name__, {}).get(version)
        if step is None or isinstance(step, str):
            advice = step or f"compare it with a shipped file of version {current}"
            raise InputError(f"{source}: version {version} is no longer read, now {current}: {advice}")
        version += 1
        changed = {**step(changed), "version": version}
    return changed
