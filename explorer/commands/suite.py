"""`python -m explorer suite DIR_OR_ZIP`: the paper's experiment."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from explorer import distributed
from explorer import suite as suites
from explorer.commands.arguments import DTYPES, add_network, add_taps, device, layers
from explorer.commands.progress import by_tenths, say
from explorer.engine import Engine
from explorer.results import PIXELS


def add(commands: Any) -> None:
    """Add the command to a parser's subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "suite", help="run the paper's experiment on a folder or zip"
    )
    parser.add_argument(
        "path",
        metavar="DIR_OR_ZIP",
        help="pictures in the published layout, or `builtin` for the project's own",
    )
    add_network(parser, several=True)
    add_taps(parser)
    parser.add_argument("--baselines", action="store_true", help="MSE, PSNR, SSIM, MS-SSIM, too")
    parser.add_argument("--dtype", default="float32", choices=tuple(DTYPES))
    parser.add_argument("--device", type=device, default=None, help="cpu, cuda, …")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON object")
    output.add_argument("--csv", action="store_true", help="print a line a case")
    output.add_argument("--export", metavar="DIR", help="write the suite there, run nothing")
    parser.set_defaults(run=run)


def run(flags: argparse.Namespace) -> int:
    """Run the experiment, or export the suite, and print.

    Raises:
        SuiteError: with one sentence, if the folder or zip is no suite.
        WeightsError: if a network's weights cannot be had.
        ValueError: with one sentence, if a choice fits nothing.
        DistributedError: if the processes of `torchrun` cannot work together.
    """
    own = flags.path == "builtin" and not Path(flags.path).exists()
    suite = suites.builtin() if own else suites.read_suite(flags.path)
    for problem in suite.problems if distributed.is_first() else ():
        say(f"left out: {problem}")
    if suite.problems and distributed.is_first():
        say(f"{len(suite.problems)} left out, {len(suite.cases)} cases remain.")
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
        progress = by_tenths() if group.first else lambda share, text: None
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
