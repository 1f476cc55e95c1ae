"""Flights in the formats of other programs. Every module or folder here that holds an `EXPORTER` is one of them."""

from __future__ import annotations

import importlib
import pkgutil

from envs.base.errors import InputError
from envs.exports.exporter import Exporter


def exporters() -> dict[str, Exporter]:
    """{option: exporter} of all that lie in this folder now, in alphabetical order.

    Raises InputError where two of them want the same option.
    """
    found: dict[str, Exporter] = {}
    for module in pkgutil.iter_modules(__path__):
        exporter = getattr(importlib.import_module(f"{__name__}.{module.name}"), "EXPORTER", None)
        if not isinstance(exporter, Exporter):
            continue
        if exporter.option in found:
            raise InputError(f"exporter {module.name}: another one makes the option --{exporter.option} already")
        found[exporter.option] = exporter
    return dict(sorted(found.items()))
