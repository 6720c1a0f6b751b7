"""From distances to verdicts: the paper's question, asked of features and of pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch

from explorer.results import PIXELS, Scores, Verdict


@dataclass(frozen=True)
class Limits:
    """What an original's changed pictures are held against, by (metric, norm).

    `references`: name → distance(original, reference). `decoy`: distance(original, decoy).
    """

    references: Mapping[tuple[str, str], Mapping[str, float]]
    decoy: Mapping[tuple[str, str], float]


def limits(references: Mapping[str, Scores], decoy: Scores) -> Limits:
    """The limits from the scores of the original against each reference, and the decoy."""
    return Limits(
        {key: {name: blank[key].total for name, blank in references.items()} for key in decoy},
        {key: score.total for key, score in decoy.items()},
    )


def on_features(scores: Scores, held: Limits) -> tuple[Verdict, ...]:
    """A verdict a metric and norm, from the scores of one changed picture."""
    return tuple(
        Verdict(*key, score.total, held.references[key], held.decoy[key])
        for key, score in scores.items()
    )


def on_pixels(
    distances: Mapping[str, torch.Tensor],
    held: Mapping[str, torch.Tensor],
    references: Sequence[str],
) -> list[tuple[Verdict, ...]]:
    """A verdict a baseline, for each of N changed pictures.

    Args:
        distances: baseline → (N,).
        held: baseline → distances to each of the references, in order, then to the decoy.
        references: their names.
    """
    count = len(next(iter(distances.values()), ()))
    return [
        tuple(
            Verdict(
                name,
                PIXELS,
                float(found[i]),
                dict(zip(references, held[name].tolist(), strict=False)),
                float(held[name][-1]),
            )
            for name, found in distances.items()
        )
        for i in range(count)
    ]
