"""Model aircraft as Gymnasium environments. `import envs` registers the ids `ModelAircraft/<Task>-v0`."""

from gymnasium.envs.registration import register

# Ids are written out rather than found, so that `import envs` loads neither Bullet nor the kernels.
for _task in ("takeoff", "pattern", "landing", "circuit"):
    register(
        id=f"ModelAircraft/{_task.capitalize()}-v0", entry_point="envs.flight_env:FlightEnv", kwargs={"task": _task}
    )
