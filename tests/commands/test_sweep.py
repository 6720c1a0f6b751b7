"""`python -m explorer sweep`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.cli import main
from explorer.engine import Engine
from explorer.form import scene_of

SMALL = ["--set", "layout.size=64", "--set", "layout.scale=0.5", "--points", "5"]


@pytest.fixture
def swept(capsys: pytest.CaptureFixture):
    """Run the command: its exit code, standard output and standard error."""

    def call(*arguments: str):
        try:
            code = main(["sweep", *arguments])
        except SystemExit as left:
            code = left.code
        return code, *capsys.readouterr()

    return call


def test_json_says_what_explore_says_at_each_point(swept, engine: Engine) -> None:
    code, out, err = swept("rotate.angle", *SMALL, "--json")
    found = json.loads(out)
    assert code == 0 and "100 %" in err and found["network"] == "alexnet"
    assert found["axes"][0]["values"] == [-180, -90, 0, 90, 180]
    for point in found["points"]:
        values = {"layout.size": "64", "layout.scale": 0.5, "rotate.angle": point["at"][0]}
        alone = engine.explore(scene_of(values).scene).verdicts
        for mine, one in zip(point["verdicts"], alone, strict=True):
            assert mine["distance"] == pytest.approx(one.distance, rel=1e-4, abs=1e-9)
            assert mine["references"] == pytest.approx(dict(one.references), rel=1e-4)


def test_csv_has_a_line_a_point_and_metric(swept) -> None:
    code, out, _ = swept("rotate.angle", "translate.x", *SMALL, "--csv")
    rows = list(csv.DictReader(out.splitlines()))
    assert code == 0 and len(rows) == 25 * 11
    assert len({(r["rotate.angle"], r["translate.x"]) for r in rows}) == 25


@pytest.mark.parametrize("knobs", [["translate.x"], ["translate.x", "rotate.angle"]])
def test_the_table_has_a_line_a_metric_and_norm(swept, knobs: list[str]) -> None:
    code, out, _ = swept(*knobs, *SMALL, "--network", "squeezenet1_1_caffe")
    head, _, _, *lines = out.splitlines()
    assert code == 0 and head.startswith("squeezenet1_1_caffe") and len(lines) == 10
    assert all("fails" in line or "passes" in line for line in lines)


def test_a_picture_of_ones_own_and_a_preset(swept, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (70, 70, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "own.png")
    code, out, _ = swept("blur.sigma", *SMALL, "--picture", str(tmp_path / "own.png"), "--json")
    assert code == 0 and json.loads(out)["values"]["picture.kind"] == "upload"
    code, out, _ = swept("stain.strength", *SMALL, "--preset", "stained-rings", "--json")
    assert code == 0 and json.loads(out)["points"][-1]["rule"] == "decoy"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["translate.q"], 1, "cannot be swept"),
        (["rotate.angle", "rotate.angle"], 1, "two different"),
        (["rotate.angle", "--points", "1"], 1, "2 to"),
        (["rotate.angle", "--set", "layout.size=97"], 1, "not one of 64"),
        (["rotate.angle", "--set", "layout.scale=big"], 1, "not a number"),
        (["rotate.angle", "--set", "layout"], 1, "names no knob"),
        (["rotate.angle", "--picture", "nowhere.png"], 1, "nowhere.png"),
        (["rotate.angle", "--network", "nothing"], 2, "invalid choice"),
        (["rotate.angle", "--device", "abacus"], 2, "no device"),
        ([], 2, "required"),
    ],
)
def test_what_cannot_be_done_gets_a_sentence(
    swept, arguments: list[str], code: int, sentence: str
) -> None:
    found, out, err = swept(*arguments)
    assert (found, out) == (code, "") and sentence in err
