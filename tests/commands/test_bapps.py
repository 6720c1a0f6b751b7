"""`bapps` as it is typed: scores held to an independent computation, kills, several processes."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.bapps import layout, pictures
from explorer.bapps import run as running
from explorer.cli import main
from explorer.engine import Engine
from tests.bapps.synthetic import JND, TWO_AFC, write
from tests.bapps.test_scoring import plain_precision, plain_two_afc

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bapps")
    return write(folder, dict.fromkeys(TWO_AFC, 11), dict.fromkeys(JND, 14), sides=(64, 256, 80))


def called(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> str:
    assert main(["bapps", *map(str, arguments), "--device", "cpu"]) == code
    return capsys.readouterr().out


@pytest.fixture(scope="module")
def exact(root: Path) -> dict[str, list[dict[tuple[str, str], float]]]:
    """Item → its scores by every metric, in float64, one pair at a time, by the engine."""
    engine = Engine(device="cpu", dtype=torch.float64)

    def tensor(path: Path) -> torch.Tensor:
        return torch.from_numpy(pictures.read(path).copy()).permute(2, 0, 1).double() / 255

    found = {}
    for item in layout.read(root).items:
        first, *others = map(tensor, item.pictures)
        compared = [engine.compare_images(first, other, "alexnet") for other in others]
        found[item.id] = [{key: s.total for key, s in c.scores.items()} for c in compared]
    return found


def test_scores_are_the_published_formulas_on_exact_distances(
    root: Path, exact: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    results = json.loads(called(capsys, root, "--dtype", "float64", "--json"))
    items = layout.read(root).items
    assert len(results["configurations"]) == 11
    assert [g["split"] for g in results["groups"]] == [*TWO_AFC, "all", *JND, "all"]
    checked = 0
    for group in results["groups"]:
        own = [i for i in items if i.task == group["task"] and group["split"] in (i.split, "all")]
        assert group["items"] == len(own)
        judged = [item.judgement for item in own]
        rows = {
            (s["configuration"], s["measure"]): s
            for s in results["scores"]
            if s["group"] == group["id"]
        }
        for k, made in enumerate(results["configurations"]):
            key = (made["metric"], made["norm"])
            distances = [[part[key] for part in exact[item.id]] for item in own]
            if group["task"] == "2afc":
                triplets = [(*d, h) for d, h in zip(distances, judged, strict=True)]
                each = [plain_two_afc(*t) for t in triplets]
                right = [
                    0.5 if a == b else (b < a) == (h > 0.5) for a, b, h in triplets if h != 0.5
                ]
                expected = {"2afc": np.mean(each), "accuracy": np.mean(right)}
            else:
                expected = {"ap": plain_precision([d[0] for d in distances], judged)}
            for measure, value in expected.items():
                row = rows[k, measure]
                assert row["value"] == pytest.approx(value, abs=1e-12), (group, made)
                assert row["low"] <= row["value"] + 0.05 and row["high"] >= row["value"] - 0.05
                checked += 1
        if group["task"] == "2afc":
            assert group["human"]["value"] == pytest.approx(
                np.mean([h * h + (1 - h) ** 2 for h in judged])
            )
    assert checked == 11 * (7 * 2 + 3)


def test_distances_are_those_of_single_comparisons(
    root: Path, exact: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "d.jsonl"
    called(capsys, root, "--out", out)
    blocks = running.blocks(layout.read(root).items)
    keys = [
        tuple(made[1:]) for made in json.loads(out.read_text().splitlines()[0])["configurations"]
    ]
    for line in out.read_text().splitlines()[1:]:
        data = json.loads(line)
        for item, row in zip(blocks[data["block"]], data["distances"], strict=True):
            for part, expected in zip(row, exact[item.id], strict=True):
                for key, value in zip(keys, part, strict=True):
                    # Of identical pictures the distance is zero, not nearly zero.
                    assert value == pytest.approx(expected[key], rel=2e-4, abs=0), (item.id, key)


def test_table_csv_and_several_networks(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = [root, "--network", "alexnet", "--network", "squeezenet1_1_caffe", "--baselines"]
    flags += ["--metric", "sort", "--resamples", "20"]
    table = called(capsys, *flags)
    for text in ("2AFC score, %", "JND average precision", "a random person", "frameinterp"):
        assert text in table
    rows = list(csv.DictReader(io.StringIO(called(capsys, *flags, "--csv"))))
    assert {row["network"] for row in rows} == {"alexnet", "squeezenet1_1_caffe", "pixels"}
    assert len(rows) == (2 * 2 + 3) * (7 * 2 + 3)
    assert all(0 <= float(row["value"]) <= 1 for row in rows)


def test_a_truncated_picture_leaves_its_item_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write(tmp_path, {"cnn": 5}, {})
    path = root / "2afc" / "val" / "cnn" / "p1" / "000002.png"
    path.write_bytes(path.read_bytes()[:300])
    assert main(["bapps", str(root), "--json", "--device", "cpu"]) == 4
    said = capsys.readouterr()
    results = json.loads(said.out)
    assert results["groups"][0]["items"] == 4 and results["left_out"] == 1
    assert results["problems"][0].startswith("2afc/val/cnn/000002, p1: 000002.png is damaged")
    assert results["problems"][0] in said.err


def test_triplets_of_disagreement_and_their_pictures(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, figure = tmp_path / "r.json", tmp_path / "f.json"
    called(capsys, root, "--save", saved, "--thumbnails", "2", "--figure", figure)
    results = json.loads(saved.read_text())
    assert len(results["most"]) == 12 and results["most"][0]
    assert set(results["thumbnails"]) == {name for row in results["most"] for name in row[:2]}
    for row in results["thumbnails"].values():
        assert set(row) == {"ref", "p0", "p1"}
    drawn = json.loads(figure.read_text())
    assert len(drawn["data"]) == 11 * 3 + 2


def _command(*arguments: object, processes: int = 1) -> list[str]:
    start = [sys.executable, "-m"]
    if processes > 1:
        start += ["torch.distributed.run", "--standalone", f"--nproc-per-node={processes}", "-m"]
    return [*start, "explorer", "bapps", *map(str, arguments), "--device", "cpu"]


def test_killed_and_gone_on_with_and_on_two_processes_the_numbers_are_the_same(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = called(capsys, root, "--json")
    out = tmp_path / "d.jsonl"
    whole = tmp_path / "whole.jsonl"
    called(capsys, root, "--out", whole)
    # Killed as soon as its first block is in the file.
    with subprocess.Popen(
        _command(root, "--out", out, "--json"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    ) as process:
        while process.poll() is None:
            if out.exists() and out.read_bytes().count(b"\n") >= 2:
                process.send_signal(signal.SIGKILL)
                break
    # What a kill within a write leaves, whenever this one came.
    lines = whole.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:3]) + lines[3][: len(lines[3]) // 2])
    two = subprocess.run(
        _command(root, "--out", out, "--json", processes=2),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=240,
    )
    assert two.returncode == 0, two.stderr
    assert "items are in" in two.stderr
    assert two.stdout == expected
    assert sorted(out.read_bytes().splitlines()) == sorted(whole.read_bytes().splitlines())


def test_a_file_of_another_run_is_left_as_it_is(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "d.jsonl"
    called(capsys, root, "--out", out, "--task", "jnd", "--metric", "mean")
    before = out.read_bytes()
    called(capsys, root, "--out", out, "--task", "jnd", "--metric", "sort", code=1)
    assert out.read_bytes() == before
    out.write_text("something else\n")
    called(capsys, root, "--out", out, "--task", "jnd", code=1)
    assert out.read_text() == "something else\n"


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--figure", "x.pdf"], "has to end in .html or .json"),
        (["--save", "nowhere/x.json"], "nowhere is no folder"),
        (["--network", "alexnet", "--network", "vgg16", "--weights", "random:1"], "one --network"),
        (["--part", "train"], "holds nothing"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    root: Path, capsys: pytest.CaptureFixture[str], flags: list[str], sentence: str
) -> None:
    assert main(["bapps", str(root), *flags]) == 1
    said = capsys.readouterr()
    assert sentence in said.err and said.out == "" and said.err.count("\n") == 1
