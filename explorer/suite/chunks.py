"""Which pictures of a suite go through a network together."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.suite.cases import Case, Suite

CHUNK_PIXELS = 12 * 96 * 96
"""Of a chunk of pictures. Larger ones are no faster on a CPU, and keep others waiting longer."""


def chunks(suite: Suite) -> list[list[list[Case]]]:
    """The cases by original, in chunks of at most `CHUNK_PIXELS` where an original has no more."""
    pixels = next(iter(suite.pictures.values())).shape[:2]
    room = max(CHUNK_PIXELS // (pixels[0] * pixels[1]), 1)
    full: list[list[list[Case]]] = []
    waiting: list[list[Case]] = []
    for cases in by_original(suite):
        if waiting and len(distinct([*waiting, cases])) > room:
            full.append(waiting)
            waiting = []
        waiting.append(cases)
    return [*full, waiting]


def by_original(suite: Suite) -> list[list[Case]]:
    """The cases, those of one original together; in order of appearance."""
    groups: dict[str, list[Case]] = {}
    for case in suite.cases:
        groups.setdefault(case.original, []).append(case)
    return list(groups.values())


def distinct(groups: Sequence[Sequence[Case]]) -> list[str]:
    """The distinct pictures of some groups, in order."""
    found: dict[str, None] = {}
    for case in (case for cases in groups for case in cases):
        for path in (case.original, case.other, case.decoy):
            if path is not None:
                found[path] = None
    return list(found)
