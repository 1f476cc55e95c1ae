"""What scripts/figures.py does, after the command line is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from agents.command_line import writable_file
from envs.aircraft.aircraft import load_aircraft
from envs.base.console import plain_console
from envs.figures.capability import Capability
from envs.figures.figure import figure_names, find_figure
from envs.figures.sequence import find_sequence, sequence_names
from envs.rendering.figures.facts import figure_facts, print_figures
from envs.rendering.names import check_ending


def show_figures(
    names: Sequence[str],
    *,
    aircraft: Sequence[str] = ("ultra_stick",),
    picture_file: str | None = None,
    console: Console | None = None,
) -> int:
    """Print the figures of configs/figures (or those named, or paths) and who can fly them, draw them; the exit code 0.

    Raises InputError, one line, before anything is written.
    """
    console = console or plain_console()
    if not console.is_terminal:
        console.width = 160
    picture_path = writable_file(picture_file)
    if picture_path:
        check_ending(picture_path)
    figures = {name: find_figure(name) for name in names or figure_names()}
    crafts = [Capability.of(load_aircraft(name)) for name in dict.fromkeys(aircraft)]
    facts = [figure_facts(Path(name).stem, figure, crafts) for name, figure in figures.items()]
    print_figures(facts, console)
    for name in () if names else sequence_names():
        title, flown = find_sequence(name)
        console.print(Text(f"sequence {name} ({title}): {', '.join(each.name for each in flown)}"), soft_wrap=True)
    if picture_path:
        from envs.rendering.figures.picture import draw_figures

        draw_figures(facts, picture_path)
        console.print(f"written to {picture_path}", highlight=False, soft_wrap=True, markup=False)
    return 0
