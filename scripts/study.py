"""Train one task on several aircraft and seeds and print how soon each learns: `study.py takeoff --seeds 5`.

The same command goes on with a study that was stopped.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, different, whole_number, writable_file
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and run the study; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="study.py", description=__doc__)
    parser.add_argument("task", help="what to learn: takeoff, ... or a training config file")
    parser.add_argument(
        "settings", nargs="*", metavar="key.sub=value", help="any key of the training config: training.steps=1e6"
    )
    parser.add_argument("--aircraft", metavar="A,B", help="names in configs/aircraft, or files (default: the config's)")
    parser.add_argument("--seeds", type=whole_number, default=5, metavar="N", help="training seeds 0 to N-1 (5)")
    parser.add_argument("--run", metavar="DIR", help="folder of the runs (default: runs/study-TASK)")
    parser.add_argument("--json", metavar="FILE", help="write the figures here as well")
    parser.add_argument("--picture", metavar="FILE", help="draw the learning curves here (.png), seeds as a band")
    given = parser.parse_intermixed_args(arguments)

    from agents.commands.study import run_study

    aircraft = different(given.aircraft.split(","), "--aircraft") if given.aircraft else []
    files = (writable_file(given.json), writable_file(given.picture))
    return run_study(given.task, aircraft, given.seeds, given.run, given.settings, *files)


if __name__ == "__main__":
    run_command(main)
