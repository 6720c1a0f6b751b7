"""What scoring BAPPS costs, beside bare batched forwards of the same pictures.

    python -m tests.benchmarks.bapps [--json] [--network NAME] [--triplets N] [--rounds N]

A synthetic BAPPS in the published layout: references are different crops of the sample
photographs, 64 × 64, as PNG files that the system has in its memory; p0 and p1 are blurred or noisy
copies. In every round, one after the other: the bare batched forwards of all pictures (plain
modules, decoded and prepared beforehand, channels_last, nothing kept) in batches of 48, 96 and 192;
then `explorer.bapps` from the files, with the ten configurations, and with LPIPS too; then the same
ten with decoding taken out, to show its part. Speed is that of the bare forwards' fastest batch
size of the same round ÷ ours. Distances are written to a file, as a real run would.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from PIL import Image, ImageFilter

from explorer.bapps import journal, layout, pictures
from explorer.bapps import run as running
from explorer.bapps.layout import Item
from explorer.bapps.run import Judge, Panel
from explorer.engine import Engine
from explorer.images import to_tensor_from_pixels
from explorer.metrics import METRICS
from explorer.networks import NETWORKS
from tests.bapps.synthetic import save, worse, write_judgement
from tests.benchmarks import pairs
from tests.benchmarks.batched import bare
from tests.benchmarks.hardware import described
from tests.benchmarks.live import _spread, timed

BATCHES = (48, 96, 192)
TEN = tuple((m.name, n) for m in METRICS for n in m.norms if not m.weighted)


def written(root: Path, count: int) -> tuple[Item, ...]:
    """Triplets in the published layout, read back."""
    place = root / "2afc" / "val" / "traditional"
    (root / "crops").mkdir()
    with mock.patch.object(pairs, "SIZE", pictures.SIDE):
        crops = pairs.written(root / "crops", count)
    generator = np.random.default_rng(0)
    for i, crop in enumerate(crops):
        with Image.open(crop) as picture:
            picture.load()
        pixels = np.asarray(picture)
        blurred = np.asarray(picture.filter(ImageFilter.GaussianBlur(generator.uniform(0.3, 1.5))))
        noisy = worse(pixels, generator, generator.uniform(1, 12))
        for side, content in (("ref", pixels), ("p0", blurred), ("p1", noisy)):
            save(content, place / side / f"{i:06}.png")
        write_judgement(place / "judge" / f"{i:06}.npy", generator.integers(0, 6) / 5)
    return layout.read(root).items


def measure(network: str, count: int, rounds: int, folder: Path) -> dict[str, object]:
    """The row of a network."""
    items = written(folder, count)
    # Two extractors: that of the job keeps packed kernels, which the bare forwards have not.
    extractor, heads = Engine().extractor(network)
    plain, _ = Engine().extractor(network)
    panels = {"ten": Panel((Judge(extractor, heads, TEN),))}
    if heads is not None:
        panels["ten_and_lpips"] = Panel((Judge(extractor, heads, (*TEN, ("lpips", "norm"))),))
    decoded = {path: pictures.read(path) for item in items for path in item.pictures}
    with torch.inference_mode():
        tensors = to_tensor_from_pixels(list(decoded.values()))
        prepared = {n: [plain.prepare(batch) for batch in tensors.split(n)] for n in BATCHES}
    del tensors
    columns: dict[str, list[float]] = {}
    for i in range(rounds + 1):
        with torch.inference_mode():
            found = {f"bare_{n}": timed(partial(bare, plain, prepared[n])) for n in BATCHES}
        for name, panel in panels.items():
            found[name] = timed(partial(_scored, panel, items, folder))
        with mock.patch.object(pictures, "read", decoded.__getitem__):
            found["ten_without_decoding"] = timed(partial(_scored, panels["ten"], items, folder))
        # The first round warms up.
        for name, value in found.items() if i else ():
            columns.setdefault(name, []).append(value)
    best = [min(columns[f"bare_{n}"][i] for n in BATCHES) for i in range(rounds)]
    ours = [name for name in columns if not name.startswith("bare")]
    return {
        "what": "bapps",
        "network": network,
        "triplets": count,
        "bytes_a_picture": round(np.mean([p.stat().st_size for p in decoded])),
        "percent_of_bare_speed": {
            name: _spread([100 * a / b for a, b in zip(best, columns[name], strict=True)])
            for name in ours
        },
        "ms": {name: _spread(values) for name, values in columns.items()},
        "rounds": rounds,
        "load_before": round(os.getloadavg()[0], 1),
        **described(extractor.device),
    }


def _scored(panel: Panel, items: Sequence[Item], folder: Path) -> None:
    work = list(enumerate(running.blocks(items)))
    with (folder / "distances.jsonl").open("w", encoding="utf-8") as file:
        for block in running.run(panel, work):
            assert not block.problems
            journal.append(file, [block])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--network", default="alexnet", choices=NETWORKS.names())
    parser.add_argument("--triplets", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=9)
    flags = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        row = measure(flags.network, flags.triplets, flags.rounds, Path(folder))
    if flags.json:
        print(json.dumps(row))
        return
    for title, key in (("milliseconds", "ms"), ("% of bare speed", "percent_of_bare_speed")):
        for name, v in row[key].items():  # type: ignore[attr-defined]
            print(f"{name:22}{title:17}{v['median']:>9} ({v['q1']}–{v['q3']})")
    keys = ("device", "threads", "python", "torch", "torchvision", "numpy", "commit", "load_before")
    print(", ".join(f"{key} {row[key]}" for key in keys))


if __name__ == "__main__":
    main()
