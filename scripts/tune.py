"""Search the settings that train best: `python scripts/tune.py takeoff --trials 40`.

The `tune` block of the training config says which keys are searched. Every trial is a run folder of its own; trials
that lag behind on the validation flights are pruned. Ctrl-C stops the search, and the same command goes on with it.
With --storage the same command on other machines joins in; the trial of a killed worker is queued again. At the end
the study's folder holds best.yaml for scripts/train.py, importance.png and history.png.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

import argparse
import importlib.util

from agents.command_line import CommandParser, whole_number
from envs.base.errors import InputError, run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and run the search; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="tune.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", help="what to learn: takeoff, ... or a training config file with a tune block")
    parser.add_argument(
        "settings",
        nargs="*",
        metavar="key.sub=value",
        help="any key of the training config: training.steps=2e5, or "
        "'tune.space.algorithm.gamma={low: 0.9, high: 0.999}'; null takes a key out",
    )
    parser.add_argument("--trials", type=whole_number, metavar="N", help="trainings in all (default: tune.trials)")
    parser.add_argument("--workers", type=whole_number, metavar="N", help="trainings side by side (one a core)")
    parser.add_argument(
        "--storage",
        metavar="URL",
        help="where the study is kept: a journal file, sqlite:///FILE, postgresql://..., mysql://..., "
        "redis://... (default: study.journal in its folder)",
    )
    parser.add_argument("--study", metavar="NAME", help="its name in the storage (default: tune-TASK, or its folder's)")
    parser.add_argument(
        "--run",
        metavar="DIR",
        help="its folder (default: runs/tune-TASK-N, the newest unfinished one or a new one; with "
        "--storage runs/STUDY)",
    )
    parser.add_argument(
        "--engine",
        choices=("processes", "ray"),
        default="processes",
        help="where workers run: processes of this machine, or actors of a Ray cluster",
    )
    parser.add_argument(
        "--address", metavar="HOST:PORT", help="of a running Ray cluster (default: one is started on this machine)"
    )
    given = parser.parse_intermixed_args(arguments)

    for package, extra in (("optuna", "tune"), *((("ray", "ray"),) if given.engine == "ray" else ())):
        if importlib.util.find_spec(package) is None:
            raise InputError(f"tune.py needs the package {package}: pip install -e '.[{extra}]'")
    from agents.commands.tune import tune

    return tune(
        given.task,
        given.settings,
        trials=given.trials,
        workers=given.workers,
        storage=given.storage,
        study_name=given.study,
        folder=given.run,
        engine=given.engine,
        address=given.address,
    )


if __name__ == "__main__":
    run_command(main)
