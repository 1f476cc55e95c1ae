"""One neuron that looks for the runway.

A picture of 20 x 20 pixels has 400 intensities. Each is multiplied by its own weight, and all of that is summed. If the
sum is above a threshold the neuron says 1, "runway in sight", otherwise 0. That is all. What it knows lies in the
weights: agents/eye/learning.py finds them, configs/eyes/neuron.yaml keeps those that were found.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.base.errors import InputError

Pictures = NDArray[np.float32]
"""(n, rows, columns), intensities from 0, black, to 1, white."""
Answers = NDArray[np.bool_]
"""(n,): 1 where the runway is in sight."""


@dataclass(frozen=True)
class Neuron:
    """`weights` (rows, columns), one for each pixel, and the `threshold`; `source`: where they come from, in words."""

    weights: NDArray[np.float64]
    threshold: float
    source: str = "neuron"

    def sums(self, pictures: Pictures) -> NDArray[np.float64]:
        """(n,) each intensity times its weight, summed. Raises InputError for pictures of another size."""
        self.check_size(pictures.shape[1], pictures.shape[2])
        return np.tensordot(pictures, self.weights, axes=2)

    def answers(self, pictures: Pictures) -> Answers:
        """(n,) 1 where the sum is above the threshold. Raises InputError for pictures of another size."""
        return self.sums(pictures) > self.threshold

    def check_size(self, rows: int, columns: int, whose: str = "the picture has") -> None:
        """Raise InputError, one line, unless it has a weight for each pixel of such a picture."""
        if self.weights.shape != (rows, columns):
            high, wide = self.weights.shape
            raise InputError(f"{self.source}: holds {high} x {wide} weights, {whose} {rows} x {columns} pixels")

    def with_threshold(self, threshold: float) -> Neuron:
        """The same weights, sooner or later content."""
        return replace(self, threshold=float(threshold))

    def as_dict(self) -> dict[str, Any]:
        """To be written as JSON or YAML."""
        return {"weights": self.weights.round(5).tolist(), "threshold": round(self.threshold, 5)}
