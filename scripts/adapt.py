"""Let a pilot adjust itself to an aircraft that is not as drawn, by test flights: `adapt.py landing-ultra_stick`.

The aircraft gets the discrepancies you name; the pilot is told nothing of them. It flies, reads what its sensors
showed, says what it believes is wrong, and flies again with what it knows.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

import argparse

from agents.command_line import CommandParser, seed_number, whole_number
from envs.base.errors import InputError, run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and adapt; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="adapt.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pilot", nargs="?", help="a bundle, a run folder, the name of a shipped pilot, or autopilot")
    parser.add_argument(
        "--discrepancy",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME[=SEVERITY[@SECONDS]]",
        help="what is wrong with the aircraft: files of envs/discrepancies; several combine",
    )
    parser.add_argument("--flights", type=whole_number, default=5, metavar="N", help="test flights (default 5)")
    parser.add_argument("--seed", type=seed_number, default=900, metavar="N", help="of the first one (default 900)")
    parser.add_argument("--task", metavar="T", help="default: what the pilot was trained for; autopilot: takeoff")
    parser.add_argument("--aircraft", metavar="A", help="default: the pilot's own; autopilot: ultra_stick")
    parser.add_argument("--weather", metavar="W", help="default: the pilot's own; autopilot: breeze")
    parser.add_argument("--run", metavar="DIR", help="the run folder (default: runs/adapt-PILOT-NUMBER)")
    parser.add_argument("--resume", metavar="DIR", help="go on with an adaptation that was stopped")
    parser.add_argument("--json", metavar="FILE", help="write the result here, too")
    parser.add_argument(
        "--evaluation-flights",
        type=whole_number,
        default=100,
        metavar="N",
        help="that success is counted on, before and after; 0: none (default 100)",
    )
    parser.add_argument("--processes", type=whole_number, default=0, metavar="N", help="to count with (default: cores)")
    parser.add_argument(
        "--against",
        nargs="+",
        action="extend",
        default=[],
        metavar="PILOT",
        help="count others, who learn nothing, with the same fault: autopilot",
    )
    parser.add_argument("--picture", metavar="FILE", help="a .png that shows all of them side by side")
    parser.add_argument("settings", nargs="*", metavar="key.sub=value", help="of the flights: runway=asphalt")
    given = parser.parse_intermixed_args(arguments)
    if given.resume and (given.pilot or given.discrepancy or given.run):
        raise InputError("--resume goes on with what its folder says: leave pilot, --discrepancy and --run out")
    if not given.resume and not given.pilot:
        raise InputError(f"which pilot? ({parser.prog} --help shows the usage)")

    from agents.adaptation.adapt import adapt

    return adapt(
        given.pilot or "",
        given.discrepancy,
        flights=given.flights,
        seed=given.seed,
        run=given.run,
        resume=given.resume,
        json_file=given.json,
        aircraft=given.aircraft,
        weather=given.weather,
        task=given.task,
        settings=given.settings,
        evaluation_flights=given.evaluation_flights,
        processes=given.processes,
        against=given.against,
        picture=given.picture,
    )


if __name__ == "__main__":
    run_command(main)
