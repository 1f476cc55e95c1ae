"""What is wrong with an aircraft in words, found from the aircraft itself: size and side are those of its fields."""

from __future__ import annotations

from typing import Any

import pytest

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.as_built import AirBuilt, AsBuilt
from envs.base.errors import InputError
from envs.discrepancies import Discrepancy, discrepancy_names, find_discrepancy
from envs.discrepancies._parts import controls_of, with_controls
from envs.discrepancies._words import differences, faults, first_line
from tests.support.physics_tools import ultra_stick

SOUND = AsBuilt()


@pytest.mark.parametrize(
    ("built", "words"),
    [
        (SOUND, []),
        (SOUND.with_half("wing", "right", lost_span=0.2), ["right wing: outer 20 % torn off"]),
        (SOUND.with_half("wing", "left", twist_deg=-2.0), ["left wing warped, tip 2.0° nose down"]),
        (SOUND.with_half("fin", "both", twist_deg=-5.0), ["fin warped, tip 5.0° nose right"]),
        (AsBuilt(air=AirBuilt(zero={"CD": 0.04, "Cn": 0.01})), ["drag and yaw of the air that no drawing has"]),
        (SOUND.with_half("wing", "left", lift=0.75), ["left wing: 25 % less lift"]),
        (SOUND.with_control("aileron", "right", stuck_deg=-8.0), ["right aileron stuck 8.0° up"]),
        (SOUND.with_control("elevator", offset_deg=-5.0), ["elevator 5.0° up at neutral stick"]),
        (SOUND.with_control("rudder", offset_deg=4.0), ["rudder 4.0° left at neutral stick"]),
        (SOUND.with_control("aileron", effect=0.3), ["aileron with 30 % of its force"]),
        (SOUND.with_control("aileron", "left", play_deg=3.0), ["left aileron with 3.0° of play"]),
        (SOUND.with_wheel("main", "left", toe_deg=4.0), ["left main wheel turned 4.0° right"]),
        (SOUND.with_wheel("tail", rolling=6.0), ["tail wheel rolls with 6 × the friction"]),
        (SOUND.with_sensors(pitot=0.0), ["airspeed sensor blocked"]),
        (SOUND.with_sensors(pitot=0.7), ["airspeed sensor shows 30 % less dynamic pressure"]),
        (SOUND.with_sensors(roll_deg=4.0), ["inertial unit mounted 4.0° right side down"]),
        (SOUND.with_sensors(compass_deg=-15.0), ["compass shows 15° too little"]),
        (SOUND.with_sensors(fix_delay_s=0.2), ["satellite fixes 200 ms late"]),
    ],
)
def test_each_kind_of_fault_has_its_words(built: AsBuilt, words: list[str]) -> None:
    drawing = ultra_stick()
    assert differences(drawing, drawing.model_copy(update={"built": built})) == words


def test_what_all_controls_have_is_said_once() -> None:
    built = SOUND
    for name in ("aileron", "elevator", "rudder"):
        built = built.with_control(name, delay_s=0.1)
    drawing = ultra_stick()
    assert differences(drawing, drawing.model_copy(update={"built": built})) == ["all controls 100 ms late"]


def _mass(**changes: Any) -> Aircraft:
    drawing = ultra_stick()
    return drawing.model_copy(update={"mass": drawing.mass.model_copy(update=changes)})


def test_mass_centre_of_gravity_and_motor_have_words_and_the_rest_is_named() -> None:
    drawing = ultra_stick()
    x, y, z = drawing.mass.center_of_gravity_m
    assert differences(drawing, _mass(center_of_gravity_m=(x - 0.05, y - 0.01, z))) == [
        "centre of gravity 50 mm aft and 10 mm right"
    ]
    (heavier,) = differences(drawing, _mass(mass_kg=1.3 * drawing.mass.mass_kg))
    assert heavier.startswith("30 % heavier (")
    (unit,) = drawing.propulsion
    turned = unit.model_copy(update={"right_thrust_deg": unit.right_thrust_deg - 4.0})
    assert differences(drawing, drawing.model_copy(update={"propulsion": (turned,)})) == ["thrust line 4.0° left"]
    servos = drawing.servos.model_copy(update={"delay_s": drawing.servos.delay_s + 0.1})
    late = ["all controls 100 ms later than drawn"]
    assert differences(drawing, drawing.model_copy(update={"servos": servos})) == late
    launch = drawing.launch.model_copy(update={"pitch_deg": 9.0})
    assert differences(drawing, drawing.model_copy(update={"launch": launch})) == ["launch not as drawn"]


def test_a_list_of_faults_tells_each_against_the_aircraft_before_it_in_order_of_time() -> None:
    told = faults(ultra_stick(), [Discrepancy("heavy", 1.0, 8.0), Discrepancy("weak_battery", 0.5)])
    assert [(fault["name"], fault["at_s"]) for fault in told] == [("weak_battery=0.5", 0.0), ("heavy=1@8", 8.0)]
    assert "battery" in str(told[0]["words"])
    assert "heavier" in str(told[1]["words"])
    assert "battery" not in str(told[1]["words"])


@pytest.mark.parametrize("name", discrepancy_names())
def test_every_discrepancy_changes_something_that_has_words_and_says_what_it_is(name: str) -> None:
    for severity in find_discrepancy(name).RANGE:
        if severity:
            words = differences(ultra_stick(), Discrepancy(name, severity).on(ultra_stick()))
            assert words
            assert not any("not as drawn" in phrase for phrase in words)
    assert len(first_line(name)) > 10


def test_a_control_that_works_the_wrong_way_round_is_told_so() -> None:
    drawing = ultra_stick()
    rudder = controls_of(drawing, "rudder")
    assert differences(drawing, with_controls(drawing, rudder, gain=-1.0)) == ["rudder the wrong way round"]
    assert differences(drawing, with_controls(drawing, rudder, gain=-0.5)) == [
        "rudder the wrong way round",
        "rudder with 50 % of its travel",
    ]


def test_an_unknown_discrepancy_has_no_first_line() -> None:
    with pytest.raises(InputError, match="torn_tail"):
        first_line("torn_tail")
