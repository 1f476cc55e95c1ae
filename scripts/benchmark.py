"""Measure how fast this machine flies, resets, trains and starts; takes a minute or two."""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, writable_file
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and measure and print; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="benchmark.py", description=__doc__)
    parser.add_argument("--json", metavar="FILE", help="write the figures here as well")
    json_file = writable_file(parser.parse_args(arguments).json)

    from agents.runs.run_folder import write_json
    from agents.training.benchmark import measure_everything
    from envs.base.console import plain_console

    console = plain_console(soft_wrap=True, highlight=False)
    result = measure_everything(console.print)
    for group, figures in result.items():
        if isinstance(figures, dict):
            console.print(f"{group}", style="bold")
            for name, value in figures.items():
                console.print(f"  {name:26} {value:12,.4g}" if value < 100 else f"  {name:26} {value:12,.0f}")
        else:
            console.print(f"{group} {figures}")
    if json_file:
        write_json(json_file, result)
    return 0


if __name__ == "__main__":
    run_command(main)
