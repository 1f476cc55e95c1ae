"""Measure how fast flying, resetting, training and starting are here, in a minute or two."""

from __future__ import annotations

from pathlib import Path

from agents.command_line import CommandParser
from envs.base.errors import InputError, run_command


def main(arguments: list[str] | None = None) -> int:
    parser = CommandParser(prog="benchmark.py", description=__doc__)
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures here as well")
    given = parser.parse_args(arguments)
    if given.json and not given.json.parent.is_dir():
        raise InputError(f"{given.json}: its folder does not exist")

    from rich.console import Console

    from agents.evaluation.benchmark import measure_everything
    from agents.runs.run_folder import write_json

    console = Console(soft_wrap=True, highlight=False)
    result = measure_everything(console.print)
    for group, figures in result.items():
        if isinstance(figures, dict):
            console.print(f"{group}", style="bold")
            for name, value in figures.items():
                console.print(f"  {name:26} {value:12,.4g}" if value < 100 else f"  {name:26} {value:12,.0f}")
        else:
            console.print(f"{group} {figures}")
    if given.json:
        write_json(given.json, result)
    return 0


if __name__ == "__main__":
    run_command(main)
