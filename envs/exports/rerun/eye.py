"""What the nose camera sees in a Rerun recording: its picture, framed green where the neuron says 1, sum and answer."""

from __future__ import annotations

import numpy as np
import rerun as rr
import rerun.blueprint as rrb

from envs.exports.rerun.trail import TIMELINE
from envs.flights.flight_log import FlightLog
from envs.flights.overlay import COLOURS, clock
from envs.rendering.eye.looking import FlightEye

PLOTS = "plots/eye"
SEEN, UNSEEN, THRESHOLD = (70, 200, 110), (150, 160, 170), (255, 255, 255)
LINE = 3.0  # pixels of the camera: the height of the words below its picture


def eye_path(label: str) -> str:
    """The entity under which the pictures of a flight's camera lie."""
    return "eyes/" + rr.escape_entity_path_part(label)


def log_eye(stream: rr.RecordingStream, log: FlightLog, label: str, index: int, eye: FlightEye, alone: bool) -> None:
    """One flight's pictures, framed by the answer and with it in words, and the curves of sum, threshold and answer."""
    glances = eye.look_at(log, range(len(log)))
    time = rr.TimeColumn(TIMELINE, duration=clock(log))
    root, side = eye_path(label), len(glances[0].picture)
    answers = np.array([glance.answer for glance in glances])
    pixels = np.array([glance.shown for glance in glances])
    lens = rr.components.ImageFormat(width=side, height=side, color_model="L", channel_datatype="U8")
    sharp = rr.components.MagnificationFilter.Nearest
    stream.log(f"{root}/picture", rr.Image.from_fields(format=lens, magnification_filter=sharp), static=True)
    stream.send_columns(f"{root}/picture", [time], rr.Image.columns(buffer=list(pixels.reshape(len(glances), -1))))
    half, rows = 0.5 * side, len(glances)
    colours = np.where(answers[:, None] > 0, SEEN, UNSEEN).astype(np.uint8)
    words = [
        f"runway in sight: {one.answer}, sum {one.sum:.2f} {'>' if one.answer else '≤'} {one.threshold:.2f}"
        for one in glances
    ]
    _box(stream, f"{root}/frame", half, half, half)
    stream.send_columns(f"{root}/frame", [time], rr.Boxes2D.columns(colors=colours))
    _box(stream, f"{root}/answer", half, side + 0.5 * LINE, 0.5 * LINE)
    stream.send_columns(f"{root}/answer", [time], rr.Boxes2D.columns(colors=colours, labels=words))
    sums = np.array([glance.sum for glance in glances])
    thresholds = np.full(rows, glances[0].threshold)
    for place, (quantity, values) in enumerate((("sum", sums), ("threshold", thresholds), ("answer", answers))):
        name = f"{PLOTS}/{'answer' if quantity == 'answer' else 'sums'}/{quantity}/{rr.escape_entity_path_part(label)}"
        colour = THRESHOLD if quantity == "threshold" else COLOURS[place if alone else index]
        line = rr.SeriesLines(colors=colour, names=quantity if alone else f"{quantity} {label}", widths=1.8)
        stream.log(name, line, static=True)
        stream.send_columns(name, [time], rr.Scalars.columns(scalars=values.astype(np.float64)))


def _box(stream: rr.RecordingStream, name: str, half: float, middle: float, half_height: float) -> None:
    """A box as wide as the picture, about a height in it counted downwards, all in the camera's pixels."""
    box = rr.Boxes2D(centers=[[half, middle]], half_sizes=[[half, half_height]], show_labels=True)
    stream.log(name, box, static=True)


def eye_view(label: str, eye: FlightEye) -> rrb.Spatial2DView:
    """The viewer's view of one flight's pictures."""
    side = float(eye.size)
    bounds = rrb.VisualBounds2D(x_range=[-1.0, side + 1.0], y_range=[-1.0, side + LINE + 1.0])
    name = f"Eye, {eye.size} x {eye.size}: {label}"
    return rrb.Spatial2DView(origin=eye_path(label), name=name, visual_bounds=bounds)
