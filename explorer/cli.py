"""Commands. Answers go to standard output, everything else to standard error.

Exit codes: 0 done, 1 could not be done (the sentence is on standard error), 2 misuse.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from explorer import __version__, dists, fetching, sweep_command, weights
from explorer import suite as suites
from explorer.arguments import DTYPES, colour, device, size
from explorer.baselines import NAMED, distances
from explorer.engine import Engine
from explorer.figures.theme import number, shown
from explorer.images import PictureError, read_picture, to_tensor
from explorer.networks import NETWORKS
from explorer.results import NORMS, PIXELS, Comparison


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    flags = _parser().parse_args(arguments)
    try:
        return int(flags.run(flags))
    except (PictureError, weights.WeightsError, ValueError) as error:
        print(f"explorer: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m explorer", description="Deep perceptual similarity at the prompt."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    compare = commands.add_parser("compare", help="compare two pictures by every metric")
    compare.add_argument("a", metavar="A", help="a picture file")
    compare.add_argument("b", metavar="B", help="a picture file of the same size")
    compare.add_argument("--network", default="alexnet", choices=NETWORKS.names())
    compare.add_argument(
        "--weights",
        default="pretrained",
        metavar="CHOICE",
        help="pretrained (default), random:SEED, or a .safetensors or .pth file",
    )
    compare.add_argument(
        "--size",
        type=size,
        metavar="N or WxH",
        help="resize both pictures first (Lanczos); without it they are compared as they are",
    )
    compare.add_argument(
        "--background",
        type=colour,
        metavar="COLOUR",
        help="composite transparent pictures over #rrggbb; without it alpha is dropped",
    )
    compare.add_argument("--dtype", default="float32", choices=tuple(DTYPES))
    compare.add_argument(
        "--device", type=device, help="cpu, cuda, … (default: GPU if there is one)"
    )
    compare.add_argument("--baselines", action="store_true", help="MSE, PSNR, SSIM, MS-SSIM, too")
    compare.add_argument("--json", action="store_true", help="print one JSON object")
    compare.set_defaults(run=_compare)

    suite = commands.add_parser("suite", help="run the paper's experiment on a folder or zip")
    suite.add_argument(
        "path",
        metavar="DIR_OR_ZIP",
        help="pictures in the published layout, or `builtin` for the project's own",
    )
    suite.add_argument(
        "--network",
        action="append",
        choices=NETWORKS.names(),
        help="may be given several times (default: alexnet)",
    )
    suite.add_argument("--baselines", action="store_true", help="MSE, PSNR, SSIM, MS-SSIM, too")
    suite.add_argument("--dtype", default="float32", choices=tuple(DTYPES))
    suite.add_argument("--device", type=device, default=None, help="cpu, cuda, …")
    output = suite.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON object")
    output.add_argument("--csv", action="store_true", help="print a line a case")
    output.add_argument("--export", metavar="DIR", help="write the suite there, run nothing")
    suite.set_defaults(run=_suite)

    sweep_command.add(commands)

    stored = commands.add_parser("weights", help="list or fetch networks' weights")
    stored.add_argument("action", choices=("list", "fetch"))
    stored.add_argument("name", nargs="?", choices=NETWORKS.names(), metavar="NETWORK")
    stored.set_defaults(run=_weights, misuse=stored.error)
    return parser


def _compare(flags: argparse.Namespace) -> int:
    a, b = (_read(flags, path) for path in (flags.a, flags.b))
    dtype = DTYPES[flags.dtype]
    engine = Engine(device=flags.device, dtype=dtype)
    comparison = engine.compare_images(a, b, flags.network, flags.weights)
    asked = dists.baselines(flags.network, flags.weights) if flags.baselines else ()
    found = distances(a[None], b[None], asked)
    on_pixels = {name: float(distance) for name, distance in found.items()}
    if flags.json:
        print(json.dumps(as_json(comparison) | baselines_as_json(on_pixels), indent=2))
    else:
        print(table(comparison))
        for name, distance in on_pixels.items():
            print(f"{name:14}{PIXELS:8}{shown(name, distance)}")
    return 0


def _read(flags: argparse.Namespace, path: str) -> torch.Tensor:
    picture = read_picture(path)
    if flags.background is not None:
        under = Image.new("RGBA", picture.size, flags.background)
        picture = Image.alpha_composite(under, picture.convert("RGBA"))
    if flags.size is not None:
        picture = picture.convert("RGB").resize(flags.size, Image.Resampling.LANCZOS)
    return to_tensor(picture)


def as_json(comparison: Comparison) -> dict[str, Any]:
    """A comparison as plain data: what `--json` prints."""
    receipt = comparison.receipt
    scores: dict[str, dict[str, Any]] = {}
    for (metric, norm), score in comparison.scores.items():
        scores.setdefault(metric, {})[norm] = {
            "total": score.total,
            "layers": list(score.layers),
        }
    return {
        "network": receipt.network,
        "weights": {"origin": receipt.weights.origin, "sha256": receipt.weights.sha256},
        "size": list(receipt.size),
        "layers": list(comparison.layers),
        "scores": scores,
        "dtype": receipt.dtype,
        "device": receipt.device,
        "version": receipt.version,
    }


def baselines_as_json(found: Mapping[str, float]) -> dict[str, Any]:
    """What `--baselines` adds: each distance, and the number that people know with its unit."""
    if not found:
        return {}
    rows = {}
    for name, distance in found.items():
        value = NAMED[name].value(distance)
        known = value if math.isfinite(value) else None
        rows[name] = {"distance": distance, "value": known, "unit": NAMED[name].unit}
    return {"baselines": rows}


def table(comparison: Comparison) -> str:
    """A comparison for people."""
    receipt = comparison.receipt
    head = ["metric", "norm", "total", *comparison.layers]
    rows = [
        [metric, norm if norm == NORMS[1] else "-", *(number(v) for v in (s.total, *s.layers))]
        for (metric, norm), s in comparison.scores.items()
    ]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(w) if i < 2 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [head, *rows]
    ]
    origin = f"{receipt.weights.origin}, sha256 {receipt.weights.sha256[:12]}"
    title = f"{receipt.network} ({origin}), {receipt.size[0]} × {receipt.size[1]} pixels"
    return "\n".join([title, "", *lines])


def _suite(flags: argparse.Namespace) -> int:
    own = flags.path == "builtin" and not Path(flags.path).exists()
    suite = suites.builtin() if own else suites.read_suite(flags.path)
    for problem in suite.problems:
        print(f"explorer: left out: {problem}", file=sys.stderr)
    if suite.problems:
        count = f"{len(suite.problems)} left out, {len(suite.cases)} cases remain"
        print(f"explorer: {count}.", file=sys.stderr)
    if flags.export:
        suites.export(suite, flags.export)
        print(flags.export)
        return 0
    engine = Engine(device=flags.device, dtype=DTYPES[flags.dtype])
    networks = (flags.network or ["alexnet"]) + [PIXELS] * flags.baselines
    results = suites.run(engine, suite, networks, _by_tenths())
    if flags.json:
        print(json.dumps(suites.as_json(results, suite.problems), indent=1))
    else:
        print(suites.as_csv(results) if flags.csv else suites.table(results), end="")
        print("" if flags.csv else "\n", end="")
    return 0


def _weights(flags: argparse.Namespace) -> int:
    if flags.action == "list":
        for network in NETWORKS:
            path = weights.on_disk(network)
            megabytes = network.sources[0].megabytes
            state = f"here: {path.name}" if path else f"to be fetched, {megabytes:.0f} MB"
            print(f"{network.name:22}{state}")
        return 0
    if flags.name is None:
        flags.misuse(f"Say which network to fetch: {', '.join(NETWORKS.names())}.")
    network = NETWORKS[flags.name]
    try:
        path = fetching.fetch(network, _progress_bar)
    finally:
        print(file=sys.stderr)
    print(path)
    return 0


def _by_tenths() -> Callable[[float, str], None]:
    """A progress function that prints a line for every tenth that is done."""
    told: set[int] = set()

    def report(share: float, text: str) -> None:
        tenth = int(10 * share)
        if tenth not in told:
            told.add(tenth)
            print(f"{10 * tenth:3d} % {text}", file=sys.stderr, flush=True)

    return report


def _progress_bar(share: float, text: str) -> None:
    done = round(30 * share)
    print(f"\r[{'#' * done}{'.' * (30 - done)}] {text:60.60}", end="", file=sys.stderr, flush=True)
