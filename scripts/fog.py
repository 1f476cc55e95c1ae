"""Land by the nose camera in fog, by who looks out at the decision height: `fog.py landing-ultra_stick autopilot`.

Below the decision height (configs/rules/landing.yaml) a landing goes on only with the runway in sight; with nobody to
look out it lands blind, too. Told are, by visibility, the flights that tried to land, those that landed, those that
failed (of which crashed), and what it cost: 5 for one that fails, 1 for one that never tries.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, whole_number, writable_file
from envs.base.errors import InputError, run_command

PILOTS = ("landing-ultra_stick", "autopilot")
VISIBILITIES_M = "10,20,30,60,120"
LOOKOUTS = "net,neuron,place,nobody"
LEAST_M, MOST_M, MOST_FLIGHTS = 5.0, 100_000.0, 10_000


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and fly; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="fog.py", description=__doc__)
    parser.add_argument("pilots", nargs="*", help=f"bundles or autopilot (default: {' '.join(PILOTS)})")
    parser.add_argument("--visibility", default=VISIBILITIES_M, metavar="M,M", help=f"in m (default: {VISIBILITIES_M})")
    parser.add_argument(
        "--lookout",
        default=LOOKOUTS,
        metavar="L,L",
        help=f"net, neuron, a neuron's file (.yaml), place, or nobody (default: {LOOKOUTS})",
    )
    parser.add_argument("--weather", default="fog", metavar="W", help="all but the visibility (default: fog)")
    parser.add_argument("--flights", type=whole_number, default=300, metavar="N", help="a point (default: 300)")
    parser.add_argument("--seed", type=whole_number, default=1000, metavar="N", help="of the first (default: 1000)")
    parser.add_argument("--processes", type=whole_number, default=0, metavar="N", help="default: one a core")
    parser.add_argument("--picture", metavar="FILE", help="draw it: .png, .pdf, .svg or .jpg")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    parser.add_argument(
        "--resume", action="store_true", help="go on with --json's file: fly only what it does not count"
    )
    given = parser.parse_args(arguments)
    if not 1 <= given.flights <= MOST_FLIGHTS:
        raise InputError(f"--flights: must be 1 to {MOST_FLIGHTS:,} (got {given.flights:,})")
    visibilities = [_metres(word) for word in given.visibility.split(",")]
    picture, json_file = writable_file(given.picture), writable_file(given.json)

    from agents.commands.eye import study_fog
    from envs.base.console import plain_console
    from envs.rendering.names import check_ending

    if picture is not None:
        check_ending(picture)
    return study_fog(
        given.pilots or PILOTS,
        visibilities,
        given.lookout.split(","),
        weather=given.weather,
        flights=given.flights,
        seed=given.seed,
        processes=given.processes,
        console=plain_console(highlight=False),
        picture=picture,
        json_file=json_file,
        resume=given.resume,
    )


def _metres(word: str) -> float:
    try:
        metres = float(word)
    except ValueError:
        metres = float("nan")
    if not LEAST_M <= metres <= MOST_M:
        raise InputError(f"--visibility {word}: must be {LEAST_M:g} to {MOST_M:,.0f} m")
    return metres


if __name__ == "__main__":
    run_command(main)
