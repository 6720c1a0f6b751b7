"""Why a metric says what it says: one view's arithmetic a file, on features that are there already.

Everything here takes a `Pair` and runs no network. What a view breaks a distance into adds up to
that distance again.
"""

from explorer.inside.pair import Pair

__all__ = ["Pair"]
