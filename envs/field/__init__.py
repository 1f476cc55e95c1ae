"""What lies around the runway, seen by replays and by an aircraft's own camera alike.

Its kernels are compiled once and kept where those that fly are (envs/physics/kernels/cache.py): after a change to any
file that a picture calls into they are compiled again.
"""

from envs.physics import kernels as kernels
