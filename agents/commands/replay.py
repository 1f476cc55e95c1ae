"""What scripts/replay.py does, after the command line is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agents.command_line import writable_file
from envs.base.errors import InputError
from envs.exports import exporters
from envs.flights.flight_log import FlightLog, all_flights, failed_flights, find_flight
from envs.flights.story import summary, verdict
from envs.rendering.names import check_ending, check_pictures

if TYPE_CHECKING:
    from envs.rendering.eye.looking import FlightEye

MOST_CARDS = 12  # a second or two each
FEWEST_OVERLAID = 2


def replay(
    flights: Sequence[str],
    *,
    card: str | None = None,
    video: str | None = None,
    view: str | None = None,
    window: bool = False,
    exports: Mapping[str, str] | None = None,
    failed: bool = False,
    eye: str | bool | None = None,
) -> int:
    """Print what flew and write or show what is asked for; without a wish the card of a single flight.

    `exports` is {option of an exporter: file}, a file of "" meaning beside the first flight, to be shown in its viewer.
    `failed`: `flights` are folders, of which all flights that failed are meant; without a wish each gets its card.
    `eye`: show what the cameras see, with the neuron of a file or, True, the shipped one; False: do not; None: of
    flights that land, where an aircraft has a camera that fits. Raises InputError, one line.
    """
    found = [path for folder in flights for path in failed_flights(folder)] if failed else map(find_flight, flights)
    logs = [FlightLog.load(path) for path in found]
    if failed and not logs:
        print(f"{' '.join(flights)}: no flight in it failed")
        return 0
    eyes = _eyes(logs, eye)
    known = exporters()
    wanted = {known[option]: file for option, file in (exports or {}).items()}
    for option, given in (("--card", card), ("--window", window)):
        if given and len(logs) > 1:
            raise InputError(f"{option} shows one flight (got {len(logs)})")
    for exporter, file in wanted.items():
        exporter.path(logs, file)  # a wrong name is found out before anything is written
    check_pictures(Path(card) if card else None, Path(video) if video else None)
    _check_window(window)
    if failed:
        print("\n".join(f"{Path(log.source).with_suffix('')}: {verdict(log.header)}" for log in logs), flush=True)
    else:
        print("\n\n".join(summary(log) for log in logs))
    if not (card or video or window or wanted) and (failed or len(logs) == 1):
        return _cards(logs, eyes)
    if card:
        from envs.rendering.card.card import draw_card

        print(f"card: {draw_card(logs[0], card, eyes[0])}")
    for exporter, file in wanted.items():
        saved = exporter.save(logs, file, eyes)
        print(f"{exporter.label}: {saved}")
        if not file and exporter.show:
            exporter.show(saved)
    _film(logs, eyes, video, view, window)
    return 0


def _film(
    logs: Sequence[FlightLog], eyes: Sequence[FlightEye | None], video: str | None, view: str | None, window: bool
) -> None:
    """Write the video and play the flight in a window, each if wanted."""
    if video:
        from envs.rendering.film.flight_view import usual_view
        from envs.rendering.film.side_by_side import write_side_by_side
        from envs.rendering.film.video import write_video

        look = view or usual_view(logs[0], is_small=len(logs) > 1)
        if len(logs) == 1:
            written = write_video(logs[0], video, look, eye=eyes[0])
        else:
            written = write_side_by_side(logs, video, look, eyes=eyes)
        print(f"video: {written}")
    if window:
        from envs.rendering.film.window import play

        play(logs[0], view or "chase", eye=eyes[0])


def overlay(flights: Sequence[str], file: str, *, failed: bool = False) -> int:
    """Draw flights of one figure over each other; of folders all flights, or with `failed` all that failed; 0.

    Raises InputError, one line.
    """
    from envs.flights.figure_flights import flights_of_one_figure
    from envs.rendering.card.overlay import draw_overlay

    path = Path(file)
    check_ending(path, "overlay")
    writable_file(file)
    found = [flight for one in flights for flight in (failed_flights if failed else all_flights)(one)]
    if len(found) < FEWEST_OVERLAID:
        raise InputError(f"--overlay shows several flights (got {len(found)}); --card shows one")
    logs = [FlightLog.load(flight) for flight in found]
    overlaid = flights_of_one_figure(logs)
    print(overlaid.summary)
    print(f"overlay: {draw_overlay(overlaid, logs, path)}")
    return 0


def _check_window(wanted: bool) -> None:
    """Raise InputError where a window is wanted and none can open."""
    if wanted:
        from envs.rendering.film.picture_window import check_screen

        check_screen()


def _eyes(logs: Sequence[FlightLog], wanted: str | bool | None) -> list[FlightEye | None]:
    """Of each flight what looks out of its nose, if it is to be shown. Raises InputError."""
    if wanted is False:
        return [None] * len(logs)
    from envs.camera.eye_file import read_neuron
    from envs.rendering.eye.looking import eye_of, usual_eye

    if wanted is None:
        return [usual_eye(log) for log in logs]
    neuron = read_neuron(Path(wanted)) if isinstance(wanted, str) else None
    return [eye_of(log, neuron) for log in logs]


def _cards(logs: Sequence[FlightLog], eyes: Sequence[FlightEye | None]) -> int:
    """Draw the card of each flight beside its log; of many only the first; 0."""
    from envs.rendering.card.card import draw_card

    for log, eye in list(zip(logs, eyes, strict=True))[:MOST_CARDS]:
        print(f"card: {draw_card(log, Path(log.source).with_suffix('.png'), eye)}", flush=True)
    if len(logs) > MOST_CARDS:
        print(f"{len(logs) - MOST_CARDS} more without a card: name one to draw its")
    return 0
