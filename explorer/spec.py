"""Knobs: the declarations that controls, sweeps, links and tests follow from.

A knob is declared once, in the signature of the function that uses it::

    @PERTURBATIONS.register("rotate", title="Rotate")
    def rotate(canvas: Canvas, *, angle: Annotated[float, Real(0, -180, 180, unit="°")]) -> Canvas:
        ...

Everything else about it (slider, help text, cleaning, sweep axis, address, tests) is derived.
"""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Union

Value = Union[float, int, str, bool]


@dataclass(frozen=True)
class Cleaned:
    """A value that is safe to use, and a sentence if it is not what was given."""

    value: Value
    note: str | None = None


@dataclass(frozen=True)
class Real:
    """A real number in [low, high], in `unit`, moved in steps of `step`."""

    default: float
    low: float
    high: float
    step: float = 0.01
    unit: str = ""
    title: str = ""
    help: str = ""

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself."""
        declared = (self.default, self.low, self.high, self.step)
        inside = self.low <= self.default <= self.high and self.step > 0
        if not inside or not all(map(math.isfinite, declared)):
            raise ValueError(
                f"Knob default {self.default} must lie in [{self.low}, {self.high}], "
                f"its step {self.step} must be positive, and all must be finite."
            )

    def clean(self, value: object, name: str = "value") -> Cleaned:
        """Clamp to the range; a value that is no finite number becomes the default."""
        number = _finite(value)
        if number is None:
            default = self._round(self.default)
            note = f"{name} was {_shorten(value)}, not a number: used {default:g}{self.unit}."
            return Cleaned(default, note)
        inside = self._round(min(max(number, self.low), self.high))
        if self.low <= number <= self.high:
            return Cleaned(inside)
        return Cleaned(
            inside,
            f"{name} was {number:.12g}{self.unit}, outside {self.low:g} to {self.high:g}: "
            f"used {inside:g}{self.unit}.",
        )

    def _round(self, number: float) -> float:
        # Twelve digits absorb the float noise of slider steps and keep equal settings equal.
        return float(f"{number:.12g}") + 0.0

    def grid(self, points: int) -> tuple[float, ...]:
        """`points` values from low to high, both included."""
        span = self.high - self.low
        return tuple(self._round(self.low + span * i / max(points - 1, 1)) for i in range(points))


@dataclass(frozen=True)
class Integer(Real):
    """A whole number in [low, high]."""

    default: int
    low: int
    high: int
    step: int = 1

    def __post_init__(self) -> None:
        """Refuse, besides, what is not whole."""
        super().__post_init__()
        declared = (self.default, self.low, self.high, self.step)
        if not all(isinstance(number, int) for number in declared):
            raise ValueError(f"Default, low, high and step must be whole, not {declared}.")

    def _round(self, number: float) -> int:
        return round(number)

    def grid(self, points: int) -> tuple[int, ...]:
        """At most `points` distinct whole numbers from low to high, both included."""
        return tuple(sorted({int(v) for v in super().grid(points)}))


@dataclass(frozen=True)
class Choice:
    """One of `options`, a name each; `labels` are what a person reads.

    `groups`: the heading under which each option stands, where there are many.
    """

    default: str
    options: tuple[str, ...]
    labels: tuple[str, ...] = ()
    title: str = ""
    help: str = ""
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a default that cannot be chosen."""
        if self.default not in self.options:
            raise ValueError(f"Default {self.default!r} is not one of {self.options}.")
        if len(set(self.options)) < len(self.options):
            raise ValueError(f"An option is named twice in {self.options}.")
        if self.labels and len(self.labels) != len(self.options):
            raise ValueError(f"{len(self.labels)} labels for {len(self.options)} options.")
        if self.groups and len(self.groups) != len(self.options):
            raise ValueError(f"{len(self.groups)} groups for {len(self.options)} options.")

    def clean(self, value: object, name: str = "value") -> Cleaned:
        """Return the value if it is an option, else the default."""
        text = value if isinstance(value, str) else _shorten(value)
        if text in self.options:
            return Cleaned(str(text))
        return Cleaned(
            self.default,
            f"{name} was {_shorten(value)}, not one of {_listed(self.options)}: "
            f"used {self.default}.",
        )


def _listed(names: tuple[str, ...], most: int = 8) -> str:
    """Names for a sentence; of very many the first ones."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True)
class Toggle:
    """On or off."""

    default: bool
    title: str = ""
    help: str = ""

    def clean(self, value: object, name: str = "value") -> Cleaned:
        """Accept a bool (or 0 / 1); anything else becomes the default."""
        if isinstance(value, (bool, int)) and value in (0, 1):
            return Cleaned(bool(value))
        return Cleaned(
            self.default, f"{name} was {_shorten(value)}, not on or off: used {self.default}."
        )


@dataclass(frozen=True)
class Colour:
    """An sRGB colour, `#rrggbb`."""

    default: str
    title: str = ""
    help: str = ""

    def __post_init__(self) -> None:
        """Refuse a default that is not written `#rrggbb`."""
        if parse_colour(self.default) != self.default:
            raise ValueError(f"Default {self.default!r} is not a colour written #rrggbb.")

    def clean(self, value: object, name: str = "value") -> Cleaned:
        """Accept `#rgb`, `#rrggbb` and `rgb(a)(r, g, b)` with 0 to 255; give `#rrggbb`."""
        parsed = parse_colour(value)
        if parsed is not None:
            return Cleaned(parsed)
        return Cleaned(
            self.default,
            f"{name} was {_shorten(value)}, not a colour like #a01b1b: used {self.default}.",
        )


@dataclass(frozen=True)
class Text:
    """A line of text that `canonical` brings into its one form, or refuses with a ValueError."""

    default: str
    canonical: Callable[[str], str]
    longest: int = 1000
    title: str = ""
    help: str = ""

    def __post_init__(self) -> None:
        """Refuse a default that is not in its one form."""
        if self.canonical(self.default) != self.default:
            raise ValueError(f"Default {self.default!r} is not in its canonical form.")

    def clean(self, value: object, name: str = "value") -> Cleaned:
        """Accept what `canonical` accepts; anything else becomes the default."""
        if not isinstance(value, str) or len(value) > self.longest:
            return Cleaned(
                self.default,
                f"{name} was {_shorten(value)}, not used: a text of at most {self.longest} "
                "characters is expected.",
            )
        try:
            return Cleaned(self.canonical(value))
        except ValueError as error:
            return Cleaned(self.default, f"{name} was {_shorten(value)}, not used: {error}")


Knob = Union[Real, Integer, Choice, Toggle, Colour, Text]


def parse_colour(value: object) -> str | None:
    """`value` as `#rrggbb`, or None.

    >>> parse_colour("#FA0"), parse_colour("rgba(103.2, 27, 27, 1)"), parse_colour("red?")
    ('#ffaa00', '#671b1b', None)
    """
    if not isinstance(value, str):
        return None
    text = value.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{3}", text):
        return "#" + "".join(2 * c for c in text[1:])
    if re.fullmatch(r"#[0-9a-f]{6}", text):
        return text
    number = r"\s*(\d{1,3}(?:\.\d+)?)\s*"
    match = re.fullmatch(rf"rgba?\({number},{number},{number}(?:,[^,()]*)?\)", text)
    if match is None:
        return None
    channels = [round(float(c)) for c in match.groups()]
    return None if max(channels) > 255 else "#" + "".join(f"{c:02x}" for c in channels)


def rgb(colour: str) -> tuple[float, float, float]:
    """`#rrggbb` as three numbers in [0, 1]."""
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))  # type: ignore[return-value]


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (numbers.Real, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _shorten(value: object, length: int = 40) -> str:
    try:
        text = repr(value).replace("\n", " ")
    except (RecursionError, ValueError):
        # Lists nested without end, and integers of thousands of digits, cannot be written out.
        text = f"an unreadable {type(value).__name__}"
    return text if len(text) <= length else text[: length - 1] + "…"
