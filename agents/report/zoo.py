"""The model zoo's page: a row per shipped pilot, made from the pilots' cards between two marks of the page."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from agents.pilots.bundle import CARD, PRETRAINED, read_card
from agents.runs.evaluation_file import evaluation_from
from envs.aircraft.aircraft import load_aircraft
from envs.base.console import plain_console
from envs.base.errors import InputError
from envs.base.files import write_atomically

PAGE = "README.md"
MARK = "f3a_score"  # the metric of flown figures
BEGIN, END = "<!-- pilots: written by scripts/ship.py --page -->", "<!-- end of the pilots -->"


def pilots_table(home: Path = PRETRAINED) -> str:
    """The Markdown table of the pilots in `home`: picture, task, aircraft, success with bounds, steps, command."""
    lines = [
        "| pilot | its first test flight | succeeded (95 % bounds) | in | trained | trained again by |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(card.parent) for card in sorted(home.glob(f"*/{CARD}"))]
    return "\n".join(lines)


def write_page(home: Path = PRETRAINED, console: Console | None = None) -> int:
    """Write the table into `home`/README.md between its two marks; 0. Raises InputError without page or marks."""
    page = home / PAGE
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{page}: cannot be read ({error.strerror})") from None
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise InputError(f"{page}: must hold the line {BEGIN!r} once, and after it {END!r} once")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    write_atomically(page, f"{before}{BEGIN}\n{pilots_table(home)}\n{END}{after}")
    (console or plain_console()).print(f"page  {page}", highlight=False, soft_wrap=True, markup=False)
    return 0


def _row(bundle: Path) -> str:
    card = read_card(bundle)
    flown = evaluation_from(card.get("evaluation"), f"{bundle}/{CARD}: evaluation")
    for key in ("aircraft", "steps", "seed", "train_again"):
        if key not in card:
            raise InputError(f"{bundle}/{CARD}: key {key!r} is missing; ship the pilot again")
    low, high = 100 * flown.success_low, 100 * flown.success_high
    success = f"{flown.successes:,} of {flown.flights:,} ({low:.1f} to {high:.1f} %)"
    if MARK in flown.metrics:
        success += f", F3A {flown.metrics[MARK].mean:.1f} in the mean"
    picture = f"[![The flight card of {bundle.name}]({bundle.name}/flight.png)]({bundle.name}/flight.png)"
    name = f"[`{bundle.name}`]({bundle.name}/card.json)<br>{load_aircraft(card['aircraft']).title}"
    steps = f"{card['steps'] / 1e6:.1f} M steps, seed {card['seed']}"
    return f"| {name} | {picture} | {success} | {flown.weather} | {steps} | `{card['train_again']}` |"
