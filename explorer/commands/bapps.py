"""`python -m explorer bapps DIR` and `… bapps fetch`: agreement with people's judgements.

Under `torchrun` the pictures are split over its processes, and the first one writes.
"""

from __future__ import annotations

import argparse
import contextlib
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from explorer import __version__, distributed
from explorer.bapps import disagreement, fetch, journal, layout, unpack
from explorer.bapps import run as running
from explorer.bapps.journal import Block
from explorer.bapps.layout import SETS, SPLITS, Item
from explorer.bapps.pictures import SIDE
from explorer.bapps.run import Judge, Panel
from explorer.commands import bapps_results
from explorer.commands.arguments import DTYPES, add_network, chosen, device
from explorer.commands.out import appended
from explorer.commands.progress import Bar, Counter, say
from explorer.distributed import Group
from explorer.engine import Engine
from explorer.metrics import METRICS
from explorer.results import NORMS

STOPPED, PROBLEMS = 130, 4
DATA = "bapps"
"""The folder that `fetch` fills by default."""
AFTER = (
    "fetch: downloads the archives named (val, train, jnd; default: val and jnd) into --into, goes "
    "on where it was stopped, writes down their sha256, and unpacks them. Exit codes: 0 done; 1 "
    "could not be done; 2 misuse; 4 some items were left out, standard error says why."
)


def add(commands: Any) -> None:
    """Add the command to a parser's subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "bapps", help="score metrics against people's judgements (BAPPS)", epilog=AFTER
    )
    parser.add_argument("path", metavar="DIR|fetch", help="a folder in BAPPS's layout, or `fetch`")
    parser.add_argument(
        "names", nargs="*", metavar="ARCHIVE", help=f"of fetch: {', '.join(fetch.ARCHIVES)}"
    )
    what = parser.add_argument_group("what is scored")
    what.add_argument("--task", action="append", choices=tuple(SPLITS), help="default: both")
    what.add_argument("--part", action="append", choices=SETS, help="default: val")
    names = tuple(dict.fromkeys(name for splits in SPLITS.values() for name in splits))
    what.add_argument("--split", action="append", choices=names, help="default: all")
    by = parser.add_argument_group("by what")
    add_network(by, several=True)
    by.add_argument("--weights", default="pretrained", metavar="CHOICE", help="as of compare")
    by.add_argument("--metric", choices=METRICS.names(), help="only this one (default: all)")
    by.add_argument("--norm", choices=NORMS, help="raw, or with channel norm (default: both)")
    by.add_argument("--baselines", action="store_true", help="MSE, PSNR, SSIM on pixels, too")
    by.add_argument("--dtype", default="float32", choices=tuple(DTYPES))
    by.add_argument("--device", type=device, help="cpu, cuda, … (default: GPU if there is one)")
    by.add_argument("--resamples", type=_whole, default=1000, help="of the bootstrap (1000)")
    by.add_argument("--seed", type=_whole, default=0, help="of the bootstrap (0)")
    output = parser.add_argument_group("what comes out")
    kind = output.add_mutually_exclusive_group()
    kind.add_argument("--json", action="store_true", help="print the results as one JSON object")
    kind.add_argument("--csv", action="store_true", help="print a line a score")
    output.add_argument(
        "--save", metavar="FILE.json", type=Path, help="write the results for the tab People"
    )
    output.add_argument(
        "--thumbnails",
        type=_whole,
        default=0,
        metavar="N",
        help=f"put the pictures of N triplets a configuration into them (at most "
        f"{disagreement.LISTED}; mind who may see the pictures)",
    )
    output.add_argument(
        "--figure", metavar="FILE", type=Path, help="write a plotly figure, .html or .json"
    )
    output.add_argument(
        "--out",
        metavar="FILE.jsonl",
        type=Path,
        help="append all distances to this file; the same command goes on where it was stopped",
    )
    output.add_argument("--into", metavar="DIR", type=Path, default=Path(DATA), help="of fetch")
    parser.set_defaults(run=run, misuse=parser.error)


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number up to 1000000.")
    return int(text)


def run(flags: argparse.Namespace) -> int:
    """Do it and return the exit code.

    Raises:
        ValueError: with one sentence, for a folder, file or choice that cannot be used.
        WeightsError: if a network's weights cannot be had.
        DistributedError: if the processes of `torchrun` cannot work together.
    """
    if flags.path == "fetch":
        return _fetch(flags)
    if flags.names:
        flags.misuse(f"only `fetch` takes archives; {flags.names[0]!r} was given.")
    if flags.weights != "pretrained" and len(flags.network or ()) > 1:
        raise ValueError("--weights is of one network; give one --network, or leave it out.")
    bapps_results.check(flags)
    with distributed.joined() as group:
        found = distributed.agreed(group, lambda: _read(flags))
        panel = _panel(flags, group)
        blocks = running.blocks(found.items)
        made_by = _made_by(flags, panel, found.items)
        done = distributed.agreed(group, lambda: _reopened(flags, made_by, panel, blocks))
        left = [(i, block) for i, block in enumerate(blocks) if i not in done]
        new = distributed.gathered(group, running.run(panel, group.share(left)))
        # Pictures make Pillow warn; several threads cannot each set that aside for a while.
        with warnings.catch_warnings(), _target(flags, made_by, group) as target:
            warnings.simplefilter("ignore")
            try:
                for block in _reported(new, sum(map(len, blocks)), blocks, done, group):
                    done[block.index] = block
                    if target is not None:
                        journal.append(target, [block])
            except KeyboardInterrupt:
                kept = "; the same command goes on from there" if flags.out else ""
                say(f"stopped{kept}.")
                return STOPPED
        if not group.first:
            return 0
        return _finish(flags, found, panel, blocks, done)


def _read(flags: argparse.Namespace) -> layout.Found:
    found = layout.read(
        flags.path, flags.task or tuple(SPLITS), flags.part or ("val",), flags.split
    )
    for problem in found.problems:
        say(f"left out: {problem}")
    if not found.items:
        raise ValueError(f"{flags.path} holds no item that can be scored.")
    return found


def _panel(flags: argparse.Namespace, group: Group) -> Panel:
    mine: list[Judge] = []

    def made() -> list[str]:
        engine = Engine(flags.device or distributed.device(), DTYPES[flags.dtype])
        for name in dict.fromkeys(flags.network or ["alexnet"]):
            extractor, heads = engine.extractor(name, flags.weights)
            one = argparse.Namespace(**{**vars(flags), "network": name, "fail_above": None})
            mine.append(Judge(extractor, heads, chosen(one, heads is not None)))
        return [judge.extractor.info.sha256 for judge in mine]

    if len({tuple(digests) for digests in distributed.everyone(group, made)}) > 1:
        raise distributed.DistributedError(
            "The processes have different weights of a network; give all the same files."
        )
    return Panel(tuple(mine), flags.baselines)


def _made_by(flags: argparse.Namespace, panel: Panel, items: Sequence[Item]) -> dict[str, Any]:
    """What decides the distances; a file of them is gone on with only where all of it agrees."""
    on = panel.judges[0].extractor.device.type
    return {
        "program": __version__,
        "size": SIDE,
        "dtype": flags.dtype,
        "device": on,
        "weights": {j.extractor.network.name: j.extractor.info.sha256 for j in panel.judges},
        "configurations": [list(made) for made in panel.configurations],
        "items": running.digest(items),
    }


def _reopened(
    flags: argparse.Namespace,
    made_by: Mapping[str, Any],
    panel: Panel,
    blocks: Sequence[Sequence[Item]],
) -> dict[int, Block]:
    if flags.out is None:
        return {}
    keys = len(panel.configurations)
    shapes = [(len(block), len(block[0].pictures) - 1, keys) for block in blocks]
    done = journal.reopened(flags.out, made_by, shapes)
    if done:
        count = sum(len(blocks[i]) for i in done)
        say(f"{count} of {sum(map(len, blocks))} items are in {flags.out} already.")
    return done


@contextlib.contextmanager
def _target(
    flags: argparse.Namespace, made_by: Mapping[str, Any], group: Group
) -> Iterator[TextIO | None]:
    """The file of distances, its first line written; None where there is none to write."""
    if flags.out is None or not group.first:
        yield None
        return
    with appended(flags.out, journal.head(made_by)) as file:
        yield file


def _reported(
    new: Iterator[Block],
    total: int,
    blocks: Sequence[Sequence[Item]],
    done: Mapping[int, Block],
    group: Group,
) -> Iterator[Block]:
    """The same blocks; people who wait are told how far it is."""
    counter = Counter(group.first)
    count = sum(len(blocks[i]) for i in done)
    began = time.monotonic()
    fresh = 0
    for block in new:
        fresh += len(blocks[block.index])
        yield block
        rest = (total - count - fresh) * (time.monotonic() - began) / fresh
        counter.show(f"{count + fresh} of {total} items, about {rest:.0f} s left")
    counter.end()


def _finish(
    flags: argparse.Namespace,
    found: layout.Found,
    panel: Panel,
    blocks: Sequence[Sequence[Item]],
    done: Mapping[int, Block],
) -> int:
    distances: dict[str, Sequence[Sequence[float]] | None] = {}
    problems = list(found.problems)
    for i, block in enumerate(blocks):
        distances |= {item.id: row for item, row in zip(block, done[i].distances, strict=True)}
        for problem in done[i].problems:
            say(f"left out: {problem}")
            problems.append(problem)
    results = bapps_results.results(flags, found.items, distances, problems, panel)
    if not results["groups"]:
        raise ValueError(f"{flags.path} holds no item whose pictures can be read.")
    bapps_results.put_out(flags, results)
    if problems:
        say(f"{len(problems)} left out, {sum(r is not None for r in distances.values())} scored.")
    return PROBLEMS if problems else 0


def _fetch(flags: argparse.Namespace) -> int:
    names = flags.names or ["val", "jnd"]
    unknown = [name for name in names if name not in fetch.ARCHIVES]
    if unknown:
        flags.misuse(f"{unknown[0]!r} is no archive; {', '.join(fetch.ARCHIVES)} are.")
    for name in dict.fromkeys(names):
        archive = fetch.ARCHIVES[name]
        try:
            path = _fetched(archive, flags.into)
            digest = fetch.records(flags.into)[archive.file]["sha256"]
            say(f"{path}: sha256 {digest}. None is published to hold it to; it is written down.")
            if fetch.unpacked(flags.into, archive):
                say(f"{path} is unpacked already.")
                continue
            added = unpack.unpack(path, flags.into / archive.into)
            fetch.note_unpacked(flags.into, archive, added)
        except (fetch.FetchError, unpack.UnpackError) as error:
            raise ValueError(str(error)) from error
        for place in added:
            print(place)
    return 0


def _fetched(archive: fetch.Archive, folder: Path) -> Path:
    bar = Bar(archive.file)
    try:
        return fetch.fetch(archive, folder, bar)
    finally:
        bar.end()
