"""A coefficient aircraft from file to flight: drag in any form, what is refused, what is drawn, every task."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from envs.aircraft.aircraft import aircraft_from_dict, load_aircraft
from envs.base.errors import InputError
from envs.flight_env import FlightEnv
from envs.performance.flights import glide_polar
from envs.performance.solver import performance_sheet
from envs.physics.assembly.parameters import hull_points
from envs.physics.steady.airframe import Airframe, body_velocity
from envs.physics.steady.trim import balance_elevator
from envs.rendering.scene.airframe_mesh import AirframeMesh
from envs.tasks import TASKS
from tests.envs.physics.test_coefficient_aircraft import STICK, STILL, X8, stick
from tests.support.physics_tools import changed


@pytest.mark.parametrize(
    "form",
    [
        {"parasite": 0.04, "oswald": 0.8},
        {"zero": 0.04, "CL": 0.0, "CL_squared": 1 / (math.pi * 0.8 * 1.27**2 / 0.3097)},
        {"min": 0.04, "k": 1 / (math.pi * 0.8 * 1.27**2 / 0.3097)},
        # alpha = (CL - 0.1068) / 4.58, elevator neutral
        {"zero": 0.04087, "alpha": 0.07474, "alpha_squared": 1.6026},
    ],
)
def test_drag_in_any_published_form_is_the_same_drag(form: dict[str, float]) -> None:
    glider = Airframe(changed(stick(), lambda d: d["derivatives"].update(CD=form)), propeller=False)
    glider.command(0.0, 0.0, 0.0)
    pressure = 0.5 * 1.225 * 15.0**2 * 0.3097
    for alpha in (-0.02, 0.03, 0.1):
        load = glider.load(body_velocity(15.0, alpha, 0.0), STILL, 0.0, np.zeros(0))
        drag = load[2] * math.sin(alpha) - load[0] * math.cos(alpha)
        lift = 0.1068 + 4.58 * alpha
        assert drag / pressure == pytest.approx(0.04 + lift**2 / (math.pi * 0.8 * 1.27**2 / 0.3097), rel=0.01)


def _without(*keys: str | int) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        for key in keys[:-1]:
            data = data[key]
        data.pop(keys[-1])

    return change


def _with(value: Any, *keys: str | int) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        for key in keys[:-1]:
            data = data[key]
        data[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_without("derivatives"), "needs derivatives"),
        (_without("coefficient_model"), "surfaces: give at least one"),
        (_without("derivatives", "Cm", "q"), "derivatives.Cm.q must be given and negative"),
        (_with(0.4, "derivatives", "Cl", "p"), "derivatives.Cl.p must be given and negative"),
        (_with(-0.16, "derivatives", "Cl", "aileron"), "derivatives.Cl.aileron must be positive"),
        (_with(0.85, "derivatives", "Cm", "elevator"), "derivatives.Cm.elevator must be negative"),
        (_with({"min": 0.04, "oswald": 0.8}, "derivatives", "CD"), "drag CD must be given in one form"),
        (_with({"parasite": -0.04, "oswald": 0.8}, "derivatives", "CD"), "drag CD must stay above 0"),
        (_without("derivatives", "CL", "alpha"), "CL.alpha is missing"),
        (_with(False, "coefficient_model", "controls", 0, "mirrored"), "must be mirrored"),
        (
            _with(
                [
                    {
                        "name": "wing",
                        "mirrored": True,
                        "controls": [{"name": "wipers", "chord_fraction": 0.2}],
                        "sections": [
                            {"leading_edge_m": [0, 0, 0], "chord_m": 0.2},
                            {"leading_edge_m": [0, 0.6, 0], "chord_m": 0.2},
                        ],
                    }
                ],
                "outline",
            ),
            "control 'wipers' is not one of",
        ),
        (_with(3.0, "coefficient_model", "stal_deg"), "did you mean 'stall_deg'?"),
    ],
)
def test_a_faulty_file_is_refused_in_one_line(change: Callable[[dict[str, Any]], None], said: str) -> None:
    with pytest.raises(InputError) as refused:
        changed(stick(), change)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_surfaces_and_coefficient_model_exclude_each_other() -> None:
    both = load_aircraft("ultra_stick").model_dump(mode="json", exclude_none=True)
    both["coefficient_model"] = {"stall_deg": 14.0}
    with pytest.raises(InputError, match="not together with surfaces"):
        aircraft_from_dict(both, "both.yaml", "both")
    both.pop("coefficient_model")
    both["derivatives"]["CL"]["flap"] = 0.7
    with pytest.raises(InputError, match=r"derivatives.CL.flap: only for a coefficient aircraft"):
        aircraft_from_dict(both, "both.yaml", "both")


def test_it_is_drawn_and_can_strike_with_and_without_an_outline() -> None:
    made_up = AirframeMesh(stick())
    for name in ("wing_left", "aileron_right", "elevator_left", "rudder", "flap_left", "fuselage", "main_left_tyre"):
        assert made_up.part(name)
    assert np.ptp(hull_points(stick())[:, 1]) == pytest.approx(1.27)
    wing = {
        "name": "wing",
        "mirrored": True,
        "controls": [{"name": "aileron", "chord_fraction": 0.2}],
        "sections": [
            {"leading_edge_m": [-0.15, 0, 0.1], "chord_m": 0.25},
            {"leading_edge_m": [-0.15, 0.9, 0.1], "chord_m": 0.2},
        ],
    }
    outlined = changed(stick(), lambda d: d.update(outline=[wing]))
    assert np.ptp(hull_points(outlined)[:, 1]) == pytest.approx(1.8)
    mesh = AirframeMesh(outlined)
    rise = mesh.part("aileron_right").posed({"aileron": 20.0})[:, 2] - mesh.part("aileron_right").points[:, 2]
    assert rise.max() > 0.01  # roll right: right trailing edge up
    assert outlined.span_m == 1.27  # the published one


@pytest.mark.parametrize("path", [STICK, X8])
def test_performance_sheet(path: str) -> None:
    sheet = performance_sheet(load_aircraft(path))
    assert sheet.fastest
    assert sheet.fastest.speed_mps > 1.8 * sheet.stall[0].speed_mps
    assert {"short period", "phugoid", "roll", "dutch roll", "spiral"} <= {mode.name for mode in sheet.modes}
    assert bool(sheet.take_off) == (path == STICK)
    assert bool(sheet.flap_stall_mps) == (path == STICK)
    if sheet.flap_stall_mps:  # 25 deg of flaps: CL 0.74 a rad on a CLmax of 1.0, less what balances them
        assert 0.8 < sheet.flap_stall_mps / sheet.stall[0].speed_mps < 0.95


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("path", [STICK, X8])
def test_flies_every_task(path: str, task: str) -> None:
    env = FlightEnv(task=task, aircraft=path, weather="gusty", discrepancies=["heavy"])
    rng = np.random.default_rng(0)
    for seed in range(2):
        observation, _ = env.reset(seed=seed)
        info: dict[str, Any] = {}
        while not info:
            assert np.all(np.isfinite(observation))
            observation, *_, info = env.step(np.array([*rng.uniform(-0.5, 0.5, 3), 0.8], np.float32))
        assert info["outcome"]
    env.close()


def test_takes_off_from_its_wheels(tmp_path: Path) -> None:
    data = stick().model_dump(mode="json", exclude_none=True)
    for control in data["coefficient_model"]["controls"][1:3]:
        control["in_wash"] = 0.8  # elevator and rudder: the run would be a ride without
    path = tmp_path / "blown.yaml"
    path.write_text(yaml.safe_dump(data))
    env = FlightEnv(aircraft=str(path), weather="calm")
    env.reset(seed=1)
    while True:
        now = env.quantities
        climb = 0.16 if now.airspeed > 1.2 * 10.0 else 0.02
        action = np.array(
            [
                -1.0 * now.roll - 0.1 * now.p,
                1.0 * (climb - now.pitch) - 0.1 * now.q,
                -1.0 * now.heading - 0.1 * now.r,
                1.0,
            ],
            np.float32,
        )
        *_, terminated, truncated, info = env.step(action)
        if terminated or truncated:
            break
    assert info["outcome"] == "climbing"
    env.close()


def test_the_glide_ends_where_the_elevator_does_and_not_in_a_deep_stall_beyond() -> None:
    # With 6 deg of elevator the line Cm = 0 is left at 5.5 deg; a plate with hardly a moment balances again beyond.
    def weak(data: dict[str, Any]) -> None:
        data["coefficient_model"]["controls"][1]["travel_deg"] = 6
        data["coefficient_model"]["plate_moment"] = -0.05

    model = Airframe(changed(stick(), weak), propeller=False)
    assert balance_elevator(model, math.radians(8)) is None
    assert balance_elevator(model, math.radians(20)) is not None
    published = (-0.0278 + 0.8488 * math.radians(6)) / 0.723  # rad, about the published reference
    assert math.degrees(glide_polar(model)[-1].alpha) == pytest.approx(math.degrees(published), abs=1.0)
    sheet = performance_sheet(changed(stick(), weak))
    assert sheet.stall_limit == "elevator"
    assert sheet.stall[0].speed_mps > 12.0
