"""The aircraft file: what is refused and how, what the schema can describe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from envs.aircraft.aircraft import aircraft_from_dict
from envs.base.errors import InputError
from envs.physics.assembly.calibration import Condition, coefficients, flight_parameters
from envs.physics.assembly.parameters import build_parameters
from envs.physics.kernels.records import new_state
from envs.physics.world import World
from tests.support.physics_tools import bare, changed, place, ultra_stick, wing_only

Change = Callable[[dict[str, Any]], None]


def setting(*path: str | int, value: Any) -> Change:
    """A change that sets the entry at a path of keys and indices."""

    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = value

    return change


FAULTS: list[tuple[Change, list[str]]] = [
    (setting("mass", "mass_kg", value=-1.0), ["mass.mass_kg"]),
    (setting("mass", "mass_kg", value=float("nan")), ["mass.mass_kg"]),
    (setting("mass", "Izz", value=0.5), ["mass", "Ixx, Iyy, Izz, Ixz"]),
    (setting("mass", "Ixz", value=0.014), ["mass", "Ixx, Iyy, Izz, Ixz"]),  # the published value: no rigid body
    (setting("mass", "masss_kg", value=1.0), ["mass.masss_kg", "mass_kg"]),
    (setting("surfaces", 0, "controls", 0, "span", value=[0.9, 0.5]), ["aileron", "span"]),
    (setting("surfaces", 0, "controls", 0, "chord_fraction", value=1.5), ["chord_fraction"]),
    (setting("surfaces", 0, "controls", 0, "mix", value={"ailerons": 1.0}), ["mix.ailerons", "you mean 'aileron'?"]),
    (setting("surfaces", 0, "stripes", value=4), ["stripes", "strips"]),
    (setting("surfaces", 0, "sections", 0, "chord_m", value=0.0), ["chord_m"]),
    (setting("propulsion", 0, "propeller", "CT", value=[0.1, 0.0]), ["propeller"]),
    (setting("propulsion", 0, "propeller", "J", 3, value=0.05), ["propeller", "J"]),
    (setting("servos", "rate_limit_dps", value=0), ["servos.rate_limit_dps"]),
    (setting("wheels", 0, "stiffness_N_per_m", value=-5.0), ["stiffness_N_per_m"]),
    (setting("wheels", value=[]), ["wheels"]),
    (setting("launch", "kind", value="runaway"), ["launch.kind: must be", "did you mean 'runway'?"]),
]


@pytest.mark.parametrize(("change", "named"), FAULTS)
def test_impossible_aircraft_is_refused_in_one_line_naming_file_and_key(change: Change, named: list[str]) -> None:
    data = ultra_stick().model_dump(mode="json", exclude_none=True)
    change(data)
    with pytest.raises(InputError) as refused:
        aircraft_from_dict(data, "hangar/odd.yaml", "odd")
    text = str(refused.value)
    assert "\n" not in text
    assert text.startswith("hangar/odd.yaml:")
    for part in named:
        assert part in text


def test_missing_key_is_named() -> None:
    data = ultra_stick().model_dump(mode="json", exclude_none=True)
    del data["mass"]["Ixx"]
    with pytest.raises(InputError, match=r"odd.yaml: key 'mass.Ixx' is missing"):
        aircraft_from_dict(data, "odd.yaml", "odd")


WHEEL_PAIR = {
    "name": "many",
    "mirrored": True,
    "contact_m": [0, 0.2, -0.2],
    "damping_Ns_per_m": 9,
    "stiffness_N_per_m": 900,
}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (setting("wheels", value=[WHEEL_PAIR] * 4), "wheels: 8 wheels and skids (mirrored ones counted twice)"),
        (lambda data: data.update(propulsion=data["propulsion"] * 5), "propulsion: 5 motors"),
        (lambda data: data.update(bodies=data["bodies"] * 9), "bodies: 9 bodies"),
        (lambda data: [surface.update(strips=16) for surface in data["surfaces"]], "surfaces: 80 strips"),
    ],
)
def test_more_parts_than_the_kernels_hold_are_refused_before_any_is_laid_out(change: Change, named: str) -> None:
    crowded = changed(ultra_stick(), change)
    with pytest.raises(InputError) as refused:
        build_parameters(crowded)
    text = str(refused.value)
    assert "\n" not in text
    assert text.startswith(f"aircraft {crowded.name!r}: ")
    assert named in text
    assert "at most" in text


def test_control_without_a_lever_is_refused() -> None:
    def rudder_on_the_wing(data: dict[str, Any]) -> None:
        data["surfaces"][0]["controls"][0]["mix"] = {"aileron": 1.0, "rudder": 0.5}
        data["surfaces"][2]["controls"][0]["mix"] = {"elevator": 1.0}  # a fin cannot pitch

    with pytest.raises(InputError, match="lever arm"):
        build_parameters(changed(ultra_stick(), rudder_on_the_wing))


def test_published_derivatives_are_reproduced() -> None:
    aircraft = ultra_stick()
    reference = aircraft.derivatives
    assert reference is not None
    parameters, state = flight_parameters(aircraft), new_state()
    center = np.array(aircraft.mass.center_of_gravity_m)

    def slope(name: str, variable: str, step: float) -> float:
        middle = np.radians(2.5)
        two = [
            coefficients(
                parameters,
                state,
                reference,
                center,
                Condition(
                    **{"alpha": middle, variable: sign * step}
                    if variable != "alpha"
                    else {"alpha": middle + sign * step}
                ),
                True,
            )[name]
            for sign in (1, -1)
        ]
        return (two[0] - two[1]) / (2 * step)

    for name, variable, step in (
        ("CL", "alpha", 0.03),
        ("Cm", "alpha", 0.03),
        ("Cm", "q", 0.002),
        ("CL", "q", 0.002),
        ("Cm", "elevator", 0.02),
        ("CY", "beta", 0.05),
        ("Cl", "beta", 0.05),
        ("Cn", "beta", 0.05),
        ("Cl", "p", 0.02),
        ("Cn", "p", 0.02),
        ("Cl", "r", 0.02),
        ("Cn", "r", 0.02),
        ("Cl", "aileron", 0.02),
        ("Cn", "aileron", 0.02),
        ("Cn", "rudder", 0.02),
    ):
        published = getattr(reference, name)[variable]
        assert slope(name, variable, step) == pytest.approx(published, rel=0.08, abs=0.003), (name, variable)


def v_tail(data: dict[str, Any]) -> None:
    """The tail replaced by a V of 35 deg whose halves take elevator and rudder."""
    data["surfaces"] = [
        data["surfaces"][0],
        {
            "name": "v",
            "mirrored": True,
            "strips": 3,
            "sections": [
                {"leading_edge_m": [-0.76, 0.0, 0.0], "chord_m": 0.18},
                {"leading_edge_m": [-0.76, 0.25, 0.175], "chord_m": 0.18},
            ],
            "controls": [
                {
                    "name": "ruddervator",
                    "chord_fraction": 0.35,
                    "travel_deg": 25,
                    "mix": {"elevator": 0.6, "rudder": 0.6},
                }
            ],
        },
    ]


def flying_wing(data: dict[str, Any]) -> None:
    """A swept wing with elevons and nothing else."""
    data["surfaces"] = [
        {
            "name": "wing",
            "mirrored": True,
            "strips": 6,
            "sections": [
                {"leading_edge_m": [0.0, 0.0, 0.0], "chord_m": 0.35},
                {"leading_edge_m": [-0.45, 0.8, 0.0], "chord_m": 0.18, "incidence_deg": -2.0},
            ],
            "controls": [
                {
                    "name": "elevon",
                    "span": [0.4, 1.0],
                    "chord_fraction": 0.25,
                    "travel_deg": 25,
                    "mix": {"elevator": 0.6, "aileron": 0.6},
                }
            ],
        }
    ]
    data["bodies"] = []


def canard(data: dict[str, Any]) -> None:
    """The tailplane in front of the wing."""
    data["surfaces"][1]["sections"] = [
        {"leading_edge_m": [0.35, 0.0, 0.0], "chord_m": 0.15},
        {"leading_edge_m": [0.35, 0.25, 0.0], "chord_m": 0.15},
    ]


@pytest.mark.parametrize("layout", [v_tail, flying_wing, canard])
def test_controls_of_other_layouts_work_the_pilots_way(layout: Change) -> None:
    from envs.physics.steady.airframe import Airframe, body_velocity

    craft = Airframe(bare(changed(ultra_stick(), lambda d: (d.pop("derivatives"), layout(d))[0])))

    def moment(*command: float) -> np.ndarray:
        craft.command(*command)
        return craft.load(body_velocity(15.0, 0.05, 0.0), np.zeros(3), 0.0, np.zeros(0))[3:6]

    still = moment(0, 0, 0)
    assert moment(0, 0.4, 0)[1] < still[1] - 0.05  # nose up
    if craft.has["aileron"]:
        assert moment(0.4, 0, 0)[0] > still[0] + 0.1  # right wing down
    if craft.has["rudder"]:
        assert moment(0, 0, 0.4)[2] < still[2] - 0.05  # nose right


def test_differential_ailerons_go_up_further_than_down() -> None:
    differential = setting("surfaces", 0, "controls", 0, "travel_down_deg", value=10)
    record = build_parameters(changed(ultra_stick(), differential))
    assert np.degrees(record[0]["hinge_up"][0]) == pytest.approx(25)
    assert np.degrees(record[0]["hinge_down"][0]) == pytest.approx(10)


def test_servo_keeps_its_rate_delay_and_settles() -> None:
    world = World(ultra_stick())
    place(world, 100.0, 15.0, 0.05)
    elevator = int(np.flatnonzero(world.parameters[0]["hinge_gain"][:, 1])[0])
    angles = [0.0]
    for _ in range(20):
        world.advance(0, 1, 0, 0.5)
        angles.append(float(np.degrees(world.state[0]["deflection"][elevator])))
    # 150 deg/s published: 5 deg in a control step, the first one shortened by 20 ms of dead time and the lag
    assert -5.0 < angles[1] < 0.0
    assert min(np.diff(angles)) == pytest.approx(-5.0, abs=0.1)
    assert angles[-1] == pytest.approx(-25.0, abs=0.2)
    assert min(angles) > -26.0


def test_flat_wing_alone_can_fly() -> None:
    # No body, no thickness in the drawing: the strike hull must still be one.
    world = World(wing_only(6.0))
    place(world, 50.0, 15.0, 0.05)
    for _ in range(30):
        world.advance(0, 0, 0, 0)
    assert np.isfinite(world.position).all()
