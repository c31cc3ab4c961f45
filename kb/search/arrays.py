"""numpy, set to one thread: what one question takes is too small to be shared.

With the threads of numpy's library a product took as long and twice the processor time, which the
other workers want. The setting is read when numpy is imported.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "Ints", "np"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
