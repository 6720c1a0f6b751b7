"""What the page is told of the continuum."""

from __future__ import annotations

import json
from collections.abc import Mapping

import torch

from explorer.figures.inside_locality import answer, figure, progress
from explorer.inside.windowed import Challenge, Continuum, Points
from explorer.results import Score
from explorer.scene import Step

WINDOWS = (4, 8, 16)
KEYS = [(mode, norm) for mode in ("sort", "mean") for norm in ("raw", "norm")]
MOVED = (Step.of("translate", {"x": 9, "y": 0}),)


def points(*totals: float) -> Points:
    """One total a window, the same for every key, in two layers."""
    layers = {w: Score((t / 4, 3 * t / 4)) for w, t in zip(WINDOWS, totals, strict=False)}
    return {w: dict.fromkeys(KEYS, score) for w, score in layers.items()}


def made(
    pair: Points,
    shuffle: Points,
    rule: str = "references",
    steps: tuple[Step, ...] = MOVED,
    blank: Mapping[str, Points] | None = None,
    left: int = 0,
) -> Continuum:
    image = torch.zeros(3, 16, 16)
    rows = (
        Challenge("pair", "Your change", steps, rule, False, image, pair),
        Challenge("shuffle", "Shuffle", (), "references", True, image, shuffle),
    )
    references = blank or {"black": points(2, 2, 2), "white": points(1, 1, 1)}
    sides = ((4, 4), (3, 3))
    decoy = points(0.5, 0.5, 0.5)
    doing = "the shuffle" if left else ""
    return Continuum(16, ("one", "two"), sides, WINDOWS, 4, rows, references, decoy, left, 8, doing)


def test_the_question_is_answered_in_words() -> None:
    both = made(points(2, 0.9, 0.9), points(2, 2, 0.3))
    assert answer(both, "norm") == [
        f"{mode}: a window of 8 px forgives your change and still minds the shuffle."
        for mode in ("Sort", "Mean")
    ]
    late = made(points(2, 2, 0.9), points(2, 2, 0.3))
    assert answer(late, "raw")[0] == (
        "Sort: no window does both: a window of 16 px forgives your change, "
        "a window up to 8 px minds the shuffle."
    )
    never = made(points(2, 2, 2), points(2, 2, 2))
    assert answer(never, "raw")[1] == "Mean: no window forgives your change."
    assert answer(made(points(0, 0, 0), points(2, 2, 2), "none", ()), "raw") == [
        "Nothing is changed yet, so every window passes: move a slider in Explore."
    ]


def test_nothing_is_claimed_before_all_windows_are_known() -> None:
    early = made(points(2, 0.9), points(), left=6)
    assert answer(early, "norm") == []
    assert progress(early) == "Working out the shuffle: 25 % of all distances are there."
    data = figure(early, "norm")
    curve = data["challenges"][0]["modes"]["sort"]
    assert curve[2] is None and curve[0]["passed"] is False
    assert data["challenges"][1]["words"] == (
        "sort: not known in full yet. mean: not known in full yet."
    )
    assert progress(made(points(1, 1, 1), points(1, 1, 1))) == ""


def test_a_stain_is_held_against_the_decoy() -> None:
    data = figure(made(points(0.4, 0.6, 0.5), points(2, 2, 2), "decoy"), "norm")
    curve = data["challenges"][0]["modes"]["mean"]
    assert [p["passed"] for p in curve] == [True, False, False]
    assert [p["ratio"] for p in curve] == [0.8, 1.2, 1.0]
    assert {p["nearest"] for p in curve} == {"decoy"}
    assert curve[0]["layers"] == ["0.1", "0.3"] and curve[0]["distance"] == "0.4"


def test_a_limit_of_zero_has_no_ratio_and_stays_json() -> None:
    blank = {"white": points(0, 0, 0)}
    data = figure(made(points(0, 1, 0), points(0, 0, 0), blank=blank), "norm")
    curve = data["challenges"][0]["modes"]["sort"]
    assert [p["ratio"] for p in curve] == [None] * 3
    assert [p["passed"] for p in curve] == [True, False, True]
    json.dumps(data, allow_nan=False)


def test_a_window_is_traced_by_hand() -> None:
    data = figure(made(points(1, 1, 1), points(1, 1, 1)), "norm")
    cuts = {w["px"]: w["cut"] for w in data["windows"]}
    # 4 cells for 16 px: 8 px are 2 cells; 3 cells: 1.5, which counts as 2.
    # Then the edge blocks are one cell wide.
    assert cuts[8] == [{"block": f"{most}2 × 2", "count": "2 × 2"} for most in ("", "≤ ")]
    assert cuts[16] == [{"block": f"{n} × {n}", "count": "1 × 1"} for n in (4, 3)]
