"""Who can fly which figure, the reason in numbers, and the reckoning held against flights of the same aircraft."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from envs.aircraft.aircraft import load_aircraft
from envs.base.errors import InputError
from envs.base.frames import quaternion_from_pilot_angles
from envs.base.quantities import AT, QUANTITIES
from envs.figures.capability import Capability
from envs.figures.elements import Element
from envs.figures.figure import Figure, figure_names, find_figure
from envs.figures.needs import check_possible, obstacles
from envs.figures.reckoning import SPIN_VS, reckon
from envs.figures.walk import SPIN_TURN_B
from envs.performance.solver import performance_sheet
from envs.physics.world import World

AIRCRAFT = ("ultra_stick", "sport", "angel", "mcfoamy")
REFUSED = {
    ("angel", "spin"): "its elevator does not stall it",
    ("sport", "hover"): "needs a thrust of 1.4 weights",
    ("sport", "humpty_bump"): "too slow for its wings",
    ("sport", "knife_edge"): "on knife-edge rudder and thrust carry",
    ("sport", "outside_loop"): "takes a lift of -3",
    ("ultra_stick", "hover"): "needs a thrust of 1.4 weights, standing; it has 1.1",
}
"""What the shipped aircraft cannot do; all else of the shipped figures they can."""


@cache
def craft(name: str) -> Capability:
    return Capability.of(load_aircraft(name))


@pytest.mark.parametrize("aircraft", AIRCRAFT)
@pytest.mark.parametrize("name", figure_names())
def test_who_can_fly_what(name: str, aircraft: str) -> None:
    found = obstacles(find_figure(name), craft(aircraft))
    reason = REFUSED.get((aircraft, name))
    if reason is None:
        assert found == []
    else:
        assert any(reason in line for line in found), found


def test_a_refusal_is_one_line_with_aircraft_figure_element_and_numbers() -> None:
    with pytest.raises(InputError) as caught:
        check_possible(find_figure("humpty_bump"), load_aircraft("sport"))
    said = str(caught.value)
    assert said.startswith(
        "aircraft 'sport' cannot fly 'Humpty bump': elements.5 (pull 180° radius 9 b): it arrives with "
    )
    assert "m/s and its thrust of 0.93 weights do not last for" in said
    assert "\n" not in said


def test_a_glider_has_no_vertical_line_but_falls_through_a_split_s() -> None:
    glider = Capability.of(load_aircraft("ultra_stick").model_copy(update={"propulsion": ()}))
    (lacks, stops, *_) = obstacles(find_figure("stall_turn"), glider)
    assert lacks == "needs.thrust_to_weight: it needs a thrust of 0.6 weights, standing; it has no motor"
    assert "it stops" in stops
    assert obstacles(find_figure("aileron_roll"), glider) == []


def test_a_flying_wing_has_no_rudder_for_a_stall_turn() -> None:
    found = obstacles(find_figure("stall_turn"), craft("x8"))
    assert found == ["elements.3 (stall turn left): it has no rudder"]


def changed(name: str, elements: list[dict[str, Any]] | None = None, **entry: float) -> Figure:
    figure = find_figure(name)
    given = [Element.model_validate(e) for e in elements] if elements else figure.elements
    return Figure.model_validate(
        {
            "version": 1,
            "title": figure.title,
            "entry": figure.entry.model_dump() | entry,
            "needs": figure.needs,
            "elements": given,
        }
    )


def test_faster_than_it_flies_level_is_refused() -> None:
    (said, *_) = obstacles(changed("loop", speed_vs=3.0), craft("ultra_stick"))
    assert said == "entry.speed_vs: it is entered at 30.0 m/s, but level it flies 28.8 m/s at most"


def test_too_long_a_way_straight_up_is_refused() -> None:
    high = [
        {"arc": {"turn_deg": 90, "radius_b": 12}},
        {"line": {"length_b": 70, "climb_deg": 90}},
        {"stall_turn": {"to": "left"}},
        {"line": {"length_b": 70, "climb_deg": -90}},
        {"arc": {"turn_deg": 90, "radius_b": 12}},
    ]
    (said,) = obstacles(changed("stall_turn", high), craft("sport"))
    assert said.startswith("elements.1 (line vertical up 70 b): it stops ")
    assert "m above the entry: 19.4 m/s are worth 19.1 m, and its thrust of 0.93 weights carries it no farther" in said


def test_too_tight_a_loop_asks_for_more_lift_than_there_is() -> None:
    tight = [{"line": {"length_b": 8}}, {"arc": {"turn_deg": 360, "radius_b": 5}}]
    (said,) = obstacles(changed("loop", tight), craft("ultra_stick"))
    assert said.startswith("elements.1 (pull 360° radius 5 b): at 2")
    assert "of what its elevator reaches there (90% at most)" in said


def test_too_quick_a_roll_is_refused() -> None:
    quick = [{"line": {"length_b": 12, "roll_deg": 360}}]
    (said,) = obstacles(changed("aileron_roll", quick), craft("ultra_stick"))
    assert said.startswith("elements.0 (roll 360° right level 12 b): rolls at 20")
    assert said.endswith("% of its fastest roll (85% at most)")


def test_more_than_a_model_is_built_for_is_refused() -> None:
    tight = [{"line": {"length_b": 8}}, {"arc": {"turn_deg": 360, "radius_b": 3}}]
    found = obstacles(changed("loop", tight, speed_vs=2.7), craft("mcfoamy"))
    assert any("g (12 at most)" in line for line in found), found


def test_energy_is_kept_without_thrust_and_drag() -> None:
    loop = find_figure("loop")
    free = Capability.of(load_aircraft("mcfoamy"))
    still = replace(free, full=np.zeros_like(free.full), idle=np.zeros_like(free.idle))
    still.__dict__["glide"] = type(free.glide)(free.glide.alpha, free.glide.lift, np.zeros_like(free.glide.drag))
    reckoned = reckon(changed("loop", speed_vs=4.5), still)
    energy = 0.5 * reckoned.speed_mps**2 + 9.81 * reckoned.path.position[:, 2]
    assert np.ptp(energy) / energy[0] < 0.02  # of the reckoning's steps of half a span
    # At the top of a loop: lift = m v^2 / r - m g.
    top = int(np.argmax(reckoned.path.position[:, 2]))
    radius = loop.elements[1].part.radius_b * still.span_m  # pyright: ignore[reportAttributeAccessIssue]
    assert reckoned.load_factor[top] == pytest.approx(reckoned.speed_mps[top] ** 2 / radius / 9.81 - 1, rel=0.01)
    bottom = int(np.argmin(np.abs(reckoned.path.s_m - reckoned.path.starts_m[1] - 1.0)))
    assert reckoned.load_factor[bottom] == pytest.approx(reckoned.speed_mps[bottom] ** 2 / radius / 9.81 + 1, rel=0.01)


@pytest.mark.parametrize("aircraft", ["sport", "mcfoamy"])  # the weakest and the strongest
def test_thrust_and_level_speed_are_those_of_the_performance_sheet(aircraft: str) -> None:
    sheet, able = performance_sheet(load_aircraft(aircraft)), craft(aircraft)
    assert able.thrust_to_weight == pytest.approx(sheet.thrust_to_weight, rel=0.06)  # its wash drags on the wing
    assert sheet.fastest
    assert able.fastest_mps == pytest.approx(sheet.fastest.speed_mps, rel=1e-3)
    weight = able.weight_N
    stall = math.sqrt(2 * weight / (able.density * able.glide.most))
    assert stall == pytest.approx(sheet.stall[0].speed_mps, rel=0.02)


@pytest.mark.parametrize("aircraft", AIRCRAFT)
def test_the_fastest_roll_is_the_one_it_flies(aircraft: str) -> None:
    able = craft(aircraft)
    speed = 2.0 * able.stall_mps
    world = World(load_aircraft(aircraft), 120)
    world.reset((0.0, 0.0, 100.0), quaternion_from_pilot_angles(0.0, 0.0, 0.0), (speed, 0.0, 0.0))
    truth, fastest = np.zeros(len(QUANTITIES)), 0.0
    for _ in range(60):  # half a second of full aileron
        world.advance(1.0, 0.0, 0.0, 0.6)
        world.measure(truth)
        fastest = max(fastest, truth[AT.p] * able.span_m / 2 / truth[AT.airspeed])
    world.close()
    assert fastest == pytest.approx(able.helix, rel=0.15)


def spun(aircraft: str) -> tuple[float, float]:
    """(spans of height a turn from the first to the third, speed at the third in Vs), all controls into the spin."""
    model = load_aircraft(aircraft)
    world, truth, rows = World(model, 60), np.zeros(len(QUANTITIES)), []
    fast = 1.15 * model.stall_speed_mps
    world.reset((0.0, 0.0, 300.0), quaternion_from_pilot_angles(0.0, 0.1, 0.0), (fast, 0.0, 0.0))
    turned = 0.0
    for step in range(60 * 9):
        begun = step > 90  # stalled by then, elevator up, throttle closed
        world.advance(-1.0 * begun, 1.0, -1.0 * begun, 0.0)
        world.measure(truth)
        turned += begun * world.omega[2] / 60 / (2 * math.pi)
        rows.append((turned, truth[AT.z], truth[AT.airspeed]))
    world.close()
    turns, z, speed = np.array(rows).T
    assert turns[-1] > 3
    first, third = np.argmax(turns >= 1), np.argmax(turns >= 3)
    return float(z[first] - z[third]) / 2 / model.span_m, float(speed[third]) / model.stall_speed_mps


@pytest.mark.parametrize("aircraft", ["ultra_stick", "sport", "mcfoamy"])
def test_a_spin_is_flown_where_it_is_allowed(aircraft: str) -> None:
    height, speed = spun(aircraft)
    assert 0.5 * SPIN_TURN_B < height < 1.25 * SPIN_TURN_B
    assert speed == pytest.approx(SPIN_VS, rel=0.35)


def test_the_aircraft_that_is_refused_spirals_instead() -> None:
    height, speed = spun("angel")
    assert height > 1.3 * SPIN_TURN_B
    assert speed > 1.3 * SPIN_VS
