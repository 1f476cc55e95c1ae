"""The process in which the peer's Python runs bursts.py, and what it answers."""

from __future__ import annotations

import json
import math
import os
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from typing import Any

from agents.training.peer.environment import PeerError

LIMIT_S = 600.0  # for one answer; a slow machine takes a tenth of it


class PeerProcess:
    """A command that serves bursts (bursts.py); a context, at the end of which it is stopped."""

    def __init__(self, command: Sequence[str], limit_s: float = LIMIT_S) -> None:
        """Start it. Raises PeerError if it does not start or does not say within `limit_s` seconds what it measures."""
        self._limit_s = limit_s
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the process)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
        except OSError as error:
            self._complaints.close()
            raise PeerError(f"its process does not start ({error.strerror})") from None
        try:
            self.described = self._answer()
            self.control_hz, self.physics_hz = (_positive(self.described, key) for key in ("control_hz", "physics_hz"))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> PeerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the process."""
        self._process.kill()
        self._process.communicate()
        self._complaints.close()

    def run(self, kind: str, count: int) -> tuple[float, int]:
        """Seconds and count of a burst (`Bursts.run`), timed over there. Raises PeerError if none come back."""
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps({"kind": kind, "count": count}).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise PeerError(self._ended()) from None
        answer = self._answer()
        return _positive(answer, "seconds"), round(_positive(answer, "count"))

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(self._limit_s, stop)
        timer.start()
        try:
            line = self._process.stdout.readline()
        finally:
            timer.cancel()
        if not line.endswith(b"\n"):
            raise PeerError(f"no answer after {self._limit_s:g} s" if late.is_set() else self._ended())
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise PeerError(
                f"its process answers {line.decode(errors='replace').strip()[:80]!r}, which is no JSON object"
            )
        return answer

    def _ended(self) -> str:
        status = self._process.wait()
        self._complaints.seek(0)
        lines = [line.strip() for line in self._complaints.read().decode(errors="replace").splitlines() if line.strip()]
        return f"its process ended with {status}: {lines[-1][:300] if lines else 'without a word'}"


def _positive(answer: dict[str, Any], key: str) -> float:
    value = answer.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not (math.isfinite(value) and value > 0):
        raise PeerError(f"its process answers {key} {value!r}, which is no number above 0")
    return float(value)
