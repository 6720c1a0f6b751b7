"""From distances to verdicts: the paper's question, asked of features and of pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from explorer.results import PIXELS, Scores, Verdict

Limits = tuple[Mapping[str, Scores], Scores]
"""Scores of the original against each reference, by name, and against the decoy."""


def on_features(
    scores: Scores, references: Mapping[str, Scores], decoy: Scores
) -> tuple[Verdict, ...]:
    """A verdict a metric and norm, from the scores of one changed picture and its limits."""
    return tuple(
        Verdict(
            *key,
            score.total,
            {name: blank[key].total for name, blank in references.items()},
            decoy[key].total,
        )
        for key, score in scores.items()
    )


def on_pixels(
    distances: Mapping[str, torch.Tensor],
    limits: Mapping[str, torch.Tensor],
    references: Sequence[str],
) -> list[tuple[Verdict, ...]]:
    """A verdict a baseline, for each of N changed pictures.

    Args:
        distances: baseline → (N,).
        limits: baseline → distances to each of the references, in order, then to the decoy.
        references: their names.
    """
    count = len(next(iter(distances.values()), ()))
    return [
        tuple(
            Verdict(
                name,
                PIXELS,
                float(found[i]),
                dict(zip(references, limits[name].tolist(), strict=False)),
                float(limits[name][-1]),
            )
            for name, found in distances.items()
        )
        for i in range(count)
    ]
