"""`python -m explorer sweep KNOB [KNOB]`: where each metric fails along one knob, or two."""

from __future__ import annotations

import argparse
import json
from typing import Any

from explorer import sweeps, taps
from explorer.commands.arguments import add_network, add_taps, device
from explorer.commands.progress import by_tenths
from explorer.engine import Engine
from explorer.figures import data
from explorer.figures import sweep as figures
from explorer.form import DEFAULTS, FORM, scene_of
from explorer.images import take_upload
from explorer.networks import NETWORKS
from explorer.presets import PRESETS
from explorer.results import Sweep, SweepPoint
from explorer.spec import Toggle, Value


def add(commands: Any) -> None:
    """Add the command to a parser's subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "sweep",
        help="move one or two knobs and judge every metric at each point",
        description="Values of knobs are given as on the page: --set picture.family=rings "
        "--set layout.size=96. Knobs that can be swept: " + ", ".join(sweeps.SWEEPABLE) + ".",
    )
    parser.add_argument("knobs", nargs="+", metavar="KNOB", help="one knob, or two for an atlas")
    parser.add_argument("--points", type=int, metavar="N", help="an axis (default: 65, or 25)")
    parser.add_argument(
        "--span", default="whole", choices=sweeps.SPANS, help="how much of its range"
    )
    parser.add_argument("--preset", choices=[preset.name for preset in PRESETS])
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a knob of the picture"
    )
    parser.add_argument("--picture", metavar="FILE", help="a picture of one's own as the subject")
    add_network(parser)
    add_taps(parser)
    parser.add_argument("--device", type=device, help="cpu, cuda, … (default: GPU if there is one)")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON object")
    output.add_argument("--csv", action="store_true", help="print a line a point and metric")
    parser.set_defaults(run=run)


def run(flags: argparse.Namespace) -> int:
    """Sweep and print; exit code 0.

    Raises:
        ValueError: with one sentence, for a knob or value that does not exist.
        WeightsError: if the network's weights cannot be had.
        PictureError: if the picture cannot be read.
    """
    upload = take_upload(flags.picture) if flags.picture else None
    values = _values(flags)
    filled = scene_of(values, upload.sha256 if upload else None)
    if filled.notes:
        raise ValueError(" ".join(filled.notes))
    points = flags.points or (65 if len(flags.knobs) == 1 else 25)
    axes = tuple(
        sweeps.axis(n, points, flags.span, values.get(n, DEFAULTS.get(n))) for n in flags.knobs
    )
    engine = Engine(device=flags.device)
    known: list[SweepPoint] = []
    report = by_tenths()
    for part in sweeps.run(engine, values, axes, upload):
        known += part.points
        report(part.share, f"{len(known)} points")
    sweep = Sweep(engine.receipt(filled.scene), axes, tuple(sorted(known, key=lambda p: p.at)))
    if flags.csv:
        print(figures.as_csv(sweep), end="")
    else:
        print(json.dumps(data.sweep(sweep, values), indent=1) if flags.json else table(sweep))
    return 0


def _values(flags: argparse.Namespace) -> dict[str, Value]:
    preset = next((dict(p.values) for p in PRESETS if p.name == flags.preset), {})
    values: dict[str, Value] = preset
    if flags.network:
        values["ask.network"] = flags.network
    if flags.taps is not None:
        network = NETWORKS[flags.network or "alexnet"]
        values["ask.taps"] = taps.line(network, flags.taps.split(","))
    if flags.picture:
        values["picture.kind"] = "upload"
    for text in flags.set:
        name, equals, value = text.partition("=")
        if not equals or name not in FORM:
            raise ValueError(f"--set {text!r:.80} names no knob; --set layout.size=96 does.")
        values[name] = _read(name, value)
    return values


def _read(name: str, text: str) -> Value:
    knob = FORM[name]
    if isinstance(knob, Toggle):
        words = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}
        return words.get(text.lower(), text)
    # Knobs read numbers from text and say what is wrong with a word.
    return text


def table(sweep: Sweep) -> str:
    """Where each metric fails, for people."""
    lines = [f"{'metric':14} {'norm':7} where"]
    for index, verdict in enumerate(sweep.points[0].verdicts):
        if len(sweep.axes) == 1:
            words = figures.in_words(sweep, index, sweep.failing(index))
        else:
            words = figures.share_in_words(sweep, index)
        lines.append(f"{verdict.metric:14} {verdict.norm:7} {words}")
    names = " × ".join(axis.name for axis in sweep.axes)
    return "\n".join([f"{sweep.receipt.network}, {names}, {len(sweep.points)} points", "", *lines])
