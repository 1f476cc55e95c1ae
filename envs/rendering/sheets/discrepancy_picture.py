"""All discrepancies on one page: the aircraft drawn with each, beside its words, figures and servo curves."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle, Wedge
from numpy.typing import NDArray

from envs.aircraft.aircraft import Aircraft
from envs.rendering.page import BLUE, FAINT, GRID, INK, PURPLE, RED, fit_width, panel_look, polygons, save_page
from envs.rendering.scene.airframe_mesh import AirframeMesh
from envs.rendering.sheets.discrepancy_cells import Cell, cells
from envs.rendering.sheets.three_view import TO_THE_EYE, draw_solid

COLUMNS, CELL_W, CELL_H, HEAD = 4, 4.0, 2.75, 0.75  # in inches
TIMES = 3.0  # how much larger than they are warps and other angles are drawn
GHOST = "#9fb0bd"
Floats = NDArray[np.float64]


def draw_discrepancies(drawing: Aircraft, path: Path) -> list[Cell]:
    """Draw a cell for every discrepancy into a .png, .pdf, .svg or .jpg file; the cells.

    Raises InputError for a discrepancy whose file is broken, and where the picture cannot be written.
    """
    found = cells(drawing)
    rows = math.ceil(len(found) / COLUMNS)
    wide, tall = COLUMNS * CELL_W, rows * CELL_H + HEAD
    figure = Figure(figsize=(wide, tall), facecolor="white")
    FigureCanvasAgg(figure)
    figure.add_artist(
        Rectangle((0, 1 - 0.8 * HEAD / tall), 1, 1, transform=figure.transFigure, color="#22558a", zorder=-1)
    )
    y = 1 - 0.4 * HEAD / tall
    title = f"{drawing.title}: how it may differ from its drawing"
    fit_width(figure.text(0.015, y, title, fontsize=20, weight="bold", color="white", va="center"), 0.53)
    remark = f"upper end of each range; angles drawn {TIMES:g} × as large; violet: what it is about"
    fit_width(figure.text(0.985, y, remark, fontsize=11, color="white", va="center", ha="right"), 0.42, 7.0)
    sound = AirframeMesh(drawing)
    for number, cell in enumerate(found):
        row, column = divmod(number, COLUMNS)
        left, top = column / COLUMNS, 1 - (HEAD + row * CELL_H) / tall
        _draw_cell(figure, cell, drawing, sound, (left, top, 1 / COLUMNS, CELL_H / tall))
    save_page(figure, path)
    return found


def _draw_cell(
    figure: Figure, cell: Cell, drawing: Aircraft, sound: AirframeMesh, box: tuple[float, float, float, float]
) -> None:
    """`box`: left, top, width and height in shares of the page."""
    left, top, wide, high = box

    def at(right: float, down: float) -> tuple[float, float]:
        return left + right * wide, top - down * high

    grey = cell.built is None
    figure.add_artist(
        Rectangle(
            at(0.02, 0.97),
            0.96 * wide,
            0.95 * high,
            transform=figure.transFigure,
            facecolor="#f3f4f5" if grey else "white",
            edgecolor=GRID,
            linewidth=1.2,
            zorder=-1,
        )
    )
    figure.text(*at(0.05, 0.095), cell.name, fontsize=13, weight="bold", color=FAINT if grey else INK, va="center")
    ends = f"{cell.low:g} … {cell.high:g}" + ("  (− : mirrored)" if cell.low < 0 else "")
    figure.text(*at(0.95, 0.095), ends, fontsize=8.5, color=FAINT, ha="right", va="center")
    what = textwrap.wrap(cell.what, 64, max_lines=2, placeholder=" …")
    figure.text(*at(0.05, 0.15), "\n".join(what), fontsize=7.4, color=FAINT, va="top", linespacing=1.25)
    if cell.built is None:
        words = "\n".join(textwrap.wrap(f"not on this aircraft: {cell.reason}", 52))
        figure.text(*at(0.5, 0.6), words, fontsize=9, color=FAINT, ha="center", va="center")
        return
    beside = cell.curves is not None or bool(cell.rows)
    axes = figure.add_axes((*at(0.04, 0.86), (0.60 if beside else 0.92) * wide, 0.60 * high), label=cell.name)
    _draw_aircraft(axes, cell, drawing, sound)
    words = textwrap.wrap(" · ".join(cell.words), 58, max_lines=2, placeholder=" …")
    size = 9.5 if len(words) == 1 and len(words[0]) < 48 else 8.0
    look: dict[str, Any] = {"color": RED, "weight": "bold", "va": "center", "linespacing": 1.2}
    figure.text(*at(0.05, 0.905), "\n".join(words), fontsize=size, **look)
    if cell.curves is not None:
        panel = figure.add_axes((*at(0.71, 0.735), 0.25 * wide, 0.36 * high))
        _draw_curves(panel, cell)
    elif cell.rows:
        _write_rows(figure, cell, at)


def _write_rows(figure: Figure, cell: Cell, place: Callable[[float, float], tuple[float, float]]) -> None:
    """Figures, one below the other: as drawn or true, and as built or shown."""
    sensors = cell.built is not None and cell.built.built.sensors != type(cell.built.built.sensors)()
    for right, word in ((0.79, "true" if sensors else "drawn"), (0.95, "shown" if sensors else "built")):
        figure.text(*place(right, 0.42), word, fontsize=8, color=FAINT, ha="right")
    for number, (name, before, after) in enumerate(cell.rows):
        down = 0.50 + 0.17 * number
        figure.text(*place(0.95, down), name, fontsize=8, color=FAINT, ha="right")
        figure.text(*place(0.79, down + 0.085), before, fontsize=12, color=INK, ha="right")
        figure.text(*place(0.95, down + 0.085), after, fontsize=13, color=RED, weight="bold", ha="right")


def _draw_curves(axes: Axes, cell: Cell) -> None:
    curves = cell.curves
    assert curves is not None
    axes.plot(curves.time_s, curves.drawn_deg, color=BLUE, linewidth=1.2, label="drawn")
    axes.plot(curves.time_s, curves.built_deg, color=RED, linewidth=1.6, label="built")
    panel_look(axes)
    axes.tick_params(labelsize=6.5, length=2)
    axes.set_title(f"{curves.control}, ° over s", fontsize=7, color=INK, pad=2.5, loc="left")
    axes.legend(fontsize=6.5, frameon=False, ncol=2, loc="upper center", bbox_to_anchor=(0.5, -0.12), handlelength=1.2)


def _looking(elevation_deg: float, azimuth_deg: float) -> Floats:
    """Body axes to paper, seen from behind (azimuth 0) and above; azimuth + to the left, 180 from ahead."""
    up, turn = math.radians(elevation_deg), math.radians(azimuth_deg)
    eye = np.array([-math.cos(up) * math.cos(turn), math.cos(up) * math.sin(turn), math.sin(up)])
    right = np.cross(-eye, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(eye, right), eye])


def _view(cell: Cell, mesh: AirframeMesh) -> Floats:
    """The view in which the fault is seen best."""
    if any(name.endswith("_tyre") for name in cell.touched):
        return _looking(10.0, 158.0)
    if any(word.startswith("thrust line") for word in cell.words):
        return _looking(38.0, 120.0)
    if "spinner" in cell.touched and mesh.discs[0].center[0] > 0.0:  # in front
        return _looking(24.0, 142.0)
    return _looking(34.0, 24.0)


def _frame(cell: Cell, mesh: AirframeMesh, corners: Floats, drawn: Floats) -> tuple[Floats, Floats]:
    """(middle, half size) on paper of what is shown: the whole aircraft, or the place that a fault is about.

    `corners`, `drawn`: of the aircraft as built and as drawn, (n, 2) on paper.
    """
    both = np.concatenate([corners, drawn])
    low, high = both.min(axis=0), both.max(axis=0)
    middle, half = 0.5 * (low + high), 0.53 * (high - low)
    starts = np.cumsum([0, *(len(part.points) for part in mesh.parts)])
    tyres = {name.partition("_")[0] for name in cell.touched if name.endswith("_tyre")}
    own = [
        corners[starts[number] : starts[number + 1]]
        for number, part in enumerate(mesh.parts)
        if part.name in cell.touched or (part.name.endswith("_tyre") and part.name.partition("_")[0] in tyres)
    ]
    torn = cell.built is not None and any(half.lost_span for half in cell.built.built.halves)
    if not own or torn:  # what is torn off belongs into the picture too
        return middle, half
    box = np.concatenate(own)
    share = max(0.58 if tyres else 0.45, 1.25 * float((np.ptp(box, axis=0) / (high - low)).max()))
    return (middle, half) if share > 0.6 else (0.5 * (box.min(axis=0) + box.max(axis=0)), share * half)


def _draw_aircraft(axes: Axes, cell: Cell, drawing: Aircraft, sound: AirframeMesh) -> None:
    """In the axes of the drawing, so that a centre of gravity moves and not the aircraft; the sound one as a ghost."""
    built = cell.built
    assert built is not None
    mesh = AirframeMesh(exaggerated(built, drawing))
    view = _view(cell, mesh)
    here, there = (np.array(a.mass.center_of_gravity_m) for a in (built, drawing))
    points, drawn = mesh.points({}) + here, sound.points({}) + there
    middle = 0.5 * (drawn.min(axis=0) + drawn.max(axis=0))
    torn = {half.surface for half in built.built.halves if half.lost_span}
    striped = {half.surface for half in built.built.halves if half.lift != 1.0}
    for part in sound.parts:
        gone = part.name in cell.touched and part.name.rpartition("_")[0] in torn
        corners = ((part.posed({}) + there - middle) @ view.T)[part.triangles][:, :, :2]
        look: dict[str, Any] = {"facecolor": RED if gone else GHOST, "alpha": 0.22 if gone else 0.16}
        axes.add_collection(PolyCollection(polygons(corners), edgecolor="none", zorder=2, **look))
    solid = (points - middle) @ view.T
    draw_solid(axes, mesh, solid, view, np.zeros(2), middle - here)
    for part in mesh.parts:
        if part.name in cell.touched and part.name.rpartition("_")[0] not in torn | striped:
            _tint(axes, ((part.posed({}) + here - middle) @ view.T)[part.triangles])
    for disc, before in zip(mesh.discs, sound.discs, strict=False):
        if np.abs(disc.axis - before.axis).max() > 1e-6:
            for one, colour in ((before, FAINT), (disc, RED)):
                ends = (np.array([one.center, one.center + 1.6 * disc.radius * one.axis]) + here - middle) @ view.T
                arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.6}
                axes.annotate("", xy=ends[1, :2], xytext=ends[0, :2], arrowprops=arrow, zorder=8)
    if np.abs(here - there).max() > 1e-3 or built.mass.mass_kg != drawing.mass.mass_kg:
        _centre(axes, (there - middle) @ view.T, 0.03 * sound.reach, FAINT)
        size = 0.05 * sound.reach * math.sqrt(built.mass.mass_kg / drawing.mass.mass_kg)
        _centre(axes, (here - middle) @ view.T, size, INK)
    place, half = _frame(cell, mesh, solid[:, :2], ((drawn - middle) @ view.T)[:, :2])
    axes.set_xlim(place[0] - half[0], place[0] + half[0])
    axes.set_ylim(place[1] - half[1], place[1] + half[1])
    axes.set_aspect("equal", adjustable="box")
    axes.axis("off")


def _tint(axes: Axes, corners: Floats) -> None:
    """The triangles (m, 3, 3; on paper) of a part that a fault is about, tinted."""
    first, second, third = np.moveaxis(corners, 1, 0)
    seen = np.cross(second - first, third - first)[:, TO_THE_EYE] > 0
    axes.add_collection(
        PolyCollection(polygons(corners[seen][:, :, :2]), facecolor=PURPLE, edgecolor="none", alpha=0.62, zorder=5)
    )


def _centre(axes: Axes, place: Floats, size: float, colour: str) -> None:
    """The sign of a centre of gravity."""
    x, y, _ = place.tolist()
    axes.add_patch(Circle((x, y), size, facecolor="white", edgecolor=colour, linewidth=1.2, zorder=9))
    for start in (0, 180):
        axes.add_patch(Wedge((x, y), size, start, start + 90, color=colour, zorder=10))


def exaggerated(built: Aircraft, drawing: Aircraft) -> Aircraft:
    """The aircraft with the angles by which it differs from its drawing TIMES as large, to be seen; not to be flown."""
    more = TIMES - 1.0
    now = built.built
    controls = tuple(
        entry.model_copy(
            update={
                "offset_deg": TIMES * entry.offset_deg,
                "stuck_deg": None if entry.stuck_deg is None else TIMES * entry.stuck_deg,
            }
        )
        for entry in now.controls
    )
    units = [
        new.model_copy(
            update={
                key: getattr(new, key) + more * (getattr(new, key) - getattr(old, key))
                for key in ("right_thrust_deg", "down_thrust_deg")
            }
        )
        for new, old in zip(built.propulsion, drawing.propulsion, strict=False)
    ]
    halves = tuple(half.model_copy(update={"twist_deg": TIMES * half.twist_deg}) for half in now.halves)
    wheels = tuple(wheel.model_copy(update={"toe_deg": TIMES * wheel.toe_deg}) for wheel in now.wheels)
    shown = now.model_copy(update={"controls": controls, "halves": halves, "wheels": wheels})
    return built.model_copy(update={"built": shown, "propulsion": tuple(units)})
