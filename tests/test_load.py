"""Eight clients at once and one who sends nonsense; the benchmark does the same for longer."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.load import differs, measure
from tests.server import serving


def test_answers_stay_right_under_load(tmp_path: Path) -> None:
    with serving(tmp_path) as (address, process):
        found = measure(address, process, seconds=6, clients=8)
    assert found["unsteady"] == []
    assert found["errors"] == [] and found["wrong"] == [], found
    assert found["fewest"] >= 1 and found["malformed"] >= 20


def test_a_wrong_answer_would_be_seen() -> None:
    known = {"a": [1.0, {"b": 2.5}], "c": "x"}
    assert not differs(known, {"a": [1.00001, {"b": 2.5}], "c": "x"})
    assert differs(known, {"a": [1.001, {"b": 2.5}], "c": "x"})
    assert differs(known, {"a": [1.0, {"b": 2.5}], "c": "y"})
    assert differs(known, {"a": [1.0], "c": "x"})
    assert differs(known, {"a": [1.0, {"b": 2.5}]})
