"""What lies around the runway, seen by replays and by an aircraft's own camera alike.

Its kernels are kept where those that fly are (envs/base/kernel_cache.py): after a change to any file that a picture
calls into they are compiled again.
"""

from envs.base.kernel_cache import HOME, keep_kernels_in

keep_kernels_in(HOME)
