"""What an exporter is: one row that says which option of scripts/replay.py it makes and which file it writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from envs.base.errors import InputError

if TYPE_CHECKING:
    from envs.flights.flight_log import FlightLog
    from envs.rendering.eye.looking import FlightEye


@dataclass(frozen=True)
class Exporter:
    """Flights into one file of another program's format; a module or folder of envs.exports holds it as `EXPORTER`.

    The help of scripts/replay.py reads all rows, so importing one must be quick: `write` and `show` import what they
    need when they are called.

    Attributes:
        option: its option on the command line: "acmi" makes `--acmi FILE`.
        ending: how the file's name must end: ".acmi".
        what: what the file is, with its article, as the help says it: "a Tacview file".
        label: what stands before the file's name when it has been written: "Tacview".
        write: called with the flights, which all start at time 0, and the path, writes them to it. Raises InputError.
        one_flight: whether the format holds a single flight; `write` then gets a sequence of one.
        show: opens a written file in its viewer. If there is one, the option may stand without a FILE: the file is
            then written beside the first flight and shown.
        shows_eyes: whether `write` takes, as a third, a FlightEye or None for each flight: what their cameras see.
    """

    option: str
    ending: str
    what: str
    label: str
    write: Callable[..., object]
    one_flight: bool = False
    show: Callable[[Path], None] | None = None
    shows_eyes: bool = False

    @property
    def help(self) -> str:
        """The option in the help of scripts/replay.py."""
        words = f"write {self.what} here ({self.ending})"
        return words if self.show is None else f"{words}; without FILE beside the flight, and open it in its viewer"

    def check_count(self, logs: Sequence[FlightLog]) -> None:
        """Raise InputError for more flights than the format holds."""
        if self.one_flight and len(logs) > 1:
            raise InputError(f"--{self.option} shows one flight (got {len(logs)})")

    def save(self, logs: Sequence[FlightLog], file: str, eyes: Sequence[FlightEye | None] | None = None) -> Path:
        """Write the flights to `file`, or, where it is "", beside the first of them; the path. Raises InputError."""
        path = self.path(logs, file)
        self.write(logs, path, *([eyes] if self.shows_eyes else []))
        return path

    def path(self, logs: Sequence[FlightLog], file: str) -> Path:
        """Where `save` writes. Raises InputError for too many flights or a file whose name ends in something else."""
        self.check_count(logs)
        path = Path(file) if file else Path(logs[0].source).with_suffix(self.ending)
        hint = f" (flights come before --{self.option})" if self.show else ""
        return with_ending(path, self.ending, self.what, hint)


def with_ending(path: Path, ending: str, what: str, hint: str = "") -> Path:
    """The path, if its name ends in `ending`, whether in small letters or capitals. Raises InputError."""
    if not path.name.lower().endswith(ending):
        raise InputError(f"{path}: the name of {what} must end in {ending}{hint}")
    return path
