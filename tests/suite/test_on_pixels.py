"""The baselines on a suite, at the prompt too."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer import suite as suites
from explorer.cli import main
from explorer.engine import Engine
from explorer.results import PIXELS
from tests.suite.test_experiment import small_suite


def squared(folder: Path, one: str, other: str) -> float:
    a, b = (np.asarray(Image.open(folder / p).convert("RGB"), float) / 255 for p in (one, other))
    return float(((a - b) ** 2).mean())


def test_every_case_and_reference_equals_the_definition(tmp_path: Path, engine: Engine) -> None:
    folder = small_suite(tmp_path / "suite")
    suite = suites.read_suite(folder)
    results = suites.run(engine, suite, [PIXELS])
    assert {r.metric for r in results} == {"mse", "psnr", "ssim"}
    assert len(results) == 3 * len(suite.cases)
    for result in results:
        assert (result.network, result.norm) == (PIXELS, PIXELS)
        if result.metric == "ssim":
            continue
        power = 0.5 if result.metric == "psnr" else 1.0
        pairs = [(result.case.other, result.distance)]
        pairs += [(suite.references[n], d) for n, d in result.references.items()]
        if result.case.decoy:
            pairs.append((result.case.decoy, result.decoy_distance))
        for path, distance in pairs:
            expected = squared(folder, result.case.original, path) ** power
            assert distance == pytest.approx(expected, rel=1e-5)


def test_mse_and_psnr_agree_on_every_case(engine: Engine) -> None:
    results = suites.run(engine, suites.builtin(), [PIXELS])
    verdicts = {m: [r.passed for r in results if r.metric == m] for m in ("mse", "psnr")}
    assert verdicts["mse"] == verdicts["psnr"] and len(verdicts["mse"]) >= 51


def test_the_command_adds_them_to_the_networks(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    folder = small_suite(tmp_path / "suite")
    assert main(["suite", str(folder), "--baselines", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = [c for c in found["counts"] if c["network"] == PIXELS]
    assert [r["metric"] for r in rows if r["kind"] == "rotate"] == ["mse", "psnr", "ssim"]
    assert {c["network"] for c in found["cases"]} == {"alexnet", PIXELS}
    assert main(["suite", str(folder), "--baselines"]) == 0
    assert "ssim          pixels" in capsys.readouterr().out


def test_dists_joins_where_vgg16_runs(vgg16: str, tmp_path: Path, engine: Engine) -> None:
    suite = suites.read_suite(small_suite(tmp_path / "suite"))
    results = suites.run(engine, suite, [vgg16, PIXELS])
    found = [r for r in results if r.metric == "dists"]
    assert len(found) == len(suite.cases) and all(0 < r.distance < 2 for r in found)
    kinds = [c["kind"] for c in suites.counts(results) if c["metric"] == "dists"]
    assert sorted(kinds) == sorted({case.kind for case in suite.cases})
