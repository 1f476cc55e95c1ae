"""What scripts/figures.py does, after the command line is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from agents.command_line import writable_file
from envs.aircraft.aircraft import load_aircraft
from envs.base.console import plain_console
from envs.base.errors import InputError
from envs.figures.capability import Capability
from envs.figures.display import Display, find_display
from envs.figures.figure import figure_names
from envs.figures.sequence import find_sequence, sequence_names
from envs.rendering.figures.facts import FigureFacts, figure_facts, print_figures
from envs.rendering.names import check_ending


def show_figures(
    names: Sequence[str],
    *,
    aircraft: Sequence[str] = ("ultra_stick",),
    picture_file: str | None = None,
    console: Console | None = None,
) -> int:
    """Print the figures of configs/figures (or those named, or paths) and who can fly them, draw them; the exit code 0.

    The name or path of a sequence stands for its figures, and is drawn as a page of its own.
    Raises InputError, one line, before anything is written.
    """
    console = console or plain_console()
    if not console.is_terminal:
        console.width = 160
    picture_path = writable_file(picture_file)
    if picture_path:
        check_ending(picture_path)
    displays = [find_display(name) for name in names or figure_names()]
    sequence = next((display for display in displays if not display.is_lone), None)
    if sequence and len(names) > 1:
        raise InputError(f"{sequence.title}: a sequence has a page of its own, name it alone")
    figures = {each.name: each.figure for display in displays for each in display.flown}
    crafts = [Capability.of(load_aircraft(name)) for name in dict.fromkeys(aircraft)]
    facts = [figure_facts(Path(name).stem, figure, crafts) for name, figure in figures.items()]
    print_figures(facts, console)
    for name in () if names else sequence_names():
        title, flown = find_sequence(name)
        console.print(Text(f"sequence {name} ({title}): {', '.join(each.name for each in flown)}"), soft_wrap=True)
    if picture_path:
        if sequence:
            from envs.rendering.figures.sequence_page import draw_sequence

            draw_sequence(sequence.title, sequence.flown, _remark(sequence, facts), picture_path)
        else:
            from envs.rendering.figures.picture import draw_figures

            draw_figures(facts, picture_path)
        console.print(f"written to {picture_path}", highlight=False, soft_wrap=True, markup=False)
    return 0


def _remark(sequence: Display, facts: Sequence[FigureFacts]) -> str:
    """How many figures, and who can fly all of them."""
    words = [f"{len(sequence.flown)} figures, from {sequence.flown[0].height_b:g} b"]
    for number, verdict in enumerate(facts[0].verdicts):
        cannot = sum(bool(fact.verdicts[number].reasons) for fact in facts)
        words.append(f"{verdict.aircraft}: {f'{cannot} it cannot fly' if cannot else 'all of it'}")
    return " · ".join(words)
