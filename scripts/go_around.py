"""Learn when a landing is better given up, or compare who decides it how: `go_around.py --save FILE`.

It flies training flights in which nobody goes round, learns from the readings how they will end, and goes round where
that is worth more (`go_around=value` of a flight; configs/rules/going_on.yaml is the shipped file). With --compare it
flies unseen flights by the rule, by value, and never going round, and counts.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, seed_number, whole_number, within, writable_file
from envs.base.errors import InputError, run_command

MOST_FLIGHTS, MOST_PROCESSES = 100_000, 256


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and learn or compare; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="go_around.py", description=__doc__)
    parser.add_argument("pilot", nargs="?", default="landing-ultra_stick", help="(default: landing-ultra_stick)")
    parser.add_argument("--flights", type=whole_number, default=1000, metavar="N", help="in each weather, of each kind")
    parser.add_argument("--weather", default="gusty", metavar="W,W", help="in which it learns or is compared")
    parser.add_argument("--price", default="0.05", metavar="P", help="of going round, in landings (default 0.05)")
    parser.add_argument("--save", metavar="FILE", help="write what was learned: a .yaml file")
    parser.add_argument("--compare", metavar="C,C", help="rule, value, never, or a file: fly these instead of learning")
    parser.add_argument("--seed", type=seed_number, metavar="N", help="learning: of the draw (18); --compare: 1000")
    parser.add_argument("--processes", type=whole_number, default=0, metavar="N", help="default: one a core")
    parser.add_argument("--json", metavar="FILE", help="with --compare: write the figures")
    given = parser.parse_args(arguments)
    within("--flights", given.flights, 1, MOST_FLIGHTS)
    within("--processes", given.processes, 0, MOST_PROCESSES)
    price = _price(given.price)
    save, json_file = writable_file(given.save), writable_file(given.json)
    if save is not None and save.suffix != ".yaml":
        raise InputError(f"--save {given.save}: must end in .yaml")
    if save is not None and given.compare is not None:
        raise InputError("--save: goes without --compare, which learns nothing")
    if json_file is not None and given.compare is None:
        raise InputError("--json: goes with --compare")

    from agents.command_line import different
    from agents.deciding.command import compare_choices, learn_going_on
    from envs.base.console import plain_console

    weathers, console = different(given.weather.split(","), "weather"), plain_console(highlight=False)
    if given.compare is not None:
        choices = different(given.compare.split(","), "choice")
        return compare_choices(
            given.pilot,
            weathers,
            choices,
            flights=given.flights,
            seed=1000 if given.seed is None else given.seed,
            processes=given.processes or None,
            console=console,
            json_file=json_file,
        )
    return learn_going_on(
        given.pilot,
        weathers,
        flights=given.flights,
        seed=18 if given.seed is None else given.seed,
        price=price,
        save=save,
        processes=given.processes or None,
        console=console,
    )


def _price(text: str) -> float:
    try:
        price = float(text)
    except ValueError:
        price = float("nan")
    if not 0 <= price <= 1:
        raise InputError(f"--price {text}: must be 0 to 1")
    return price


if __name__ == "__main__":
    run_command(main)
