"""Commands. Answers go to standard output, everything else to standard error.

Exit codes: 0 done, 1 could not be done (the sentence is on standard error), 2 misuse; 3 and 4 are
those of `dir` and `pairs`, which explain them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from explorer import (
    __version__,
    bapps_command,
    distributed,
    dists,
    pairs_command,
    serve_command,
    sweep_command,
    weights,
    weights_command,
)
from explorer import suite as suites
from explorer.arguments import DTYPES, add_comparing, add_taps, device, layers, picture
from explorer.baselines import distances
from explorer.engine import Engine
from explorer.figures import data
from explorer.figures.theme import number, shown
from explorer.images import PictureError, to_tensor
from explorer.networks import NETWORKS
from explorer.results import NORMS, PIXELS, Comparison


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    flags = _parser().parse_args(arguments)
    try:
        return int(flags.run(flags))
    except (
        PictureError,
        weights.WeightsError,
        distributed.DistributedError,
        ValueError,
    ) as error:
        # What stops one of several processes stops all: one of them says so.
        if distributed.is_first():
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
    add_comparing(compare)
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
    add_taps(suite)
    suite.add_argument("--baselines", action="store_true", help="MSE, PSNR, SSIM, MS-SSIM, too")
    suite.add_argument("--dtype", default="float32", choices=tuple(DTYPES))
    suite.add_argument("--device", type=device, default=None, help="cpu, cuda, …")
    output = suite.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON object")
    output.add_argument("--csv", action="store_true", help="print a line a case")
    output.add_argument("--export", metavar="DIR", help="write the suite there, run nothing")
    suite.set_defaults(run=_suite)

    pairs_command.add(commands)
    bapps_command.add(commands)
    sweep_command.add(commands)
    weights_command.add(commands)
    serve_command.add(commands)
    return parser


def _compare(flags: argparse.Namespace) -> int:
    a, b = (to_tensor(picture(p, flags.background, flags.size)) for p in (flags.a, flags.b))
    dtype = DTYPES[flags.dtype]
    engine = Engine(device=flags.device, dtype=dtype)
    counted = layers(flags.taps, flags.network)
    comparison = engine.compare_images(a, b, flags.network, flags.weights, counted)
    asked = dists.baselines(flags.network, flags.weights) if flags.baselines else ()
    found = distances(a[None], b[None], asked)
    on_pixels = {name: float(distance) for name, distance in found.items()}
    if flags.json:
        print(json.dumps(data.comparison(comparison, on_pixels), indent=2))
    else:
        print(table(comparison))
        for name, distance in on_pixels.items():
            print(f"{name:14}{PIXELS:8}{shown(name, distance)}")
    return 0


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
    for problem in suite.problems if distributed.is_first() else ():
        print(f"explorer: left out: {problem}", file=sys.stderr)
    if suite.problems and distributed.is_first():
        count = f"{len(suite.problems)} left out, {len(suite.cases)} cases remain"
        print(f"explorer: {count}.", file=sys.stderr)
    if flags.export:
        if not distributed.is_first():
            return 0
        suites.export(suite, flags.export)
        print(flags.export)
        return 0
    networks = (flags.network or ["alexnet"]) + [PIXELS] * flags.baselines
    chosen = {name: layers(flags.taps, name) for name in flags.network or ["alexnet"]}
    with distributed.joined() as group:
        on = flags.device or distributed.device()
        engine = Engine(device=on, dtype=DTYPES[flags.dtype])
        progress = _by_tenths() if group.first else lambda share, text: None
        parts = distributed.everyone(
            group, lambda: suites.run(engine, suite, networks, progress, group, chosen)
        )
        results = suites.merged(suite, networks, parts)
        if not group.first:
            return 0
    if flags.json:
        print(json.dumps(suites.as_json(results, suite.problems, chosen), indent=1))
    else:
        print(suites.as_csv(results) if flags.csv else suites.table(results), end="")
        print("" if flags.csv else "\n", end="")
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
