"""Knobs: cleaning over every declared knob, then each rule by itself."""

from __future__ import annotations

import math
import re
import time
from typing import Any

import numpy as np
import pytest

from explorer.form import FORM
from explorer.spec import (
    Choice,
    Cleaned,
    Colour,
    Integer,
    Knob,
    Real,
    Text,
    Toggle,
    parse_colour,
    rgb,
)

KNOBS = [pytest.param(knob, id=name) for name, knob in FORM.items()]
RANGES = [pytest.param(k, id=name) for name, k in FORM.items() if isinstance(k, Real)]
MEGABYTE = 1_000_000


def nested(depth: int) -> list[Any]:
    inside: list[Any] = []
    for _ in range(depth):
        inside = [inside]
    return inside


NONSENSE = {
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
    "text nan": "nan",
    "text inf": "-Infinity",
    "None": None,
    "empty": "",
    "space": " \n\t",
    "two lines": "first\nsecond.",
    "huge": 1e300,
    "huge whole": 10**400,
    "too huge to print": -(10**5000),
    "list": [1, [2, "x"]],
    "deep list": nested(100_000),
    "dict": {"value": 1},
    "bytes": b"1",
    "complex": 1 + 2j,
    "numpy nan": np.float32("nan"),
    "numpy array": np.zeros((2, 2)),
    "long text": "x" * MEGABYTE,
    "long digits": "9" * MEGABYTE,
}


def usable(knob: Knob, value: object) -> bool:
    """Of exactly the knob's plain type, and where the knob allows."""
    if isinstance(knob, Real):
        plain = int if isinstance(knob, Integer) else float
        return type(value) is plain and knob.low <= value <= knob.high  # type: ignore[operator]
    if isinstance(knob, Choice):
        return type(value) is str and value in knob.options
    if isinstance(knob, Toggle):
        return type(value) is bool
    if isinstance(knob, Text):
        return type(value) is str and knob.canonical(value) == value
    return type(value) is str and re.fullmatch("#[0-9a-f]{6}", value) is not None


@pytest.mark.parametrize("knob", KNOBS)
def test_nonsense_becomes_a_usable_value_and_one_sentence(knob: Knob) -> None:
    for label, value in NONSENSE.items():
        if label == "empty" and isinstance(knob, Text):
            continue  # No text is a text.
        cleaned = knob.clean(value, "Its name")
        assert usable(knob, cleaned.value), label
        assert cleaned.note is not None, label
        assert cleaned.note.startswith("Its name was ") and cleaned.note.endswith("."), label
        assert "used" in cleaned.note and "\n" not in cleaned.note, label
        assert len(cleaned.note) < 500, label
        assert knob.clean(cleaned.value) == Cleaned(cleaned.value), label


@pytest.mark.parametrize("knob", KNOBS)
def test_the_default_is_clean(knob: Knob) -> None:
    cleaned = knob.clean(knob.default)
    assert cleaned == Cleaned(knob.default)
    assert usable(knob, cleaned.value)


@pytest.mark.parametrize("knob", RANGES)
def test_what_is_in_range_is_untouched_and_what_is_not_is_clamped(knob: Real) -> None:
    for value in knob.grid(7):
        assert knob.clean(value) == Cleaned(value)
        assert knob.clean(repr(value)) == Cleaned(value), "typed into a box"
    for end, beyond in ((knob.low, knob.low - 1), (knob.high, knob.high + 1)):
        cleaned = knob.clean(beyond, "It")
        assert cleaned.value == end and usable(knob, cleaned.value)
        assert f"It was {beyond:g}{knob.unit}, outside" in str(cleaned.note)
        assert f"used {end:g}{knob.unit}." in str(cleaned.note)


def test_the_note_tells_a_slight_excess_from_the_end_itself() -> None:
    assert "was 1.0000001, outside 0 to 1" in str(Real(0, 0, 1).clean(1.0000001).note)


def test_a_bool_is_no_number_and_a_number_no_bool() -> None:
    for knob in (Real(0.5, 0, 1), Integer(5, 0, 9)):
        assert knob.clean(True).value == knob.default
        assert "True, not a number" in str(knob.clean(True).note)
    assert Toggle(False).clean(1) == Cleaned(True)
    assert Toggle(True).clean(0) == Cleaned(False)
    for value in (2, -1, 0.5, "true", np.zeros(2)):
        assert Toggle(True).clean(value).value is True
        assert "not on or off" in str(Toggle(True).clean(value).note)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int16, np.int64, np.uint8])
def test_numpy_numbers_become_plain_ones(kind: type[np.generic]) -> None:
    for knob in (Real(0, 0, 9), Integer(0, 0, 9)):
        cleaned = knob.clean(kind(7))
        assert cleaned == Cleaned(7) and usable(knob, cleaned.value)


def test_numpy_text_and_bools_end_usable() -> None:
    choice = Choice("a", ("a", "b"))
    assert usable(choice, choice.clean(np.str_("b")).value)
    assert choice.clean(np.str_("b")) == Cleaned("b")
    assert usable(Toggle(True), Toggle(True).clean(np.False_).value)


def test_reals_shed_float_noise_and_negative_zero() -> None:
    knob = Real(0, -1, 1)
    assert knob.clean(0.1 + 0.2).value == 0.3
    assert math.copysign(1, float(knob.clean(-0.0).value)) == 1
    # A whole default, declared as such, must not leave a different JSON than a slider's 0.0.
    assert type(knob.clean(None).value) is float


def test_integers_round() -> None:
    assert [Integer(0, 0, 9).clean(v).value for v in (2.4, 2.6, "8", 9.0)] == [2, 3, 8, 9]


@pytest.mark.parametrize("knob", RANGES)
@pytest.mark.parametrize("points", [2, 3, 10])
def test_a_grid_spans_the_range(knob: Real, points: int) -> None:
    grid = knob.grid(points)
    assert grid[0] == knob.low and grid[-1] == knob.high
    assert all(usable(knob, knob.clean(v).value) for v in grid)
    assert list(grid) == sorted(set(grid))
    if isinstance(knob, Integer):
        assert len(grid) == min(points, int(knob.high - knob.low) + 1)
        assert len(grid) <= points and all(type(v) is int for v in grid)
    else:
        assert len(grid) == points
        assert np.diff(grid) == pytest.approx((knob.high - knob.low) / (points - 1))


def test_small_grids() -> None:
    assert Real(0.5, 0, 1).grid(1) == (0,)
    assert Real(0.5, 0, 1).grid(0) == ()
    assert Integer(1, 0, 2).grid(100) == (0, 1, 2)


@pytest.mark.parametrize(
    "declare",
    [
        lambda: Real(2, 0, 1),
        lambda: Real(0, 1, -1),
        lambda: Real(0, 0, 1, step=0),
        lambda: Real(0, 0, 1, step=-0.1),
        lambda: Real(0, 0, 1, step=math.nan),
        lambda: Real(math.nan, 0, 1),
        lambda: Real(0, 0, math.inf),
        lambda: Integer(-1, 0, 1),
        lambda: Integer(0.5, 0, 1),  # type: ignore[arg-type]
        lambda: Integer(0, 0, 1, 0.5),  # type: ignore[arg-type]
        lambda: Choice("c", ("a", "b")),
        lambda: Choice("a", ()),
        lambda: Choice("a", ("a", "b", "a")),
        lambda: Choice("a", ("a", "b"), ("A",)),
        lambda: Colour("red"),
        lambda: Colour("#FFF"),
    ],
)
def test_contradictions_are_refused(declare: Any) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        declare()


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("#a01b1b", "#a01b1b"),
        ("  #A01B1B\n", "#a01b1b"),
        ("#fA0", "#ffaa00"),
        ("rgb(0, 128, 255)", "#0080ff"),
        ("RGBA( 0.4 ,254.6,99.5, 0.3 )", "#00ff64"),
        ("rgba(1,2,3,)", "#010203"),
        *((t, None) for t in ("", "#", "#12", "#12345", "#1234567", "#ggg", "red", "a01b1b")),
        *((t, None) for t in ("rgb(0,0,256)", "rgb(-1,0,0)", "rgb(1,2)", "rgb(1,2,3", "rgb(,,)")),
        *((t, None) for t in ("rgb(1e1,0,0)", "rgb(nan,0,0)", "rgb(1,2,3,4,5)", "#abc;}")),
        *((t, None) for t in (None, 0xA01B1B, b"#a01b1b", ["#a01b1b"], (1, 2, 3))),
    ],
)
def test_parse_colour(text: object, parsed: str | None) -> None:
    assert parse_colour(text) == parsed


def test_long_hostile_colours_are_answered_at_once() -> None:
    n = MEGABYTE
    hostile = [
        *(c * n for c in "f# (,.1é\u0130"),
        *("rgb(" + tail for tail in (" " * n, "1" * n, "1" + " " * n, "1." + "1" * n, "1," * n)),
        *("rgba(1,2,3," + tail for tail in (" " * n, "(" * n, ")" * n, "," * n)),
        "rgb(" + ",".join([" " * n + "1." + "1" * n + " " * n] * 3) + ")x",
        "#" + "f" * n,
    ]
    start = time.perf_counter()
    assert [parse_colour(text) for text in hostile] == [None] * len(hostile)
    assert time.perf_counter() - start < 2, "quadratic matching would take hours"


def test_rgb_of_the_corners() -> None:
    assert rgb("#000000") == (0, 0, 0) and rgb("#ffffff") == (1, 1, 1)
    assert rgb("#7f8001") == (127 / 255, 128 / 255, 1 / 255)
