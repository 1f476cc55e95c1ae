"""Who learns from test flights: given the drawing and the sensors' logs, an estimate and a pilot that allows for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.adaptation.compensation import allow_for
from agents.adaptation.estimate import Estimate, Identification
from agents.adaptation.sensor_log import SensorLog
from agents.pilots.compensated import CompensatedPilot, Compensation
from envs.aircraft.aircraft import Aircraft

TRUST = 2
"""A pilot that allows for the fault is taken to have made so many good flights of so many when it is made, and the
pilot as it was one of two. One good flight of that one and a failure of the other, and it flies again."""

PROVEN = 2
"""Good flights in a row after which a pilot that allows for what is believed is left as it is: from then on the belief
has more to lose than to win. In gusts a third flight has made a belief worse that flew two landings."""


class Learner:
    """Learns one aircraft from its logs alone: it is never told what is wrong, nor shown where it really was.

    Careful, as a test pilot is: what the pilot bears is left alone, and should the pilot that allows for what is
    believed do worse in its flights than the pilot as it was did, then the belief is of no use, whatever it is, and
    the pilot as it was flies on. What has flown well more than once is not changed (PROVEN).

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
        self.first_pilot, self.names = pilot, tuple(names)
        self._model = drawing, air_density, rates_hz
        self._identification = Identification(*self._model)
        self.logs: list[SensorLog] = []
        self.bears = False  # whether the pilot as it was flies what is believed well: then it is left alone
        self._good, self._flown = [1, TRUST], [2, TRUST]  # flights of the pilot as it was, and of the one that allows
        self._in_a_row = 0  # good flights of the pilot that allows, up to now
        self.compensation = Compensation()
        self.base = pilot  # what flies behind the compensation: the first pilot, or what practice made of it

    @property
    def estimate(self) -> Estimate:
        """What is believed now."""
        return self._identification.estimate

    @property
    def simulated_steps(self) -> int:
        """Control steps of candidates flown so far."""
        return self._identification.simulated_steps

    def learn(self, log: SensorLog, is_success: bool | None) -> Estimate:
        """One more flight; what is believed after it, or before, while the pilot is proven.

        is_success: of `pilot` as it was before this call; None: of another one, as in a careful first flight.
        """
        if is_success is not None:
            allowed = self.allows
            self._flown[allowed] += 1
            self._good[allowed] += is_success
            self._in_a_row = self._in_a_row + 1 if allowed and is_success else 0
        self.logs.append(log)
        if not self.is_proven:  # else nothing would come of it: should a flight fail, it is learned with all of these
            self.compensation = self._compensated(self._identification.learn(self.logs))
        return self.estimate

    @property
    def is_proven(self) -> bool:
        """Whether the pilot that allows has flown so well that it is not changed any more, until a flight fails."""
        return self._in_a_row >= PROVEN

    def pilot_in_flight(self, log: SensorLog) -> Any:
        """The pilot to go on with in the first flight of all, of which so much has been flown."""
        estimate = Identification(*self._model).learn([log])
        return CompensatedPilot(self.first_pilot, self._compensated(estimate), self.names)

    def _compensated(self, estimate: Estimate) -> Compensation:
        drawing, air_density, _ = self._model
        return allow_for(drawing, estimate, air_density)

    @property
    def allows(self) -> bool:
        """Whether the next flight is that of a pilot that allows for what is believed.

        Not where the pilot as it was `bears` that, unless a real flight of it has failed, or the latest one of the
        pilot that allows was good: a belief that comes to look harmless is no reason to give up what flies.
        """
        failed_before = self._flown[0] - self._good[0] > 1
        if self.bears and not failed_before and not self._in_a_row:
            return False
        shares = [good / flown for good, flown in zip(self._good, self._flown, strict=True)]
        return bool(self.logs) and shares[1] > shares[0]

    @property
    def flown(self) -> tuple[Any, Compensation]:
        """What `pilot` is made of: who flies, and what is allowed for; nothing where the belief was dropped."""
        return (self.base, self.compensation) if self.allows else (self.first_pilot, Compensation())

    @property
    def pilot(self) -> Any:
        """The pilot for the next flight."""
        if not self.allows:
            return self.first_pilot
        return CompensatedPilot(self.base, self.compensation, self.names)
