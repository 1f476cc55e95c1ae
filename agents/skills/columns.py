"""Where rows of an observation stand."""

from __future__ import annotations

import functools


@functools.lru_cache(maxsize=256)
def columns_of(names: tuple[str, ...], rows: tuple[str, ...]) -> list[int]:
    """Where the rows stand among the names. Raises ValueError for one that does not."""
    return [names.index(row) for row in rows]
