"""`python -m explorer compare A B`: two pictures by every metric."""

from __future__ import annotations

import argparse
import json
from typing import Any

from explorer import dists
from explorer.baselines import distances
from explorer.commands.arguments import DTYPES, add_comparing, layers, picture
from explorer.engine import Engine
from explorer.figures import data
from explorer.figures.theme import number, shown
from explorer.images import to_tensor
from explorer.results import NORMS, PIXELS, Comparison


def add(commands: Any) -> None:
    """Add the command to a parser's subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "compare", help="compare two pictures by every metric"
    )
    parser.add_argument("a", metavar="A", help="a picture file")
    parser.add_argument("b", metavar="B", help="a picture file of the same size")
    add_comparing(parser)
    parser.add_argument("--baselines", action="store_true", help="MSE, PSNR, SSIM, MS-SSIM, too")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(flags: argparse.Namespace) -> int:
    """Compare and print.

    Raises:
        PictureError: if a picture cannot be read.
        WeightsError: if the network's weights cannot be had.
        ValueError: with one sentence, if the pictures do not fit each other or the network.
    """
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
