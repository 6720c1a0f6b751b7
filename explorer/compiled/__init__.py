"""Loops compiled by numba, for what no chain of array operations does in one pass over memory.

Written as loops throughout: numba takes seconds to compile an expression of arrays, which somebody
waits for at the first start.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(reorder: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile a function of arrays and numbers when it is first called.

    What was compiled is kept on disk beside the module, or where the user's caches are. It runs
    without Python's lock, so several threads can share the work.

    Args:
        reorder: sums may be added up in another order, which lets them use vectors. Never are a
            multiplication and an addition fused: (a·s − b·t) is zero where both products are equal.
    """

    def compile_one(function: Callable[P, R], cache: bool = True) -> Callable[P, R]:
        kept: Callable[P, R] = numba.njit(
            cache=cache,
            nogil=True,
            error_model="numpy",
            fastmath={"reassoc"} if reorder else False,
        )(function)
        return kept

    def compile_and_keep(function: Callable[P, R]) -> Callable[P, R]:
        try:
            return compile_one(function)
        except RuntimeError:  # numba found no folder that it may write into
            return compile_one(function, cache=False)

    return compile_and_keep
