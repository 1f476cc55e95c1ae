"""The decorators of what is reckoned for every pixel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

Decorator = Callable[[Callable[..., Any]], Any]

pixel_kernel: Decorator = njit(cache=True, fastmath=True, error_model="numpy", _nrt=False)  # pyright: ignore
"""Compiles a function that makes no arrays.

Numba counts, by locked instructions, who holds each array that a function is given: four arrays, a call a pixel, took a
third of the time of a small picture. `_nrt=False` leaves the counting out; a function that makes an array then does not
compile. It is not in Numba's documentation. `error_model="numpy"`: no division asks whether it is by zero, and a loop
without questions is reckoned for several pixels at once.
"""

pixel_part: Decorator = njit(cache=True, fastmath=True, error_model="numpy", _nrt=False, inline="always")  # pyright: ignore
"""Likewise of a function that becomes a part of the kernel that calls it.

An array handed from function to function is a row of numbers on the stack, written one by one and read again in larger
pieces before they have arrived: the ground of a small picture took a third longer.
"""
