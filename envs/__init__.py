"""Model aircraft as Gymnasium environments. `import envs` registers the ids `ModelAircraft/<Task>-v0`."""

import importlib

import gymnasium


def gymnasium_id(task: str) -> str:
    """`ModelAircraft/Takeoff-v0` of the task `takeoff`; of `slow_roll` it is `ModelAircraft/SlowRoll-v0`."""
    return f"ModelAircraft/{''.join(word.capitalize() for word in task.split('_'))}-v0"


def register_tasks() -> None:
    """Give every task in envs/tasks, and every shipped figure, its id in Gymnasium.

    Call it again when a folder was added to their path.
    """
    # The names come from those of the files: neither a task nor Bullet nor the kernels are loaded.
    for task in importlib.import_module(f"{__name__}.tasks").TASK_NAMES:
        if gymnasium_id(task) not in gymnasium.registry:
            gymnasium.register(id=gymnasium_id(task), entry_point="envs.flight_env:FlightEnv", kwargs={"task": task})


register_tasks()
