"""A learned neuron as a file: its weights, its threshold, and how it was learned and tested."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from envs.aircraft.nose_camera import LEAST_PIXELS, MOST_PIXELS
from envs.base.config_file import CONFIGS, Line, Strict, is_path, read_yaml, validate
from envs.base.errors import unknown_name
from envs.base.files import write_atomically
from envs.camera.neuron import Neuron

SHIPPED = CONFIGS / "eyes" / "neuron.yaml"
HEAD = """\
# One neuron that says whether the runway is in sight: intensity times weight, summed, against a threshold.
# Written by `python scripts/eye.py --save FILE`; envs/camera/neuron.py reckons with it.
"""
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=-1e6, le=1e6)]


class Learned(Strict):
    """From what the weights were learned."""

    aircraft: tuple[Line, ...] = Field(min_length=1, description="whose cameras took the pictures")
    pictures: int = Field(ge=1, description="learned from [-]")
    seed: int = Field(ge=0, description="of the pictures [-]")
    commit: Line | None = Field(default=None, description="of the programme that learned; + if files differed from it")


class HowGood(Strict):
    """How often it is wrong, on aircraft that it did not learn from: each the share and its 95 % bounds [-]."""

    aircraft: tuple[Line, ...] = Field(min_length=1, description="whose cameras took the pictures")
    pictures: int = Field(ge=1, description="tested with [-]")
    accuracy: tuple[Share, Share, Share] = Field(description="right answers")
    false_alarms: tuple[Share, Share, Share] = Field(description="of pictures without the runway in sight")
    misses: tuple[Share, Share, Share] = Field(description="of pictures with the runway in sight")


class EyeFile(Strict):
    """One neuron."""

    version: Literal[1]
    learned: Learned
    tested: HowGood
    threshold: Weight = Field(description="above it the neuron says 1: runway in sight [-]")
    weights: tuple[tuple[Weight, ...], ...] = Field(description="one for each pixel, rows from the top [-]")

    @model_validator(mode="after")
    def _square(self) -> EyeFile:
        side = len(self.weights)
        if not LEAST_PIXELS <= side <= MOST_PIXELS:
            raise ValueError(f"weights: must be {LEAST_PIXELS} to {MOST_PIXELS} rows (got {side})")
        for number, row in enumerate(self.weights, 1):
            if len(row) != side:
                raise ValueError(f"weights: row {number} must hold {side}, as there are rows (got {len(row)})")
        return self


def read_neuron(path: Path = SHIPPED) -> Neuron:
    """The neuron in a file. Raises InputError, one line, naming the file and the key."""
    file = validate(EyeFile, read_yaml(path), str(path))
    return Neuron(np.array(file.weights), file.threshold, str(path))


@cache
def shipped_neuron() -> Neuron:
    """That of this project, read once a process."""
    return read_neuron()


NET, NEURON, PLACE = "net", "neuron", "place"
LOOKOUTS = (NET, NEURON, PLACE)
"""Who says whether the runway is in sight, unless it is the neuron in a file: see `read_lookout`.

PLACE goes by what pictures have told: how much of the doubt about the place beside the centreline is gone.
"""


def known_lookout(lookout: str) -> str:
    """`lookout`, if it is one of LOOKOUTS or the path of a file. Raises InputError, one line."""
    if lookout not in LOOKOUTS and not is_path(lookout):
        raise unknown_name("lookout", lookout, LOOKOUTS)
    return lookout


def read_lookout(lookout: str) -> Neuron | None:
    """The neuron that says whether the runway is in sight; None where the net or the place tells.

    `lookout`: one of LOOKOUTS (NEURON: the shipped one) or the path of a neuron's file. Raises InputError, one line.
    """
    if lookout in (NET, PLACE):
        return None
    return shipped_neuron() if lookout == NEURON else read_neuron(Path(lookout))


def write_neuron(path: Path, neuron: Neuron, learned: Learned, tested: HowGood) -> None:
    """Write a neuron and what is known of it, whole or not at all. Raises InputError where it cannot be written."""
    lines = [f"{HEAD}version: 1"]
    for name, block in (("learned", learned), ("tested", tested)):
        lines.append(f"{name}:")
        lines += [f"  {key}: {_words(value)}" for key, value in block if value is not None]
    lines.append(f"threshold: {neuron.threshold:.5f}")
    lines.append("weights: # a row of pixels a line, from the top")
    lines += [f"  - [{', '.join(f'{weight:.5f}' for weight in row)}]" for row in neuron.weights.tolist()]
    write_atomically(path, "\n".join(lines) + "\n")


def _words(value: object) -> str:
    """A value on a line of YAML."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_words, value))}]"
    if isinstance(value, float):
        return f"{value:.4f}"
    return json.dumps(value, ensure_ascii=False)
