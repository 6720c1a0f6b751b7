"""Many pairs of pictures from disk: decoded and compared by several threads at once.

On a CPU each thread decodes, runs the network and compares with one core of its own: while one
waits for the disk another computes, and none waits for another at the end of every layer, as the
threads within one forward do. What is in memory is bounded: a thread holds one batch, and results
wait only for those before them.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from explorer.ahead import in_order
from explorer.comparison import Heads, compare
from explorer.extractor import Extractor, batched
from explorer.features import Features
from explorer.images import PictureError
from explorer.metrics import METRICS, Metric
from explorer.pairs.again import Again, Seen
from explorer.pairs.record import Key, Outcome, Pair, Read

ROWS = 16
"""Pairs a block: what a thread takes at once, and a process of several."""
BATCH_PIXELS = 2 * ROWS * 96 * 96
LARGE_PIXELS = 1 << 20
"""From here on one batch runs at a time, on all cores: several would take too much memory."""
GPU_THREADS = 4


def blocks(pairs: Sequence[Pair]) -> list[Sequence[Pair]]:
    """The list in pieces of `ROWS`."""
    return [pairs[i : i + ROWS] for i in range(0, len(pairs), ROWS)]


def single_parts(keys: Collection[Key]) -> tuple[Metric, ...]:
    """The single metrics that have to be computed for `keys`, in the registry's order."""
    needed = {part for name, _ in keys for part in METRICS[name].parts}
    plain = {METRICS[name].rearrange for name in needed if METRICS[name].weighted}
    return tuple(m for m in METRICS if m.rearrange and (m.name in needed or m.rearrange in plain))


def run(
    extractor: Extractor,
    heads: Heads | None,
    work: Sequence[Sequence[Pair]],
    read: Read,
    keys: Sequence[Key],
    threads: int | None = None,
) -> Iterator[list[Outcome]]:
    """The outcomes of each block, in order.

    Args:
        extractor: of the network; nobody else may use it meanwhile.
        heads: LPIPS's weights, where `keys` ask for it.
        work: from `blocks`, or some of them.
        read: a file's pixels, uint8, H × W × 3; `PictureError` is the pair's problem.
        keys: what is asked for.
        threads: at once; by default as many as torch uses in this process.
    """
    cores = torch.get_num_threads()
    on_cpu = extractor.device.type == "cpu"
    threads = threads or (cores if on_cpu else GPU_THREADS)
    job = _Job(extractor.in_bulk(fewer=True), heads, read, tuple(keys), Again(work), cores)
    yield from in_order(job.outcomes, work, threads, "pairs")


@dataclass
class _Taken:
    """A picture on its way: its pixels (H × W × 3, uint8), or who promised it, or a problem."""

    pixels: np.ndarray | None = None
    promise: Future[Seen | str] | None = None
    mine: bool = True
    problem: str = ""


@dataclass(frozen=True)
class _Job:
    """What all threads share."""

    extractor: Extractor
    heads: Heads | None
    read: Read
    keys: tuple[Key, ...]
    again: Again
    cores: int
    sizes: set[tuple[int, ...]] = field(default_factory=set)
    alone: threading.Lock = field(default_factory=threading.Lock)

    def outcomes(self, block: Sequence[Pair]) -> list[Outcome]:
        """Of one block, in order."""
        found: dict[str, Outcome] = {}
        waiting: list[Pair] = []
        taken: dict[Path, _Taken] = {}
        try:
            for pair in block:
                if pair.problem:
                    found[pair.id] = Outcome(pair, problem=pair.problem)
                    continue
                for path in (pair.a, pair.b):
                    if path not in taken:
                        taken[path] = self._take(path)
                waiting.append(pair)
                if _pixels(taken) >= BATCH_PIXELS:
                    found |= self._batch(waiting, taken)
                    waiting, taken = [], {}
            found |= self._batch(waiting, taken)
        except BaseException as error:
            for picture in taken.values():
                if picture.promise and picture.mine and not picture.promise.done():
                    picture.promise.set_exception(error)
            raise
        return [found[pair.id] for pair in block]

    def _take(self, path: Path) -> _Taken:
        promise, mine = self.again.claim(path)
        if not mine:
            return _Taken(promise=promise, mine=False)
        try:
            if not path.is_file():
                # A device or a pipe could be read for ever.
                there = path.exists()
                raise PictureError(f"{path} {'is not a file' if there else 'does not exist'}.")
            pixels = self.read(path)
            self._check(pixels)
        except (PictureError, OSError, ValueError) as error:
            # With its folder: both files of a pair may have the same name.
            text = str(error)
            text = text.replace(path.name, str(path), 1) if text.startswith(path.name) else text
            return _Taken(promise=promise, problem=text)
        return _Taken(pixels, promise)

    def _check(self, pixels: np.ndarray) -> None:
        size = pixels.shape[:2]
        if size not in self.sizes:
            # What the network says to its size, before anything is computed.
            self.extractor.prepare(torch.empty(0, 3, *size))
            self.sizes.add(size)

    def _batch(self, pairs: Sequence[Pair], taken: Mapping[Path, _Taken]) -> dict[str, Outcome]:
        large = _pixels(taken) >= LARGE_PIXELS
        if not large and self.extractor.device.type == "cpu":
            return self._compared(pairs, taken)
        with self.alone:
            torch.set_num_threads(self.cores)
            try:
                return self._compared(pairs, taken)
            finally:
                torch.set_num_threads(1)

    @torch.inference_mode()
    def _compared(self, pairs: Sequence[Pair], taken: Mapping[Path, _Taken]) -> dict[str, Outcome]:
        problems = {path: t.problem for path, t in taken.items() if t.problem}
        pixels = {path: t.pixels for path, t in taken.items() if t.pixels is not None}
        stock: dict[tuple[int, ...], tuple[list[Path], list[Features]]] = {}
        # Originals first: both sides of a batch are then one piece of memory each.
        in_order = dict.fromkeys([*(p.a for p in pairs), *(p.b for p in pairs)])
        own: dict[tuple[int, ...], list[Path]] = {}
        for path in in_order:
            if path in pixels:
                own.setdefault(pixels[path].shape, []).append(path)
        for shape, paths in own.items():
            features = self._features([pixels[path] for path in paths])
            stock[shape] = (list(paths), [features])
            self._keep(paths, taken, features)
        for path, problem in problems.items():
            promise = taken[path].promise
            if promise:
                self.again.keep(promise, problem)
        for path in in_order:
            promise = taken[path].promise
            if promise and not taken[path].mine:
                seen = promise.result()
                if isinstance(seen, str):
                    problems[path] = seen
                    continue
                pixels[path] = seen.pixels
                paths, parts = stock.setdefault(seen.pixels.shape, ([], []))
                paths.append(path)
                parts.append(seen.features)
        found = self._scored(pairs, pixels, problems, stock)
        for pair in pairs:
            for path in (pair.a, pair.b):
                self.again.used(path)
        return found

    def _features(self, pictures: Sequence[np.ndarray]) -> Features:
        # Pixels of a picture lie channels last already, as the network wants them.
        stacked = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
        return batched(self.extractor, stacked.to(self.extractor.device).float() / 255)

    def _keep(
        self, paths: Sequence[Path], taken: Mapping[Path, _Taken], features: Features
    ) -> None:
        for i, path in enumerate(paths):
            promise, pixels = taken[path].promise, taken[path].pixels
            if promise and pixels is not None:
                # Copied: a part of a batch would keep all of it in memory.
                alone = Features([m[i : i + 1].clone() for m in features.maps])
                self.again.keep(promise, Seen(alone, pixels))

    def _scored(
        self,
        pairs: Sequence[Pair],
        pixels: Mapping[Path, np.ndarray],
        problems: Mapping[Path, str],
        stock: Mapping[tuple[int, ...], tuple[list[Path], list[Features]]],
    ) -> dict[str, Outcome]:
        found: dict[str, Outcome] = {}
        groups: dict[tuple[int, ...], list[Pair]] = {}
        for pair in pairs:
            problem = problems.get(pair.a) or problems.get(pair.b) or ""
            if problem:
                found[pair.id] = Outcome(pair, problem=problem)
                continue
            a, b = pixels[pair.a], pixels[pair.b]
            if a.shape != b.shape:
                first, second = (f"{p.shape[1]} × {p.shape[0]}" for p in (a, b))
                problem = f"Both pictures need the same size; they are {first} and {second} pixels."
                found[pair.id] = Outcome(pair, problem=problem)
            elif np.array_equal(a, b):
                # Exactly zero, also where batches of another size round their sums another way.
                found[pair.id] = Outcome(pair, _size(a), dict.fromkeys(self.keys, 0.0))
            else:
                groups.setdefault(a.shape, []).append(pair)
        asked = single_parts(self.keys)
        for shape, group in groups.items():
            paths, parts = stock[shape]
            place = {path: i for i, path in enumerate(paths)}
            features = Features.joined(parts)
            left = features.select([place[pair.a] for pair in group], asked)
            right = features.select([place[pair.b] for pair in group], asked)
            compared = compare(left, right, self.heads, asked)
            for i, pair in enumerate(group):
                scores = compared.scores(i)
                size = _size(pixels[pair.a])
                found[pair.id] = Outcome(pair, size, {k: scores[k].total for k in self.keys})
        return found


def _size(pixels: np.ndarray) -> tuple[int, int]:
    """(width, height)."""
    return pixels.shape[1], pixels.shape[0]


def _pixels(taken: Mapping[Path, _Taken]) -> int:
    return sum(
        t.pixels.shape[0] * t.pixels.shape[1] for t in taken.values() if t.pixels is not None
    )
