"""An aircraft's config as a coloured triangle mesh in body axes (m, x forward, y left, z up, origin at the CG)."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from envs.aircraft.aircraft import Aircraft, Surface, Wheel
from envs.aircraft.as_built import Side
from envs.aircraft.halves import half_built, sides, wheel_built
from envs.aircraft.outline import drawn_aircraft
from envs.physics.assembly.strips import cut_strips
from envs.rendering.scene.paint_schemes import livery, repainted
from envs.rendering.scene.solids import Points, Solid, Triangles, X, loft, mirrored, rod, rounded_ring, wheel
from envs.rendering.scene.surface_skin import FUSELAGE, FUSELAGE_NOSE, Colour, SurfaceSkin
from envs.rendering.scene.turning import Swing, Turning, swings

METAL, TYRE, HUB = (0.42, 0.43, 0.45), (0.09, 0.09, 0.10), (0.86, 0.86, 0.86)
DRAGGING = (0.78, 0.22, 0.08)  # a tyre that does not roll as freely as drawn
LEFT, RIGHT = 1, -1
SUFFIX = {"left": "_left", "right": "_right", "both": ""}
WING_THICKNESS, TAIL_THICKNESS = 0.125, 0.055  # of the chord: the physics needs none, so the config has none


@dataclass(frozen=True)
class Part:
    """A rigid piece: undeflected points (n, 3) in body axes (m), triangles (m, 3), colour of each triangle (m, 3)."""

    name: str
    points: Points
    triangles: Triangles
    colours: Points
    turning: Turning | None = None

    def posed(self, deflections_deg: Mapping[str, float]) -> Points:
        """The points (n, 3), turned by the channels' deflections (deg, pilot's signs)."""
        if self.turning is None:
            return self.points
        rotation, point = self.rotation(deflections_deg), self.turning.point
        return (self.points - point) @ rotation.T + point

    def rotation(self, deflections_deg: Mapping[str, float]) -> Points:
        """Rotation matrix (3, 3) about the hinge line for deflections in deg, by the formula of Rodrigues."""
        if self.turning is None:
            return np.eye(3)
        x, y, z = self.turning.axis
        cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        angle = self.turning.angle(deflections_deg)
        return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross


@dataclass(frozen=True)
class Disc:
    """A propeller: its hub (3,), m, and the unit vector (3,) of its pull in body axes, and its radius (m)."""

    center: Points
    axis: Points
    radius: float


class AirframeMesh:
    """An aircraft's parts, and all of them together as one list of triangles, in body axes (m).

    As it was built: what is torn off is gone, a warp is a warp, halves that have lost lift are striped, controls stand
    where their linkages hold them, bent wheels are turned, and tyres that drag are red.
    """

    def __init__(self, aircraft: Aircraft) -> None:
        aircraft = drawn_aircraft(aircraft)
        self._origin = np.array(aircraft.mass.center_of_gravity_m)
        self.parts: list[Part] = []
        _, all_hinges = cut_strips(aircraft)
        hinges = swings(aircraft, all_hinges)
        areas = [_area(surface) for surface in aircraft.surfaces]
        for surface, area in zip(aircraft.surfaces, areas, strict=True):
            thickness = WING_THICKNESS if area > 0.5 * max(areas) else TAIL_THICKNESS
            for name in sides(surface.mirrored):
                half = half_built(aircraft.built.halves, surface.name, name)
                skin = SurfaceSkin(surface, thickness, self._origin, half)
                self._add_surface(skin, RIGHT if name == "right" else LEFT, SUFFIX[name], hinges)
        self._add_bodies(aircraft)
        for item in aircraft.wheels:
            for name in sides(item.mirrored):
                self._add_wheel(aircraft, item, name)
        scheme = livery(aircraft.name)
        self.discs = [
            self._disc(p.position_m, p.right_thrust_deg, p.down_thrust_deg, p.propeller.diameter_m)
            for p in aircraft.propulsion
        ]
        for disc in self.discs:
            self._add("spinner", _spinner(disc), FUSELAGE_NOSE)
        self.parts = [dataclasses.replace(part, colours=repainted(part.colours, scheme)) for part in self.parts]
        starts = np.cumsum([0] + [len(part.points) for part in self.parts[:-1]])
        self.triangles = np.concatenate([p.triangles + s for p, s in zip(self.parts, starts, strict=True)])
        self.colours = np.concatenate([part.colours for part in self.parts])
        self.reach = float(max(np.linalg.norm(part.points, axis=1).max() for part in self.parts))  # from the CG, m

    def points(self, deflections_deg: Mapping[str, float]) -> Points:
        """Corners of `triangles` in body axes for channel deflections in degrees (pilot's signs)."""
        return np.concatenate([part.posed(deflections_deg) for part in self.parts])

    def part(self, name: str) -> Part:
        """The first part called `name`: the name in the config, with _left or _right if the part is mirrored."""
        return next(part for part in self.parts if part.name == name)

    def _add(self, name: str, solid: Solid, colour: Colour, turning: Turning | None = None) -> None:
        points, triangles = solid
        self.parts.append(Part(name, points, triangles, np.tile(colour, (len(triangles), 1)), turning))

    def _add_surface(self, skin: SurfaceSkin, side: int, suffix: str, hinges: Mapping[str, Swing]) -> None:
        surface = skin.surface
        fixed = skin.fixed()
        if fixed is not None:
            self.parts.append(_on_side(side, surface.name + suffix, *fixed))
        for control in surface.controls:
            moving, swing = skin.moving(control), hinges[control.name + suffix]
            if moving is None:  # torn off
                continue
            point, along = skin.hinge_line(control)
            flip = np.array([1.0, side, 1.0])
            # Angles of hinges are trailing edge towards the underside. On the left that is a turn about tip-to-root;
            # a mirror image turns the other way about the mirrored line.
            # The log's channel deflections are those of the parts themselves, so mixing weights are in them.
            turning = Turning(point * flip, -side * along * flip, *swing)
            self.parts.append(_on_side(side, control.name + suffix, *moving, turning))

    def _add_bodies(self, aircraft: Aircraft) -> None:
        for body in aircraft.bodies:
            stations = sorted(body.stations, key=lambda station: -station.x_m)
            rings = [
                rounded_ring(
                    np.array([s.x_m, body.y_m, s.z_m]) - self._origin, max(s.width_m, 0.004), max(s.height_m, 0.004)
                )
                for s in stations
            ]
            first = stations[0]
            if first.width_m > 0.01:  # a short rounded nose before a blunt first station
                tip = np.array([first.x_m + 0.2 * first.width_m, body.y_m, first.z_m]) - self._origin
                rings.insert(0, rounded_ring(tip, 0.7 * first.width_m, 0.7 * first.height_m))
            points, triangles = loft(rings)
            colours = np.tile(FUSELAGE, (len(triangles), 1))
            nose_x, tail_x = rings[0][0, X], rings[-1][0, X]
            cowl_end = nose_x - 0.14 * (nose_x - tail_x)
            colours[points[triangles].mean(axis=1)[:, X] > cowl_end] = FUSELAGE_NOSE
            for side, suffix in ((1, "_left"), (-1, "_right")) if body.mirrored else ((1, ""),):
                self.parts.append(_on_side(side, body.name + suffix, (points, triangles), colours))

    def _add_wheel(self, aircraft: Aircraft, item: Wheel, side: Side) -> None:
        name, built = item.name + SUFFIX[side], wheel_built(aircraft, item.name, side)
        contact = (np.array(item.contact_m) - self._origin) * [1.0, RIGHT if side == "right" else LEFT, 1.0]
        axle = contact + np.array([0.0, 0.0, item.radius_m])
        toe, down = math.radians(built.toe_deg), np.array([0.0, 0.0, -1.0])  # about it, + is to the right
        turning = Turning(axle, down, {}, toe, toe, toe) if toe else None
        if item.steering is not None:
            # The wheel's share of its channel; + steers right, so a wheel behind the CG turns the other way.
            full = max(
                (c.travel_deg for s in aircraft.surfaces for c in s.controls if item.steering.channel in c.mix),
                default=item.steering.travel_deg,
            )
            share = math.copysign(item.steering.travel_deg / full, axle[X])
            limit = math.radians(item.steering.travel_deg)
            turning = Turning(axle, down, {item.steering.channel: share}, toe - limit, toe + limit, toe)
        if item.radius_m > 0:
            tyre, hub = wheel(axle, item.radius_m, 0.55 * item.radius_m)
            self._add(name + "_tyre", tyre, DRAGGING if built.rolling > 1.0 else TYRE, turning)
            self._add(name + "_hub", hub, HUB, turning)
        thickness = max(0.003, 0.1 * item.radius_m)
        self._add(name + "_leg", rod(self._leg_root(aircraft, axle), axle, thickness), METAL)

    def _leg_root(self, aircraft: Aircraft, axle: Points) -> Points:
        """Where a wheel's leg starts: inside the nearest body, without one at the nearest rib."""
        roots: list[Points] = []
        origin_x, _, origin_z = self._origin
        axle_x, axle_y, _ = axle
        for body in aircraft.bodies:
            stations = sorted(body.stations, key=lambda station: station.x_m)
            xs = [station.x_m - origin_x for station in stations]
            x = float(np.clip(axle_x, xs[0], xs[-1]))
            z = float(np.interp(x, xs, [s.z_m for s in stations])) - origin_z
            height = float(np.interp(x, xs, [s.height_m for s in stations]))
            width = float(np.interp(x, xs, [s.width_m for s in stations]))
            for y in {body.y_m, -body.y_m} if body.mirrored else {body.y_m}:
                roots.append(np.array([x, y + np.clip(axle_y - y, -0.4 * width, 0.4 * width), z - 0.35 * height]))
        if not roots:
            ribs = (
                np.array(
                    [
                        np.subtract(rib.leading_edge_m, (0.4 * rib.chord_m, 0.0, 0.0))
                        for surface in aircraft.surfaces
                        for rib in surface.sections
                    ]
                )
                - self._origin
            )
            roots = [*ribs, *(ribs * [1.0, -1.0, 1.0])]
        return min(roots, key=lambda root: float(np.linalg.norm(root - axle)))

    def _disc(self, position: tuple[float, float, float], right_deg: float, down_deg: float, diameter: float) -> Disc:
        right, down = math.radians(right_deg), math.radians(down_deg)
        axis = np.array([math.cos(right) * math.cos(down), -math.sin(right) * math.cos(down), -math.sin(down)])
        # a little ahead of the motor's point, so that the disc does not cut into a blunt nose
        return Disc(np.array(position) - self._origin + 0.06 * diameter * axis, axis, 0.5 * diameter)


def _on_side(side: int, name: str, solid: Solid, colours: Points, turning: Turning | None = None) -> Part:
    """A part given for the left half, put on the left (side 1) or mirrored to the right (side -1)."""
    points, triangles = mirrored(solid) if side < 0 else solid
    return Part(name, points, triangles, colours, turning)


def _spinner(disc: Disc) -> Solid:
    radius = disc.radius
    stops = ((0.16, 0.004), (0.12, 0.09), (0.04, 0.15), (-0.10, 0.17))  # along the axis, diameter; of the radius
    return loft(
        [
            rounded_ring(disc.center + ahead * radius * disc.axis, size * radius, size * radius, 12, 2.0)
            for ahead, size in stops
        ]
    )


def _area(surface: Surface) -> float:
    ribs = np.array([rib.leading_edge_m for rib in surface.sections])
    chords = np.array([rib.chord_m for rib in surface.sections])
    steps = np.linalg.norm(np.diff(ribs[:, 1:], axis=0), axis=1)
    return float(np.sum(steps * 0.5 * (chords[1:] + chords[:-1]))) * (2 if surface.mirrored else 1)
