"""Measure how fast this machine flies, resets, trains and starts; takes a minute or two."""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from pathlib import Path
from typing import TYPE_CHECKING

from agents.command_line import CommandParser, whole_number, writable_file
from envs.base.errors import InputError, run_command, unknown_name

if TYPE_CHECKING:
    from rich.console import Console


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and measure and print; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="benchmark.py", description=__doc__)
    parser.add_argument("--json", metavar="FILE", help="write the figures here as well")
    parser.add_argument("--only", metavar="G,G", help="measure so much of it: flight, vec_env, scaling, training, ...")
    parser.add_argument(
        "--soak",
        type=whole_number,
        metavar="STEPS",
        help="instead: fly so many steps on senseless sticks over every task, aircraft and weather (5e6: some minutes)",
    )
    parser.add_argument(
        "--peer",
        action="store_true",
        help="compare with PyFlyt's fixed wing, too; installs it at first, apart, in your folder of caches (1 to 2 GB)",
    )
    given = parser.parse_args(arguments)
    json_file = writable_file(given.json)
    if given.soak is not None and (given.only or given.peer):
        raise InputError(f"--soak flies and measures nothing else: leave {'--only' if given.only else '--peer'} out")
    if given.soak is not None:
        return _soak(given.soak, json_file)

    from agents.runs.run_folder import write_json
    from agents.training.benchmark import ASKED_FOR, GROUPS, measure_groups
    from envs.base.console import plain_console

    names = given.only.split(",") if given.only else [name for name in GROUPS if name != ASKED_FOR]
    for name in names:
        if name not in GROUPS:
            raise unknown_name("--only", name, GROUPS)
    if ASKED_FOR in names and not given.peer:
        raise InputError(f"--only {ASKED_FOR}: add --peer, for PyFlyt has to be installed")
    if given.peer and ASKED_FOR not in names:
        names.append(ASKED_FOR)
    console = plain_console(soft_wrap=True, highlight=False)
    result = measure_groups(names, console.print)
    for group, figures in result.items():
        if isinstance(figures, dict):
            console.print(f"{group}", style="bold")
            if all(isinstance(row, dict) for row in figures.values()):
                _print_rows(figures, console)
                continue
            for name, value in figures.items():
                console.print(f"  {name:26} {value:12,.4g}" if value < 100 else f"  {name:26} {value:12,.0f}")
        else:
            console.print(f"{group} {figures}")
    if json_file:
        write_json(json_file, result)
    return 0


def _print_rows(rows: dict[str, dict[str, float]], console: Console) -> None:
    """A group whose figures are the same for several things: a table, one row each."""
    from rich.table import Table

    from envs.base.console import print_table

    table = Table(box=None)
    table.add_column("", no_wrap=True)
    for figure in next(iter(rows.values())):
        table.add_column(figure, justify="right")
    for name, figures in rows.items():
        table.add_row(name, *(f"{value:,.3g}" if value < 100 else f"{value:,.0f}" for value in figures.values()))
    print_table(table, console)


def _soak(steps: int, json_file: Path | None) -> int:
    """Fly, print the figures; the exit status: 1 where something was not finite or out of bounds."""
    from agents.evaluation.soak import SoakError, soak
    from agents.runs.run_folder import write_json

    if steps < 1:
        raise InputError("--soak 0: at least 1 step")
    try:
        soaked = soak(steps, print)
    except SoakError as error:
        print(f"soak failed: {error}")
        return 1
    print(
        f"{soaked.steps:,} steps, {soaked.flights:,} flights of {soaked.combinations} combinations, "
        f"{soaked.steps / soaked.seconds:,.0f} steps a second: all finite, {soaked.refused:,} bad actions refused"
    )
    print("largest: " + ", ".join(f"{name} {value:.4g}" for name, value in soaked.largest.items()) + " (m/s, rad/s, m)")
    print("outcomes: " + ", ".join(f"{word} {count:,}" for word, count in soaked.outcomes.most_common()))
    print(f"memory grew by {soaked.memory_grown / 1e6:.2f} MB after the first third")
    if json_file:
        write_json(json_file, vars(soaked))
    return 0


if __name__ == "__main__":
    run_command(main)
