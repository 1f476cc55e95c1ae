"""The numba kernels that fly: two records (records.py) and the functions on them.

They are compiled once and cached on disk (envs/base/kernel_cache.py). The folder is chosen here, so only where a kernel
is wanted: importing the rest of the project touches no disk.
"""

from envs.base.kernel_cache import HOME, keep_kernels_in

keep_kernels_in(HOME)
