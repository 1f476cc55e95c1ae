"""The aircraft file of a `Starter`: YAML with what each line is worth, in the form of the shipped ones."""

from __future__ import annotations

import math

from envs.aircraft.starter import (
    CELL_V,
    GRAVITY,
    LENGTH,
    PITCH_GYRATION,
    ROLL_GYRATION,
    YAW_SHARE,
    Starter,
)

# Lengths of the drawing in spans: configs/aircraft/sport.yaml over its span of 1.2192 m.
WING_X, WING_Z, CHORD = 0.0574, 0.0246, 0.1719
MAIN_Y, NOSE_X, CLEARANCE = 0.1668, 0.1042, 0.035
TIP_BACK_DEG = 14.0
"""Of the line from a main wheel to the centre of gravity, to the vertical: usual are 12 to 15 (Raymer, ch. 11)."""
SINK = 0.0042
"""By which the wheels give way at rest, in spans: a tenth of the Sport's wheel."""
FLAT = "lift_slope_per_rad: 5.5, drag_min: 0.015, drag_k: 0.02"


def starter_yaml(s: Starter) -> str:
    """The whole file. Units and signs as in `envs.aircraft.aircraft`."""
    b = s.span

    def m(share: float) -> str:
        return f"{share * b:.4f}"

    Ixx = s.mass * (ROLL_GYRATION * b) ** 2
    Iyy = s.mass * (PITCH_GYRATION * LENGTH * b) ** 2
    foil, drive = s.airfoil, s.drive
    propeller, radius = drive.propeller, drive.propeller.diameter_m / 2
    legs = -max(0.125 * b, radius + CLEARANCE * b)  # the propeller clears the ground
    main_x = math.tan(math.radians(TIP_BACK_DEG)) * legs
    nose_share = -main_x / (NOSE_X * b - main_x)
    main, nose = ((1 - nose_share) / 2 * s.mass, nose_share * s.mass)  # kg on each wheel
    rib = f"chord_m: {m(CHORD)}, incidence_deg: {1.5 + 0.5 * foil.zero_lift_deg:.2f}"
    cg = s.center_x
    return f"""\
# A first drawing by scripts/draft.py from span, mass and motor: proportions of configs/aircraft/sport.yaml, scaled.
# Every line is an estimate; put in what you measure, and run scripts/performance.py on it again.
# Positions: metres, x forward, y left, z up from the middle of the drawing; angles in degrees.
title: {s.title}
stall_speed_mps: {s.stall_speed:.2f} # computed: slowest level flight of this drawing without propeller

mass:
  mass_kg: {s.mass:g} # given
  center_of_gravity_m: [{cg:.4f}, 0.0, 0.0] # computed: static margin of this drawing; measure where yours balances
  Ixx: {Ixx:.5f} # estimated: radius of gyration {ROLL_GYRATION} spans, median of the shipped aircraft
  Iyy: {Iyy:.5f} # estimated: radius of gyration {PITCH_GYRATION} lengths, likewise
  Izz: {YAW_SHARE * (Ixx + Iyy):.5f} # estimated: {YAW_SHARE} of the sum of the others, a flat body

surfaces:
  - name: wing # {100 * s.area:.1f} dm2
    mirrored: true
    strips: 7
    sections: # 2 deg of dihedral
      - {{leading_edge_m: [{m(WING_X)}, 0.0, {m(WING_Z)}], {rib}}}
      - {{leading_edge_m: [{m(WING_X)}, {m(0.5)}, {m(WING_Z + 0.0175)}], {rib}}} # 2 deg of dihedral
    airfoil: # {foil.name}: thin-aerofoil theory; drag and stall estimated for a Reynolds number near 200,000
      lift_slope_per_rad: 6.0
      zero_lift_deg: {foil.zero_lift_deg:g}
      moment: {foil.moment:g}
      drag_min: {foil.drag_min:g}
      drag_k: 0.012
      stall_deg: {foil.stall_deg:g}
      stall_width_deg: 8.0
    controls:
      - {{name: aileron, span: [0.1, 1.0], chord_fraction: 0.16, travel_deg: 20, mix: {{aileron: 1.0}}}}
  - name: tailplane
    mirrored: true
    strips: 3
    sections:
      - {{leading_edge_m: [{m(-0.4019)}, 0.0, {m(0.0164)}], chord_m: {m(0.0943)}}}
      - {{leading_edge_m: [{m(-0.4101)}, {m(0.1886)}, {m(0.0164)}], chord_m: {m(0.0861)}}}
    airfoil: {{{FLAT}, stall_deg: 11.0}} # flat sheet
    controls:
      - {{name: elevator, chord_fraction: 0.35, travel_deg: 20, mix: {{elevator: 1.0}}}}
  - name: fin
    mirrored: false
    strips: 3
    sections:
      - {{leading_edge_m: [{m(-0.4101)}, 0.0, {m(0.0246)}], chord_m: {m(0.1558)}}}
      - {{leading_edge_m: [{m(-0.4675)}, 0.0, {m(0.1845)}], chord_m: {m(0.0902)}}}
    airfoil: {{{FLAT}, stall_deg: 13.0, stall_width_deg: 10.0}} # flat sheet
    controls:
      - {{name: rudder, chord_fraction: 0.45, travel_deg: 30, mix: {{rudder: 1.0}}}}

bodies:
  - name: fuselage
    drag_coefficient: 0.8 # with landing gear and cowl
    cross_drag_coefficient: 1.0
    stations:
      - {{x_m: {m(0.2133)}, z_m: 0.0, width_m: {m(0.0492)}, height_m: {m(0.0492)}}}
      - {{x_m: {m(0.1230)}, z_m: {m(-0.0041)}, width_m: {m(0.0697)}, height_m: {m(0.0902)}}}
      - {{x_m: {m(-0.1230)}, z_m: {m(-0.0041)}, width_m: {m(0.0697)}, height_m: {m(0.0902)}}}
      - {{x_m: {m(-0.5577)}, z_m: {m(0.0123)}, width_m: {m(0.0164)}, height_m: {m(0.0410)}}}

propulsion:
  - name: motor # about {drive.thrust:.1f} N, {drive.rpm:.0f} rpm and {drive.current:.0f} A at full throttle, standing
    position_m: [{m(0.2215)}, 0.0, 0.0]
    right_thrust_deg: 2.0
    rotor_inertia_kgm2: {8e-5 * (propeller.diameter_m / 0.24384) ** 3:.3g} # the Sport's, with the diameter's cube
    swirl_recovery: 0.2
    propeller: # {propeller.name}: interpolated by pitch over diameter between the Ultra Stick's and the Sport's tables
      diameter_m: {propeller.diameter_m:.4f}
      pitch_m: {propeller.pitch_m:.4f}
      J: {list(propeller.J)}
      CT: {list(propeller.CT)}
      CP: {list(propeller.CP)}
    motor:
      kv_rpm_per_V: {drive.kv:g} # given
      resistance_ohm: {drive.resistance:.4f} # of motor and controller
      no_load_A: {0.04 * drive.current:.2f}
      max_current_A: {1.4 * drive.current:.0f}
    battery: # {drive.cells} cells
      voltage_V: {drive.cells * CELL_V:.1f}
      resistance_ohm: {drive.pack_ohm:.4f}
      capacity_Ah: {drive.capacity:g}

servos: {{bandwidth_radps: 50.0, damping: 0.8, delay_s: 0.02, rate_limit_dps: 300}} # standard servos

wheels:
  - name: main
    mirrored: true
    contact_m: [{cg + main_x:.4f}, {m(MAIN_Y)}, {legs:.4f}]
    radius_m: {m(0.0246)}
{_spring(main, b)}
  - name: nose
    contact_m: [{cg + NOSE_X * b:.4f}, 0.0, {legs - 0.002 * b:.4f}]
    radius_m: {m(0.0222)}
{_spring(nose, b)}
    steering: {{channel: rudder, travel_deg: 20}}
"""


def _spring(mass: float, span: float) -> str:
    """Lines of a wheel that carries a mass (kg): it sinks in by SINK at rest, and is damped to 70 % of critical."""
    stiffness = mass * GRAVITY / (SINK * span)
    return f"""\
    stiffness_N_per_m: {stiffness:.0f}
    damping_Ns_per_m: {2 * 0.7 * (stiffness * mass) ** 0.5:.1f}
    side_stiffness_N_per_m: {1.5 * stiffness:.0f}"""
