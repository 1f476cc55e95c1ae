"""Workers as actors of a Ray cluster: a running one, or one started on this machine for the study.

Ray only places and starts them. Which trials exist and how they ended stands in Optuna's storage, as with processes, so
a killed actor or a lost machine costs the trial that was under way, and that one is queued again. Other machines need
this project installed and must reach the storage.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from typing import Any

import ray
import ray.exceptions

from agents.tuning.worker import Plan, work
from envs.base.errors import InputError

HEALTH_SECONDS = 15.0


class RayWorker:
    """The actor that Ray places and starts for a worker."""

    def work(self, plan: Plan, name: str) -> None:
        """Train trials as worker `name` until none is left; see `agents.tuning.worker.work`."""
        work(plan, name)


class RayEngine:
    """Runs each worker as a Ray actor with one core."""

    def __init__(self, address: str | None, workers: int):
        """Connect to the cluster at `address`, or start one here for None. Raises InputError if none answers."""
        # Ray would otherwise announce a future default for machines with GPUs at every start.
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        where = f"--address {address}: " if address else "--engine ray: "
        if address is None:
            # Where this project is no installed package, actors find it where the driver found it.
            quiet["runtime_env"] = {"env_vars": {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}}
            quiet |= {"num_cpus": workers, "include_dashboard": False, "_node_ip_address": "127.0.0.1"}
        else:
            check_cluster(address)
            quiet["address"] = address
        try:
            ray.init(**quiet)
        except Exception as error:  # Ray has no common base for what goes wrong while starting or connecting
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise InputError(f"{where}Ray does not start or connect ({reason[:160]})") from None
        self._actor: Any = ray.remote(RayWorker)
        self._workers: dict[str, tuple[Any, Any]] = {}

    def start(self, plan: Plan, name: str) -> None:
        """Start an actor that trains trials of the plan, wherever the cluster has a core free."""
        # Not restarted by Ray: a new worker takes the queued trial, wherever there is room for it.
        actor = self._actor.options(num_cpus=1, max_restarts=0).remote()
        self._workers[name] = (actor, actor.work.remote(plan, name))

    def ended(self) -> dict[str, str]:
        """{worker: why} of the actors that ended since the last call; why is '' after a clean end."""
        why = {}
        for name, (_, result) in list(self._workers.items()):
            if ray.wait([result], timeout=0)[0]:
                why[name] = self._why(result)
                del self._workers[name]
        return why

    @staticmethod
    def _why(result: Any) -> str:
        try:
            ray.get(result)
        except ray.exceptions.RayActorError:
            return "its actor died"
        except ray.exceptions.RayError as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
            return f"it broke down ({lines[-1][:160]})"
        return ""

    def running(self) -> int:
        """How many actors have not ended."""
        return len(self._workers)

    def stop(self) -> list[str]:
        """Kill all actors and return the names of their workers."""
        for actor, _ in self._workers.values():
            ray.kill(actor)
        names = list(self._workers)
        self._workers.clear()
        return names

    def close(self) -> None:
        """Disconnect; ends the cluster if it was started here."""
        ray.shutdown()


def check_cluster(address: str) -> None:
    """Raise InputError within seconds unless a Ray cluster answers at an address where something listens."""
    if address.startswith("ray://"):
        return
    # ray.init would wait minutes for whatever else listens there.
    command = [sys.executable, "-m", "ray.scripts.scripts", "health-check", "--address", address]
    try:
        healthy = subprocess.run(command, capture_output=True, timeout=HEALTH_SECONDS, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        healthy = False
    if not healthy:
        raise InputError(f"--address {address}: something listens there, but it is no Ray cluster of this version")
