"""The decorator of kernels that are called for every pixel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

pixel_kernel: Callable[[Callable[..., Any]], Any] = njit(cache=True, fastmath=True, _nrt=False)  # pyright: ignore
"""Compiles a function that makes no arrays.

Numba counts, by locked instructions, who holds each array that a function is given: four arrays, a call a pixel, took a
third of the time of a small picture. `_nrt=False` leaves the counting out; a function that makes an array then does not
compile. It is not in Numba's documentation.
"""
