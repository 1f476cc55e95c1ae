"""How much a pilot moves the controls."""

from __future__ import annotations

from envs.base.quantities import Quantities

CHANNELS = ("aileron", "elevator", "rudder", "throttle")


class CommandActivity:
    """Sums the changes of each command over a flight, for the metrics `*_activity`."""

    def __init__(self) -> None:
        self._aileron = self._elevator = self._rudder = self._throttle = 0.0
        self._steps = 0

    def add(self, before: Quantities, now: Quantities) -> None:
        """Take in one control step."""
        self._aileron += abs(now.aileron_cmd - before.aileron_cmd)
        self._elevator += abs(now.elevator_cmd - before.elevator_cmd)
        self._rudder += abs(now.rudder_cmd - before.rudder_cmd)
        self._throttle += abs(now.throttle_cmd - before.throttle_cmd)
        self._steps += 1

    def metrics(self, step_s: float) -> dict[str, float]:
        """{`aileron_activity`, ...}: mean absolute change of a command, 1/s; `step_s`: length of a step.

        The travel of the stick from the middle to its stop is 1; of the throttle from closed to open.
        """
        seconds = max(self._steps, 1) * step_s
        sums = (self._aileron, self._elevator, self._rudder, self._throttle)
        return {f"{name}_activity": total / seconds for name, total in zip(CHANNELS, sums, strict=True)}
