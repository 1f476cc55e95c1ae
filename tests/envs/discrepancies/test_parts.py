"""Every family on every layout: a valid aircraft whose flight differs, or one line that says what it has not got."""

from __future__ import annotations

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.aircraft.directions import control_halves
from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.base.frames import CHANNELS
from envs.discrepancies import apply_discrepancies, discrepancy_names, find_discrepancy
from envs.discrepancies._drawn import DrawnDiscrepancies
from envs.flight_env import FlightEnv
from envs.physics.assembly.calibration import flight_parameters
from tests.support.layouts import LAYOUTS, layout

COEFFICIENTS = "tests/support/aircraft/{}_coefficients.yaml"
AIRCRAFT = [*names_of("aircraft"), *LAYOUTS, *(COEFFICIENTS.format(name) for name in ("rascal", "x8", "ultra_stick"))]
WITHOUT = {
    "rudder": ("x8", "flying_wing", "x8_coefficients"),
    "fin with a rudder": (
        *("x8", "flying_wing", "v_tail", "inverted_v_tail"),
        *("rascal_coefficients", "x8_coefficients", "ultra_stick_coefficients"),
    ),
    "elevator in two halves": ("rascal_coefficients", "ultra_stick_coefficients"),
    "pair of main wheels": ("x8", "flying_wing", "x8_coefficients", "skids"),
}
NEEDS = {
    "bent_fin": "fin with a rudder",
    "half_elevator": "elevator in two halves",
    "rudder_rigging": "rudder",
    "stuck_rudder": "rudder",
    "weak_rudder": "rudder",
    "bent_wheel": "pair of main wheels",
    "dragging_wheel": "pair of main wheels",
}


def craft(name: str) -> Aircraft:
    return layout(name) if name in LAYOUTS else load_aircraft(name)


@pytest.mark.parametrize("name", AIRCRAFT)
def test_every_discrepancy_is_a_valid_aircraft_that_flies_otherwise_or_one_clear_line(name: str) -> None:
    drawing = craft(name)
    drawn = flight_parameters(drawing)
    sensors = {"pitot_scale", "pitot_blocked", "tilted_unit", "pitched_unit", "turned_compass", "late_fixes"}
    for discrepancy in discrepancy_names():
        for severity in (s for s in find_discrepancy(discrepancy).RANGE if s):
            without = WITHOUT.get(NEEDS.get(discrepancy, ""), ())
            if drawing.name in without:
                with pytest.raises(InputError) as refused:
                    apply_discrepancies(drawing, [f"{discrepancy}={severity}"])
                assert (
                    str(refused.value) == f"discrepancy {discrepancy}: aircraft {drawing.name!r} has no "
                    f"{NEEDS[discrepancy]}"
                )
                continue
            changed = apply_discrepancies(drawing, [f"{discrepancy}={severity}"])
            assert changed != drawing
            same = flight_parameters(changed, drawing=drawing).tobytes() == drawn.tobytes()
            assert same == (discrepancy in sensors), discrepancy


@pytest.mark.parametrize("name", AIRCRAFT)
def test_controls_turn_the_way_that_their_strips_found(name: str) -> None:
    record = flight_parameters(craft(name))[0]
    halves = control_halves(craft(name))
    assert len(halves) == record["hinges"]
    for k, half in enumerate(halves):
        assert [half.asks.get(channel, 0.0) for channel in CHANNELS] == pytest.approx(record["hinge_gain"][k].tolist())
        assert np.radians([half.up_deg, half.down_deg]) == pytest.approx(
            [record["hinge_up"][k], record["hinge_down"][k]]
        )


def test_a_glider_has_no_motor_to_be_worn_and_a_wing_without_controls_nothing_to_be_rigged() -> None:
    glider = layout("conventional").model_copy(update={"propulsion": ()})
    for name in ("worn_motor", "worn_propeller", "thrust_line"):
        with pytest.raises(InputError, match=rf"^discrepancy {name}: aircraft 'conventional' has no motor$"):
            apply_discrepancies(glider, [name])
    with pytest.raises(InputError, match=r"^discrepancy weak_battery: aircraft 'conventional' has no battery$"):
        apply_discrepancies(glider, ["weak_battery"])
    bare = glider.model_copy(update={"surfaces": tuple(s.model_copy(update={"controls": ()}) for s in glider.surfaces)})
    for name in ("bent_rigging", "sloppy_linkage", "slow_servo"):
        with pytest.raises(InputError, match=rf"^discrepancy {name}: aircraft 'conventional' has no control surfaces$"):
            apply_discrepancies(bare, [name])


def test_a_wing_in_one_piece_has_no_half_to_be_warped() -> None:
    drawing = layout("conventional")
    wing = drawing.surfaces[0]
    left, right = (wing.sections[-1].model_copy(update={"leading_edge_m": (0.09, y, 0.1)}) for y in (0.7, -0.7))
    one_piece = wing.model_copy(update={"mirrored": False, "sections": (left, right), "controls": ()})
    whole = drawing.model_copy(update={"surfaces": (one_piece,)})
    for name in ("warped_wing", "lost_lift", "torn_tip"):
        with pytest.raises(InputError, match=r"has no wing with a left and a right half$"):
            apply_discrepancies(whole, [name])


def test_all_that_is_drawn_of_is_what_the_aircraft_can_have() -> None:
    limits = DrawnDiscrepancies(draw=("all",)).limits_on(craft("x8"))
    assert set(discrepancy_names()) - set(limits) == {name for name, part in NEEDS.items() if "x8" in WITHOUT[part]}
    env = FlightEnv(aircraft="x8", task="landing", discrepancies={"draw": ["all"], "least": 4, "most": 6})
    for seed in range(12):
        env.reset(seed=seed)
        assert 4 <= len(env.discrepancies) <= 6
    env.close()
    with pytest.raises(InputError, match=r"^discrepancy bent_wheel: aircraft 'x8' has no pair of main wheels$"):
        FlightEnv(aircraft="x8", task="landing", discrepancies={"draw": ["all", "bent_wheel"]})
    with pytest.raises(InputError, match=r"^discrepancies: aircraft 'x8' can have none of those to be drawn$"):
        DrawnDiscrepancies(draw=("all",), leave_out=tuple(limits)).limits_on(craft("x8"))
