"""What a trial is: a reference and two candidates, of which a person says which is closer to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from explorer.scene import Scene

MOST_TRIALS = 200
HIGHEST_SEED = 999_999
Pictures = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
"""Reference, p0 and p1: float32, 3 × H × W each, in [0, 1], of one size."""
MADE = "made"
"""What stands in place of the name of a set of one's own where trials are made here."""


@dataclass(frozen=True)
class Triplet:
    """Two scenes with one original: the candidates are what the scenes' challenges make of it.

    Attributes:
        kind: of question, a name of `kinds.TITLES`.
        p0: the candidate that is shown first (left).
        p1: the other.
        catch: of a catch trial, which candidate (0 or 1) is obviously closer; else None.
    """

    kind: str
    p0: Scene
    p1: Scene
    catch: int | None = None


@dataclass(frozen=True)
class Trial:
    """A trial ready to be shown.

    Attributes:
        id: names it in files, for example `made-7-3`.
        kind: of question.
        pictures: renders reference, p0 and p1.
        names: of reference, p0 and p1: files, or addresses that open them in the explorer.
        said: what was done to p0 and to p1, in words.
        catch: of a catch trial, which candidate (0 or 1) is obviously closer; else None.
    """

    id: str
    kind: str
    pictures: Callable[[], Pictures]
    names: tuple[str, str, str]
    said: tuple[str, str]
    catch: int | None = None


def checked(seed: object, count: object) -> tuple[int, int]:
    """A seed and a number of trials as they arrived.

    Raises:
        ValueError: with one sentence, if one is no whole number within bounds.
    """
    if type(seed) is not int or not 0 <= seed <= HIGHEST_SEED:
        raise ValueError(f"The seed is a whole number from 0 to {HIGHEST_SEED}, not {seed!r:.40}.")
    if type(count) is not int or not 1 <= count <= MOST_TRIALS:
        raise ValueError(f"There are 1 to {MOST_TRIALS} trials, not {count!r:.40}.")
    return seed, count
