"""Ours and the peer's environments, timed in turns in one run, and how many times as fast ours are."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import envs  # noqa: F401  (registers the ids)
from agents.training.peer import bursts
from agents.training.peer.bursts import Bursts, make_env
from agents.training.peer.environment import peer_python
from agents.training.peer.process import PeerProcess

DRAWN = {"draw": ["all"], "most": 2}
"""Discrepancies of a flight as a robust pilot is trained: none, one or two of all that the aircraft can have."""
OURS: dict[str, tuple[str, dict[str, Any]]] = {
    "takeoff": ("ModelAircraft/Takeoff-v0", {}),
    "takeoff_drawn": ("ModelAircraft/Takeoff-v0", {"discrepancies": DRAWN}),
    "landing": ("ModelAircraft/Landing-v0", {}),
    "landing_drawn": ("ModelAircraft/Landing-v0", {"discrepancies": DRAWN}),
}
"""What is compared; the landing starts in the air, as the peer's flight between waypoints does."""
PEER_NAME = "pyflyt"
WARM_UP = 1000  # resets before, as in a training that has begun: what damaged wings do is worked out once a process


class Burst(NamedTuple):
    """A kind of burst: how often it is taken, and of how many on our side and on the peer's."""

    rounds: int
    ours: int
    peer: int


BURSTS = {"fly": Burst(10, 40, 3), "reset": Burst(10, 200, 8), "learn": Burst(2, 1, 1)}


class Timed(Protocol):
    """What times bursts: our own environment, or the process that holds the peer's."""

    def run(self, kind: str, count: int) -> tuple[float, int]:
        """Seconds and count of one burst."""
        ...


def compare_with_peer(report: Callable[[str], object] = print) -> dict[str, dict[str, float]]:
    """{environment: {figure: value}} of the peer and of OURS, as `rows` gives it.

    Not in one process, as the two want different versions of NumPy, but side by side. Raises PeerError where the peer
    cannot be installed or its process fails.
    """
    python = peer_python(report)
    with PeerProcess([str(python), "-I", str(Path(bursts.__file__))]) as peer:
        said = peer.described
        report(
            f"{said.get('environment')} of version {said.get('version')}: control at {peer.control_hz:g} Hz, "
            f"physics at {peer.physics_hz:g} Hz"
        )
        # Seeds far from each other: in one process, what a damaged wing does is known to all environments.
        ours = {
            name: Bursts(functools.partial(make_env, env_id, weather="breeze", **settings), seed=number * 1_000_000)
            for number, (name, (env_id, settings)) in enumerate(OURS.items())
        }
        config: Any = ours["landing"].env.get_wrapper_attr("config")
        report(f"ours: control at {config.control_hz:g} Hz, physics at {config.physics_hz:g} Hz")
        for one in ours.values():
            one.run("reset", WARM_UP)
            one.run("fly", 1)
        per_item = take_turns({PEER_NAME: peer, **ours})
    control_hz = {PEER_NAME: peer.control_hz, **dict.fromkeys(ours, float(config.control_hz))}
    return rows(per_item, control_hz)


def take_turns(timed: Mapping[str, Timed], taken: Mapping[str, Burst] = BURSTS) -> dict[str, dict[str, float]]:
    """{environment: {kind of burst: seconds a step, reset or learned step}}, over all bursts of a kind together.

    They are taken in turns, so that whatever else the machine does falls on all alike. The sum, not the best: resets
    with drawn discrepancies differ from flight to flight, and the best would be the flight that drew none.
    """
    per_item: dict[str, dict[str, float]] = {name: {} for name in timed}
    for kind, burst in taken.items():
        sums = {name: (0.0, 0) for name in timed}
        for _ in range(burst.rounds):
            for name, one in timed.items():
                seconds, count = one.run(kind, burst.peer if name == PEER_NAME else burst.ours)
                sums[name] = sums[name][0] + seconds, sums[name][1] + count
        for name, (seconds, count) in sums.items():
            per_item[name][kind] = seconds / count
    return per_item


def rows(per_item: Mapping[str, Mapping[str, float]], control_hz: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """The figures of each environment, and how many times as many as the peer's it does in a second."""
    peer = per_item[PEER_NAME]
    return {
        name: {
            "env_steps_per_s": 1 / own["fly"],
            "env_steps_to_peer": peer["fly"] / own["fly"],
            "simulated_s_per_s": 1 / own["fly"] / control_hz[name],
            "reset_ms": own["reset"] * 1e3,
            "resets_to_peer": peer["reset"] / own["reset"],
            "ppo_steps_per_s": 1 / own["learn"],
            "ppo_steps_to_peer": peer["learn"] / own["learn"],
        }
        for name, own in per_item.items()
    }
