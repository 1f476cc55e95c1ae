"""The storage of a study: a journal file, SQLite, or any database or Redis server that Optuna writes to.

A wrong address ends the command within seconds, in one line, before anything is trained.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import time
import warnings
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import optuna
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock, JournalFileSymlinkLock, JournalRedisBackend

from envs.base.errors import InputError

CONNECT_SECONDS = 5.0
DEFAULT_PORTS = {
    "postgresql": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "redis": 6379,
    "rediss": 6379,
    "mssql": 1433,
    "oracle": 1521,
}
DRIVERS = {"psycopg2": "psycopg2-binary", "MySQLdb": "mysqlclient"}
"""{module: package, where its name is another}."""
EXAMPLES = "as in study.journal, sqlite:///study.db, postgresql://user:password@host/name or redis://host:6379"

warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
optuna.logging.set_verbosity(logging.WARNING)


def open_storage(address: str) -> BaseStorage:
    """The storage at `address`, made if it is a file that does not exist. Raises InputError, one line."""
    if "://" not in address:
        return _journal_file(Path(address))
    scheme = address.partition("://")[0].partition("+")[0]
    if scheme == "sqlite":
        _check_folder(Path(address.partition(":///")[2].partition("?")[0]), address)
    else:
        reachable(_host_and_port(address, scheme), f"storage {without_password(address)}")
    with _one_line(address):
        if scheme in ("redis", "rediss"):
            return JournalStorage(JournalRedisBackend(address))
        return _database(address, scheme)


def without_password(address: str) -> str:
    """The address with its password replaced by ***, so that it can be printed."""
    name, at, rest = address.rpartition("@")
    user = name.partition("://")
    return f"{user[0]}://{user[2].partition(':')[0]}:***@{rest}" if at and ":" in user[2] else address


def reachable(where: tuple[str, int], what: str) -> None:
    """Raise InputError, starting with `what`, unless something listens at (host, port)."""
    host, port = where
    try:
        socket.create_connection((host, port), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise InputError(f"{what}: nothing answers at {host}:{port} ({reason.lower()})") from None


def _host_and_port(address: str, scheme: str) -> tuple[str, int]:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or DEFAULT_PORTS.get(scheme)
    except ValueError:
        host, port = None, None
    if scheme not in DEFAULT_PORTS or not host or not port:
        raise InputError(f"storage {without_password(address)!r}: not an address of a storage, {EXAMPLES}")
    return host, port


def _journal_file(path: Path) -> JournalStorage:
    if path.suffix in (".db", ".sqlite", ".sqlite3"):
        raise InputError(f"storage {path}: an SQLite file is named sqlite:///{path}")
    _check_folder(path, str(path))
    # Windows reserves symbolic links for administrators.
    windows = os.name == "nt"
    lock = JournalFileOpenLock if windows else JournalFileSymlinkLock
    with _one_line(str(path)):
        return JournalStorage(JournalFileBackend(str(path), lock(str(path))))


def _check_folder(path: Path, address: str) -> None:
    if not str(path) or path.is_dir():
        raise InputError(f"storage {address}: is a folder; name a file, {EXAMPLES}")
    if not path.parent.is_dir():
        raise InputError(f"storage {address}: the folder {path.parent} does not exist")
    if not os.access(path if path.exists() else path.parent, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise InputError(f"storage {address}: cannot be written (permission denied)")


def _database(address: str, scheme: str) -> BaseStorage:
    timeouts = {"sqlite": {"timeout": 60}, "postgresql": {"connect_timeout": 5}, "mysql": {"connect_timeout": 5}}
    options = {"connect_args": timeouts[scheme]} if scheme in timeouts else {}
    for attempt in range(5):
        try:
            return optuna.storages.get_storage(RDBStorage(address, engine_kwargs=options))
        except Exception as error:
            # Two programs that make the tables of a new database at the same moment: the second finds them there.
            if attempt == 4 or not any(words in str(error) for words in ("already exists", "UNIQUE constraint")):
                raise
            time.sleep(0.2 * (attempt + 1))
    raise AssertionError


@contextlib.contextmanager
def _one_line(address: str) -> Generator[None]:
    """Turn whatever Optuna, SQLAlchemy, a driver or the file raises for a wrong address into an InputError."""
    try:
        yield
    except ImportError as error:
        # Optuna and SQLAlchemy wrap the driver's absence in errors of their own, which do not name it.
        causes = (error, error.__cause__, error.__context__)
        name = next((cause.name for cause in causes if isinstance(cause, ImportError) and cause.name), "")
        package = DRIVERS.get(name.partition(".")[0], name.partition(".")[0])
        hint = f"needs the package {package}: pip install {package}" if package else "needs the driver of its database"
        raise InputError(f"storage {without_password(address)}: {hint}") from None
    except Exception as error:
        lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
        cause = error.__cause__ or error.__context__
        because = f" ({(str(cause).splitlines() or [''])[0][:160]})" if cause and "alembic" not in str(cause) else ""
        raise InputError(f"storage {without_password(address)}: cannot be used: {lines[0][:160]}{because}") from None


@contextlib.contextmanager
def storage_stays(address: str) -> Generator[None]:
    """Raise InputError, one line, if the storage fails inside the block; the study can be continued where it was."""
    try:
        yield
    except (optuna.exceptions.StorageInternalError, OSError) as error:
        lines = str(error).splitlines() or [type(error).__name__]
        raise InputError(
            f"storage {without_password(address)} was lost ({lines[0][:160]}); the same command goes on when it is back"
        ) from None
