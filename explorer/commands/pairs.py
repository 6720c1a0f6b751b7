"""`python -m explorer dir DIR_A DIR_B` and `… pairs FILE.csv`: many pairs of pictures.

Under `torchrun` the pairs are split over its processes, and the first one writes.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from explorer import __version__, distributed, pairs
from explorer.commands import pair_lists
from explorer.commands.arguments import DTYPES, add_choice, add_comparing, chosen, layers, pixels
from explorer.commands.out import appended
from explorer.commands.pair_rows import CSV, JSON, TABLE, Form, Row, reopened
from explorer.commands.progress import Counter, say
from explorer.comparison import Heads
from explorer.distributed import Group
from explorer.engine import Engine
from explorer.extractor import Extractor
from explorer.networks import NETWORKS
from explorer.pairs import Outcome, Pair

ABOVE, PROBLEMS, STOPPED = 3, 4, 130
AFTER = (
    "Exit codes: 0 done; 1 could not be done; 2 misuse; 3 a distance is above --fail-above; "
    "4 some pairs could not be compared, their rows say why (3 where both are so). Under torchrun "
    "the first process has this code."
)


def add(commands: Any) -> None:
    """Add both commands to a parser's subparsers."""
    folders: argparse.ArgumentParser = commands.add_parser(
        "dir", help="compare the pictures of two folders that have the same names", epilog=AFTER
    )
    folders.add_argument("a", metavar="DIR_A", help="a folder, with the folders in it")
    folders.add_argument("b", metavar="DIR_B", help="a folder with pictures of the same names")
    listed: argparse.ArgumentParser = commands.add_parser(
        "pairs", help="compare the pairs of pictures that a CSV lists", epilog=AFTER
    )
    listed.add_argument(
        "list", metavar="FILE.csv", help="columns a, b, and id if wanted; paths relative to it"
    )
    for parser, read in ((folders, _from_folders), (listed, _from_csv)):
        add_comparing(parser)
        add_choice(parser)
        kind = parser.add_mutually_exclusive_group()
        kind.add_argument("--json", action="store_true", help="print one JSON object a line")
        kind.add_argument("--csv", action="store_true", help="print CSV")
        parser.add_argument(
            "--out",
            metavar="FILE",
            help="append rows to this file (CSV if it is named *.csv, else JSON lines); the same "
            "command goes on where it was stopped",
        )
        parser.set_defaults(run=run, read=read)


def _from_folders(flags: argparse.Namespace) -> list[Pair]:
    found, others = pair_lists.from_folders(flags.a, flags.b)
    if others:
        said = "1 file is" if others == 1 else f"{others} files are"
        say(f"{said} left out: by their names they are no pictures.")
    missing = [pair.problem for pair in found if pair.problem]
    if missing:
        say(f"{len(missing)} of {len(found)} names are in one folder only; the first: {missing[0]}")
    return found


def _from_csv(flags: argparse.Namespace) -> list[Pair]:
    return pair_lists.from_csv(flags.list)


def run(flags: argparse.Namespace) -> int:
    """Compare, write rows as they are found, and return the exit code.

    Raises:
        ValueError: with one sentence, for a list, file or choice that cannot be used.
        WeightsError: if the network's weights cannot be had.
        DistributedError: if the processes of `torchrun` cannot work together.
    """
    with distributed.joined() as group:
        listed = distributed.agreed(group, lambda: flags.read(flags))
        extractor, heads = _network(flags, group)
        keys = distributed.agreed(group, lambda: chosen(flags, heads is not None))
        form = Form(_kind(flags), keys, _made_by(flags, extractor, keys))
        done = distributed.agreed(group, lambda: _reopened(flags, form, listed))
        # A block that was cut is computed as a whole again: the last bits of a number may depend on
        # what is computed with it, and are to be the same however often the job was stopped.
        left = [b for b in pairs.blocks(listed) if any(pair.id not in done for pair in b)]
        own = group.share(left)
        read = partial(pixels, background=flags.background, resized=flags.size)
        found = distributed.gathered(group, pairs.run(extractor, heads, own, read, keys))
        tally = _Tally(len(listed), flags.fail_above, Counter(group.first))
        for row in done.values():
            tally.add(row.id, row.scores, row.problem)
        # Pictures make Pillow warn; several threads cannot each set that aside for a while.
        with warnings.catch_warnings(), _target(flags, form, group) as target:
            warnings.simplefilter("ignore")
            try:
                for block in found:
                    outcomes = [o for o in block if o.pair.id not in done]
                    if group.first:
                        _write(target, form, outcomes)
                    for outcome in outcomes:
                        tally.add(outcome.pair.id, outcome.scores, outcome.problem)
                    tally.report()
            except KeyboardInterrupt:
                kept = f"; the same command goes on from row {tally.done + 1}" if flags.out else ""
                say(f"stopped{kept}.")
                return STOPPED
        if group.first:
            tally.finish()
            return tally.code
        return 0


def _network(flags: argparse.Namespace, group: Group) -> tuple[Extractor, Heads | None]:
    def load() -> tuple[Extractor, Heads | None]:
        engine = Engine(flags.device or distributed.device(), DTYPES[flags.dtype])
        return engine.extractor(flags.network, flags.weights, layers(flags.taps, flags.network))

    mine: list[tuple[Extractor, Heads | None]] = []

    def made() -> str:
        mine.append(load())
        return mine[0][0].info.sha256

    if len(set(distributed.everyone(group, made))) > 1:
        raise distributed.DistributedError(
            f"The processes have different weights of {flags.network}; give all the same file."
        )
    return mine[0]


def _kind(flags: argparse.Namespace) -> str:
    if flags.json or flags.csv:
        return JSON if flags.json else CSV
    if flags.out:
        return CSV if Path(flags.out).suffix.lower() == ".csv" else JSON
    return TABLE


def _made_by(flags: argparse.Namespace, extractor: Extractor, keys: Sequence[pairs.Key]) -> str:
    size = "as it is" if flags.size is None else "{}x{}".format(*flags.size)
    every = flags.metric is None and flags.norm is None and flags.fail_above is None
    scores = "all metrics" if every else " ".join(".".join(key) for key in keys)
    if len(extractor.network.taps) < len(NETWORKS[flags.network].taps):
        scores += " of " + " ".join(tap.name for tap in extractor.network.taps)
    return pair_lists.printable(
        f"explorer {__version__}, {flags.network}, {extractor.info.origin}, sha256 "
        f"{extractor.info.sha256}, {scores}, size {size}, background {flags.background or 'none'}, "
        f"{flags.dtype}, {extractor.device.type}"
    )


def _reopened(flags: argparse.Namespace, form: Form, listed: Sequence[Pair]) -> Mapping[str, Row]:
    if not flags.out:
        return {}
    done = reopened(Path(flags.out), form, listed)
    if done:
        say(f"{len(done)} of {len(listed)} pairs are in {flags.out} already.")
    return done


@contextlib.contextmanager
def _target(flags: argparse.Namespace, form: Form, group: Group) -> Iterator[TextIO]:
    """Where rows go, its head written; nowhere but in the first process."""
    if not flags.out or not group.first:
        if group.first:
            sys.stdout.write(form.head())
        yield sys.stdout
        return
    with appended(flags.out, form.head()) as file:
        yield file


def _write(target: TextIO, form: Form, outcomes: Sequence[Outcome]) -> None:
    try:
        target.write("".join(form.line(outcome) for outcome in outcomes))
        target.flush()
    except OSError as error:
        raise ValueError(f"Rows cannot be written: {error.strerror}.") from error


class _Tally:
    """What is known so far, for the exit code and for people who wait."""

    def __init__(self, total: int, limit: float | None, counter: Counter) -> None:
        self.total, self.limit = total, limit
        self.done, self.problems, self.above = 0, 0, 0
        self.first = ""
        self._counter = counter

    def add(self, name: str, scores: Mapping[pairs.Key, float], problem: str) -> None:
        """Count one row."""
        self.done += 1
        self.problems += bool(problem)
        if self.limit is not None and any(score > self.limit for score in scores.values()):
            self.first = self.first or name
            self.above += 1

    def report(self) -> None:
        """Say how far it is."""
        self._counter.show(f"{self.done} of {self.total} pairs")

    def finish(self) -> None:
        """Say what came of it."""
        self._counter.end()
        text = f"{self.done} of {self.total} pairs"
        if self.problems:
            text += f", {self.problems} could not be compared"
        if self.limit is not None:
            text += f", {self.above} above {self.limit:g}"
            text += f" (the first: {self.first})" if self.first else ""
        print(f"{text}.", file=sys.stderr, flush=True)

    @property
    def code(self) -> int:
        """The command's exit code."""
        return ABOVE if self.above else PROBLEMS if self.problems else 0
