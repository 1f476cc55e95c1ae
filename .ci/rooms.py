"""Print the branch coverage of each room from coverage.json, darkest first: what no test lights up.

Kernels compiled by numba run outside Python and look dark here; tests/envs/physics hold them against theory instead.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path


def main(report: str) -> None:
    """Sum lines and branches of the files of each folder in a JSON report of coverage.py."""
    covered, all_of_it = defaultdict(int), defaultdict(int)
    for name, file in json.loads(Path(report).read_text(encoding="utf-8"))["files"].items():
        figures, room = file["summary"], str(Path(name).parent)
        covered[room] += figures["covered_lines"] + figures.get("covered_branches", 0)
        all_of_it[room] += figures["num_statements"] + figures.get("num_branches", 0)
    share = {room: covered[room] / total for room, total in all_of_it.items() if total}
    print("lines and branches that a test runs, by room:")
    for room in sorted(share, key=lambda room: share[room]):
        print(f"  {share[room]:6.1%}  {room}")
    print(f"  {sum(covered.values()) / sum(all_of_it.values()):6.1%}  all")


if __name__ == "__main__":
    main(sys.argv[1])
