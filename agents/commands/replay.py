"""What scripts/replay.py does, after the command line is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from envs.base.errors import InputError
from envs.flights.flight_log import FlightLog, find_flight
from envs.flights.summary import summary


def replay(
    flights: Sequence[str],
    *,
    card: str | None = None,
    video: str | None = None,
    view: str | None = None,
    window: bool = False,
    acmi: str | None = None,
    dataflash: str | None = None,
    rerun: str | None = None,
) -> int:
    """Print what flew and write or show what is asked for; without a wish the card of a single flight.

    `rerun` is a file to save, or "" to open the viewer on one beside the first flight. Raises InputError, one line.
    """
    logs = [FlightLog.load(find_flight(flight)) for flight in flights]
    for option, given in (("--card", card), ("--window", window), ("--bin", dataflash)):
        if given and len(logs) > 1:
            raise InputError(f"{option} shows one flight (got {len(logs)})")
    print("\n\n".join(summary(log) for log in logs))
    if not (card or video or window or acmi or dataflash or rerun is not None) and len(logs) == 1:
        card = str(Path(logs[0].source).with_suffix(".png"))
    if card:
        from envs.rendering.card.card import draw_card

        print(f"card: {draw_card(logs[0], card)}")
    if acmi:
        from envs.exports.acmi import write_acmi

        print(f"Tacview: {write_acmi(logs, acmi)}")
    if dataflash:
        from envs.exports.ardupilot.dataflash import write_dataflash

        print(f"ArduPilot log: {write_dataflash(logs[0], dataflash)}")
    if rerun is not None:
        from envs.exports.rerun.recording import open_viewer, write_rerun

        saved = write_rerun(logs, rerun or Path(logs[0].source).with_suffix(".rrd"))
        print(f"Rerun: {saved}")
        if not rerun:
            open_viewer(saved)
    if video:
        from envs.rendering.film.side_by_side import write_side_by_side
        from envs.rendering.film.video import write_video

        look = view or "chase"
        written = write_video(logs[0], video, look) if len(logs) == 1 else write_side_by_side(logs, video, look)
        print(f"video: {written}")
    if window:
        from envs.rendering.film.window import play

        play(logs[0])
    return 0
