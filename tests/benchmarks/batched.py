"""What the suite and a sweep cost, beside the bare batched forwards of their pictures.

    python -m tests.benchmarks.batched [--json] [--networks …] [--suite DIR_OR_ZIP] [--rounds N]

In every round, one after the other: the bare batched forwards of the distinct pictures (prepared,
channels_last, in batches of 16); the whole experiment (all metrics, both norms, all cases); for
AlexNet also a sweep of 64 points at 96 pixels and its bare forwards. Then, for some cases and
configurations, one pass a configuration and pair: two forwards for the pair and for each
reference, torch throughout; its time is that of the sample times what the sample leaves out.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from functools import partial

import torch

from explorer import fetching, sweeps, weights
from explorer import suite as suites
from explorer.engine import Engine
from explorer.extractor import Extractor
from explorer.images import to_tensor_from_pixels
from explorer.networks import NETWORKS
from explorer.results import Axis
from explorer.suite import Suite
from tests.benchmarks.hardware import described
from tests.benchmarks.live import CONFIGURATIONS, NAMES, _plain_score, _ratio, _spread, timed

BATCH = 16
SAMPLED_CASES = 2
POINTS = 64


def bare(extractor: Extractor, prepared: Sequence[torch.Tensor]) -> None:
    """Forwards through the trunk alone, batch by batch."""
    for batch in prepared:
        extractor.trunk(batch)
    if extractor.device.type == "cuda":
        torch.cuda.synchronize(extractor.device)


def one_by_one(extractor: Extractor, suite: Suite, cases: int) -> float:
    """Milliseconds of every configuration on every pair by itself, scaled up from some cases."""
    blanks = [_picture(extractor, suite, path) for path in suite.references.values()]
    started = time.perf_counter()
    for case in suite.cases[:: max(len(suite.cases) // cases, 1)][:cases]:
        original = _picture(extractor, suite, case.original)
        others = [_picture(extractor, suite, case.other), *blanks]
        for parts, norm in CONFIGURATIONS:
            for other in others:
                for i, part in enumerate(parts):
                    _plain_score(extractor, original, other, part, norm, i == 0)
    return 1000 * (time.perf_counter() - started) * len(suite.cases) / cases


def _picture(extractor: Extractor, suite: Suite, path: str) -> torch.Tensor:
    return to_tensor_from_pixels([suite.pictures[path]]).to(extractor.device)


def measure_suite(network: str, suite: Suite, rounds: int) -> dict[str, object]:
    """One row of the suite's table."""
    engine = Engine()
    extractor, _ = engine.extractor(network)
    pictures = to_tensor_from_pixels(list(suite.pictures.values()))
    columns: dict[str, list[float]] = {"forwards": [], "suite": [], "one_by_one": []}
    with torch.inference_mode():
        prepared = [extractor.prepare(batch) for batch in pictures.split(BATCH)]
        bare(extractor, prepared)
        suites.run(engine, suite, [network])
        for i in range(rounds):
            columns["forwards"].append(timed(partial(bare, extractor, prepared)))
            columns["suite"].append(timed(lambda: suites.run(engine, suite, [network])))
            if i < 2:
                columns["one_by_one"].append(one_by_one(extractor, suite, SAMPLED_CASES))
    return {
        "what": "suite",
        "network": network,
        "pictures": len(suite.pictures),
        "cases": len(suite.cases),
        "work_over_forwards": _ratio(columns["suite"], columns["forwards"]),
        "one_by_one_over_work": _ratio(columns["one_by_one"], columns["suite"]),
        "ms": {name: _spread(values) for name, values in columns.items()},
        "rounds": rounds,
        **described(extractor.device),
    }


def measure_sweep(network: str, rounds: int) -> dict[str, object]:
    """The sweep's row: 64 points at 96 pixels; nothing of the sweep is in a cache."""
    columns: dict[str, list[float]] = {"forwards": [], "sweep": []}
    values = {"layout.size": "96", "layout.scale": 0.5, "ask.network": network}
    axis = sweeps.axis("translate.x", POINTS)
    engine = Engine()
    extractor, _ = engine.extractor(network)
    with torch.inference_mode():
        images = torch.rand(POINTS, 3, 96, 96)
        prepared = [extractor.prepare(batch) for batch in images.split(BATCH)]
        for i in range(rounds + 2):
            # Another place downwards makes every picture of the sweep new.
            moved = {**values, "translate.y": i % 48 + 1}
            forwards = timed(partial(bare, extractor, prepared))
            work = timed(partial(_sweep, engine, moved, axis))
            if i >= 2:
                columns["forwards"].append(forwards)
                columns["sweep"].append(work)
    return {
        "what": "sweep",
        "network": network,
        "pictures": POINTS,
        "cases": POINTS,
        "work_over_forwards": _ratio(columns["sweep"], columns["forwards"]),
        "ms": {name: _spread(found) for name, found in columns.items()},
        "rounds": rounds,
        **described(extractor.device),
    }


def _sweep(engine: Engine, values: dict[str, object], axis: Axis) -> None:
    # Narrowing a crossing down asks for more points than the 64: it is not part of the figure.
    for part in sweeps.run(engine, values, (axis,)):
        if part.share >= 1:
            return


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--networks", nargs="+", default=NAMES, choices=NETWORKS.names())
    parser.add_argument("--suite", help="a folder or zip (default: the built-in suite)")
    parser.add_argument("--rounds", type=int, default=5)
    flags = parser.parse_args(arguments)
    suite = suites.read_suite(flags.suite) if flags.suite else suites.builtin()
    rows = []
    if not flags.json:
        print(f"{'what':7}{'network':21}{'pictures':>9}{'forwards ms':>24}{'work ms':>24}", end="")
        print(f"{'ratio':>7}{'one by one':>12}")
    for network in flags.networks:
        if weights.on_disk(NETWORKS[network]) is None:
            fetching.fetch(NETWORKS[network])
        rows.append(measure_suite(network, suite, flags.rounds))
        print(json.dumps(rows[-1]) if flags.json else _line(rows[-1]), flush=True)
    if "alexnet" in flags.networks:
        rows.append(measure_sweep("alexnet", 4 * flags.rounds))
        print(json.dumps(rows[-1]) if flags.json else _line(rows[-1]), flush=True)
    if not flags.json:
        print("\nMedian (quartiles). Ratio: work ÷ forwards; one by one ÷ work.")
        keys = ("device", "threads", "python", "torch", "torchvision", "numpy", "commit")
        print(", ".join(f"{key} {rows[-1][key]}" for key in keys))


def _line(row: dict[str, object]) -> str:
    ms: dict[str, dict[str, float]] = row["ms"]  # type: ignore[assignment]

    def cell(name: str) -> str:
        v = ms[name]
        return f"{v['median']:.0f} ({v['q1']:.0f}–{v['q3']:.0f})"

    times = f"{row['one_by_one_over_work']:.0f}" if "one_by_one_over_work" in row else ""
    return (
        f"{row['what']:7}{row['network']:21}{row['pictures']:>9}{cell('forwards'):>24}"
        f"{cell(str(row['what'])):>24}{row['work_over_forwards']:>7.2f}{times:>12}"
    )


if __name__ == "__main__":
    main()
