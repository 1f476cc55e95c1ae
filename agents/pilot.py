"""What flies: anything, learned or hand-written, that answers stable-baselines3's `predict`."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np


class Pilot(Protocol):
    """Anything that flies, learned or hand-written: stable-baselines3's `predict`, one or many observations."""

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[np.ndarray, Any]:
        """Actions (4,) or (n, 4) in [-1, 1] for one or n observations, and the pilot's own state for the next call."""
        ...
