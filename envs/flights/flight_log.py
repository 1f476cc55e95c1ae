"""One recorded flight: NAME.csv (a row per control step) and NAME.json (what flew, where, and how it ended)."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from envs.aircraft.aircraft import Aircraft, aircraft_from_dict
from envs.base.errors import InputError, did_you_mean
from envs.base.files import write_atomically
from envs.base.quantities import COLUMNS
from envs.base.runway import Runway
from envs.flights.log_files import log_files, plain, read_header, read_table


@dataclass(frozen=True)
class FlightLog:
    """A flight: `data` (rows, columns), a row per control step, named by `columns`, and the header of the JSON file.

    The columns and their frames are those of `envs.base.quantities.COLUMNS`; more may follow them.
    """

    columns: tuple[str, ...]
    data: NDArray[np.float64]
    header: dict[str, Any]
    source: str = "flight log"  # named in error messages

    def __len__(self) -> int:
        return len(self.data)

    def column(self, name: str) -> NDArray[np.float64]:
        """The values of one column over time, (rows,), in the unit its name ends in. Raises InputError if missing."""
        if name not in self.columns:
            raise InputError(f"{self.source}: column {name!r} is missing{did_you_mean(name, self.columns)}")
        return self.data[:, self.columns.index(name)]

    def block(self, *names: str) -> NDArray[np.float64]:
        """Several columns side by side, (rows, len(names)). Raises InputError if one is missing."""
        return np.stack([self.column(name) for name in names], axis=1)

    def aircraft(self) -> Aircraft:
        """The aircraft as it was at the start of the flight, from the copy in the header. Raises InputError."""
        config = self.header.get("aircraft_config")
        if not isinstance(config, dict):
            raise InputError(f"{self.source}: key 'aircraft_config' of the header is not a mapping")
        name = config.get("name") or self.header.get("aircraft") or "aircraft"
        return aircraft_from_dict(config, f"{self.source}: aircraft_config", str(name))

    def stages(self) -> list[tuple[float, Aircraft]]:
        """[(second of the flight, the aircraft from then on)] in order of time, the first at 0. Raises InputError."""
        found = [(0.0, self.aircraft())]
        where = f"{self.source}: stages"
        for stage in sorted(self.header.get("stages") or [], key=lambda stage: stage["at_s"]):
            config = stage["aircraft_config"]
            found.append((float(stage["at_s"]), aircraft_from_dict(config, where, found[0][1].name)))
        return found

    def stall_speed_mps(self) -> float:
        """The stall speed Vs (m/s) by which the flight was judged, in the air of its day. Raises InputError.

        Of a log that does not say it: the aircraft's, which is that of the standard atmosphere at sea level.
        """
        judged = self.header.get("stall_speed_mps")
        return float(judged) if isinstance(judged, int | float) and judged > 0 else self.aircraft().stall_speed_mps

    def runway(self) -> Runway:
        """The runway of the header. Raises InputError."""
        return Runway.from_header(self.header, self.source)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write NAME.csv, then NAME.json, each whole or not at all, and return the path of the csv.

        Raises InputError where they cannot be written.
        """
        if self.data.ndim != 2 or self.data.shape[1] != len(self.columns):
            raise ValueError(f"data {self.data.shape} does not fit {len(self.columns)} columns")
        csv_path, json_path = log_files(path)
        # + 0.0 turns -0 into 0; seven digits are 0.1 mm at 100 m, below any sensor and far smaller than 17
        rounded = np.round(self.data, 9) + 0.0
        text = pd.DataFrame(rounded, columns=list(self.columns)).to_csv(
            index=False, float_format="%.7g", lineterminator="\n"
        )
        write_atomically(csv_path, text)
        header = {**self.header, "rows": len(self.data)}
        write_atomically(json_path, json.dumps(plain(header), indent=2, allow_nan=False) + "\n")
        return csv_path

    @staticmethod
    def load(path: str | os.PathLike[str]) -> FlightLog:
        """Read a flight named by its csv, its json or without ending. Raises InputError, one line, if broken."""
        csv_path, json_path = log_files(path)
        header = read_header(json_path)
        columns, data = read_table(csv_path, COLUMNS)
        rows = header.get("rows", len(data))
        if rows != len(data):
            raise InputError(f"{csv_path}: holds {len(data)} rows where {json_path.name} promises {rows}: cut short?")
        return FlightLog(columns, data, header, str(csv_path))


class FlightRecorder:
    """Collects a flight from a FlightEnv: `start()` after reset, `step()` after every step, `finish(info)`."""

    def __init__(self, env: Any, pilot: str) -> None:
        self._env = env.unwrapped if hasattr(env, "unwrapped") else env
        self._pilot = pilot
        self._rows: list[Sequence[float]] = []

    def start(self) -> None:
        """Forget any flight before and record the state after reset."""
        self._rows = [self._env.log_row()]

    def step(self) -> None:
        """Record the state after a step."""
        self._rows.append(self._env.log_row())

    def finish(self, info: Mapping[str, Any]) -> FlightLog:
        """The recorded flight; its header gets outcome, metrics and reward terms from the last step's `info`."""
        header = dict(self._env.log_header())
        header["pilot"] = self._pilot
        for key in ("outcome", "is_success", "metrics", "ending", "reward_terms"):
            if key in info:
                header[key] = info[key]
        return FlightLog(tuple(self._env.log_columns), np.array(self._rows, dtype=np.float64), header)


def find_flight(path: str | os.PathLike[str]) -> Path:
    """The flight a user names: a log (csv, json, or without ending), or the newest of a run folder's `flights/`.

    Raises InputError.
    """
    path = Path(path)
    if not path.is_dir():
        csv_path, _ = log_files(path)
        return csv_path
    newest = max(_headers(path), key=lambda header: (header.stat().st_mtime_ns, header.name))
    return newest.with_suffix(".csv")


def all_flights(path: str | os.PathLike[str]) -> list[Path]:
    """All flights that a user names: a log, or those of a folder of logs or of a run folder's `flights/`, by name.

    Raises InputError.
    """
    path = Path(path)
    return sorted(header.with_suffix(".csv") for header in _headers(path)) if path.is_dir() else [find_flight(path)]


def failed_flights(folder: str | os.PathLike[str]) -> list[Path]:
    """The flights of a folder of logs, or of a run folder's `flights/`, that were judged no success, by name.

    Raises InputError: no folder, no flight in it, or a broken header.
    """
    path = Path(folder)
    if not path.is_dir():
        raise InputError(f"{path}: no folder of flights")
    headers = sorted(_headers(path))
    return [header.with_suffix(".csv") for header in headers if read_header(header).get("is_success") is False]


def _headers(path: Path) -> list[Path]:
    """The headers of the flights in a folder. Raises InputError where there are none."""
    folder = path / "flights" if (path / "flights").is_dir() else path
    headers = [header for header in folder.glob("*.json") if header.with_suffix(".csv").is_file()]
    if not headers:
        raise InputError(f"{path}: no flight in it (a run keeps them as flights/NAME.csv and NAME.json)")
    return headers
