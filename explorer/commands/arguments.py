"""Flags that several commands share, and how they are read; misuse becomes one sentence."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from explorer import taps
from explorer.images import read_picture, read_pixels
from explorer.metrics import METRICS
from explorer.networks import NETWORKS
from explorer.results import NORMS
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


def limit(text: str) -> float:
    """A distance: a number that is not negative."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no distance; 0.3 is.")
    return found


def add_taps(parser: argparse.ArgumentParser) -> None:
    """`--taps`: the layers that count."""
    parser.add_argument(
        "--taps",
        metavar="NAME,NAME",
        help="only these layers of the network count, e.g. relu2,relu5, or of several networks, "
        "e.g. 'alexnet:relu2,relu5;vgg16:relu3_3' (default: all, which LPIPS needs)",
    )


def layers(given: str | None, network: str) -> tuple[int, ...]:
    """The places of the layers that `--taps` asks for; empty for all.

    Raises:
        ValueError: with one sentence, for a name that is no layer of the network.
    """
    if given is None:
        return ()
    if ":" in given:
        return taps.chosen(taps.canonical(given), network)
    return taps.chosen(taps.line(NETWORKS[network], given.split(",")), network)


def add_network(
    parser: argparse.ArgumentParser | argparse._ArgumentGroup,
    default: str | None = None,
    several: bool = False,
) -> None:
    """The flag that chooses the network; `several`: it may be given more than once."""
    often = "; may be given several times" if several else ""
    parser.add_argument(
        "--network",
        default=default,
        action="append" if several else "store",
        choices=NETWORKS.names(),
        metavar="NETWORK",
        help=f"of those that `weights list` lists (default: alexnet){often}",
    )


def add_comparing(parser: argparse.ArgumentParser) -> None:
    """The flags of every command that compares files: network, weights, reading, device."""
    add_network(parser, default="alexnet")
    add_taps(parser)
    parser.add_argument(
        "--weights",
        default="pretrained",
        metavar="CHOICE",
        help="pretrained (default), random:SEED, or a .safetensors or .pth file",
    )
    parser.add_argument(
        "--size",
        type=size,
        metavar="N or WxH",
        help="resize both pictures first (Lanczos); without it they are compared as they are",
    )
    parser.add_argument(
        "--background",
        type=colour,
        metavar="COLOUR",
        help="composite transparent pictures over #rrggbb; without it alpha is dropped",
    )
    parser.add_argument("--dtype", default="float32", choices=tuple(DTYPES))
    parser.add_argument("--device", type=device, help="cpu, cuda, … (default: GPU if there is one)")


def picture(
    path: str | Path, background: str | None, resized: tuple[int, int] | None
) -> Image.Image:
    """A picture file as `--background` and `--size` ask for it.

    Raises:
        PictureError: with one sentence, if it cannot be read.
    """
    found = read_picture(path)
    if background is not None:
        under = Image.new("RGBA", found.size, background)
        found = Image.alpha_composite(under, found.convert("RGBA"))
    if resized is not None:
        found = found.convert("RGB").resize(resized, Image.Resampling.LANCZOS)
    return found


def pixels(path: str | Path, background: str | None, resized: tuple[int, int] | None) -> np.ndarray:
    """`picture` as uint8, H × W × 3, alpha dropped."""
    if background is None and resized is None:
        return read_pixels(path)
    return np.asarray(picture(path, background, resized).convert("RGB"))


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Which scores: `--metric`, `--norm`, `--fail-above`."""
    parser.add_argument("--metric", choices=METRICS.names(), help="only this one (default: all)")
    parser.add_argument("--norm", choices=NORMS, help="raw, or with channel norm (default: both)")
    parser.add_argument(
        "--fail-above",
        type=limit,
        metavar="X",
        help="exit code 3 if a distance is above X, for use in a build; it needs one metric "
        "(default: spatial) and one norm (default: norm)",
    )


def chosen(flags: argparse.Namespace, weighted: bool) -> tuple[tuple[str, str], ...]:
    """The (metric, norm) that `add_choice`'s flags ask for.

    Args:
        flags: what was given.
        weighted: whether there are heads for the metrics that need them (LPIPS).

    Raises:
        ValueError: with one sentence, if nothing fits.
    """
    one = flags.fail_above is not None
    metric = flags.metric or ("spatial" if one else None)
    norms = METRICS[metric].norms if metric else NORMS
    norm = flags.norm or ("norm" if one else None)
    if norm is not None and norm not in norms:
        raise ValueError(f"{metric} has no {norm!r}; its norm is {', '.join(norms)}.")
    if metric and METRICS[metric].weighted and not weighted:
        raise ValueError(
            f"{metric} needs heads trained for the weights, and {flags.network} with "
            f"{flags.weights} weights has none; alexnet has."
        )
    return tuple(
        (m.name, n)
        for m in METRICS
        for n in m.norms
        if metric in (None, m.name) and norm in (None, n) and (weighted or not m.weighted)
    )
