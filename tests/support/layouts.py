"""Aircraft of every layout the file format must describe: one 1.4 m, 1.8 kg electric model, rearranged. SI, from CG."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

from envs.aircraft.aircraft import Aircraft, aircraft_from_dict

Data = dict[str, Any]

PROPELLER = {
    "diameter_m": 0.254,
    "pitch_m": 0.127,
    "J": [0, 0.2, 0.4, 0.6, 0.75],
    "CT": [0.11, 0.096, 0.066, 0.03, 0.0],
    "CP": [0.052, 0.049, 0.042, 0.026, 0.01],
}


def motor(name: str = "motor", x: float = 0.3, y: float = 0.0, turns: str = "clockwise") -> Data:
    """A 300 W motor with a 10x5 propeller."""
    return {
        "name": name,
        "position_m": [x, y, 0.0],
        "turns": turns,
        "rotor_inertia_kgm2": 8e-5,
        "swirl_recovery": 0.3,
        "propeller": PROPELLER,
        "motor": {"kv_rpm_per_V": 950, "resistance_ohm": 0.04, "no_load_A": 1.5, "max_current_A": 40},
        "battery": {"voltage_V": 11.7, "resistance_ohm": 0.02, "capacity_Ah": 2.6},
    }


def control(name: str, chord: float, *span: float, travel: float = 25.0, **mix: float) -> Data:
    """A hinged part over a share of span and chord."""
    return {"name": name, "chord_fraction": chord, "span": list(span) or [0.0, 1.0], "travel_deg": travel, "mix": mix}


def surface(
    name: str,
    root: tuple[float, float, float],
    tip: tuple[float, float, float],
    chords: tuple[float, float],
    *controls: Data,
    mirrored: bool = True,
    strips: int = 5,
    twist: tuple[float, float] = (0.0, 0.0),
    **airfoil: float,
) -> Data:
    """A straight-edged surface from two ribs (leading edges, m)."""
    ribs = [
        {"leading_edge_m": list(edge), "chord_m": chord, "incidence_deg": turn}
        for edge, chord, turn in zip((root, tip), chords, twist, strict=True)
    ]
    return {
        "name": name,
        "mirrored": mirrored,
        "strips": strips,
        "sections": ribs,
        "controls": list(controls),
        "airfoil": {"lift_slope_per_rad": 5.8, "drag_min": 0.014, "stall_deg": 11.0, **airfoil},
    }


def wheel(name: str, x: float, y: float, z: float, radius: float = 0.03, **more: Any) -> Data:
    """A sprung wheel, mirrored where y is not 0; radius 0: a skid."""
    return {
        "name": name,
        "contact_m": [x, y, z],
        "mirrored": y != 0,
        "radius_m": radius,
        "stiffness_N_per_m": 1500,
        "damping_Ns_per_m": 60,
        **more,
    }


AILERON = control("aileron", 0.2, 0.45, 0.95, aileron=1.0)
WING = surface(
    "wing", (0.09, 0.0, 0.06), (0.09, 0.7, 0.10), (0.25, 0.25), AILERON, twist=(2.0, 2.0), zero_lift_deg=-1.5
)
TAIL = surface(
    "tailplane",
    (-0.60, 0.0, 0.05),
    (-0.60, 0.25, 0.05),
    (0.15, 0.15),
    control("elevator", 0.35, elevator=1.0),
    strips=3,
)
FIN = surface(
    "fin",
    (-0.58, 0.0, 0.03),
    (-0.65, 0.0, 0.27),
    (0.18, 0.11),
    control("rudder", 0.4, rudder=1.0),
    mirrored=False,
    strips=3,
)
STEERED = {"steering": {"channel": "rudder", "travel_deg": 20}}
TRICYCLE = [wheel("main", -0.05, 0.17, -0.15), wheel("nose", 0.2, 0.0, -0.15, **STEERED)]
TAILDRAGGER = [wheel("main", 0.07, 0.17, -0.17), wheel("tail", -0.68, 0.0, -0.03, 0.012, **STEERED)]
SKIDS = [wheel("runner", 0.12, 0.10, -0.16, 0.0), wheel("heel", -0.45, 0.0, -0.15, 0.0)]


def conventional(**changes: Any) -> Data:
    """Wing, tailplane, fin, tricycle gear; `changes` replace top-level keys."""
    return copy.deepcopy(
        {
            "title": "layout",
            "stall_speed_mps": 9.0,
            "mass": {"mass_kg": 1.8, "Ixx": 0.08, "Iyy": 0.10, "Izz": 0.165},
            "surfaces": [WING, TAIL, FIN],
            "bodies": [
                {
                    "name": "fuselage",
                    "stations": [
                        {"x_m": 0.28, "z_m": 0.0, "width_m": 0.06, "height_m": 0.07},
                        {"x_m": -0.1, "z_m": 0.01, "width_m": 0.08, "height_m": 0.11},
                        {"x_m": -0.72, "z_m": 0.04, "width_m": 0.02, "height_m": 0.03},
                    ],
                }
            ],
            "propulsion": [motor()],
            "wheels": TRICYCLE,
            "servos": {"bandwidth_radps": 50, "rate_limit_dps": 300},
            **changes,
        }
    )


def t_tail() -> Data:
    """The tailplane on top of the fin, out of wash and most of the downwash."""
    data = conventional()
    for rib in data["surfaces"][1]["sections"]:
        rib["leading_edge_m"][0], rib["leading_edge_m"][2] = -0.65, 0.28
    return data


def v_tail(rise: float = 0.2) -> Data:
    """Two ruddervators on an upright (or, with a negative rise, inverted) V."""
    tail = surface(
        "vee",
        (-0.60, 0.0, 0.05),
        (-0.62, 0.25, 0.05 + rise),
        (0.17, 0.14),
        control("ruddervator", 0.35, elevator=0.7, rudder=0.7),
        strips=4,
    )
    return conventional(surfaces=[WING, tail])


def flying_wing() -> Data:
    """Swept, washed out, elevons, winglets, pusher, skids."""
    wing = surface(
        "wing",
        (0.225, 0.0, 0.0),
        (-0.165, 0.75, 0.03),
        (0.32, 0.20),
        control("elevon", 0.25, 0.35, 0.95, aileron=0.5, elevator=0.6),
        strips=7,
        twist=(1.0, -3.0),
    )
    winglet = surface("winglet", (-0.175, 0.75, 0.03), (-0.235, 0.76, 0.20), (0.19, 0.12), strips=2)
    pod = {
        "name": "pod",
        "stations": [
            {"x_m": 0.30, "z_m": 0.0, "width_m": 0.05, "height_m": 0.06},
            {"x_m": -0.10, "z_m": 0.0, "width_m": 0.09, "height_m": 0.09},
        ],
    }
    skids = [wheel("runner", 0.14, 0.08, -0.16, 0.0), wheel("heel", -0.15, 0.0, -0.15, 0.0)]
    return conventional(
        surfaces=[wing, winglet],
        bodies=[pod],
        propulsion=[motor(x=-0.18)],
        wheels=skids,
        launch={"kind": "bungee", "speed_mps": 14.0, "pitch_deg": 12.0, "height_m": 1.2},
    )


def twin(turning: tuple[str, str] = ("clockwise", "anticlockwise")) -> Data:
    """Two motors on the wing, turning as given: (left, right)."""
    return conventional(propulsion=[motor("left", 0.14, 0.22, turning[0]), motor("right", 0.14, -0.22, turning[1])])


def canard() -> Data:
    """Foreplane with the elevator ahead, wing and fin behind, pusher."""
    fore = surface(
        "foreplane",
        (0.52, 0.0, 0.02),
        (0.52, 0.24, 0.02),
        (0.13, 0.13),
        control("elevator", 0.4, elevator=1.0),
        strips=3,
        twist=(3.5, 3.5),
        zero_lift_deg=-2.0,
    )
    wing = surface(
        "wing",
        (-0.02, 0.0, 0.06),
        (-0.22, 0.7, 0.06),
        (0.28, 0.18),
        AILERON,
        strips=6,
        twist=(1.5, 1.0),
        zero_lift_deg=-1.5,
    )
    fin = surface(
        "fin",
        (-0.27, 0.0, 0.06),
        (-0.40, 0.0, 0.36),
        (0.22, 0.14),
        control("rudder", 0.4, rudder=1.0),
        mirrored=False,
        strips=3,
    )
    body = {
        "name": "fuselage",
        "stations": [
            {"x_m": 0.62, "z_m": 0.0, "width_m": 0.04, "height_m": 0.05},
            {"x_m": -0.30, "z_m": 0.03, "width_m": 0.08, "height_m": 0.10},
        ],
    }
    wheels = [wheel("main", -0.13, 0.2, -0.17), wheel("nose", 0.45, 0.0, -0.15, **STEERED)]
    return conventional(surfaces=[fore, wing, fin], bodies=[body], propulsion=[motor(x=-0.42)], wheels=wheels)


def flaps() -> Data:
    """Flaps inside the ailerons, on a channel of their own."""
    data = conventional()
    data["surfaces"][0]["controls"].append(control("flap", 0.25, 0.08, 0.42, travel=35.0, flap=1.0))
    return data


def differential_ailerons() -> Data:
    """Ailerons that go 25 deg up and 10 deg down."""
    data = conventional()
    data["surfaces"][0]["controls"][0]["travel_down_deg"] = 10.0
    return data


def taildragger() -> Data:
    """On two main wheels and a steered tail wheel."""
    return conventional(wheels=TAILDRAGGER)


def skids() -> Data:
    """A conventional aircraft without wheels, on runners."""
    return conventional(wheels=SKIDS, launch={"kind": "hand", "speed_mps": 11.0, "pitch_deg": 8.0, "height_m": 1.8})


LAYOUTS: dict[str, Callable[[], Data]] = {
    "conventional": conventional,
    "t_tail": t_tail,
    "v_tail": v_tail,
    "inverted_v_tail": lambda: v_tail(-0.12),
    "flying_wing": flying_wing,
    "twin": twin,
    "same_turning_twin": lambda: twin(("clockwise", "clockwise")),
    "canard": canard,
    "flaps": flaps,
    "differential_ailerons": differential_ailerons,
    "taildragger": taildragger,
    "skids": skids,
}


def layout(name: str) -> Aircraft:
    """The aircraft of a layout."""
    return aircraft_from_dict(LAYOUTS[name](), f"{name}.yaml", name)


def built(data: Data) -> Aircraft:
    """The aircraft of a mapping."""
    return aircraft_from_dict(data, "layout.yaml", "layout")


def dihedral(data: Data, degrees: float) -> Data:
    """The same with another dihedral of the wing."""
    for rib in data["surfaces"][0]["sections"]:
        rib["leading_edge_m"][2] = 0.06 + rib["leading_edge_m"][1] * math.tan(math.radians(degrees))
    return data
