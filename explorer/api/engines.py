"""The engines behind the functions: one a device and precision; networks are loaded once."""

from __future__ import annotations

from functools import lru_cache

import torch

from explorer.engine import Engine

CACHE_BYTES = 1 << 28
"""Of what each engine keeps: enough to compare a picture again and again, and for no more."""
DTYPES = (torch.float32, torch.float64)


def engine_for(device: str | torch.device | None, dtype: torch.dtype) -> Engine:
    """The engine of a device and precision, made when first asked for.

    Args:
        device: such as `cpu` or `cuda:1`; None is the GPU where there is one, else the CPU.
        dtype: torch.float32 or torch.float64.

    Raises:
        ValueError: if this machine has no such device, or it is another dtype.
    """
    if dtype not in DTYPES:
        raise ValueError(f"dtype is torch.float32 or torch.float64; {dtype!r:.60} was given.")
    if device is None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        # A device that was named but is not there shows only when something is put on it.
        found = torch.zeros(1, device=device).device
    except (RuntimeError, AssertionError, TypeError) as error:
        raise ValueError(f"{device!r:.60} is no device of this machine; 'cpu' is.") from error
    return _engine(found, dtype)


@lru_cache(maxsize=4)
def _engine(device: torch.device, dtype: torch.dtype) -> Engine:
    return Engine(device, dtype, CACHE_BYTES)
