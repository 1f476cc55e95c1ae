"""What an aircraft's own answer tells of its airspeed: the averages, and the shipped pilot's touchdowns."""

from __future__ import annotations

import numpy as np
import pytest

from agents.deciding.flown import fly_landings, landing_flyer
from agents.pilots.pilot_config import pilot_config
from agents.skills.air_data import AIR_ROWS, FAST, HEARD, SLOW, SLOW_SHARE, listen
from agents.skills.going_on import shipped_going_on
from envs.observation import READINGS

NONE, ALL = np.zeros(1, bool), np.ones(1, bool)


def seen(**values: float) -> np.ndarray:
    """One observation (1, k) with the rows AIR_ROWS, from their values; 1 Vs level, all else 0."""
    told = {"airspeed": 1.0, "along_speed": 1.0, "load_factor": 1.0, **values}
    row = [(told.get(name, 0.0) - READINGS[name].offset) / READINGS[name].scale for name in AIR_ROWS]
    return np.array([row], np.float32)


def test_at_first_it_is_the_mean_of_all_then_of_the_last_seconds() -> None:
    air = None
    for count, speed in enumerate((1.0, 2.0, 3.0), start=1):
        air = listen(seen(airspeed=speed), AIR_ROWS, air, NONE)
        assert air.slow[0, 0] == pytest.approx(np.mean([1.0, 2.0, 3.0][:count]))
        assert air.now[0, 0] == pytest.approx(speed)
    for _ in range(1000):
        air = listen(seen(airspeed=1.5), AIR_ROWS, air, NONE)
    assert air
    before = air.slow[0, 0]
    air = listen(seen(airspeed=2.5), AIR_ROWS, air, NONE)
    assert air.slow[0, 0] - before == pytest.approx(SLOW_SHARE * (2.5 - before))
    assert air.fast[0, 0] - 1.5 == pytest.approx(1 / 3, abs=1e-3)


def test_a_flight_that_begins_knows_nothing_of_the_one_before() -> None:
    air = listen(seen(airspeed=3.0, pitch=0.3), AIR_ROWS, None, NONE)
    fresh, again = listen(seen(), AIR_ROWS, None, NONE), listen(seen(), AIR_ROWS, air, ALL)
    assert again.heard == pytest.approx(fresh.heard)
    assert again.heard.shape == (1, HEARD)
    assert HEARD == SLOW + FAST + 2


def test_lift_and_climb_are_those_of_the_airspeed() -> None:
    slow = listen(seen(airspeed=2.0, load_factor=3.0, climb_rate=-1.0, rotor_speed=400.0), AIR_ROWS, None, NONE).slow[0]
    assert slow[1] == pytest.approx(0.25)  # a quarter of the lift coefficient at the stall carries it at 2 Vs
    assert slow[2] == pytest.approx(0.75)
    assert slow[4] == pytest.approx(-0.5)
    assert slow[9] == pytest.approx(200.0)


def test_no_airspeed_divides_by_nothing() -> None:
    assert np.isfinite(listen(seen(airspeed=0.0), AIR_ROWS, None, NONE).heard).all()


def test_the_shipped_numbers_know_the_airspeed_better_than_the_pitot_reads_it() -> None:
    """On flights that neither they nor the pilot learned from."""
    config = pilot_config("landing-ultra_stick", ["go_around=never"], weather="gusty")
    flown = fly_landings(*landing_flyer("landing-ultra_stick", config), range(800, 860), 1)
    air_data = shipped_going_on().air_data
    assert air_data is not None
    touched = [landing for landing in flown if landing.contact is not None and landing.heard is not None]
    truth = np.array([landing.flight.metrics["touchdown_speed_vs"] for landing in touched])
    reads = np.array([landing.contact.readings[0] for landing in touched if landing.contact is not None])
    knows = reads - air_data.total(np.array([landing.heard for landing in touched]))
    assert len(touched) > 50
    assert (knows - truth).std() < 0.8 * (reads - truth).std()
    assert air_data.known_to < 0.75 * air_data.read_to
