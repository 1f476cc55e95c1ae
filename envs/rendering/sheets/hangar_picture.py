"""All aircraft of a hangar on one runway, side by side at one scale, beside a pole of 1 m.

World axes as everywhere (x along the runway, y left, z up; m). The camera looks level along the runway, so that the
plane in which the aircraft stand keeps one scale from edge to edge; the empty part of the sky is cut off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from envs.aircraft.aircraft import Aircraft
from envs.base.files import replacing
from envs.base.runway import Runway
from envs.field.sky import SUN
from envs.rendering.page import DPI, INK, literal
from envs.rendering.scene.airframe_mesh import AirframeMesh
from envs.rendering.scene.camera import Camera
from envs.rendering.scene.landscape import Landscape, shaded
from envs.rendering.scene.rasteriser import Tile
from envs.rendering.scene.scene import disc_fan, shadow_of
from envs.rendering.scene.scenery import Prop
from envs.rendering.scene.solids import Points, X, Y, Z, joined, normals, rod
from envs.rendering.scene.trees import Trees
from envs.rendering.sheets.hangar_facts import HangarFacts

SUPERSAMPLING = 2
LEAST_PX, PX_PER_METRE, LEAST_M = 1600, 170, 4.6  # of the picture's width
YAW = math.radians(38.0)  # how far the noses turn from the camera
CARD_M, GAP_M, POLE_M = 1.25, 0.18, 0.30  # room for a label, between aircraft, for the pole
PLACE_X = 30.0  # where on the runway they stand
FOREGROUND_M, SKY = 0.50, 0.075  # below their feet; above the horizon, of the width
WOOD = (0.80, 0.66, 0.44)  # of the propellers


@dataclass(frozen=True)
class Parked:
    """An aircraft standing in the world.

    Corners (n, 3) in the world (m), colours (m, 3) of its triangles, body-to-world rotation (3, 3) and the position of
    its CG (3,), m.
    """

    mesh: AirframeMesh
    points: Points
    colours: Points
    rotation: Points
    position: Points


def draw_hangar(aircraft: Sequence[Aircraft], facts: Sequence[HangarFacts], path: Path) -> None:
    """Draw all aircraft, smallest span first, with their figures, into a .png, .pdf, .svg or .jpg file.

    Raises InputError where the file cannot be written.
    """
    order = sorted(range(len(aircraft)), key=lambda k: facts[k].span_m)
    parked = [park(aircraft[k]) for k in order]
    slots = [max(CARD_M, float(np.ptp(p.points[:, Y]))) + GAP_M for p in parked]
    row = POLE_M + sum(slots) + GAP_M
    across = max(LEAST_M, row)
    left = 0.5 * row - POLE_M - 0.5 * GAP_M
    pole_y, centers = left + 0.5 * POLE_M, []
    for item, slot in zip(parked, slots, strict=True):
        centers.append(left - 0.5 * slot)
        left -= slot
        across_y = item.points[:, Y]
        shift = np.array([PLACE_X, centers[-1] - 0.5 * (across_y.min() + across_y.max()), 0.0])
        item.points[:] += shift
        item.position[:] += shift
    picture, camera, top = _render(parked, pole_y, across)
    height, width = picture.shape[:2]
    figure = Figure(figsize=(width / DPI, height / DPI))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.axis("off")
    axes.imshow(picture, extent=(0, width, height, 0), interpolation="none", aspect="auto")
    scale = width / across

    def pixel(y: float, z: float) -> tuple[float, float]:
        """Pixel of a point in the plane they stand in."""
        ((x, y, _),) = camera.project(np.array([[PLACE_X, y, z]]))
        return float(x) / SUPERSAMPLING, float(y - top) / SUPERSAMPLING

    size = min(11.0, 0.047 * scale)
    cards = max(float(item.points[:, Z].max()) for item in parked) + 0.25  # height of their lower edges, m
    for item, k, y in zip(parked, order, centers, strict=True):
        x, high = pixel(y, float(item.points[:, Z].max()) + 0.12)
        words, title = _card(facts[k])
        _, low = pixel(y, cards)
        axes.plot([x, x], [low, high], color="white", linewidth=1.0, alpha=0.85)
        box = {"boxstyle": "round,pad=0.55", "facecolor": "white", "edgecolor": "none", "alpha": 0.91}
        axes.text(x, low, "\n" + words, fontsize=size, color=INK, ha="center", va="bottom", linespacing=1.45, bbox=box)
        axes.text(
            x,
            low - (words.count("\n") + 1) * 1.45 * 1.39 * size - 1.5,
            title,
            fontsize=1.08 * size,
            color=INK,
            weight="bold",
            ha="center",
            va="bottom",
        )
    x, y = pixel(pole_y, 1.04)
    axes.text(x, y, "1 m", fontsize=size, color="white", weight="bold", ha="center", va="bottom")
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    with replacing(path) as beside:
        literal(figure).savefig(beside, dpi=DPI)
        if path.suffix.lower() == ".png":
            _with_palette(beside)


def _with_palette(path: Path) -> None:
    """Rewrite a PNG with 256 colours, a third of the size; the little that is brightly painted gets its share."""
    with Image.open(path) as file:
        full = file.convert("RGB")
    pixels = np.asarray(full).reshape(-1, 3)
    bright = pixels[np.ptp(pixels.astype(int), axis=1) > 110]
    rest = pixels[:: 1 + len(pixels) // max(3 * len(bright), 1000)]
    sample = np.concatenate([bright, rest])
    palette = Image.fromarray(sample[: len(sample) // 16 * 16].reshape(16, -1, 3)).quantize(256, kmeans=1)
    full.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)


def park(aircraft: Aircraft) -> Parked:
    """Stand the aircraft at the origin on its wheels or its belly, its nose turned to the camera's right."""
    mesh = AirframeMesh(aircraft)
    pitch = _rest_pitch(aircraft)
    # body axes in the world: nose towards -x and -y, then raised
    nose, left = np.array([-math.cos(YAW), -math.sin(YAW), 0.0]), np.array([math.sin(YAW), -math.cos(YAW), 0.0])
    up = np.array([0.0, 0.0, 1.0])
    rotation = np.stack(
        [math.cos(pitch) * nose + math.sin(pitch) * up, left, math.cos(pitch) * up - math.sin(pitch) * nose], axis=1
    )
    points = mesh.points({}) @ rotation.T
    position = np.array([0.0, 0.0, -float(points[:, Z].min())])
    return Parked(mesh, points + position, mesh.colours, rotation, position)


def _rest_pitch(aircraft: Aircraft) -> float:
    """Pitch (rad) with its foremost and rearmost wheel or skid on the ground."""
    contacts = [wheel.contact_m for wheel in aircraft.wheels]
    if len(contacts) < 2:
        return 0.0
    front, rear = (choose(contacts, key=lambda contact: contact[X]) for choose in (max, min))
    return math.atan2(rear[Z] - front[Z], front[X] - rear[X])


def _card(facts: HangarFacts) -> tuple[str, str]:
    """(lines of figures, title) of a label."""
    thrust = "no motor" if facts.thrust_to_weight is None else f"thrust {facts.thrust_to_weight:.2f} × weight"
    stall = "no stall in a glide" if facts.stall_mps is None else f"stall {facts.stall_mps:.1f} m/s"
    lines = (
        f"span {facts.span_m:.2f} m · {facts.mass_kg:.2f} kg",
        f"{stall} · {thrust}",
        f"{facts.gear}, {facts.start}" if facts.gear not in ("none", "skids") else f"starts {facts.start}",
    )
    return "\n".join(lines), facts.title


def _render(parked: Sequence[Parked], pole_y: float, across: float) -> tuple[NDArray[np.uint8], Camera, int]:
    """(picture (height, width, 3), camera of the large picture, its rows cut off at the top)."""
    away = max(4.5, 0.92 * across)
    eye = 0.78 * math.sqrt(away)  # m; not in proportion, or a long row would lie at the foot of an empty runway
    wide = max(LEAST_PX, round(PX_PER_METRE * across)) * SUPERSAMPLING
    per_metre = wide / across
    below, above = round((eye + FOREGROUND_M) * per_metre), round(SKY * wide)
    camera = Camera(
        np.array([PLACE_X - away, 0.0, eye]),
        np.array([1.0, 0.0, 0.0]),
        2 * math.atan(0.5 * across / away),
        wide,
        2 * below,
    )
    image = np.zeros((2 * below, wide, 3), np.float32)
    runway = Runway(400.0, max(12.0, 1.15 * across), "asphalt")
    Landscape(runway).paint(image, camera)
    Trees(runway).draw(image, camera, math.inf, away)
    pole = _pole(np.array([PLACE_X, pole_y, 0.0]))
    for points, triangles in [(pole.points, pole.triangles), *((p.points, p.mesh.triangles) for p in parked)]:
        _shadow(image, camera, points, triangles)
    tile = Tile(image, camera, pole.points, 3)
    tile.draw(pole.points, pole.triangles, pole.lit)
    tile.finish()
    for item in parked:
        discs = [disc_fan(disc, 0.0, 0.0, item.rotation, item.position) for disc in item.mesh.discs]
        tile = Tile(image, camera, np.concatenate([item.points, *(corners for corners, *_ in discs)]), 3)
        tile.draw(item.points, item.mesh.triangles, shaded(item.colours, normals(item.points, item.mesh.triangles)))
        for corners, triangles, colours, _ in discs:
            tile.draw(corners, triangles, np.full_like(colours, WOOD), cull=False)
        tile.finish()
    top = below - above
    seen = (np.clip(image[top:], 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    size = (wide // SUPERSAMPLING, round(seen.shape[0] / SUPERSAMPLING))
    return np.asarray(Image.fromarray(seen).resize(size, Image.Resampling.LANCZOS)), camera, top


def _shadow(image: NDArray[np.float32], camera: Camera, points: Points, triangles: NDArray[np.int64]) -> None:
    """The shadow on the ground, its edge the softer the higher what throws it: the sun is as wide as in a haze."""
    turns = np.linspace(0.0, 2 * math.pi, 8, endpoint=False)
    for turn in turns:
        sun = SUN + 0.035 * np.array([math.cos(turn), math.sin(turn), 0.0])
        ground = shadow_of(points, sun)
        tile = Tile(image, camera, ground, 2)
        tile.draw(ground, triangles, np.zeros((len(triangles), 3), np.float32), cull=False)
        tile.finish(1.0 - 0.42 ** (1 / len(turns)))


def _pole(place: Points) -> Prop:
    """A surveyor's pole of 1 m, red and white every 20 cm."""
    up = np.array([0.0, 0.0, 1.0])
    pieces = [rod(place + low * up, place + (low + 0.2) * up, 0.018, 12) for low in np.arange(5) * 0.2]
    colours = [np.tile(((0.86, 0.12, 0.10), (0.97, 0.97, 0.96))[k % 2], (len(t), 1)) for k, (_, t) in enumerate(pieces)]
    return Prop(*joined(pieces), np.concatenate(colours))
