"""Servos: dead time, second-order lag, rate limit, travel (numba kernels). Command channels in pilot's signs."""

from __future__ import annotations

from numba import njit

from envs.physics.kernels.records import COMMANDS, EFFECT, MAX_DELAY, Record


@njit
def delayed_command(p: Record, s: Record) -> None:
    """Set `delayed` to the command of `servo_delay` substeps ago; a control step's first substep queues its command."""
    if s.substep == 0:
        s.queue_head = (s.queue_head + 1) % MAX_DELAY
        for c in range(len(COMMANDS)):
            s.command_queue[s.queue_head, c] = s.command[c]
    delay = p.servo_delay if p.effect[EFFECT.servo_dynamics] != 0.0 else 0
    ago = (delay - s.substep + p.substeps - 1) // p.substeps if delay > s.substep else 0  # control steps
    tail = (s.queue_head - ago) % MAX_DELAY
    for c in range(len(COMMANDS)):
        s.delayed[c] = s.command_queue[tail, c]


@njit
def hinge_target(p: Record, s: Record, k: int) -> float:
    """Deflection (rad, trailing edge down +) that the delayed command asks of hinge k."""
    asked = 0.0
    for c in range(4):
        asked += p.hinge_gain[k, c] * s.delayed[c]
    asked = max(-1.0, min(1.0, asked))
    return asked * (p.hinge_down[k] if asked > 0.0 else p.hinge_up[k])


@njit
def move_servos(p: Record, s: Record) -> None:
    """Move every hinge on by one time step towards its target: x'' = w^2 (target - x) - 2 zeta w x', limited.

    Implicit in x and x', so that it is stable at any bandwidth.
    """
    dt, w, zeta = p.time_step, p.servo_bandwidth, p.servo_damping
    for k in range(p.hinges):
        target = hinge_target(p, s, k)
        if p.effect[EFFECT.servo_dynamics] == 0.0:
            s.deflection[k] = target
            continue
        rate = (s.deflection_rate[k] + dt * w * w * (target - s.deflection[k])) / (
            1.0 + 2.0 * zeta * w * dt + w * w * dt * dt
        )
        rate = max(-p.servo_rate, min(p.servo_rate, rate))
        s.deflection_rate[k] = rate
        s.deflection[k] += dt * rate


@njit
def channel_deflection(p: Record, s: Record, channel: int) -> float:
    """Mean deflection (rad) of a channel's hinges in pilot's sign (elevator + = trailing edge up)."""
    total = 0.0
    for k in range(p.hinges):
        total += p.channel_share[channel, k] * s.deflection[k]
    return total
