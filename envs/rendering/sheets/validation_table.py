"""Prints published answers beside ours on a terminal, and writes them as a Markdown page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from envs.validation.answers import Conditions
from envs.validation.comparison import Line, Validation


class Cells(NamedTuple):
    """A line of the comparison in words."""

    quantity: str
    at: str
    published: str
    ours: str
    difference: str
    tolerance: str
    verdict: str


HEADS = Cells._fields
NUMBERS = ("published", "ours", "difference")  # heads of the columns of numbers
COLOURS = {"met": "green", "explained": "yellow", "MISS": "bold red", "stale": "bold magenta"}
WORDS = {"met": "met", "explained": "explained", "MISS": "MISS", "stale": "stale"}

PAGE = """# Validation

![Every answer in its tolerance, modes, coefficients at any angle of attack](validation.png)

What others publish of these aircraft, beside what the simulator does: every number under *ours* is solved with the
kernel that flies (`envs/physics`), in the air of the source. This page is written by

```bash
python scripts/validate.py --markdown envs/validation/VALIDATION.md --picture envs/validation/validation.png
```

and a test holds it against a fresh one. `python scripts/validate.py AIRCRAFT` prints one aircraft, `--json FILE`
writes every number.

How to read it: *difference* is ours less published. A line is **met** when the difference is within the tolerance,
whose reason stands in the YAML file. A **miss** comes with its cause and, where one can be found, with a second line
under the source's own assumptions (*without slipstream*, *constant shaft power*), which shows whether the cause is the
right one: the verdict is **explained**. A miss without a cause is a **MISS** and makes the command fail; a cause given
for a line that is met is **stale**. Elevator trailing edge down +, rudder trailing edge
left +, rates as p b / 2V, q c / 2V, r b / 2V.

The answers are `configs/validation/*.yaml`, one file an aircraft; another file on the same keys works by its path,
`python scripts/validate.py FILE.yaml`. What can be asked is the table of `envs/validation/quantities.py`.
"""


def conditions_text(at: Conditions) -> str:
    """The conditions of an answer in words: `17 m/s, without swirl`."""
    words = []
    for value, text in (
        (at.shaft_power_W, "{:g} W"),
        (at.speed_mps, "{:g} m/s"),
        (at.alpha_deg, "{:g} deg"),
        (at.rotor_rpm, "{:g} rpm"),
        (at.height_m, "{:g} m high"),
        (at.wind_mps, "wind {:g} m/s"),
        (at.rolling_friction, "friction {:g}"),
        (at.rotation_mps, "nose up from {:g} m/s"),
    ):
        if value is not None:
            words.append(text.format(value))
    if at.constant_shaft_power:
        words.append("constant shaft power")
    if at.derivatives:
        words.append("with " + ", ".join(f"{name.replace('.', '_')} {value:g}" for name, value in at.derivatives))
    if at.without:
        words.append("without " + ", ".join(name.replace("_", " ") for name in at.without))
    return ", ".join(words)


def number(value: float) -> str:
    """A number with four significant digits and no exponent."""
    text = f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"
    return "0" if text == "-0" else text


def cells(line: Line) -> Cells:
    """The cells of a line of the comparison."""
    answer, unit = line.answer, "" if line.quantity.unit == "1" else f" {line.quantity.unit}"
    tolerance = answer.tolerance
    band = f"{100 * tolerance.relative:g} %" if tolerance.relative else f"{tolerance.absolute:g}{unit}"
    ours = "none" if line.ours is None else number(line.ours)
    away = "" if line.difference is None else difference(line.difference)
    return Cells(
        line.quantity.words,
        conditions_text(answer.at),
        number(answer.published) + unit,
        ours,
        away,
        "± " + band,
        WORDS[line.verdict],
    )


def difference(value: float) -> str:
    """A difference, ours less published, with its sign and two digits."""
    return f"{value:+.2g}" if abs(value) < 100 else f"{value:+.0f}"


def summary(validations: Sequence[Validation]) -> str:
    """How many answers are met, explained, missed or stale, in one sentence without a full stop."""
    total = sum(len(v.lines) for v in validations)
    met, explained, miss, stale = (sum(v.count(w) for v in validations) for w in ("met", "explained", "MISS", "stale"))
    text = f"{met + stale} of {total} answers met"
    if explained:
        text += f", {explained} missed for a known cause"
    if miss:
        text += f", {miss} MISSED without one"
    if stale:
        text += f"; {stale} {'explanation is' if stale == 1 else 'explanations are'} stale: met all the same"
    return text


def print_validation(validation: Validation, console: Console) -> None:
    """Print all lines of one file, section by section, the causes of misses under each."""
    console.print(Text(f"{validation.file.title} ({validation.file.name})", style="bold"))
    for section, lines in sections_of(validation):
        table = Table(box=None, pad_edge=False, title=section, title_justify="left", title_style="bold blue")
        for head in HEADS:
            table.add_column(head, header_style="dim", justify="right" if head in NUMBERS else "left")
        for line in lines:
            *plain, verdict = cells(line)
            table.add_row(*map(Text, plain), Text(verdict, style=COLOURS[line.verdict]))
        console.print(table, highlight=False)
        for cause, where in _causes(lines):
            console.print(Text.assemble("  ", (f"{where}:", "yellow"), f" {cause}"))
    console.print(summary([validation]) + ".\n", highlight=False, style="bold")


def markdown_page(validations: Sequence[Validation]) -> str:
    """The Markdown page of all validations."""
    parts = [PAGE, "| | answers | met | missed, explained | missed |", "|---|---|---|---|---|"]
    for v in validations:
        met = v.count("met") + v.count("stale")
        parts.append(
            f"| [{v.file.title}](#{_anchor(v.file.title)}) | {len(v.lines)} | {met} "
            f"| {v.count('explained')} | {v.count('MISS')} |"
        )
    parts.append(f"\n{summary(validations)}.")
    for v in validations:
        parts.append(f"\n## {v.file.title}")
        for section, lines in sections_of(v):
            *heads, last = HEADS
            parts += [
                f"\n### {_capital(section)}",
                f"| {' | '.join([*heads, 'source', last])} |",
                "|---|---|--:|--:|--:|---|---|---|",
            ]
            for line in lines:
                *row, word = cells(line)
                verdict = word if line.verdict == "met" else f"**{word}**"
                parts.append(f"| {' | '.join([*row, line.answer.source, verdict])} |")
            parts += [f"\n{_capital(where)}: {cause}" for cause, where in _causes(lines)]
        parts.append("\nSources: " + "; ".join(f"{mark}: {text}" for mark, text in v.file.sources.items()) + ".")
    return "\n".join(parts) + "\n"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _anchor(title: str) -> str:
    return "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c in "-_")


def sections_of(validation: Validation) -> list[tuple[str, list[Line]]]:
    """Lines by section, in the order of their first appearance."""
    order = list(dict.fromkeys(line.quantity.section for line in validation.lines))
    ranked = sorted(validation.lines, key=lambda line: order.index(line.quantity.section))
    return [(section, list(lines)) for section, lines in groupby(ranked, lambda line: line.quantity.section)]


def _causes(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """(cause, which lines) of the explained and stale lines, and why ours has none; lines of one cause together."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in lines:
        for cause in filter(None, (line.remark, line.answer.miss)):
            where = found.setdefault(cause, {}).setdefault(line.quantity.words, [])
            where.append(conditions_text(line.answer.at))
    return [
        (
            cause,
            ", ".join(
                words + (f" at {'; '.join(w for w in where if w)}" if any(where) else "")
                for words, where in places.items()
            ),
        )
        for cause, places in found.items()
    ]
