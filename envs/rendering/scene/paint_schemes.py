"""Paint for many aircraft: the drawing's colours swapped, so that each aircraft has its own, the same everywhere."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np

from envs.rendering.scene.solids import Points
from envs.rendering.scene.surface_skin import (
    CONTROL_TOP,
    CONTROL_UNDERSIDE,
    FUSELAGE,
    FUSELAGE_NOSE,
    TOP,
    TOP_TIP,
    UNDERSIDE,
    UNDERSIDE_TIP,
    Colour,
)

# wing, tips, controls, fuselage, nose
SCHEMES: tuple[tuple[Colour, Colour, Colour, Colour, Colour], ...] = (
    (TOP, TOP_TIP, CONTROL_TOP, FUSELAGE, FUSELAGE_NOSE),
    ((0.80, 0.11, 0.13), (0.95, 0.94, 0.91), (0.12, 0.18, 0.36), (0.95, 0.94, 0.91), (0.80, 0.11, 0.13)),
    ((0.13, 0.42, 0.78), (0.98, 0.98, 0.96), (0.98, 0.62, 0.10), (0.96, 0.96, 0.95), (0.13, 0.42, 0.78)),
    ((0.93, 0.93, 0.91), (0.96, 0.47, 0.08), (0.30, 0.34, 0.40), (0.93, 0.93, 0.91), (0.96, 0.47, 0.08)),
    ((0.24, 0.62, 0.30), (0.97, 0.96, 0.88), (0.97, 0.82, 0.18), (0.97, 0.96, 0.88), (0.16, 0.45, 0.22)),
    ((0.47, 0.26, 0.66), (0.95, 0.93, 0.97), (0.96, 0.76, 0.14), (0.95, 0.93, 0.97), (0.47, 0.26, 0.66)),
    ((0.05, 0.56, 0.58), (0.96, 0.96, 0.94), (0.90, 0.30, 0.22), (0.96, 0.96, 0.94), (0.05, 0.56, 0.58)),
    ((0.98, 0.52, 0.10), (0.16, 0.18, 0.24), (0.95, 0.94, 0.91), (0.16, 0.18, 0.24), (0.98, 0.52, 0.10)),
)
DRAWN = (TOP, TOP_TIP, CONTROL_TOP, FUSELAGE, FUSELAGE_NOSE)
BELOW = {UNDERSIDE: 0, UNDERSIDE_TIP: 1, CONTROL_UNDERSIDE: 2}  # the underside, in the colours of the top but darker


SHUFFLE = 3  # with it the shipped aircraft get five schemes, the Ultra Stick the colours of the drawing


def livery(name: str) -> int:
    """The scheme of the aircraft of a name (or a path, of which the file's name counts): one in every picture."""
    return zlib.crc32(f"{Path(name).stem} {SHUFFLE}".encode()) % len(SCHEMES)


def repainted(colours: Points, scheme: int) -> Points:
    """Colours (m, 3) of an AirframeMesh's triangles in a scheme (any whole number); tyres and metal stay."""
    paint, new = SCHEMES[scheme % len(SCHEMES)], colours.copy()
    for old, fresh in zip(DRAWN, paint, strict=True):
        new[(colours == np.array(old)).all(axis=1)] = fresh
    for old, index in BELOW.items():
        new[(colours == np.array(old)).all(axis=1)] = 0.72 * np.array(paint[index])
    return new
