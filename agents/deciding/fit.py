"""From landings in which nobody went round to what going on is worth at each moment of them (going_on.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from agents.deciding.flown import Landing, Moment
from agents.evaluation.flight_test import Flight
from agents.skills.air_data import AirData, Floats, WeightedSum
from agents.skills.go_around import Approach
from agents.skills.going_on import CRASH, CRASHES, FARTHEST, GoingOn, LearnedFrom, Rounds, Sizes, Worth, wind_features
from envs.base.errors import InputError

SHRINK = 1e-2
"""Price of large weights, of features in standard deviations; chosen on training flights left out of the fit."""
EVERY = 5
"""Of the moments of an approach, 1/30 s apart and much alike, each so manyth is learned from."""
DOUBTS = np.linspace(0.0, 0.95, 20)
FEWEST = 10
"""Flights of either kind, silver and not, that a probability can be learned from; chosen."""
RIDGE = 0.3
"""The same of the pitot's error; chosen likewise."""
FEWEST_HEARD = 200
"""Touchdowns that the pitot's error can be learned from; chosen: a dozen for each weight."""


def worth_of(flight: Flight) -> float:
    """Of a whole flight: 1 if it counts, CRASH for a crash, else 0."""
    return 1.0 if flight.is_success else CRASH if flight.outcome in CRASHES else 0.0


def stacked(moments: Sequence[Moment]) -> tuple[Approach, Floats]:
    """The readings of n moments as one Approach, (n,) each, and the climb rates before them (m/s)."""
    columns = np.array([moment.readings for moment in moments]).T
    return Approach(*columns), np.array([moment.climb_before for moment in moments])


def logistic(features: Floats, share: Floats) -> Worth:
    """Weights by which the sigmoid of (n, k) features is as near as can be to each `share`, (n,) 0 to 1."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    own = np.clip((features - mean) / spread, -FARTHEST, FARTHEST)

    def wrongness(knows: Floats) -> tuple[float, Floats]:
        """Mean cross-entropy and the price of the weights; and how that grows with each weight and, last, the bias."""
        total = own @ knows[:-1] + knows[-1]
        cost = (np.logaddexp(0.0, total) - share * total).mean() + 0.5 * SHRINK * float(knows[:-1] @ knows[:-1])
        wrong = (1.0 / (1.0 + np.exp(-total)) - share) / len(share)
        return float(cost), np.append(own.T @ wrong + SHRINK * knows[:-1], wrong.sum())

    found: Any = minimize(wrongness, np.zeros(own.shape[1] + 1), jac=True, method="L-BFGS-B")
    weights, bias = found.x[:-1], float(found.x[-1])
    return Worth(bias=bias, weights=tuple(weights), mean=tuple(mean), spread=tuple(spread))


def ridge(features: Floats, wanted: Floats) -> WeightedSum:
    """The sum of (n, k) features that is nearest to (n,) what is wanted, by squares, large weights paid for."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    own, bias = (features - mean) / spread, float(wanted.mean())
    weights = np.linalg.solve(own.T @ own + RIDGE * np.eye(own.shape[1]), own.T @ (wanted - bias))
    return WeightedSum(bias=bias, weights=tuple(weights), mean=tuple(mean), spread=tuple(spread))


def air_data_of(never: Sequence[Landing]) -> AirData | None:
    """What tells the airspeed at a contact, learned from touchdowns; None from too few, or where one was not heard."""
    touched = [landing for landing in never if landing.contact is not None]
    if len(touched) < FEWEST_HEARD or any(landing.heard is None for landing in touched):
        return None
    reads = np.array([landing.contact.readings[0] for landing in touched if landing.contact is not None])
    # One that flew away again after a bounce has no touchdown, or a later one.
    truth = np.array([landing.flight.metrics.get("touchdown_speed_vs", np.nan) for landing in touched])
    told = np.isfinite(truth) & ~np.array([landing.went_round for landing in touched])
    heard, error = heard_of(never)[told], (reads - truth)[told]
    half = np.arange(len(error)) % 2 == 0  # how well it knows is measured on every second one, learned from the others
    left = error[~half] - ridge(heard[half], error[half]).total(heard[~half])
    known = ridge(heard, error)
    return AirData(**known.model_dump(), read_to=float(error[~half].std()), known_to=float(left.std()))


def heard_of(never: Sequence[Landing]) -> Floats:
    """(n, HEARD) of the n first contacts there were."""
    return np.array([landing.heard for landing in never if landing.contact is not None and landing.heard is not None])


def contacts_of(never: Sequence[Landing], air_data: AirData | None) -> tuple[Approach, Floats]:
    """`stacked` of the n first contacts there were, their airspeeds corrected."""
    contact, before = stacked([landing.contact for landing in never if landing.contact is not None])
    if air_data:
        contact = contact._replace(airspeed=contact.airspeed - air_data.total(heard_of(never)))
    return contact, before


def fit(never: Sequence[Landing], price: float, sizes: Sizes, learned: LearnedFrom) -> GoingOn:
    """Learn from landings that nobody gave up. Raises InputError where too few failed or succeeded."""
    silver = np.array([landing.flight.is_success for landing in never])
    touched = np.flatnonzero([landing.contact is not None for landing in never])
    air_data = air_data_of(never)
    contact, before = contacts_of(never, air_data)
    if min(silver[touched].sum(), (~silver[touched]).sum()) < FEWEST:
        raise InputError(
            f"{learned.pilot}: {silver[touched].sum()} of {len(touched)} touchdowns count; to learn from, at least "
            f"{FEWEST} must and as many must not: fly more, or other weather"
        )
    failed = float(np.mean([worth_of(landing.flight) for landing in never if not landing.flight.is_success]))
    features = sizes.at_contact(contact, before)
    cost, ends = price / (1.0 - failed), silver.astype(np.float64)
    at_contact = logistic(features, ends[touched])
    chance = at_contact.share(features)
    winds = wind_features(heard_of(never)) if air_data else None
    fresh, rounds = _attempts(ends, touched, chance, winds, cost)
    # What is left to an approach: the flight as it ended, or going round where the contact's choice would be that.
    going_round = fresh - cost
    left = _left(ends, touched, chance, going_round)
    whose = np.repeat(np.arange(len(never)), [len(landing.approach) for landing in never])
    readings, _ = stacked([moment for landing in never for moment in landing.approach])
    features = sizes.on_approach(readings)
    on_approach = logistic(features[::EVERY], left[whose][::EVERY])
    lowest = np.ones(len(never))
    np.minimum.at(lowest, whose, on_approach.share(features))
    doubt = (1.0 - failed) * best_doubt(lowest, left, going_round)
    return GoingOn(
        version=1,
        learned=learned,
        failed=failed,
        fresh=failed + (1.0 - failed) * fresh,
        last=failed + (1.0 - failed) * float(ends.mean()),
        price=price,
        doubt=doubt,
        contact=at_contact,
        approach=on_approach,
        rounds=rounds,
        air_data=air_data,
    )


def _attempts(
    ends: Floats, touched: NDArray[np.int64], chance: Floats, winds: Floats | None, cost: float
) -> tuple[float, Rounds | None]:
    """What is left to an attempt that may be given up for a last one, in the mean, and both by the wind, if it is told.

    Shares, 0 to 1, from a failed attempt to silver, as the sigmoids are. `ends`: (n,) of the attempts;
    `chance`: (m,) what the contacts, `touched` of them, promised; `winds`: (m, 2). The last attempt ends as these did;
    one before it does, or is given up for the last at its contact, whichever promises more.
    """
    if winds is None:
        return float(_left(ends, touched, chance, ends.mean() - cost).mean()), None
    last = logistic(winds, ends[touched])
    left = _left(ends, touched, chance, last.share(winds) - cost)
    return float(left.mean()), Rounds(fresh=logistic(winds, np.clip(left[touched], 0.0, 1.0)), last=last)


def _left(ends: Floats, touched: NDArray[np.int64], chance: Floats, going_round: Floats | float) -> Floats:
    """(n,) how attempts end, where those whose contact promises less than going round are given up for that."""
    left = ends.copy()
    left[touched] = np.where(chance < going_round, going_round, ends[touched])
    return left


def best_doubt(lowest: Floats, ends: Floats, going_round: float) -> float:
    """Of DOUBTS the one by which n flights are worth most, the largest of equals; all of it shares, 0 to 1.

    `lowest`: (n,) the least that going on was thought to be worth on the approach; `ends`: what it turned out to be.
    """
    worth = [np.where(lowest < going_round - doubt, going_round, ends).mean() for doubt in DOUBTS]
    return float(DOUBTS[len(DOUBTS) - 1 - int(np.argmax(worth[::-1]))])
