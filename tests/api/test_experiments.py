"""`sweep` and `run_suite`: what the generators yield, collected; misuse in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer import compare, explore, run_suite, suite, sweep, sweeps
from explorer.engine import Engine
from explorer.form import scene_of
from explorer.images import to_tensor_from_pixels
from explorer.results import PIXELS

VALUES = {"layout.size": "64", "layout.scale": 0.4}


def test_a_sweep_is_what_the_page_computes_and_says_where_metrics_fail(engine: Engine) -> None:
    told: list[tuple[float, str]] = []
    found = sweep(
        "translate.x", VALUES, points=9, engine=engine, progress=lambda *now: told.append(now)
    )
    axes = (sweeps.axis("translate.x", 9),)
    parts = list(sweeps.run(engine, VALUES, axes))
    expected = sorted((p for part in parts for p in part.points), key=lambda p: p.at)
    assert found.axes == axes and list(found.points) == expected and len(found.points) > 9
    assert found.receipt == engine.receipt(scene_of(VALUES).scene)
    assert told[-1] == (1.0, f"{len(found.points)} points") and len(told) == len(parts)
    names = [(v.metric, v.norm) for v in found.points[0].verdicts]
    stretches = found.failing(names.index(("spatial", "norm")))
    first = min(low for low, _ in stretches if low > 0)
    for at, fails in ((first - 1, False), (first, True)):
        verdicts = explore({**VALUES, "translate.x": at}, engine=engine).verdicts
        spatial = next(v for v in verdicts if (v.metric, v.norm) == ("spatial", "norm"))
        assert spatial.passes("references") is not fails


def test_an_atlas_and_the_defaults(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    found = sweep(["rotate.angle", "blur.sigma"], VALUES, points=3, engine=engine)
    assert [axis.name for axis in found.axes] == ["rotate.angle", "blur.sigma"]
    assert len(found.points) == 9
    monkeypatch.setattr(sweeps, "run", lambda *_: iter(()))
    assert len(sweep("rotate.angle", VALUES, engine=engine).axes[0].values) == 65
    atlas = sweep(("rotate.angle", "blur.sigma"), VALUES, engine=engine)
    assert [len(axis.values) for axis in atlas.axes] == [25, 25]
    near = sweep("rotate.angle", {**VALUES, "rotate.angle": 90}, span="near", engine=engine)
    assert (near.axes[0].values[0], near.axes[0].values[-1]) == (45, 135)


def test_a_picture_of_ones_own_is_swept(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "mine.png"
    pixels = np.random.default_rng(0).integers(0, 256, (50, 50, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    values = {**VALUES, "picture.kind": "upload"}
    found = sweep("blur.sigma", values, points=2, upload=path, engine=engine)
    alone = explore({**values, "blur.sigma": 8}, path, engine).verdicts
    for one, expected in zip(found.points[-1].verdicts, alone, strict=True):
        assert one.distance == pytest.approx(expected.distance, rel=1e-4)
    with pytest.raises(ValueError, match="mine.png is not shown"):
        sweep("blur.sigma", VALUES, upload=path, engine=engine)


SWEEPS: list[tuple[Any, dict[str, Any], str]] = [
    ("rotate.angel", {}, "'rotate.angel' cannot be swept"),
    ("ask.seed", {}, "cannot be swept"),
    ("zebra.period", {"values": {"zebra.perod": 1}}, "no control 'zebra.perod'"),
    ("blob.seed", {}, "blob.seed does not move this picture"),
    (["rotate.angle"] * 3, {}, "one knob or two"),
    ("rotate.angle", {"points": 1}, "2 to 10000 points an axis; 1 was given"),
    ("rotate.angle", {"span": "far"}, "'far' was given"),
    ("rotate.angle", {"values": {"blur.sigma": 99}}, "outside 0 to 8"),
]


@pytest.mark.parametrize(("knobs", "options", "sentence"), SWEEPS)
def test_sweeps_that_are_refused(knobs: Any, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        sweep(knobs, **options)


def small() -> suite.Suite:
    whole = suite.builtin()
    kept = {case.kind: case for case in whole.cases}
    return suite.Suite("Small", whole.pictures, whole.references, tuple(kept.values()))


def test_a_suite_is_what_the_experiment_gives(engine: Engine, tmp_path: Path) -> None:
    chosen = small()
    expected = suite.run(engine, chosen, ["alexnet", PIXELS])
    assert run_suite(chosen, ["alexnet"], baselines=True, engine=engine) == expected
    suite.export(chosen, tmp_path / "out")
    for place in (tmp_path / "out", str(tmp_path / "out")):
        found = run_suite(place, engine=engine)
        assert found == [r for r in expected if r.network == "alexnet"]


def test_chosen_layers_of_one_network_of_two(engine: Engine) -> None:
    networks = ["alexnet", "squeezenet1_1_caffe"]
    whole = run_suite(small(), networks, engine=engine)
    part = run_suite(small(), networks, layers={"alexnet": ["relu4", "relu1"]}, engine=engine)
    assert {r.metric for r in part if r.network == "alexnet"} == {
        r.metric for r in whole if r.network == "alexnet"
    } - {"lpips"}
    others = [r for r in part if r.network != "alexnet"]
    assert others == [r for r in whole if r.network != "alexnet"]
    case = next(r for r in part if (r.metric, r.norm) == ("sort", "norm"))
    pictures = [
        to_tensor_from_pixels([small().pictures[p]])[0]
        for p in (case.case.original, case.case.other)
    ]
    expected = compare(*pictures, layers=["relu1", "relu4"], device="cpu")
    assert case.distance == pytest.approx(expected.scores["sort", "norm"].total, rel=1e-5)
    with pytest.raises(ValueError, match="AlexNet has no layer 'relu9'; it has: relu1"):
        run_suite(small(), layers={"alexnet": ["relu9"]}, engine=engine)


def test_the_built_in_suite_by_name(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(suite, "run", lambda *given, layers: asked.append(given) or [])
    assert run_suite(engine=engine) == []
    ((used, which, networks, _),) = asked
    assert used is engine and which is suite.builtin() and networks == ["alexnet"]


def test_suites_that_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no network named 'resnet'; there are: alexnet"):
        run_suite("builtin", ["resnet"])
    with pytest.raises(ValueError, match=r"networks is a list of names; \['alexnet'\] would be"):
        run_suite("builtin", "alexnet")
    with pytest.raises(suite.SuiteError):
        run_suite(tmp_path / "none.zip")
