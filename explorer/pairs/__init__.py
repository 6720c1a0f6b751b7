"""Many pairs of pictures from disk: decoded and compared by several threads at once."""

from explorer.pairs.job import ROWS, blocks, run, single_parts
from explorer.pairs.record import Key, Outcome, Pair, Read

__all__ = ["ROWS", "Key", "Outcome", "Pair", "Read", "blocks", "run", "single_parts"]
