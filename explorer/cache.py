"""A bounded cache: least recently used goes first when the bytes run over."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

T = TypeVar("T")


class Cache:
    """Values by key, at most `limit` bytes of them (and always the newest one)."""

    def __init__(self, limit: int) -> None:
        """`limit` is in bytes; with 0 an entry is dropped before the next is made."""
        self.limit = limit
        self.bytes = 0
        self.misses = 0
        self._entries: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """The value at `key`; made, measured with `size` and kept if it is not there."""
        if key in self._entries:
            self._entries.move_to_end(key)
            return self._entries[key][0]  # type: ignore[return-value]
        self.misses += 1
        if not self.limit:
            self.clear()  # what is made can then use memory that the processor still knows
        value = make()
        self._entries[key] = (value, size(value))
        self.bytes += self._entries[key][1]
        while self.bytes > self.limit and len(self._entries) > 1:
            _, (_, freed) = self._entries.popitem(last=False)
            self.bytes -= freed
        return value

    def __contains__(self, key: Hashable) -> bool:
        """Whether there is a value at `key`."""
        return key in self._entries

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._entries)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self.bytes = 0
