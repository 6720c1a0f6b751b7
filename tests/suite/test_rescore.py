"""Judging other weights from kept distances gives what a run of the suite gives."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.blend import PARTS, Blend
from explorer.engine import Engine
from explorer.results import OWN
from explorer.suite import builtin
from explorer.suite.cases import Suite
from explorer.suite.experiment import CaseScores, scored, steps
from explorer.suite.rescore import Table

OWN_ONE = Blend("mine", "alexnet", (0.2, 1, 2, 0.5, 0), (0.3, 0.1, 1.7), 0.6)


@pytest.fixture(scope="module")
def small() -> Suite:
    """A few cases of each kind of the built-in suite."""
    whole = builtin()
    kinds = {case.kind for case in whole.cases}
    few = [c for kind in sorted(kinds) for c in [c for c in whole.cases if c.kind == kind][:3]]
    return Suite(whole.name, whole.pictures, whole.references, tuple(few))


@pytest.fixture(scope="module")
def cases(engine: Engine, small: Suite) -> list[CaseScores]:
    return [one for found in scored(engine, small, "alexnet") for one in found]


def test_a_run_with_blends_and_the_table_agree(
    engine: Engine, small: Suite, cases: list[CaseScores]
) -> None:
    table = Table.of("alexnet", cases)
    run = [r for found in steps(engine, small, "alexnet", blends=[OWN_ONE]) for r in found]
    own = {r.case: r for r in run if (r.metric, r.norm) == ("mine", OWN)}
    assert set(own) == set(small.cases)
    expected = [own[one.case].passed for one in cases]
    assert table.passed(OWN_ONE).tolist() == expected
    assert any(expected) and not all(expected)


@pytest.mark.parametrize("norm", [0.0, 1.0])
@pytest.mark.parametrize("part", PARTS)
def test_a_single_weight_counts_as_its_metric(
    engine: Engine, small: Suite, cases: list[CaseScores], part: str, norm: float
) -> None:
    parts = tuple(float(p == part) for p in PARTS)
    blend = Blend("alone", "alexnet", (1.0,) * 5, parts, norm)
    run = [r for found in steps(engine, small, "alexnet") for r in found]
    same = [r for r in run if (r.metric, r.norm) == (part, "norm" if norm else "raw")]
    counts = Table.of("alexnet", cases).counts(blend)
    for kind, (passed, of) in counts.items():
        own = [r for r in same if r.case.kind == kind]
        assert (passed, of) == (sum(r.passed for r in own), len(own))


def test_a_blend_on_another_network_has_no_results(engine: Engine, small: Suite) -> None:
    other = Blend("mine", "vgg16", (1.0,) * 5)
    found = [r for some in steps(engine, small, "alexnet", blends=[other]) for r in some]
    assert all(r.norm != OWN for r in found)


def test_a_table_refuses_what_it_cannot_judge(cases: list[CaseScores]) -> None:
    with pytest.raises(ValueError, match="vgg16"):
        Table.of("alexnet", cases).passed(Blend("mine", "vgg16", (1.0,) * 5))
    with pytest.raises(ValueError, match="at least one case"):
        Table.of("alexnet", [])
    assert np.isfinite(Table.of("alexnet", cases).limits).all()
