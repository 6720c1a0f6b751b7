"""Features of pictures that occur in several pairs."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.features import Features
from explorer.pairs.record import Pair

KEPT_BYTES = 1 << 29
"""Of features that are kept."""


@dataclass(frozen=True)
class Seen:
    """One picture: its features, of its own, (1, C, H, W) a layer; its pixels, H × W × 3, uint8."""

    features: Features
    pixels: np.ndarray


class Again:
    """Features of pictures that occur in several pairs: made once, kept while there is room.

    Whoever asks first makes them, the others wait. It cannot lock up: a thread makes all that it
    has promised before it waits.
    """

    def __init__(self, work: Sequence[Sequence[Pair]]) -> None:
        self._left = Counter(p for block in work for pair in block for p in (pair.a, pair.b))
        self._kept: OrderedDict[Path, Future[Seen | str]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def claim(self, path: Path) -> tuple[Future[Seen | str] | None, bool]:
        """The picture's promise, and whether the caller has to keep it; None if it is alone."""
        with self._lock:
            if path in self._kept:
                self._kept.move_to_end(path)
                return self._kept[path], False
            if self._left[path] < 2:
                return None, True
            self._kept[path] = Future()
            return self._kept[path], True

    def keep(self, promise: Future[Seen | str], found: Seen | str) -> None:
        """Keep the promise; what was asked for longest ago goes when room runs out."""
        promise.set_result(found)
        with self._lock:
            self._bytes += _nbytes(found)
            for path in [p for p, kept in self._kept.items() if kept.done()]:
                if self._bytes <= KEPT_BYTES:
                    return
                self._drop(path)

    def used(self, path: Path) -> None:
        """One pair of the picture is done."""
        with self._lock:
            self._left[path] -= 1
            if self._left[path] == 0 and path in self._kept and self._kept[path].done():
                self._drop(path)

    def _drop(self, path: Path) -> None:
        self._bytes -= _nbytes(self._kept.pop(path).result())


def _nbytes(found: Seen | str) -> int:
    if isinstance(found, str):
        return 0
    return found.pixels.nbytes + sum(m.numel() * m.element_size() for m in found.features.maps)
