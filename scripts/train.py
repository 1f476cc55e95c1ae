"""Train a pilot: `python scripts/train.py takeoff`. Go on with a run that was stopped: `--resume runs/NAME`."""

from __future__ import annotations

import json

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, LongHelp, seed_number, whole_number
from envs.base.config_file import names_of
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and train; the exit status."""
    parser = CommandParser(prog="train.py", description=__doc__, add_help=False)
    parser.add_argument("-h", "--help", action=LongHelp, const=_every_key)
    parser.add_argument("task", nargs="?", help=f"what to learn: {_names('training')}, or a training config file")
    parser.add_argument("--aircraft", metavar="A", help=f"{_names('aircraft')}, or a file")
    parser.add_argument("--weather", metavar="W", help=f"{_names('weather')}, or a file")
    parser.add_argument("--seed", type=seed_number, metavar="N", help="of everything random in the run")
    parser.add_argument("--steps", type=whole_number, metavar="N", help="environment steps in all")
    parser.add_argument("--run", metavar="DIR", help="the run folder (default: runs/TASK-AIRCRAFT-NUMBER)")
    parser.add_argument("--resume", metavar="DIR", help="go on with this unfinished run, from its last checkpoint")
    parser.add_argument(
        "--show-config",
        action="store_true",
        help="train nothing, print the whole config with each key's type, unit, range, meaning and "
        "default: train.py takeoff --show-config > mine.yaml",
    )
    parser.add_argument(
        "settings", nargs="*", metavar="key.sub=value", help="any key of the training config: training.steps=1e6"
    )
    given = parser.parse_intermixed_args(arguments)
    if given.task is not None and "=" in given.task:  # no task, but a setting where one would stand
        given.task, given.settings = None, [given.task, *given.settings]

    overrides = [
        f"{key}={json.dumps(value)}"  # YAML reads a name back as text, whatever it holds
        for key, value in (
            ("aircraft", given.aircraft),
            ("weather", given.weather),
            ("training.seed", given.seed),
            ("training.steps", given.steps),
        )
        if value is not None
    ]
    if given.show_config:
        from agents.commands.train import show_config

        return show_config(given.task, [*overrides, *given.settings], given.resume)

    from agents.commands.train import resume_training, start_training

    if given.resume is not None:
        return resume_training(given.resume, given.task, [*overrides, *given.settings], given.run)
    return start_training(given.task, [*overrides, *given.settings], given.run)


def _names(kind: str) -> str:
    return ", ".join(names_of(kind))


def _every_key() -> str:
    from agents.schemas.reference import help_text

    return help_text()


if __name__ == "__main__":
    run_command(main)
