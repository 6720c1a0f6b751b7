"""How the commands read what is given to them; misuse becomes one sentence."""

from __future__ import annotations

import argparse

import torch

from explorer.spec import parse_colour

DTYPES = {"float32": torch.float32, "float64": torch.float64}


def size(text: str) -> tuple[int, int]:
    """`96` or `128x96` as (width, height)."""
    parts = text.lower().split("x")
    try:
        sides = [int(p) for p in parts]
    except ValueError:
        sides = []
    if len(sides) not in (1, 2) or not all(1 <= s <= 4096 for s in sides):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; 96 or 128x96, at most 4096, is.")
    return sides[0], sides[-1]


def colour(text: str) -> str:
    """A colour as `#rrggbb`."""
    found = parse_colour(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no colour; #rrggbb is.")
    return found


def device(text: str) -> str:
    """The name of a device that this machine has."""
    try:
        torch.zeros(1, device=text).item()
    except (RuntimeError, AssertionError) as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no device of this machine; cpu is."
        ) from error
    return text
