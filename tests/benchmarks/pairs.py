"""What pairs of pictures from disk cost, beside bare batched forwards of the same pictures.

    python -m tests.benchmarks.pairs [--json] [--network NAME] [--pairs N] [--rounds N]

The pictures are different crops of the sample photographs, 96 × 96, as PNG files that the system
has in its memory. In every round, one after the other: the bare batched forwards of all pictures
(plain modules, decoded and prepared beforehand, channels_last, nothing kept) in batches of 16, 32
and 64; then `explorer.pairs` from the files, with one metric (`spatial`, channel norm) and with all
metrics, both norms and LPIPS. Speeds are ratios within a round to the bare forwards in the batch
size that is fastest over all rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from explorer import pairs
from explorer.engine import Engine
from explorer.extractor import Extractor
from explorer.images import read_picture, read_pixels, to_tensor_from_pixels
from explorer.metrics import METRICS
from explorer.networks import NETWORKS
from explorer.pairs import Pair
from explorer.weights import BUNDLED
from tests.benchmarks.batched import bare
from tests.benchmarks.hardware import described
from tests.benchmarks.live import _spread, timed

SIZE = 96
BATCHES = (16, 32, 64)
ONE = (("spatial", "norm"),)


def written(folder: Path, count: int) -> list[Path]:
    """Crops of the sample photographs as PNG, all different."""
    samples = sorted((BUNDLED.parent / "samples").glob("*.[pj][np]g"))
    photographs = [read_picture(path).convert("RGB") for path in samples]
    generator = np.random.default_rng(0)
    paths = []
    for i in range(count):
        photograph = photographs[i % len(photographs)]
        side = int(generator.integers(SIZE, min(photograph.size)))
        x, y = (int(generator.integers(0, length - side + 1)) for length in photograph.size)
        cut = photograph.crop((x, y, x + side, y + side))
        paths.append(folder / f"{i:05}.png")
        cut.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(paths[-1])
    return paths


def measure(network: str, count: int, rounds: int, folder: Path) -> dict[str, object]:
    """The row of a network."""
    paths = written(folder, 2 * count)
    listed = [Pair(a.name, a, b) for a, b in zip(paths[::2], paths[1::2], strict=True)]
    # Two extractors: that of the job keeps packed kernels, which the bare forwards have not.
    extractor, heads = Engine().extractor(network)
    plain, _ = Engine().extractor(network)
    every = tuple(
        (m.name, n) for m in METRICS for n in m.norms if heads is not None or not m.weighted
    )
    with torch.inference_mode():
        pictures = to_tensor_from_pixels([read_pixels(path) for path in paths])
        prepared = {n: [plain.prepare(batch) for batch in pictures.split(n)] for n in BATCHES}
    del pictures
    columns: dict[str, list[float]] = {"one_metric": [], "all_metrics": []}
    columns |= {f"bare_{n}": [] for n in BATCHES}
    for i in range(rounds + 1):
        with torch.inference_mode():
            found = {f"bare_{n}": timed(partial(bare, plain, prepared[n])) for n in BATCHES}
        found["one_metric"] = timed(partial(_compared, extractor, heads, listed, ONE))
        found["all_metrics"] = timed(partial(_compared, extractor, heads, listed, every))
        # The first round warms up.
        for name, value in found.items() if i else ():
            columns[name].append(value)
    # One size for all rounds: the least of several noisy times would be too small.
    best = min((columns[f"bare_{n}"] for n in BATCHES), key=statistics.median)
    speeds = {
        name: _spread([100 * a / b for a, b in zip(best, columns[name], strict=True)])
        for name in ("one_metric", "all_metrics")
    }
    return {
        "what": "pairs",
        "network": network,
        "pairs": count,
        "bytes_a_picture": round(statistics.mean(path.stat().st_size for path in paths)),
        "percent_of_bare_speed": speeds,
        "ms": {name: _spread(values) for name, values in columns.items()},
        "rounds": rounds,
        **described(extractor.device),
    }


def _compared(
    extractor: Extractor, heads: object, listed: Sequence[Pair], keys: Sequence[pairs.Key]
) -> None:
    work = pairs.blocks(listed)
    for outcomes in pairs.run(extractor, heads, work, read_pixels, keys):  # type: ignore[arg-type]
        assert not any(outcome.problem for outcome in outcomes)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--network", default="alexnet", choices=NETWORKS.names())
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=9)
    flags = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        row = measure(flags.network, flags.pairs, flags.rounds, Path(folder))
    if flags.json:
        print(json.dumps(row))
        return
    for title, key in (("milliseconds", "ms"), ("% of bare speed", "percent_of_bare_speed")):
        for name, v in row[key].items():  # type: ignore[attr-defined]
            print(f"{name:14}{title:17}{v['median']:>9} ({v['q1']}–{v['q3']})")
    keys = ("device", "threads", "python", "torch", "torchvision", "numpy", "commit")
    print(", ".join(f"{key} {row[key]}" for key in keys))


if __name__ == "__main__":
    main()
