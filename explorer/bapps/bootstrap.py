"""Percentile intervals of all scores of a group, from the same seeded resamples of its items.

Items are drawn with replacement, as many as there are, `resamples` times. All configurations are
scored on the same draws, so intervals of two metrics may be compared; the draws of a group depend
on the seed and the group's name alone, not on what else is scored.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.bapps.scoring import Array, Ranking

AT_ONCE = 1 << 21
"""Weights held at once: resamples × items."""


@dataclass(frozen=True)
class Bootstrap:
    """How intervals are made: `level` 0.95 is from the 2.5th to the 97.5th percentile."""

    resamples: int = 1000
    seed: int = 0
    level: float = 0.95

    def means(self, group: str, values: Array) -> tuple[Array, Array]:
        """Intervals of means over items.

        Args:
            group: its name.
            values: (K, N); NaN does not count.

        Returns:
            The lower and upper ends, (K,) each.
        """
        counts = ~np.isnan(values)
        known = np.where(counts, values, 0.0)
        found = []
        for weights in self._weights(group, values.shape[1]):
            sums, numbers = weights @ known.T, weights @ counts.T.astype(float)
            found.append(
                np.divide(sums, numbers, out=np.full_like(sums, np.nan), where=numbers > 0)
            )
        return self._ends(np.concatenate(found) if found else np.empty((0, len(values))))

    def precisions(
        self, group: str, rankings: Sequence[Ranking], count: int
    ) -> tuple[Array, Array]:
        """The same of average precisions, of rankings of the same `count` pairs."""
        found = [
            np.stack([ranking.precision(weights) for ranking in rankings], 1)
            for weights in self._weights(group, count)
        ]
        return self._ends(np.concatenate(found) if found else np.empty((0, len(rankings))))

    def _weights(self, group: str, count: int) -> Iterator[Array]:
        """(R, N) of how often each item is drawn, until there are `resamples` of them."""
        generator = np.random.default_rng([self.seed, zlib.crc32(group.encode())])
        # The size of a piece is no part of what is drawn.
        piece = max(1, AT_ONCE // max(count, 1))
        for start in range(0, self.resamples, piece):
            rows = min(piece, self.resamples - start)
            drawn = generator.integers(0, count, (rows, count))
            drawn += count * np.arange(rows)[:, None]
            weights = np.bincount(drawn.ravel(), minlength=rows * count)
            yield weights.reshape(rows, count).astype(float)

    def _ends(self, found: Array) -> tuple[Array, Array]:
        lower, upper = np.full(found.shape[1], np.nan), np.full(found.shape[1], np.nan)
        for k, column in enumerate(found.T):
            # A resample may have nothing to score.
            known = column[~np.isnan(column)]
            if len(known):
                tail = 50 * (1 - self.level)
                lower[k], upper[k] = np.percentile(known, [tail, 100 - tail])
        return lower, upper
