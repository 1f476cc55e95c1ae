"""Who learns from test flights: given the drawing and the sensors' logs, an estimate and a pilot that allows for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.adaptation.compensation import compensate
from agents.adaptation.estimate import Estimate, Identification
from agents.adaptation.parameters import Candidates
from agents.adaptation.sensor_log import SensorLog
from agents.pilots.compensated import CompensatedPilot, Compensation
from envs.aircraft.aircraft import Aircraft


class Learner:
    """Learns one aircraft from its logs alone: it is never told what is wrong, nor shown where it really was.

    names: of the pilot's observation, in order; air_density: of the field, kg/m3; rates_hz: control and physics.
    """

    def __init__(
        self,
        pilot: Any,
        drawing: Aircraft,
        names: Sequence[str],
        air_density: float = 1.225,
        rates_hz: tuple[int, int] = (30, 240),
    ) -> None:
        self.first_pilot, self._names, self._density = pilot, tuple(names), air_density
        self._candidates = Candidates(drawing)
        self._identification = Identification(drawing, air_density, rates_hz)
        self.logs: list[SensorLog] = []
        self.compensation = Compensation()

    @property
    def estimate(self) -> Estimate:
        """What is believed now."""
        return self._identification.estimate

    @property
    def simulated_steps(self) -> int:
        """Control steps of candidates flown so far."""
        return self._identification.simulated_steps

    def learn(self, log: SensorLog) -> Estimate:
        """One more flight; what is believed after it."""
        self.logs.append(log)
        estimate = self._identification.learn(self.logs)
        self.compensation = compensate(
            self._candidates.drawing, self._candidates.aircraft(estimate.surely()), self._density
        )
        return estimate

    @property
    def pilot(self) -> Any:
        """The pilot for the next flight."""
        if not self.logs:
            return self.first_pilot
        return CompensatedPilot(self.first_pilot, self.compensation, self._names)
