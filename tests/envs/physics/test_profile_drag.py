"""Profile drag that goes with speed: (V / Vref)^exponent, as CRRCsim's aircraft publish it, on strips and coefficients.

The answers: CRRCsim's own law (CD_prof + CD_CLsq CL^2) (V / U_ref)^Uexp + CL^2 / (pi e b^2 / S), worked out here.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft, aircraft_from_dict, load_aircraft
from envs.base.errors import InputError
from envs.performance.flights import glide_polar
from envs.physics.steady.airframe import FORCE, Airframe, body_velocity
from envs.physics.steady.trim import trim

LAWS = {  # parasite, profile_k, oswald, exponent [CRRCsim]
    "sport": (0.107, 0.01, 0.95, -0.5),
    "angel": (0.05, 0.025, 0.75, -0.35),
}


def law(name: str, speed: float, CL: float) -> float:
    aircraft = load_aircraft(name).derivatives
    assert aircraft
    parasite, k, oswald, exponent = LAWS[name]
    profile = (parasite + k * CL**2) * (speed / aircraft.speed_mps) ** exponent
    return profile + CL**2 / (math.pi * oswald * aircraft.aspect_ratio)


def on_coefficients(name: str) -> Aircraft:
    data: dict[str, Any] = load_aircraft(name).model_dump(mode="json")
    data.update(surfaces=[], bodies=[], coefficient_model={"stall_deg": 16.0, "controls": []})
    data["coefficient_model"]["controls"] = [{"name": "elevator", "travel_deg": 20, "mix": {"elevator": 1.0}}]
    return aircraft_from_dict(data, name, name)


def lift_and_drag(craft: Airframe, speed: float, alpha: float) -> tuple[float, float]:
    force = craft.load(body_velocity(speed, alpha, 0.0), np.zeros(3), 0.0, np.zeros(craft.motors))[FORCE]
    sine, cosine = math.sin(alpha), math.cos(alpha)
    return float(force[2] * cosine + force[0] * sine), float(force[2] * sine - force[0] * cosine)


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("speed", [8.0, 12.0, 15.0, 20.0, 28.0])
def test_level_thrust_of_an_aircraft_of_strips_is_that_of_the_published_law(name: str, speed: float) -> None:
    aircraft = load_aircraft(name)
    if speed < 1.2 * aircraft.stall_speed_mps:
        return
    reference = aircraft.derivatives
    assert reference
    pressure = 0.5 * 1.225 * speed**2 * reference.area_m2
    at = trim(Airframe(aircraft, effects={"slipstream": False}), speed, throttle=None)
    lift = aircraft.mass.mass_kg * 9.81 - at.thrust * math.sin(at.alpha)
    wanted = pressure * law(name, speed, lift / pressure) / math.cos(at.alpha)
    assert at.thrust == pytest.approx(wanted, rel=0.04)  # the propeller's own side force and trim drag


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("speed", [7.0, 12.0, 25.0])
def test_coefficient_aircraft_has_the_law_to_the_last_digit(name: str, speed: float) -> None:
    aircraft = on_coefficients(name)
    craft = Airframe(aircraft, propeller=False)
    reference = aircraft.derivatives
    assert reference
    pressure = 0.5 * 1.225 * speed**2 * reference.area_m2
    for alpha in np.radians([-1.0, 2.0, 6.0]):
        lift, drag = lift_and_drag(craft, speed, float(alpha))
        assert drag / pressure == pytest.approx(law(name, speed, lift / pressure), rel=1e-3)


def test_far_from_its_speed_the_power_law_is_held() -> None:
    craft = Airframe(on_coefficients("sport"), propeller=False)

    def area(speed: float) -> float:
        return lift_and_drag(craft, speed, 0.0)[1] / speed**2

    assert area(0.5) == pytest.approx(area(3.0), rel=1e-6)
    assert area(36.0) == pytest.approx(area(80.0), rel=1e-6)
    assert area(4.0) > area(12.0) > area(36.0)


def test_glide_is_flown_with_the_drag_of_its_own_speed() -> None:
    # At each point of the polar the drag is that of the law at that point's speed, not of one speed for all.
    for point in glide_polar(Airframe(load_aircraft("angel"), propeller=False))[8:40:8]:
        reference = load_aircraft("angel").derivatives
        assert reference
        CL = point.lift_area / reference.area_m2
        assert CL / point.ratio == pytest.approx(law("angel", point.speed, CL), rel=0.03)


@pytest.mark.parametrize("value", [-1.5, 0.9, 7])
def test_an_exponent_that_cannot_be_is_refused(value: float) -> None:
    data = load_aircraft("sport").model_dump(mode="json")
    data["derivatives"]["CD"]["reynolds"] = value
    with pytest.raises(InputError, match=r"CD\.reynolds must be from -1 to 0\.5"):
        aircraft_from_dict(data, "sport.yaml", "sport")


def test_profile_k_needs_its_form() -> None:
    data = load_aircraft("sport").model_dump(mode="json")
    data["derivatives"]["CD"] = {"min": 0.1, "k": 0.07, "profile_k": 0.01}
    with pytest.raises(InputError, match="one form"):
        aircraft_from_dict(data, "sport.yaml", "sport")
