"""Surfaces against theory: lattice, ground effect, sweep, stall, energy, mirror symmetry, control signs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from envs.physics.kernels.section import flap_effect
from envs.physics.steady.airframe import Airframe, body_velocity
from tests.support.physics_tools import bare, changed, lift_and_drag, ultra_stick, wing_only, with_mirrored_propeller

STILL = np.zeros(3)


def prandtl_rectangular(aspect_ratio: float, terms: int = 60) -> tuple[float, float]:
    """(lift slope per rad, 1 + delta of induced drag) of a rectangular wing: lifting line (Glauert 1926)."""
    theta = (np.arange(terms) + 0.5) * np.pi / 2 / terms
    odd = 2 * np.arange(terms) + 1
    mu = 2 * np.pi / (4 * aspect_ratio)
    matrix = np.sin(np.outer(theta, odd)) * (mu * odd[None, :] + np.sin(theta)[:, None])
    a = np.linalg.solve(matrix, mu * np.sin(theta))
    return float(np.pi * aspect_ratio * a[0]), float(np.sum(odd * (a / a[0]) ** 2))


@pytest.mark.parametrize(
    ("aspect_ratio", "published"),
    [
        (1.0, 1.460),
        (2.0, 2.474),  # exact lifting-surface values for the flat rectangular wing (Jordan 1973; Medan 1974)
    ],
)
def test_lattice_reproduces_the_exact_lift_slope_of_stubby_wings(aspect_ratio: float, published: float) -> None:
    wing = Airframe(wing_only(aspect_ratio, lift_slope_per_rad=2 * math.pi, drag_min=0.0, drag_k=0.0))
    slope = lift_and_drag(wing, 0.01)[0] / 0.01
    assert slope == pytest.approx(published, rel=0.05)


@pytest.mark.parametrize("aspect_ratio", [6.0, 10.0])
def test_lattice_lies_just_below_the_lifting_line(aspect_ratio: float) -> None:
    # A lifting line leaves out the chord's length, which costs a few percent of slope: 4 at AR 6, 2 at AR 10.
    wing = Airframe(wing_only(aspect_ratio, strips=16, lift_slope_per_rad=2 * math.pi, drag_min=0.0, drag_k=0.0))
    lift, drag = lift_and_drag(wing, 0.05)
    line, drag_factor = prandtl_rectangular(aspect_ratio)
    assert 0.94 * line < lift / 0.05 < 1.0 * line
    assert drag == pytest.approx(drag_factor * lift**2 / (math.pi * aspect_ratio), rel=0.08)


@pytest.mark.parametrize("slip_deg", [15.0, 40.0, 60.0])
def test_lift_in_a_sideslip_falls_as_the_square_of_the_cosine(slip_deg: float) -> None:
    # Simple sweep theory (Busemann): only the flow square to the span counts. Induced flow off, angle in the
    # section's plane held.
    wing = Airframe(wing_only(6.0), effects={"induced_flow": False})
    slip, alpha = math.radians(slip_deg), 0.08

    def lift(slip: float) -> float:
        along = 20.0 * math.cos(slip)
        velocity = np.array([along * math.cos(alpha), 20.0 * math.sin(slip), -along * math.sin(alpha)])
        return float(wing.load(velocity, STILL, 0.0, np.zeros(0))[2])

    assert lift(slip) / lift(0.0) == pytest.approx(math.cos(slip) ** 2, rel=1e-9)


def test_flat_plate_broadside_and_backwards() -> None:
    wing = Airframe(wing_only(6.0, drag_90=1.98))
    _, drag = lift_and_drag(wing, math.pi / 2)
    # Khan & Nahon 2015: CN = Cd90 (1 - 0.41 (1 - exp(-17 / AR))) broadside; a plate of AR 6 has 1.2 in wind tunnels.
    assert drag == pytest.approx(1.98 * (1 - 0.41 * (1 - math.exp(-17 / 6))), rel=0.01)
    assert drag == pytest.approx(1.2, rel=0.1)
    backwards = lift_and_drag(wing, math.pi - 0.1)
    assert backwards[0] < 0 < backwards[1]


def test_flap_effect_rises_all_the_way_to_large_throws() -> None:
    throws = np.radians(np.arange(0, 65, 1.0))
    effects = np.array([flap_effect(t) for t in throws])
    assert np.all(np.diff(effects) > 0)
    assert flap_effect(-0.6) == -flap_effect(0.6)
    # McFoamy's table (0.388 / 0.582 of the small-angle effect at 50 deg), other wing, other source: same size
    assert effects[50] / throws[50] == pytest.approx(0.388 / 0.582, abs=0.3)


def random_states(rng: np.random.Generator, count: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Velocities (any direction, half of them near forward flight), rates and commands."""
    states = []
    for k in range(count):
        direction = rng.normal(size=3)
        speed = rng.uniform(0.5, 30.0)
        velocity = speed * direction / np.linalg.norm(direction)
        if k % 2:
            velocity = body_velocity(speed, rng.normal(0, 0.25), rng.normal(0, 0.25))
        states.append((velocity, rng.normal(size=3) * min(10.0, speed), rng.uniform(-1, 1, 3)))
    return states


@pytest.mark.parametrize("throw_deg", [25, 55])
def test_air_never_does_work_on_a_surface_in_still_air(throw_deg: int) -> None:
    # F . v + M . omega <= 0 at every attitude, rate and deflection: no perpetual motion, term by term.
    def wider(data: dict) -> None:
        for surface in data["surfaces"]:
            for control in surface["controls"]:
                control["travel_deg"] = throw_deg

    glider = Airframe(changed(ultra_stick(), wider), propeller=False)
    powers = []
    for velocity, rates, command in random_states(np.random.default_rng(1), 4000):
        glider.command(*command)
        load = glider.load(velocity, rates, 0.0, np.zeros(0))
        powers.append((load[:3] @ velocity + load[3:6] @ rates) / np.linalg.norm(velocity) ** 3)
    assert max(powers) < 0.0


def test_forces_are_mirror_symmetric_with_the_propeller_mirrored() -> None:
    left, right = Airframe(ultra_stick()), Airframe(with_mirrored_propeller(ultra_stick()))
    vector, axial = np.array([1.0, -1.0, 1.0]), np.array([-1.0, 1.0, -1.0])
    rng = np.random.default_rng(2)
    for velocity, rates, command in random_states(rng, 300):
        throttle, rotor = rng.uniform(0, 1), np.array([rng.uniform(0, 900.0)])
        left.command(*command)
        one = left.load(velocity, rates, throttle, rotor)
        right.command(-command[0], command[1], -command[2])
        other = right.load(velocity * vector, rates * axial, throttle, rotor)
        assert other[:3] == pytest.approx(one[:3] * vector, rel=1e-9, abs=1e-9)
        assert other[3:6] == pytest.approx(one[3:6] * axial, rel=1e-9, abs=1e-9)


def test_controls_turn_the_aircraft_the_pilots_way() -> None:
    glider = Airframe(ultra_stick(), propeller=False)
    for speed, alpha in ((12.0, 0.12), (22.0, 0.02)):
        moments = {}
        for name, command in {
            "none": (0, 0, 0),
            "aileron": (0.5, 0, 0),
            "elevator": (0, 0.5, 0),
            "rudder": (0, 0, 0.5),
        }.items():
            glider.command(*command)
            moments[name] = glider.load(body_velocity(speed, alpha, 0.0), STILL, 0.0, np.zeros(0))[3:6]
        assert moments["aileron"][0] - moments["none"][0] > 0.5  # rolls right
        assert moments["elevator"][1] - moments["none"][1] < -0.3  # pitches up: body y points left
        assert moments["rudder"][2] - moments["none"][2] < -0.3  # yaws right: body z points up


def test_stability_has_the_right_signs_and_rates_are_damped() -> None:
    glider = Airframe(ultra_stick(), propeller=False)
    glider.command(0, 0, 0)

    def moment(alpha: float = 0.05, beta: float = 0.0, rates: np.ndarray = STILL) -> np.ndarray:
        return glider.load(body_velocity(15.0, alpha, beta), rates, 0.0, np.zeros(0))[3:6]

    still = moment()
    assert moment(alpha=0.1)[1] > still[1]  # nose down (about +y) when the angle grows
    assert moment(beta=0.1)[2] < still[2]  # wind from the right: the nose turns right, into it
    assert moment(beta=0.1)[0] < still[0]  # and the aircraft rolls away from it (dihedral effect of a high wing)
    for axis in range(3):
        rates = np.zeros(3)
        rates[axis] = 0.5
        assert moment(rates=rates)[axis] < still[axis]


def test_residual_of_the_published_derivatives_is_gone_in_a_spin() -> None:
    # Beyond the stall the section law alone must rule: with and without calibration the same forces.
    with_it = Airframe(ultra_stick(), propeller=False)
    without = Airframe(bare(ultra_stick()))
    for alpha_deg in (40, 60, 90, 150):
        velocity = body_velocity(12.0, math.radians(alpha_deg), 0.3)
        rates = np.array([3.0, -0.5, 2.0])
        for airframe in (with_it, without):
            airframe.command(0.3, 1.0, 1.0)
        assert with_it.load(velocity, rates, 0.0, np.zeros(0)) == pytest.approx(
            without.load(velocity, rates, 0.0, np.zeros(0)), abs=1e-9
        )
