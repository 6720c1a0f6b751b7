"""Files of a comparison: numbers against the engine's, pixels against plain arithmetic."""

from __future__ import annotations

import ast
import base64
import csv
import io
import json
import math
import re
from html import unescape

import numpy as np
import pytest
from PIL import Image

from explorer.engine import Engine
from explorer.figures import drawings, ladder, receipt
from explorer.figures.export import COLUMNS, Export, as_csv, as_data, as_json
from explorer.figures.report import as_report
from explorer.figures.script import as_script
from explorer.form import scene_of
from explorer.results import LayerMap

VALUES = {"layout.size": "64", "stain.strength": 1.0, "blur.sigma": 1.0, "ask.baselines": True}
LINK = "https://example.org/?v=1&stain.strength=1"


@pytest.fixture(scope="module")
def export(engine: Engine) -> Export:
    return Export(engine.explore(scene_of(VALUES).scene), LINK)


def pixels(uri: str) -> np.ndarray:
    head, data = uri.split(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_json_says_what_it_was_made_of(export: Export) -> None:
    data = json.loads(as_json(export))
    found = export.exploration
    assert data == json.loads(json.dumps(as_data(export)))
    assert scene_of(data["values"]).scene == found.scene
    assert data["receipt"]["weights"]["sha256"] == found.comparison.receipt.weights.sha256
    assert data["rule"] == "both" and data["link"] == LINK and data["upload"] is None
    for told, verdict in zip(data["verdicts"], found.verdicts, strict=True):
        nearest = min(verdict.references.values())
        passes = verdict.distance <= nearest and verdict.distance < verdict.decoy
        assert told["passed"] is passes
        assert told["references"][told["nearest"]] == nearest


def test_totals_in_the_table_are_the_sums_of_their_layers(export: Export) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(export))))
    assert tuple(rows[0]) == COLUMNS
    layers: dict[tuple[str, str], float] = {}
    for row in rows:
        key = (row["metric"], row["norm"])
        if row["layer"] != "total":
            layers[key] = layers.get(key, 0.0) + float(row["distance"])
        elif row["norm"] != "pixels":
            assert float(row["distance"]) == pytest.approx(layers.pop(key), rel=1e-12)
            assert row["passed"] in ("true", "false")
    assert layers == {}


def test_nothing_is_judged_where_nothing_is_changed(engine: Engine) -> None:
    same = Export(engine.explore(scene_of({"layout.size": "64"}).scene), LINK)
    assert {v["passed"] for v in as_data(same)["verdicts"]} == {None}
    assert "nothing is judged" in as_report(same)


def test_a_heatmap_in_the_report_has_the_colours_of_its_values() -> None:
    values = np.array([[0, 2], [4, 8]], dtype=np.float32)
    shown = pixels(
        drawings.heatmap(LayerMap("x", "spatial", "norm", "positions", "both", values, 1))
    )
    # 0, 2/8 (stop 2 of 8), 4/8 (stop 4) and the top of magma.
    assert shown.tolist() == [
        [[0, 0, 4], [79, 18, 123]],
        [[181, 54, 122], [252, 253, 191]],
    ]
    none = LayerMap("x", "spatial", "norm", "positions", "both", np.zeros((3, 3), np.float32), 0)
    assert (pixels(drawings.heatmap(none)) == (0, 0, 4)).all()


def test_pictures_in_the_report_are_exact(export: Export) -> None:
    uris = re.findall(r'<img src="([^"]+)" alt="(Original|Perturbed|Decoy)', as_report(export))
    assert [name for _, name in uris] == ["Original", "Perturbed", "Decoy"]
    wanted = export.exploration.perturbed.transpose(1, 2, 0).astype(np.float64) * 255
    assert np.abs(pixels(uris[1][0]) - wanted).max() <= 0.5 + 1e-4


def test_the_mark_stands_where_its_logarithm_is(export: Export) -> None:
    data = ladder.figure(export.exploration)
    for row in data["rows"]:
        line = drawings.ladder_line(row, data["domain"], 1.0)
        x = float(re.search(r'<circle[^>]* cx="([\d.]+)"', line)[1])
        share = (math.log(row["ratio"]) - math.log(0.01)) / (math.log(30) - math.log(0.01))
        assert x == pytest.approx(14 + min(max(share, 0), 1) * (620 - 28), abs=0.06)


def test_the_report_asks_for_nothing(export: Export) -> None:
    text = unescape(as_report(export))
    outside = re.findall(r'(?:src|href|url)\s*[=(]\s*["\']?([^"\')\s>]+)', text)
    assert {u for u in outside if not u.startswith("data:image/png;base64,")} == {LINK}
    assert "<script" not in text and "@import" not in text and "@media print" in text


@pytest.mark.parametrize("name", ['a"b.png', "a'b\\.png", "{x}.png", "x\ny.png", "–.png"])
def test_any_name_of_a_picture_stays_a_string_of_the_script(export: Export, name: str) -> None:
    scene = scene_of({"picture.kind": "upload"}, "5" * 64).scene
    found = export.exploration
    other = type(found)(**{**vars(found), "scene": scene})
    tree = ast.parse(as_script(Export(other, LINK, name)))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert name in texts and "5" * 64 in texts


def test_a_line_for_any_score_has_the_whole_hash(export: Export) -> None:
    data = receipt.figure(export.exploration)
    sha256 = export.exploration.comparison.receipt.weights.sha256
    assert sha256 in data["pattern"] and sha256[:12] in data["line"]
    assert (
        data["pattern"].replace(sha256, sha256[:12]).replace("{score}", data["score"])
        == data["line"]
    )
    assert "sha256" not in data["pixels"] and data["upload"] is None
