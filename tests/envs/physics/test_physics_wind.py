"""Wind profile, Dryden turbulence and gusts against MIL-F-8785C."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pytest
from numba import njit

from envs.physics.assembly.calibration import flight_parameters
from envs.physics.kernels.air import advance_turbulence, dryden_scales, wind_at
from envs.physics.kernels.records import GUST_NORMALS, Record, new_state
from envs.weather import load_weather
from tests.support.physics_tools import ultra_stick

FOOT = 0.3048
KNOT = 0.514444
CASES = {"light": 15 * KNOT, "severe": 45 * KNOT}


@njit
def _series(P: Record, S: Record, height: float, speed: float, dt: float, normals: Record, out: Record) -> None:
    for k in range(len(out)):
        advance_turbulence(P[0], S[0], height, speed, 0.0, dt, normals[k])
        for c in range(6):
            out[k, c] = S[0].gust_next[c]


@lru_cache
def series(w20: float, feet: float, speed: float = 17.0, count: int = 400_000, dt: float = 1 / 30) -> np.ndarray:
    """Gusts (count, 6) of the Ultra Stick: world velocity m/s and rotation rad/s, flying along x."""
    return series_of(flight_parameters(ultra_stick()), w20, feet, speed, count, dt)


def series_of(
    parameters: np.ndarray, w20: float, feet: float, speed: float, count: int = 400_000, dt: float = 1 / 30
) -> np.ndarray:
    """Gusts (count, 6) with the given PARAMETERS, as `series`."""
    state = new_state()
    state[0]["turbulence"] = w20
    out = np.zeros((count, 6))
    normals = np.random.default_rng(11).standard_normal((count, GUST_NORMALS))
    _series(parameters, state, feet * FOOT, speed, dt, normals, out)
    return out[2000:]


@pytest.mark.parametrize(
    ("feet", "sigma_w", "sigma_u", "L_u", "L_w"),
    [
        (50, 0.772, 1.419, 94.7, 15.2),
        (10, 0.772, 1.515, 23.1, 3.05),
        (200, 0.772, 1.186, 221, 61),
    ],
)
def test_scales_are_those_of_the_standard(feet: float, sigma_w: float, sigma_u: float, L_u: float, L_w: float) -> None:
    length_w, length_u, ratio = dryden_scales(feet * FOOT)
    assert length_w == pytest.approx(L_w, rel=0.01)
    assert length_u == pytest.approx(L_u, rel=0.01)
    assert 0.1 * CASES["light"] == pytest.approx(sigma_w, rel=0.01)
    assert sigma_w * ratio == pytest.approx(sigma_u, rel=0.01)


def test_turbulence_has_zero_mean_and_the_right_variance() -> None:
    gusts = series(CASES["light"], 50.0)
    assert gusts[:, 0].std() == pytest.approx(1.419, rel=0.06)
    assert gusts[:, 1].std() == pytest.approx(1.419, rel=0.06)
    assert gusts[:, 2].std() == pytest.approx(0.772, rel=0.06)
    # 400,000 steps are 13,000 s or about 1,200 correlation times of u: the mean is known to 0.04 sigma.
    for column, sigma in enumerate((1.419, 1.419, 0.772)):
        assert abs(gusts[:, column].mean()) < 0.15 * sigma
    assert np.abs(gusts[:, 3:].mean(axis=0)).max() < 0.02


@pytest.mark.parametrize(("steps", "seconds", "changed"), [(6, 0.2, 0.051), (9, 0.3, 0.062)])
def test_what_gusts_leave_of_an_airspeed_meant(steps: int, seconds: float, changed: float) -> None:
    """In gusty wind close to the ground, in Vs of the Ultra Stick at 1.15 Vs: agents/pretrained/README.md tells why."""
    stall, speed = 10.0, 11.5
    gusts = series(load_weather("gusty").turbulence * stall, 5.0, speed)[:, 0]
    sigma, length = 0.06 * 1.963, 23.1  # MIL-F-8785C at 10 ft, as in the test above
    dryden = sigma * math.sqrt(2 * (1 - math.exp(-speed * seconds / length)))
    assert dryden == pytest.approx(changed, abs=0.0005)
    assert (gusts[steps:] - gusts[:-steps]).std() / stall == pytest.approx(dryden, rel=0.03)


def test_turbulence_forgets_over_the_right_length() -> None:
    # Autocorrelation of H_u: exp(-V t / L_u); of H_v, H_w: exp(-V t / L) (1 - V t / 2 L).
    gusts, speed = series(CASES["light"], 50.0), 17.0
    for column, length, shape in (
        (0, 94.7, lambda x: math.exp(-x)),
        (1, 94.7, lambda x: math.exp(-x) * (1 - x / 2)),
        (2, 15.24, lambda x: math.exp(-x) * (1 - x / 2)),
    ):
        u = gusts[:, column] - gusts[:, column].mean()
        for share in (0.3, 0.8):
            lag = round(share * length / speed * 30)
            found = float(np.mean(u[lag:] * u[:-lag]) / np.mean(u * u))
            assert found == pytest.approx(shape(lag / 30 * speed / length), abs=0.06)


def test_variance_does_not_depend_on_the_step_or_the_speed() -> None:
    for speed, dt in ((17.0, 1 / 10), (8.0, 1 / 30), (30.0, 1 / 60)):
        gusts = series(CASES["severe"], 100.0, speed, 200_000, dt)
        sigma_w = 0.1 * CASES["severe"]
        assert gusts[:, 2].std() == pytest.approx(sigma_w, rel=0.08)
        assert gusts[:, 0].std() == pytest.approx(sigma_w / (0.177 + 0.0823) ** 0.4, rel=0.12)


def test_vertical_gusts_fade_towards_the_ground() -> None:
    assert series(CASES["light"], 2.0)[:, 2].std() == pytest.approx(0.2 * 0.772, rel=0.08)
    assert series(CASES["light"], 0.1)[:, 2].std() < 0.12 * 0.772


def test_one_minus_cosine_gust() -> None:
    parameters, state = flight_parameters(ultra_stick()), new_state()
    s = state[0]
    s["gust_events"], s["gust_start"][0], s["gust_length"][0], s["gust_peak"][0] = 1, 1.0, 2.0, (3.0, -4.0, 1.0)
    seen = {}
    for step in range(120):
        s["time"] = step / 30
        advance_turbulence(parameters[0], s, 20.0, 15.0, 0.0, 1 / 30, np.zeros(GUST_NORMALS))
        seen[step] = s["gust_next"].copy()
    for step, share in ((30, 0.0), (45, 0.5), (60, 1.0), (75, 0.5), (90, 0.0), (110, 0.0)):
        assert seen[step][:3] == pytest.approx(share * np.array([3.0, -4.0, 1.0]), abs=1e-9)


def test_mean_wind_follows_the_logarithm_and_stops_at_the_ground() -> None:
    parameters, state = flight_parameters(ultra_stick()), new_state()
    s = state[0]
    s["wind_reference"], s["wind_roughness"] = (-5.0, 3.0, 0.0), 0.02
    for height in (0.3, 2.0, 6.096, 30.0):
        share = math.log(height / 0.02) / math.log(6.096 / 0.02)
        assert wind_at(parameters[0], s, height) == pytest.approx((-5.0 * share, 3.0 * share, 0.0))
    for height in (0.02, 0.0, -1.0):
        assert wind_at(parameters[0], s, height) == pytest.approx((0.0, 0.0, 0.0))
    s["wind_roughness"] = 0.0  # no roughness given: the same wind at every height
    assert wind_at(parameters[0], s, 0.5) == pytest.approx((-5.0, 3.0, 0.0))


def test_gusts_turn_with_the_heading_and_are_joined_linearly() -> None:
    parameters, state = flight_parameters(ultra_stick()), new_state()
    s = state[0]
    s["turbulence"] = 5.0
    normals = np.array([1.0, 0, 0, 0, 0, 0, 0, 0])
    advance_turbulence(parameters[0], s, 30.0, 15.0, math.pi / 2, 1 / 30, normals)  # flying towards -y
    assert abs(s["gust_next"][1]) > 1e-3 > abs(s["gust_next"][0])
    s["gust_now"], s["gust_next"] = (0, 0, 0, 0, 0, 0), (2, 0, 0, 0, 0, 0)
    half = int(parameters[0]["substeps"]) // 2
    s["substep"] = half
    assert wind_at(parameters[0], s, 30.0)[0] == pytest.approx(2 * half / int(parameters[0]["substeps"]))
