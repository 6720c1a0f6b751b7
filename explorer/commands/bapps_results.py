"""What `bapps` found: one file for the tab People, a table, CSV, JSON, a figure."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from explorer import __version__
from explorer.bapps import disagreement, report
from explorer.bapps.bootstrap import Bootstrap
from explorer.bapps.layout import Item
from explorer.bapps.pictures import SIDE
from explorer.bapps.run import Panel
from explorer.figures.theme import title_of


def check(flags: argparse.Namespace) -> None:
    """What cannot be written is said before hours of work, not after.

    Raises:
        ValueError: with one sentence, if a file cannot be written where the flags want it.
    """
    if flags.figure is not None:
        from explorer.figures import bapps as figures  # plotly is wanted for figures alone

        figures.check(flags.figure)
    for path in (flags.figure, flags.save, flags.out):
        if path is not None and not path.absolute().parent.is_dir():
            raise ValueError(f"{path} cannot be written: {path.parent} is no folder.")


def results(
    flags: argparse.Namespace,
    items: Sequence[Item],
    distances: report.Distances,
    problems: Sequence[str],
    panel: Panel,
) -> dict[str, Any]:
    """Everything that a file of results holds.

    Args:
        flags: what was asked for.
        items: all that were found.
        distances: of each item's id.
        problems: a sentence for each thing that was left out.
        panel: who judged.
    """
    bootstrap = Bootstrap(flags.resamples, flags.seed)
    configurations = panel.configurations
    most = disagreement.listed(items, distances, len(configurations))
    count = min(flags.thumbnails, disagreement.LISTED)
    return {
        "format": report.FORMAT,
        "version": report.VERSION,
        "note": "",
        "program": __version__,
        "size": SIDE,
        "bootstrap": {
            "resamples": bootstrap.resamples,
            "seed": bootstrap.seed,
            "level": bootstrap.level,
        },
        "configurations": [_described(panel, *made, flags.dtype) for made in configurations],
        **report.scored(items, distances, configurations, bootstrap),
        **most,
        "thumbnails": disagreement.thumbnails(items, most["most"], count),
        "left_out": len(problems),
        "problems": list(problems[: report.MOST_PROBLEMS]),
    }


def _described(panel: Panel, network: str, metric: str, norm: str, dtype: str) -> dict[str, str]:
    made = f"explorer {__version__}, {SIDE} x {SIDE} pixels"
    title = "Pixels"
    for judge in panel.judges:
        extractor = judge.extractor
        if extractor.network.name == network:
            title = extractor.network.title
            made = (
                f"explorer {__version__}, {network}, {extractor.info.origin}, sha256 "
                f"{extractor.info.sha256}, {SIDE} x {SIDE} pixels, {dtype}, {extractor.device.type}"
            )
    return {
        "network": network,
        "network_title": title,
        "metric": metric,
        "title": title_of(metric),
        "norm": norm,
        "made_by": made,
    }


def put_out(flags: argparse.Namespace, found: dict[str, Any]) -> None:
    """Write and print `results` as the flags want them.

    Raises:
        ValueError: with one sentence, if a file cannot be written.
    """
    text = json.dumps(found, ensure_ascii=False, allow_nan=False)
    if flags.save is not None:
        _save(flags.save, text)
    if flags.figure is not None:
        from explorer.figures import bapps as figures  # plotly is wanted for figures alone

        figures.write(found, flags.figure)
    if flags.json:
        print(text)
    else:
        print(report.as_csv(found) if flags.csv else report.table(found), end="")


def _save(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}.") from error
