"""numpy, set to one thread: what one question takes is too small to be shared.

With the threads of numpy's library a product took as long and twice the processor time, which the
other workers want. The setting is read when numpy is imported.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "Ints", "np", "scattered"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


def scattered(places: Sequence[Ints], values: Sequence[Floats] | Floats, size: int) -> Floats:
    """An array of ``size`` with all ``values`` added up at their ``places``: to each of the places
    an array of as many values, or one for all of them.

    All at once: of a few hundred numbers, what takes time is each call.
    """
    if not places:
        return np.zeros(size)
    if isinstance(values, np.ndarray):
        added = np.repeat(values, [len(some) for some in places])
    else:
        added = np.concatenate(values)
    return np.asarray(np.bincount(np.concatenate(places), added, size), dtype=float)
