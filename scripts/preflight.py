"""Before a command imports anything: does this Python have what the commands need? If not, one line says what to do.

The standard library alone, and no syntax younger than Python 3.6, so that it can speak where nothing else would run.
"""

import importlib.util
import os
import shlex
import sys

OURS = "agents"
NEEDED = ("gymnasium", "stable_baselines3", "torch", "pybullet", "numba", "scipy", "pydantic", "yaml", OURS)
"""Packages without which no command starts; ours last: alone it is missing where the others came by another way."""
OLDEST, YOUNGEST = (3, 11), (3, 13)  # requires-python of pyproject.toml
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WINDOWS = os.name == "nt"
BIN = os.path.join(".venv", "Scripts" if WINDOWS else "bin")


def missing():
    """The first package of NEEDED that this Python cannot import, None if it has all."""
    return next((name for name in NEEDED if importlib.util.find_spec(name) is None), None)


def advice(package: str) -> str:
    """One line for a Python without `package`: the same command with the project's own Python, or how to make that."""
    what = f"this Python ({sys.executable}) lacks the package {package}"
    if not os.path.isfile(os.path.join(ROOT, "pyproject.toml")):  # installed, not a clone
        return f"{what}: the project came without its dependencies; {sys.executable} -m pip check lists them"
    own = os.path.join(ROOT, BIN, "python.exe" if WINDOWS else "python")
    if os.path.isfile(own) and os.path.abspath(own) != os.path.abspath(sys.executable):
        nearby = os.path.relpath(own)
        given = getattr(sys, "orig_argv", [own, *sys.argv])[1:]
        words = [own if nearby.startswith("..") else nearby, *given]
        return f"{what}; use the one of .venv: {' '.join(shlex.quote(word) for word in words)}"
    if not OLDEST <= sys.version_info[:2] <= YOUNGEST:
        what += f" and is {sys.version_info[0]}.{sys.version_info[1]}, where 3.11 to 3.13 is needed"
    elif package == OURS:
        return f"this Python lacks the project itself; in {ROOT}: {sys.executable} -m pip install -e ."
    return f"{what}; set one up, in {ROOT}: python3 -m venv .venv && {os.path.join(BIN, 'pip')} install -e ."


_absent = missing()
if _absent:
    sys.stderr.write(f"error: {advice(_absent)}\n")
    sys.exit(2)
