"""The commands: `python scripts/NAME.py`, `python -m scripts.NAME` and, once installed, `maiden-flight NAME`."""

from scripts import preflight  # noqa: F401 (first of all: it speaks where a package is missing)
