"""One neuron that looks for the runway.

A picture of 20 x 20 pixels has 400 intensities. Each is multiplied by its own weight, and all of that is summed. If the
sum is above a threshold the neuron says 1, "runway in sight", otherwise 0. That is all. What it knows lies in the
weights, and those are found from pictures whose right answer is known: where a wrong answer would be less wrong with a
weight a little larger or smaller, that weight is moved a little that way (logistic regression, which is a perceptron
that also asks how sure it is).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.float32]
"""(n, rows, columns), intensities from 0, black, to 1, white."""
Answers = NDArray[np.bool_]
"""(n,): 1 where the runway is in sight."""

ROUNDS, STEP, KEPT = 400, 0.3, 0.9
"""Times that all pictures are looked through; how far a weight moves; how much of its last move it keeps (momentum)."""
SHRINK = 3e-3
"""Price of large weights: of many that judge as well, those that lean on no single pixel."""


@dataclass(frozen=True)
class Neuron:
    """`weights` (rows, columns), one for each pixel, and the `threshold`."""

    weights: NDArray[np.float64]
    threshold: float

    def sums(self, pictures: Pictures) -> NDArray[np.float64]:
        """(n,) each intensity times its weight, summed."""
        return np.tensordot(pictures, self.weights, axes=2)

    def answers(self, pictures: Pictures) -> Answers:
        """(n,) 1 where the sum is above the threshold."""
        return self.sums(pictures) > self.threshold

    def with_threshold(self, threshold: float) -> Neuron:
        """The same weights, sooner or later content."""
        return replace(self, threshold=float(threshold))

    def as_dict(self) -> dict[str, Any]:
        """To be written as JSON."""
        return {"weights": self.weights.round(5).tolist(), "threshold": round(self.threshold, 5)}


def learn(pictures: Pictures, right: Answers) -> Neuron:
    """A neuron that answers `pictures` as `right` says, as often as 400 weights can."""
    mean, spread = pictures.mean(axis=0), pictures.std(axis=0).mean() + 1e-6
    intensities = ((pictures - mean) / spread).reshape(len(pictures), -1).astype(np.float64)
    weights, threshold = np.zeros(intensities.shape[1]), 0.0
    moved, moved_threshold = np.zeros_like(weights), 0.0
    for _ in range(ROUNDS):
        sure = 1.0 / (1.0 + np.exp(-(intensities @ weights - threshold)))  # how sure it is of a 1, from 0 to 1
        wrong = sure - right  # above 0 where it was too ready, below where it was too slow
        moved = KEPT * moved - STEP * (intensities.T @ wrong / len(wrong) + SHRINK * weights)
        moved_threshold = KEPT * moved_threshold + STEP * float(wrong.mean())
        weights, threshold = weights + moved, threshold + moved_threshold
    # For intensities as the camera gives them, 0 to 1.
    own = weights / spread
    return Neuron(own.reshape(pictures.shape[1:]), threshold + float(own @ mean.reshape(-1)))
