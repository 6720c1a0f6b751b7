"""Colours and number formats that all figures share."""

from __future__ import annotations

import math

from explorer.baselines import NAMED
from explorer.metrics import METRICS
from explorer.results import OWN, PIXELS

# Okabe and Ito's palette: told apart with every common kind of colour vision.
METRIC_COLOURS = {
    "spatial": "#0072b2",
    "mean": "#e69f00",
    "sort": "#009e73",
    "spatial+mean": "#56b4e9",
    "spatial+sort": "#cc79a7",
    "lpips": "#d55e00",
    "mse": "#8c6d31",
    "psnr": "#7b4173",
    "ssim": "#6b6ecf",
    "ms-ssim": "#ad494a",
    "dists": "#31a354",
}
OWN_COLOURS = ("#a6761d", "#e7298a", "#66a61e", "#1f78b4", "#b15928", "#6a3d9a")
OWN_HELP = "A metric of your own, built in the tab Look inside."


def colour_of(metric: str) -> str:
    """The colour of a metric, the same in every figure."""
    # A person's own metric keeps its colour, whichever others there are.
    return METRIC_COLOURS.get(metric) or OWN_COLOURS[sum(metric.encode()) % len(OWN_COLOURS)]


def title_of(metric: str) -> str:
    """What people read for a metric, a baseline, or a metric of their own."""
    if metric in METRICS:
        return METRICS[metric].title
    return NAMED[metric].title if metric in NAMED else metric


def help_of(metric: str) -> str:
    """One sentence on what a metric or a baseline compares."""
    if metric in METRICS:
        return METRICS[metric].help
    return NAMED[metric].help if metric in NAMED else OWN_HELP


def shown(metric: str, distance: float) -> str:
    """A distance as people know it: baselines have numbers and units of their own.

    >>> shown("spatial", 0.25), shown("ssim", 0.25), shown("psnr", 0.1), shown("psnr", 0.0)
    ('0.25', '0.75', '20 dB', '∞ dB')
    """
    if metric not in NAMED:
        return number(distance)
    baseline = NAMED[metric]
    value = baseline.value(distance)
    text = number(value) if math.isfinite(value) else "∞"
    return f"{text} {baseline.unit}".strip()


def is_shown(metric: str, norm: str, chosen: str) -> bool:
    """Whether a score belongs on the page when the norm `chosen` is: or has no choice."""
    return norm in (chosen, PIXELS, OWN) or METRICS[metric].norms == ("norm",)


def number(value: float) -> str:
    """Four significant digits, without needless zeros or exponents.

    >>> number(0.0123456), number(1234.567), number(0.0), number(1.5e-7), number(316912.2)
    ('0.01235', '1235', '0', '1.5e-07', '316912')
    """
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.4g}"


def times(value: float, digits: int = 2) -> str:
    """A multiple, with enough digits to see on which side of 1 it is.

    >>> times(0.599), times(1.0), times(1.0204), times(0.99996), times(12.3), times(0.00006)
    ('0.60', '1.0', '1.02', '0.99996', '12', '6.0e-5')
    >>> times(1.806, 3), times(0.0, 3), times(math.inf)
    ('1.81', '0', '∞')
    """
    if value in (0, math.inf):
        return "∞" if value else "0"
    if value < 0.001:
        power, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{power}e{int(exponent)}"
    if value >= 10 ** (digits - 1):
        return f"{value:.0f}"
    while value != 1 and float(f"{value:.{digits}g}") == 1:
        digits += 1
    return f"{value:#.{digits}g}"
