"""Colours and number formats that all figures share."""

from __future__ import annotations

# Okabe and Ito's palette: told apart with every common kind of colour vision.
METRIC_COLOURS = {
    "spatial": "#0072b2",
    "mean": "#e69f00",
    "sort": "#009e73",
    "spatial+mean": "#56b4e9",
    "spatial+sort": "#cc79a7",
    "lpips": "#d55e00",
}
OTHER_COLOUR = "#7f7f7f"


def colour_of(metric: str) -> str:
    """The colour of a metric, the same in every figure."""
    return METRIC_COLOURS.get(metric, OTHER_COLOUR)


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
