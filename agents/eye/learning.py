"""How the neuron (envs/camera/neuron.py) finds its weights.

From pictures whose right answer is known: where a wrong answer would be less wrong with a weight a little larger or
smaller, that weight is moved a little that way. Asking too how sure an answer was makes it logistic regression.
Neighbouring pixels are bright together, so that plain small moves, each weight for itself, take many thousand rounds;
L-BFGS (Liu and Nocedal 1989) sees from its last rounds which weights must move together, and is done after some 100.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from envs.camera.neuron import Answers, Neuron, Pictures

ROUNDS = 400
"""Times at most that all pictures are looked through."""
SHRINK = 1e-2
"""Price of large weights: of many that judge as well, those that lean on no single pixel."""


def learn(pictures: Pictures, right: Answers) -> Neuron:
    """A neuron that answers `pictures` as `right` says, as often as 400 weights can."""
    mean, spread = pictures.mean(axis=0), pictures.std(axis=0).mean() + 1e-6
    intensities = ((pictures - mean) / spread).reshape(len(pictures), -1).astype(np.float64)
    sign = np.where(right, 1.0, -1.0)

    def wrongness(knows: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """How wrong it is with these weights and, last, this threshold; and how that grows with each of them."""
        weights, threshold = knows[:-1], knows[-1]
        beyond = intensities @ weights - threshold
        how_wrong = np.logaddexp(0.0, -sign * beyond).mean() + 0.5 * SHRINK * float(weights @ weights)
        sure = 1.0 / (1.0 + np.exp(-beyond))  # of a 1, from 0 to 1
        wrong = (sure - right) / len(right)  # above 0 where it was too ready, below where it was too slow
        return float(how_wrong), np.append(intensities.T @ wrong + SHRINK * weights, -wrong.sum())

    nothing = np.zeros(intensities.shape[1] + 1)
    found: Any = minimize(wrongness, nothing, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    # For intensities as the camera gives them, 0 to 1.
    own = found.x[:-1] / spread
    return Neuron(own.reshape(pictures.shape[1:]), float(found.x[-1] + own @ mean.reshape(-1)))
