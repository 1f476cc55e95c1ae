"""What test flights say about an aircraft: a posterior over the generic parameters, by output error.

Gauss-Newton on the differences between what the sensors showed and what a candidate would have shown
(prediction.py), with the prior as further differences (maximum a posteriori; Jategaonkar, Flight Vehicle System
Identification, 2nd ed., ch. 4 and 6). Each flight's mean wind is estimated along. Differences are weighed by their own
scatter; gusts make neighbouring ones alike, so each counts for as little as their autocorrelation says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from agents.adaptation.parameters import BIAS, HIGH, LOW, NAMES, PARAMETERS, PRIOR, STEP, Candidates, named
from agents.adaptation.prediction import (
    OUTPUTS,
    PIECE,
    SLOWEST_MPS,
    STILL,
    flown,
    predicted,
    shown,
    with_what_counts,
)
from agents.adaptation.sensor_log import SensorLog
from envs.aircraft.aircraft import Aircraft
from envs.base.frames import Array, quaternion_from_pilot_angles
from envs.physics.assembly.calibration import drawn_parameters
from envs.physics.assembly.fitting import Setting, fit

WIND_PRIOR = 4.0  # m/s; a club field's wind, either way
WIND_STEP = 0.1  # m/s
GUST_PRIOR = np.array([0.6, 0.6, 0.4, 0.02, 0.02, 0.02, 0.1, 0.05, 0.05, 0.3, 0.3, 0.3])
"""First guesses of what is unknown of a piece: gusts, m/s, world, of light to moderate turbulence; errors of the rates
at its start, rad/s, known as means over a step only; how the air turns, rad/s. Left out, controls would pass for weak
and slow: pilots answer what turns the aircraft."""
GUST_LIMITS = np.array(
    [[0.1] * 3 + [0.002] * 3 + [0.005] * 3 + [0.03] * 3, [3.0] * 3 + [0.2] * 3 + [1.0] * 3 + [3.0] * 3]
)
GUST_STEP = np.array([0.1] * 3 + [0.01] * 3 + [0.03] * 3 + [0.1] * 3)
LEAST_SCATTER = np.array([0.15, 0.15, 0.2, 0.01, 0.01, 0.01, 0.3, 5.0])
"""Of each of OUTPUTS, SI: below it nothing is believed to be known (noise of the sensors, YARDSTICKS.md)."""
ROBUST = 2.5
"""Differences beyond so many times their scatter count as so many (Huber's weights)."""
LAGS = 45
"""Control steps over which differences may still be alike: 1.5 s, the longest of gusts that matter to a model."""
ON_WHEELS = 4.0
"""Times LEAST_SCATTER that a model of a run on the wheels is taken to be out by. The run is over in a second or two:
too few rows, and the drawing too far from them, to tell the scatter from what is wrong with the aircraft."""
ROUNDS = 6
CONVERGED = 0.05
"""Of the priors' widths: a round that moves nothing by more is the last."""
_NEAR = 0.3 * np.concatenate([PRIOR, [1.0, 1.0]])
RELEVANCE_ROUNDS = 60
MISFIT = 3.0
"""Factor on the covariance for what no parameter describes; by it, errors on drawn aircraft are as large as promised
(tests/agents/adaptation/test_estimate.py)."""
FROM_A_RUN = (
    *("pitch", "yaw", "elevator_effect", "rudder_effect", "elevator_offset", "rudder_offset"),
    *("propeller", "motor", "mass", "center_x", "delay"),
)
"""Parameters that a run on the wheels tells of; the wheels carry what others do, lift and rolling moments first."""
LEAST_FLOWN = 30
"""Rows in the air, of all flights together, below which the runs on the wheels are learned from, too: else there is
nothing. From there on the air alone counts, for no parameter describes what may be wrong with a gear."""
MOST_ROWS = 1200
"""Of a flight, from its start: 40 s at 30 readings a second; a flight that goes on longer tells little more."""


@dataclass(frozen=True)
class Estimate:
    """A normal posterior over the parameters: mean (27,), covariance (27, 27), and each flight's wind (flights, 2)."""

    mean: Array
    covariance: Array
    winds: Array

    @property
    def std(self) -> Array:
        """Standard deviation of each parameter (27,)."""
        return np.sqrt(np.diag(self.covariance))

    def surely(self) -> dict[str, float]:
        """Each parameter as far as it is sure by itself: drawn towards the drawing by as much as it may be wrong.

        Readings and power are corrected by these; sticks stand where all of them together ask for (compensation.py).

        Wrong by its bias and its standard deviation together.
        """
        return named(towards_drawing(self.mean, np.hypot(BIAS, self.std)))

    def told(self) -> dict[str, dict[str, float | str]]:
        """{name: {mean, std, unit}}, the `estimate` of adaptation.json."""
        return {
            name: {"mean": float(mean), "std": float(std), "unit": PARAMETERS[name].unit}
            for name, mean, std in zip(NAMES, self.mean, self.std, strict=True)
        }


def towards_drawing(off: Array, wrong: Array) -> Array:
    """What to act on of differences from the drawing (n,), each of which may be wrong by so much (n,).

    By Stein's factor 1 - wrong^2 / off^2: what is within that of the drawing is left as drawn, so that a sound aircraft
    is flown as before, and what is far from it stays nearly as estimated.
    """
    return off * np.maximum(0.0, 1.0 - np.square(wrong) / np.maximum(np.square(off), 1e-12))


def nothing_known() -> Estimate:
    """The prior: what is believed before any flight."""
    return Estimate(np.zeros(len(NAMES)), np.diag(PRIOR**2), np.zeros((0, 2)))


class Identification:
    """Estimates the parameters of one aircraft from its flights; keeps what it has found as the next first guess."""

    def __init__(
        self,
        drawing: Aircraft,
        air_density: float = 1.225,
        rates_hz: tuple[int, int] = (30, 240),
        effects: dict[str, bool] | None = None,
    ) -> None:
        self._candidates = Candidates(drawing)
        self._drawing, self._setting = drawing, Setting.of(*rates_hz, air_density, effects)
        self._record = drawn_parameters(drawing.model_dump_json(), self._setting)
        self.estimate = nothing_known()
        self.simulated_steps = 0  # control steps of candidates flown so far
        self._flights: list[_Flight] = []
        self._last: tuple[Array, np.ndarray] = (np.zeros(0), self._record)  # parameters, and the record of them

    def learn(self, logs: Sequence[SensorLog]) -> Estimate:
        """The estimate from all flights so far, `logs`, of which those learned before come first, as they were."""
        on_wheels = bool(sum(np.count_nonzero(flown(log)) for log in logs) < LEAST_FLOWN)
        if any(flight.on_wheels != on_wheels for flight in self._flights):
            self._flights = []
        self._flights += [_Flight(log, on_wheels) for log in logs[len(self._flights) :]]
        count, size = len(NAMES), len(NAMES) + 2 * len(logs)
        values = np.zeros(size)
        values[:count] = self.estimate.mean
        known = self.estimate.winds.ravel()
        values[count : count + len(known)] = known
        weights = 1.0 / np.concatenate([PRIOR, np.full(2 * len(logs), WIND_PRIOR)]) ** 2
        information = np.diag(weights)
        for _ in range(ROUNDS):
            information, gradient = np.diag(weights), weights * values
            for index, flight in enumerate(self._flights):
                columns = np.r_[0:count, count + 2 * index : count + 2 * index + 2]
                own, pull = self._linear(flight, values[columns])
                information[np.ix_(columns, columns)] += own
                gradient[columns] += pull
            step = np.linalg.solve(information, gradient)
            values = values - step
            values[:count] = np.clip(values[:count], LOW, HIGH)
            if float(np.max(np.abs(step[:count]) / PRIOR)) < CONVERGED:
                break
        covariance = np.linalg.inv((information - np.diag(weights)) / MISFIT + np.diag(weights))
        values = _few(information - np.diag(weights), information @ values, weights, count)
        values[:count] = np.clip(values[:count], LOW, HIGH)
        self.estimate = Estimate(
            values[:count], 0.5 * (covariance + covariance.T)[:count, :count], values[count:].reshape(-1, 2)
        )
        return self.estimate

    def _linear(self, flight: _Flight, at: Array) -> tuple[Array, Array]:
        """(information (29, 29), gradient (29,)) of a flight's differences at parameters and its wind (29,).

        Carried over from where they were worked out, if that is near: a flight of twenty seconds takes seconds.
        """
        if flight.center is None or np.max(np.abs(at - flight.center) / _NEAR) > 1.0:
            flight.center = at.copy()
            flight.linear = flight.information(*self._differences(flight, at[:-2], at[-2:]))
        own, pull = flight.linear
        return own, pull + own @ (at - flight.center)

    def _differences(self, flight: _Flight, values: Array, wind: Array) -> tuple[Array, Array, Array]:
        """(Jacobian (n, outputs, 29), that of GUST_PRIOR (n, outputs, 12), predicted minus shown (n, outputs))."""
        here = self._predicted(flight, values, wind)
        columns, winds, gusts = [], [], []
        for k in range(2):
            moved = wind.copy()
            moved[k] += WIND_STEP
            winds.append((self._predicted(flight, values, moved) - here) / WIND_STEP)
        for k, step in enumerate(() if flight.on_wheels else GUST_STEP):
            gusts.append((self._predicted(flight, values, wind, step * np.eye(len(STILL))[k]) - here) / step)
        for k, name in enumerate(NAMES):
            if flight.on_wheels and name not in FROM_A_RUN:
                columns.append(np.zeros_like(here))
                continue
            step = STEP[k] if values[k] + STEP[k] <= HIGH[k] else -STEP[k]
            moved = values.copy()
            moved[k] += step
            columns.append((self._predicted(flight, moved, wind) - here) / step)
        columns += winds
        return np.stack(columns, axis=2), np.stack(gusts or [np.zeros_like(here)], axis=2), here - flight.shown

    def _fitted(self, values: Array) -> np.ndarray:
        """The record of the candidate; the last one is kept, for winds and gusts are tried on one and the same."""
        if not np.array_equal(values, self._last[0]):
            candidate = self._candidates.aircraft(named(values))
            self._last = values.copy(), fit(self._record, self._drawing, candidate, self._setting)
        return self._last[1]

    def _predicted(self, flight: _Flight, values: Array, wind: Array, gust: Array = STILL) -> Array:
        at, parameters = named(values), self._fitted(values)
        mount = np.array(quaternion_from_pilot_angles(at["roll_reading"], at["pitch_reading"], 0.0))
        log = flight.log if at["fix_delay"] == 0.0 else flight.log.newer(at["fix_delay"])
        log = log if at["heading_reading"] == 0.0 else log.turned(at["heading_reading"])
        out, valid = predicted(parameters, log, wind, mount, 1.0 + at["pressure_reading"], gust, flight.on_wheels)
        flight.valid = flight.valid * valid
        self.simulated_steps += len(out)
        return out


class _Flight:
    """One flight's log while it is worked on: what was shown, and which rows count."""

    def __init__(self, log: SensorLog, on_wheels: bool = False) -> None:
        log = replace(log, rows=log.rows[:MOST_ROWS])
        self.log, self.on_wheels = log if on_wheels else with_what_counts(log), on_wheels
        self.shown, self.valid = shown(self.log), np.ones(len(self.log.rows))
        self.center: Array | None = None  # where `linear`, information and gradient, was worked out
        self.linear: tuple[Array, Array] = (np.zeros((0, 0)), np.zeros(0))

    def information(self, jacobian: Array, by_gust: Array, left: Array) -> tuple[Array, Array]:
        """(information (29, 29), gradient (29,)) of the parameters in this flight, what a piece hides averaged out.

        A gust that a piece flew in is unknown: its normal prior is integrated over (Schur's complement). Left out, it
        would pass for errors of the angle of attack, and lift slopes would come out too flat.
        """
        pieces = (len(left) - 1) // PIECE
        if pieces == 0 or self.valid.sum() < 2 * PIECE:
            size = jacobian.shape[2]
            return np.zeros((size, size)), np.zeros(size)

        def cut(rows: Array) -> Array:
            return rows[1 : 1 + pieces * PIECE].reshape(pieces, PIECE * rows.shape[1], *rows.shape[2:])

        counts = np.repeat(self.valid[:, None], left.shape[1], axis=1)
        counts[:, OUTPUTS.index("airspeed")] *= self.shown[:, OUTPUTS.index("airspeed")] > SLOWEST_MPS
        J, G, e = cut(jacobian), cut(by_gust), cut(left)
        if self.on_wheels:  # gusts hardly matter there, and what one did in a piece goes on in the next
            W = cut(counts / (ON_WHEELS * LEAST_SCATTER) ** 2)
            WJ = W[:, :, None] * J
            return np.einsum("mki,mkj->ij", WJ, J) / PIECE, np.einsum("mki,mk->i", WJ, e) / PIECE
        scale = GUST_PRIOR
        weights, alike = cut(counts / LEAST_SCATTER**2), np.ones(left.shape[1])
        for _ in range(5):  # scatter, and gusts and how strong they are in this flight, follow from each other
            WG, inner = _gusts_left(weights, G, scale)
            gusts = -np.einsum("mij,mkj,mk->mi", inner, WG, e)
            calm = (e + np.einsum("mki,mi->mk", G, gusts)).reshape(pieces * PIECE, -1)
            rows, alike = self._weights(calm, counts[1 : 1 + pieces * PIECE])
            weights = rows.reshape(pieces, -1)
            flown = weights.sum(axis=1) > 0
            power = np.mean(gusts[flown] ** 2 + np.diagonal(inner, axis1=1, axis2=2)[flown], axis=0)
            scale = np.clip(np.sqrt(power), *GUST_LIMITS)
        WG, inner = _gusts_left(weights, G, scale)
        WJ = weights[:, :, None] * J
        across = np.einsum("mki,mkj->mij", WG, J)  # (pieces, 12, 29)
        total = np.einsum("mki,mkj->ij", WJ, J) - np.einsum("mia,mij,mjb->ab", across, inner, across)
        pushed = np.einsum("mki,mk->mi", WG, e)
        pull = np.einsum("mki,mk->i", WJ, e) - np.einsum("mia,mij,mj->a", across, inner, pushed)
        shared = float(np.mean(alike))
        return total / shared, pull / shared

    def _weights(self, left: Array, counts: Array) -> tuple[Array, Array]:
        """Weights (n, outputs) of differences by their scatter, and how many neighbours count as one (outputs,)."""
        weights, alike = np.zeros_like(left), np.ones(left.shape[1])
        for k in range(left.shape[1]):
            own = left[counts[:, k] > 0, k]
            scatter = max(LEAST_SCATTER[k], 1.4826 * float(np.median(np.abs(own))))
            size = np.abs(left[:, k]) / scatter
            weights[:, k] = counts[:, k] * np.minimum(1.0, ROBUST / np.maximum(size, 1e-9)) / scatter**2
            alike[k] = _alike(np.clip(own / scatter, -ROBUST, ROBUST))
        return weights, alike


def _gusts_left(weights: Array, by_gust: Array, scale: Array) -> tuple[Array, Array]:
    """(weighted effects (pieces, n, 12), covariance (pieces, 12, 12)) of what blew in each piece, given its rows."""
    weighted = weights[:, :, None] * by_gust
    return weighted, np.linalg.inv(np.einsum("mki,mkj->mij", weighted, by_gust) + np.diag(1.0 / scale**2))


def _few(known: Array, pull: Array, weights: Array, count: int) -> Array:
    """The values with as few of the first `count` parameters away from zero as the flights allow.

    Automatic relevance determination (MacKay 1992; Tipping 2001, Sparse Bayesian learning and the relevance vector
    machine): the width of each parameter's prior is itself estimated, up to that of PARAMETERS, and goes to nothing
    for one that is not needed. One thing is wrong with an aircraft, or two; without this, things that look alike in
    flight (more mass, less lift, flatter angles) would share the blame. known, pull: likelihood's information and
    right side at the solution; weights: of the prior.
    """
    known, pull = known / MISFIT, pull / MISFIT
    widest = 1.0 / weights
    widths = widest.copy()
    values = np.zeros_like(pull)
    for _ in range(RELEVANCE_ROUNDS):
        covariance = np.linalg.inv(known + np.diag(1.0 / widths))
        values = covariance @ pull
        determined = np.clip(1.0 - np.diag(covariance) / widths, 1e-6, 1.0)  # share that the flights determine
        widths[:count] = np.clip((values**2 / determined)[:count], 1e-8 * widest[:count], widest[:count])
    return values


def _alike(left: Array) -> float:
    """How many neighbouring differences count as one: 1 plus twice the sum of their autocorrelations, at least 1."""
    left = left - left.mean()
    power = float(left @ left)
    if power <= 0.0:
        return 1.0
    total = 1.0
    for lag in range(1, min(LAGS, len(left) - 1)):
        correlation = float(left[lag:] @ left[:-lag]) / power
        if correlation < 0.05:
            break
        total += 2.0 * correlation
    return total
