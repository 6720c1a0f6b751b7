"""Commands. Answers go to standard output, everything else to standard error.

Exit codes: 0 done, 1 could not be done (the sentence is on standard error), 2 misuse; 3 and 4 are
those of `dir` and `pairs`, which explain them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from explorer import __version__, distributed
from explorer.commands import bapps, compare, pairs, serve, suite, sweep, weights
from explorer.commands.progress import say
from explorer.images import PictureError
from explorer.weights import WeightsError

COMMANDS = (compare, suite, pairs, bapps, sweep, weights, serve)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    flags = _parser().parse_args(arguments)
    try:
        return int(flags.run(flags))
    except WeightsError as error:
        how = f" `python -m explorer weights fetch {error.missing}` fetches them."
        return _refused(f"{error}{how if error.missing else ''}")
    except (PictureError, distributed.DistributedError, ValueError) as error:
        return _refused(str(error))


def _refused(sentence: str) -> int:
    # What stops one of several processes stops all: one of them says so.
    if distributed.is_first():
        say(sentence)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m explorer", description="Deep perceptual similarity at the prompt."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser
