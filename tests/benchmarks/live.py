"""What one slider move costs, beside the network's bare forward and the published way.

    python -m tests.benchmarks.live [--json] [--networks …] [--sizes …] [--rounds N] [--threads N]

In every round, one after the other: a bare forward of the trunk (prepared input, channels_last,
one picture); a full update for a new angle with the original cached (render, one forward, all
configurations and LPIPS, verdicts against references and decoy, the maps that are shown: of
`spatial`, and once more of `sort`); and, in some rounds, the published way: each of the ten
configurations with its own two forwards and torch's sort. Ratios are taken within a round, and
medians over rounds, so that a machine that slows down slows both sides.

With `--threads` the updates are called from several threads in turn, as the server's are: torch has
helpers of its own for each of them, and all those helpers share the cores.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle

import torch

from explorer import fetching, weights
from explorer.engine import Engine
from explorer.extractor import Extractor
from explorer.form import scene_of
from explorer.networks import NETWORKS
from explorer.scene import Scene
from tests.benchmarks.hardware import described

NAMES = ("alexnet", "squeezenet1_1_caffe", "vgg16")
CONFIGURATIONS = [
    (parts, norm)
    for parts in (("spatial",), ("mean",), ("sort",), ("spatial", "mean"), ("spatial", "sort"))
    for norm in (False, True)
]


def published(extractor: Extractor, a: torch.Tensor, b: torch.Tensor) -> list[float]:
    """All ten scores the plain way: two forwards a configuration, torch throughout."""
    return [
        sum(_plain_score(extractor, a, b, part, norm, i == 0) for i, part in enumerate(parts))
        for parts, norm in CONFIGURATIONS
    ]


_shared: dict[str, list[torch.Tensor]] = {}


def _plain_score(
    extractor: Extractor, a: torch.Tensor, b: torch.Tensor, part: str, norm: bool, forward: bool
) -> float:
    # Two forwards a configuration: the second part of a sum uses those of the first.
    if forward:
        _shared["a"], _shared["b"] = _plain_forward(extractor, a), _plain_forward(extractor, b)
    total = 0.0
    for x, y in zip(_shared["a"], _shared["b"], strict=True):
        x, y = (_plain_rearranged(v, part) for v in (x, y))
        if norm:
            x, y = (v / v.norm(dim=1, keepdim=True).clamp_min(1e-10) for v in (x, y))
        total += float(((x - y) ** 2).sum(1).mean())
    return total


def _plain_forward(extractor: Extractor, image: torch.Tensor) -> list[torch.Tensor]:
    current = (image - extractor._mean) / extractor._std
    taps = {tap.index for tap in extractor.network.taps}
    found = []
    for index, module in enumerate(extractor.trunk):
        current = module(current)
        if index in taps:
            found.append(current)
    return found


def _plain_rearranged(features: torch.Tensor, part: str) -> torch.Tensor:
    if part == "spatial":
        return features.flatten(2)
    if part == "mean":
        return features.mean((2, 3), keepdim=True).flatten(2)
    return features.flatten(2).sort(-1).values


def bare_forward(extractor: Extractor, image: torch.Tensor) -> Callable[[], None]:
    """A forward through the trunk alone, its input prepared."""
    prepared = extractor.prepare(image)

    def run() -> None:
        current = prepared
        for module in extractor.trunk:
            current = module(current)
        _wait(extractor.device)

    return run


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def timed(run: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    started = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - started)


def scene(network: str, size: int, angle: float, heatmap: str) -> Scene:
    """A synthetic picture, turned."""
    values = {
        "layout.size": str(size),
        "rotate.angle": angle,
        "ask.network": network,
        "ask.heatmap": heatmap,
    }
    return scene_of(values).scene


def measure(network: str, size: int, rounds: int, threads: int = 0) -> dict[str, object]:
    """One row of the table; `threads`: of how many the updates are called, if not of this one."""
    engine = Engine()
    callers = cycle([ThreadPoolExecutor(1, f"caller-{i}") for i in range(threads)] or [None])

    def explore(asked: Scene) -> None:
        caller = next(callers)
        if caller is None:
            engine.explore(asked)
        else:
            caller.submit(engine.explore, asked).result()

    extractor, _ = engine.extractor(network)
    a = torch.from_numpy(engine.explore(scene(network, size, 0, "spatial")).original)
    b = torch.from_numpy(engine.explore(scene(network, size, 45, "spatial")).perturbed)
    a, b = (x[None].to(extractor.device) for x in (a, b))
    bare = bare_forward(extractor, b)
    columns: dict[str, list[float]] = {"forward": [], "update": [], "sort_maps": [], "plain": []}
    with torch.inference_mode():
        for _ in range(max(3, threads)):
            bare()
            explore(scene(network, size, 1.5, "sort"))
        for i in range(rounds):
            # Every angle is new, so nothing of the perturbed picture is in a cache.
            moved = scene(network, size, 2.0 + 0.5 * i, "spatial")
            again = scene(network, size, -2.0 - 0.5 * i, "sort")
            columns["forward"].append(timed(bare))
            columns["update"].append(timed(partial(explore, moved)))
            columns["sort_maps"].append(timed(partial(explore, again)))
            if i < max(rounds // 10, 2):
                columns["plain"].append(timed(lambda: published(extractor, a, b)))
    return {
        "network": network,
        "size": size,
        "update_over_forward": _ratio(columns["update"], columns["forward"]),
        "sort_update_over_forward": _ratio(columns["sort_maps"], columns["forward"]),
        "published_over_update": _ratio(columns["plain"], columns["update"]),
        "ms": {name: _spread(values) for name, values in columns.items()},
        "rounds": rounds,
        "callers": threads or 1,
        **described(extractor.device),
    }


def _ratio(over: Sequence[float], under: Sequence[float]) -> float:
    # The published way is timed in the first rounds only.
    return round(statistics.median(a / b for a, b in zip(over, under, strict=False)), 3)


def _spread(values: Sequence[float]) -> dict[str, float]:
    low, middle, high = statistics.quantiles(values, n=4) if len(values) > 1 else values * 3
    return {"median": round(middle, 2), "q1": round(low, 2), "q3": round(high, 2)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--networks", nargs="+", default=NAMES, choices=NETWORKS.names())
    parser.add_argument("--sizes", nargs="+", type=int, default=[224])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--threads", type=int, default=0, help="updates come from so many")
    flags = parser.parse_args(arguments)
    if not flags.json:
        print(f"{'network':21}{'size':>5}{'forward':>20}{'update':>20}{'ratio':>7}", end="")
        print(f"{'sort maps':>20}{'ratio':>7}{'published':>10}")
    row: dict[str, object] = {}
    for network in flags.networks:
        if weights.on_disk(NETWORKS[network]) is None:
            fetching.fetch(NETWORKS[network])
        for size in flags.sizes:
            row = measure(network, size, flags.rounds, flags.threads)
            print(json.dumps(row) if flags.json else _line(row), flush=True)
    if not flags.json:
        print("\nTimes in ms: median (quartiles). Ratios to the bare forward; published ÷ update.")
        keys = ("device", "threads", "python", "torch", "torchvision", "numpy", "commit")
        print(", ".join(f"{key} {row[key]}" for key in keys))


def _line(row: dict[str, object]) -> str:
    ms: dict[str, dict[str, float]] = row["ms"]  # type: ignore[assignment]

    def cell(name: str) -> str:
        v = ms[name]
        return f"{v['median']:.1f} ({v['q1']:.1f}–{v['q3']:.1f})"

    return (
        f"{row['network']:21}{row['size']:>5}{cell('forward'):>20}{cell('update'):>20}"
        f"{row['update_over_forward']:>7.2f}{cell('sort_maps'):>20}"
        f"{row['sort_update_over_forward']:>7.2f}{row['published_over_update']:>10.1f}"
    )


if __name__ == "__main__":
    main()
