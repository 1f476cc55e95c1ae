"""Trains the neuron and the nets on the same pictures, and counts their errors on those of other aircraft."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from agents.eye import nets
from agents.eye.errors import Errors, cheapest_threshold
from agents.eye.learning import learn as learn_neuron
from agents.eye.poses import Seen, attitude, check_cameras, look
from agents.eye.sight import in_sight
from envs.aircraft.aircraft import load_aircraft
from envs.base.runway import Runway
from envs.camera.neuron import Answers, Pictures
from envs.camera.nose_eye import NoseEye, Sky

TEST_SEED = 1000
"""Seeds from here on are tested with, as everywhere; those below train and choose the threshold."""
FOGS_M = tuple(itertools.pairwise((60.0, 120.0, 250.0, 500.0, 1000.0, 6000.0)))
"""Visibilities, from and to, whose errors are told apart."""
APPROACH_M, APPROACH_SLOPE, APPROACH_STEP_M = 160.0, 0.1, 2.0
APPROACHES, APPROACH_VISIBILITIES_M = 20, (100.0, 250.0, 500.0, 1000.0)
"""Flown by each aircraft at each visibility, m, to see from where on an eye says 1."""
SHOWN_VISIBILITY_M = 250.0


class Eye(Protocol):
    """Sums a picture up, and compares the sum with a threshold."""

    threshold: float

    def sums(self, pictures: Pictures) -> NDArray[np.float64]:
        """(n,) of pictures (n, rows, columns)."""
        ...

    def answers(self, pictures: Pictures) -> Answers:
        """(n,) 1 where the sum is above the threshold."""
        ...


@dataclass(frozen=True)
class Trial:
    """One eye and how often it is wrong: on all test pictures, by visibility (FOGS_M), and on those taken anywhere."""

    name: str
    weights: int
    eye: Any
    errors: Errors
    by_fog: tuple[Errors, ...]
    anywhere: Errors

    def as_dict(self) -> dict[str, Any]:
        """To be written as JSON."""
        fogs = {f"{low:g} to {high:g} m": e.as_dict() for (low, high), e in zip(FOGS_M, self.by_fog, strict=True)}
        more = {"by_visibility": fogs, "anywhere": self.anywhere.as_dict()}
        return {"name": self.name, "weights": self.weights, **self.errors.as_dict(), **more}


@dataclass(frozen=True)
class FirstOnes:
    """Where on approaches through fog it is first in sight, and where each eye first says so.

    Ways to the runway's threshold in m, each the median of all approaches; 0 of an approach without any.
    """

    visibility_m: float
    in_sight_m: float
    eyes_m: tuple[float, ...]

    def as_dict(self) -> dict[str, Any]:
        """To be written as JSON."""
        return {"visibility_m": self.visibility_m, "in_sight_m": self.in_sight_m, "eyes_m": list(self.eyes_m)}


@dataclass(frozen=True)
class Study:
    """The pictures tested with and what each eye made of them."""

    test: Seen
    trials: tuple[Trial, ...]
    first_ones: tuple[FirstOnes, ...]


def study(
    trained: Sequence[str], unseen: Sequence[str], count: int, seed: int, tell: Callable[[str], None] = lambda _: None
) -> Study:
    """Learn from `count` pictures by the aircraft `trained`, test on a third as many by those `unseen`.

    The thresholds are chosen on pictures of their own, by what an error costs. Raises InputError for an aircraft
    without a camera, or cameras of several sizes.
    """
    check_cameras([*trained, *unseen])
    third = max(1, count // 3)
    tell(f"taking {count:,} pictures to learn from, {third:,} to choose a threshold by, {third:,} to test with")
    learned, chosen = (look(trained, n, np.random.default_rng([seed, k])) for k, n in enumerate((count, third)))
    test = look(unseen, third, np.random.default_rng([TEST_SEED, seed]))
    side = learned.pictures.shape[1]
    makers: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("one neuron", lambda: learn_neuron(learned.pictures, learned.right)),
        ("one hidden layer", lambda: nets.learn(nets.hidden_layer, learned.pictures, learned.right, seed)),
        ("convolutional", lambda: nets.learn(nets.convolutional, learned.pictures, learned.right, seed)),
    )
    trials: list[Trial] = []
    for name, make in makers:
        tell(f"{name} learns")
        eye = make()
        eye = eye.with_threshold(cheapest_threshold(eye.sums(chosen.pictures), chosen.right))
        answers = eye.answers(test.pictures)
        weights = eye.weights if isinstance(eye, nets.Net) else side * side + 1
        anywhere = Errors.of(answers[~test.on_approach], test.right[~test.on_approach])
        trials.append(Trial(name, weights, eye, Errors.of(answers, test.right), _by_fog(answers, test), anywhere))
    tell(f"each flies down {APPROACHES} approaches at each of {len(APPROACH_VISIBILITIES_M)} visibilities")
    eyes = [trial.eye for trial in trials]
    return Study(test, tuple(trials), tuple(_first_ones(unseen, eyes, air) for air in APPROACH_VISIBILITIES_M))


def _by_fog(answers: Answers, test: Seen) -> tuple[Errors, ...]:
    pieces = [(test.visibility_m >= low) & (test.visibility_m < high) for low, high in FOGS_M]
    return tuple(Errors.of(answers[here], test.right[here]) for here in pieces)


@dataclass(frozen=True)
class Approach:
    """One approach through fog: way to the runway's threshold (n,) m, pictures, and what is right."""

    away_m: NDArray[np.float64]
    pictures: Pictures
    right: Answers

    def first(self, answers: Answers) -> float:
        """The way to the threshold (m) at the first 1; 0 without any."""
        return float(self.away_m[np.argmax(answers)]) if answers.any() else 0.0


def _first_ones(aircraft: Sequence[str], eyes: Sequence[Eye], visibility_m: float) -> FirstOnes:
    flown = [approach(name, seed, visibility_m) for name in aircraft for seed in range(APPROACHES)]
    in_sight_m, *eyes_m = (
        float(np.median([one.first(said(one)) for one in flown]))
        for said in (lambda one: one.right, *(lambda one, eye=eye: eye.answers(one.pictures) for eye in eyes))
    )
    return FirstOnes(visibility_m, in_sight_m, tuple(eyes_m))


def approach(aircraft: str, seed: int, visibility_m: float = SHOWN_VISIBILITY_M) -> Approach:
    """Straight down to the runway's threshold in fog, the nose along it."""
    drawing, rng = load_aircraft(aircraft), np.random.default_rng([TEST_SEED, seed])
    camera = NoseEye(drawing, Runway.of(drawing.span_m), visibility_m)
    camera.begin(Sky.drawn(camera.camera, rng))
    away = np.arange(APPROACH_M, 4.0, -APPROACH_STEP_M)
    pictures: list[NDArray[np.float32]] = []
    right: list[bool] = []
    for x in away:
        roll, pitch, heading = np.radians(1.5) * rng.standard_normal(3)
        place, axes = np.array([-x, 0.0, APPROACH_SLOPE * x + 0.5]), attitude(roll, pitch, heading)
        pictures.append(camera.picture(place, axes, np.zeros(3), rng))
        right.append(in_sight(camera, place, axes))
    return Approach(away, np.array(pictures), np.array(right))
