"""What the commands that learn from pictures ask alike: how many, by whose cameras, and who is kept for the test."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import NamedTuple

from agents.command_line import CommandParser, whole_number
from envs.base.errors import InputError

TRAINED, UNSEEN = "ultra_stick,mcfoamy,angel", "sport,x8"


class PicturesAsked(NamedTuple):
    """So many pictures to learn from, by the aircraft `trained`; tested by those that nobody learned from."""

    pictures: int
    trained: Sequence[str]
    unseen: Sequence[str]
    seed: int


def add_picture_options(parser: CommandParser, usual: int) -> None:
    """`usual`: how many pictures, unless asked otherwise."""
    parser.add_argument("--pictures", type=whole_number, default=usual, metavar="N", help="to learn from")
    parser.add_argument("--aircraft", default=TRAINED, metavar="A,B", help=f"to learn from (default: {TRAINED})")
    parser.add_argument("--unseen", default=UNSEEN, metavar="A,B", help=f"to test with (default: {UNSEEN})")
    parser.add_argument("--seed", type=whole_number, default=0, metavar="N", help="of everything random")


def pictures_asked(given: Namespace, fewest: int, most: int) -> PicturesAsked:
    """What was asked for. Raises InputError for a number out of range, or an aircraft that is on both sides."""
    if not fewest <= given.pictures <= most:
        raise InputError(f"--pictures: must be {fewest:,} to {most:,} (got {given.pictures:,})")
    trained, unseen = given.aircraft.split(","), given.unseen.split(",")
    if both := sorted(set(trained) & set(unseen)):
        raise InputError(f"--unseen: {both[0]} is also learned from (--aircraft)")
    return PicturesAsked(given.pictures, trained, unseen, given.seed)
