"""One pass over BAPPS's pictures: every network and metric on each, by several threads at once.

Each thread has a core of its own: it decodes a block, runs the networks and compares, so no core
waits for another. Every batch has the same shape and each picture is computed alike in all of
them, so neither the number of processes nor an earlier stop changes a number.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from explorer.ahead import in_order
from explorer.bapps import pictures
from explorer.bapps.journal import Block
from explorer.bapps.layout import JND, SPLITS, Item
from explorer.bapps.measure import Key, distances
from explorer.baselines import BASELINES, Baseline
from explorer.baselines import distances as pixel_distances
from explorer.comparison import Heads
from explorer.extractor import Extractor, batched
from explorer.images import PictureError
from explorer.results import PIXELS

BATCH = 96
"""Pictures a batch: 32 triplets or 48 pairs."""
GPU_THREADS = 4

Configuration = tuple[str, str, str]
"""(network, or `PIXELS` for the baselines, metric, norm)."""


@dataclass(frozen=True)
class Judge:
    """A network with the metrics that are asked of it."""

    extractor: Extractor
    heads: Heads | None
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class Panel:
    """Everything that scores the pictures."""

    judges: tuple[Judge, ...]
    baselines: bool = False

    @property
    def configurations(self) -> tuple[Configuration, ...]:
        """In the order of a block's distances."""
        deep = [(j.extractor.network.name, *key) for j in self.judges for key in j.keys]
        return (*deep, *((PIXELS, baseline.name, PIXELS) for baseline in self.on_pixels))

    @property
    def on_pixels(self) -> tuple[Baseline, ...]:
        """The baselines that are defined at BAPPS's size."""
        if not self.baselines:
            return ()
        return tuple(b for b in BASELINES if b.smallest <= pictures.SIDE)


def blocks(items: Sequence[Item]) -> list[tuple[Item, ...]]:
    """Items that are computed together: of one task, always the same for the same list."""
    found: list[tuple[Item, ...]] = []
    for task in dict.fromkeys(item.task for item in items):
        own = [item for item in items if item.task == task]
        size = BATCH // len(own[0].pictures)
        found += [tuple(own[i : i + size]) for i in range(0, len(own), size)]
    return found


def digest(items: Iterable[Item]) -> str:
    """A name for a list of items with their judgements."""
    text = "\n".join(f"{item.id} {item.judgement!r}" for item in items)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def run(
    panel: Panel, work: Sequence[tuple[int, Sequence[Item]]], threads: int | None = None
) -> Iterator[Block]:
    """Compute blocks, in order.

    Args:
        panel: what scores; nobody else may use its extractors meanwhile.
        work: blocks from `blocks` under their index, or some of them.
        threads: at once; by default as many as torch uses in this process.

    Raises:
        ValueError: if a network needs larger pictures.
    """
    for judge in panel.judges:
        # Refused with the network's own sentence.
        judge.extractor.prepare(torch.empty(0, 3, pictures.SIDE, pictures.SIDE))
    cores = torch.get_num_threads()
    on_cpu = all(judge.extractor.device.type == "cpu" for judge in panel.judges)
    threads = threads or (cores if on_cpu else GPU_THREADS)
    # Pairs of JND differ by a few levels of 255: there the last digits count.
    job = _Job({task: _in_bulk(panel, fewer=task != JND) for task in SPLITS})
    yield from in_order(lambda piece: job.done(*piece), work, threads, "bapps")


def _in_bulk(panel: Panel, fewer: bool) -> Panel:
    judges = (replace(j, extractor=j.extractor.in_bulk(fewer)) for j in panel.judges)
    return replace(panel, judges=tuple(judges))


@dataclass(frozen=True)
class _Job:
    panels: Mapping[str, Panel]  # by task
    own: threading.local = field(default_factory=threading.local)

    def done(self, index: int, block: Sequence[Item]) -> Block:
        """Compute one block."""
        per_item = len(block[0].pictures)
        count = BATCH // per_item
        pixels, problems = self._decoded(block, count)
        found = self._distances(self.panels[block[0].task], pixels, count)
        rows = [None if i in problems else found[:, i].tolist() for i in range(len(block))]
        return Block(index, rows, [problems[i] for i in sorted(problems)])

    def _decoded(self, block: Sequence[Item], count: int) -> tuple[np.ndarray, Mapping[int, str]]:
        """The pictures side by side (ref of all, p0 of all, …); zeros where there is none."""
        if not hasattr(self.own, "pixels"):
            self.own.pixels = np.empty((BATCH, pictures.SIDE, pictures.SIDE, 3), np.uint8)
        pixels = self.own.pixels
        pixels[:] = 0
        problems: dict[int, str] = {}
        for i, item in enumerate(block):
            try:
                for side, path in enumerate(item.pictures):
                    pixels[side * count + i] = pictures.read(path)
            except PictureError as error:
                problems[i] = f"{item.id}, {path.parent.name}: {error}"
        return pixels, problems

    @torch.inference_mode()
    def _distances(self, panel: Panel, pixels: np.ndarray, count: int) -> np.ndarray:
        """(comparisons, count, configurations), float64."""
        # Pixels of a picture lie channels last already, as networks want them.
        dtype = panel.judges[0].extractor.dtype
        images = torch.from_numpy(pixels).permute(0, 3, 1, 2).to(dtype).div_(255)
        found = []
        for judge in panel.judges:
            features = batched(judge.extractor, images.to(judge.extractor.device))
            found.append(distances(features, count, judge.keys, judge.heads))
        baselines = panel.on_pixels
        if baselines:
            first = images[:count]
            others = images[count:].split(count)
            by_name = [pixel_distances(first, other, baselines) for other in others]
            found.append(
                torch.stack([torch.stack([d[b.name] for b in baselines], -1) for d in by_name])
            )
        return torch.cat(found, -1).numpy()
