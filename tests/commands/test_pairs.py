"""`python -m explorer dir` and `pairs`: rows, files that a stopped job goes on in, exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.cli import main
from explorer.engine import Engine
from explorer.images import read_picture, to_tensor

ROOT = Path(__file__).resolve().parents[2]


def write_pictures(folder: Path, count: int, size: int = 40) -> list[str]:
    """Pictures of noise, all different: their names."""
    folder.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(len(folder.name))
    names = []
    for i in range(count):
        names.append(f"{i:03}.png")
        pixels = generator.integers(0, 256, (size, size, 3), np.uint8)
        Image.fromarray(pixels).save(folder / names[-1])
    return names


def write_list(folder: Path, rows: int) -> Path:
    """A list of pairs of different pictures."""
    names = write_pictures(folder / "many", 2 * rows)
    path = folder / "list.csv"
    lines = [f"many/{a},many/{b}" for a, b in zip(names[::2], names[1::2], strict=True)]
    path.write_text("\n".join(["a,b", *lines]) + "\n")
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture):
    """Run a command: its exit code, standard output and standard error."""

    def call(*arguments: object):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = left.code
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders with a name on each side only, another size and a damaged picture."""
    a, b = tmp_path / "first", tmp_path / "second one"
    write_pictures(a, 5)
    write_pictures(b, 6)
    write_pictures(a / "deep", 1, 48)
    write_pictures(b / "deep", 1, 48)
    (b / "000.png").unlink()
    Image.new("RGB", (40, 50)).save(b / "001.png")
    (b / "002.png").write_bytes((b / "003.png").read_bytes()[:200])
    (a / "notes.txt").write_text("no picture")
    return a, b


def test_a_row_says_what_compare_says(run, folders, engine: Engine) -> None:
    code, out, err = run("dir", *folders, "--json")
    rows = {row["id"]: row for row in map(json.loads, out.splitlines())}
    assert list(rows) == [*(f"{i:03}.png" for i in range(6)), "deep/000.png"]
    for name in ("003.png", "004.png", "deep/000.png"):
        a, b = (to_tensor(read_picture(folder / name)) for folder in folders)
        alone = engine.compare_images(a, b, "alexnet")
        assert rows[name]["size"] == list(alone.receipt.size)
        for (metric, norm), score in alone.scores.items():
            assert rows[name]["scores"][metric][norm] == pytest.approx(score.total, rel=1e-5)
        assert sum(map(len, rows[name]["scores"].values())) == len(alone.scores)
    assert "missing in" in rows["000.png"]["problem"] and "second one" in rows["000.png"]["problem"]
    assert "40 × 40 and 40 × 50" in rows["001.png"]["problem"]
    assert "damaged" in rows["002.png"]["problem"]
    assert str(folders[1] / "002.png") in rows["002.png"]["problem"]
    assert str(folders[0]) in rows["005.png"]["problem"]
    assert code == 4 and "2 of 7 names are in one folder only" in err
    assert "1 file is left out" in err and "4 could not be compared" in err


def test_a_folder_against_itself_is_all_zeros(run, folders) -> None:
    code, out, _ = run("dir", folders[0], folders[0], "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0 and len(rows) == 6
    scores = [float(v) for row in rows for k, v in row.items() if "." in k]
    assert len(scores) == 66 and set(scores) == {0.0}


def test_the_table_is_for_people(run, folders) -> None:
    code, out, _ = run("dir", *folders, "--metric", "sort")
    title, _, head, *lines = out.splitlines()
    assert code == 4 and "alexnet" in title and "sha256" in title
    assert head.split() == ["pair", "sort.raw", "sort.norm"] and len(lines) == 7


def test_flags_are_those_of_compare(run, folders, tmp_path: Path) -> None:
    a, b = (folder / "deep" / "000.png" for folder in folders)
    given = ["--network", "squeezenet1_1_caffe", "--weights", "random:3", "--size", "64x48"]
    given += ["--background", "#102030", "--dtype", "float64", "--device", "cpu"]
    Image.open(a).convert("RGBA").resize((48, 48)).save(a)
    with Image.open(b) as picture:
        picture.putalpha(100)
        picture.save(b)
    path = tmp_path / "list.csv"
    path.write_text("\ufeffB,id,A\n" + f"second one/deep/000.png,mine,{a}\n", encoding="utf-8")
    expected = json.loads(run("compare", a, b, *given, "--json")[1])
    row = json.loads(run("pairs", path, *given, "--json")[1])
    assert row["id"] == "mine" and row["size"] == [64, 48]
    for metric, norms in expected["scores"].items():
        for norm, score in norms.items():
            assert row["scores"][metric][norm] == pytest.approx(score["total"], rel=1e-12)
    assert expected["weights"]["sha256"] in row["made_by"] and "lpips" not in row["scores"]


@pytest.mark.parametrize(
    ("limit", "names", "code"),
    [("0", ["003.png"], 3), ("1e6", ["003.png"], 0), ("0", ["003.png", "x"], 3), ("1e6", ["x"], 4)],
)
def test_fail_above(run, folders, tmp_path: Path, limit: str, names: list[str], code: int) -> None:
    path = tmp_path / "list.csv"
    rows = [f"{folders[0]}/{name},{folders[1]}/{name}" for name in names]
    path.write_text("\n".join(["a,b", *rows]))
    found, out, err = run("pairs", path, "--fail-above", limit, "--csv")
    head = out.splitlines()[0].split(",")
    assert found == code and [k for k in head if "." in k] == ["spatial.norm"]
    assert f"{int(code == 3)} above {float(limit):g}" in err


def test_a_distance_at_the_limit_is_not_above_it(run, folders) -> None:
    same = ["dir", folders[0], folders[0], "--fail-above"]
    assert run(*same, "0")[0] == 0
    _, out, _ = run("dir", *folders, "--metric", "lpips", "--json")
    scores = [json.loads(line).get("scores", {}) for line in out.splitlines()]
    largest = max(score["lpips"]["norm"] for score in scores if score)
    asked = ["dir", *folders, "--metric", "lpips", "--fail-above"]
    assert run(*asked, repr(largest))[0] == 4
    assert run(*asked, repr(float(np.nextafter(largest, 0))))[0] == 3


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "needs one column 'a'"),
        (b"a;b\n1;2\n", "needs one column 'a'"),
        (b"a,a,b\n", "needs one column 'a'"),
        (b"a,b\n\n", "holds no pairs"),
        (b"a,b\n\xff\xfe,x\n", "UTF-8"),
        (b'a,b\n"x,y\n', "not a CSV"),
        (b"a,b\n" + b"x" * 200_000 + b",y\n", "not a CSV"),
        (b"id,a,b\n7,x,y\n7,v,w\n", "'7'"),
    ],
)
def test_a_list_that_is_none_gets_a_sentence(
    run, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    code, out, err = run("pairs", path)
    assert (code, out) == (1, "") and sentence in err and err.count("\n") == 1


def test_bad_rows_get_sentences_and_the_others_scores(run, tmp_path: Path) -> None:
    names = write_pictures(tmp_path / "p", 2)
    write_pictures(tmp_path / "tiny", 1, 20)
    os.mkfifo(tmp_path / "pipe.png")
    good = f"p/{names[0]},p/{names[1]}"
    rows = ["=cmd|' /C calc'!A0,p/000.png", ",p/000.png", "p/000.png", good]
    rows += ["pipe.png,p/000.png", "p,p", "x\0y,p/000.png", "tiny/000.png,tiny/000.png"]
    rows += ['"new\nline",p/000.png', f"/dev/zero,{good}", "\x1b[31mred.png,p/000.png", good]
    (tmp_path / "list.csv").write_text("\n".join(["a,b", *rows]))
    code, out, _ = run("pairs", tmp_path / "list.csv", "--csv", "--metric", "mean", "--norm", "raw")
    lines = out.splitlines()
    found = list(csv.DictReader(lines))
    assert code == 4 and len(found) == len(rows) == len(lines) - 1
    assert [row["id"] for row in found if not row["problem"]] == ["4", "12"]
    assert found[3]["mean.raw"] == found[11]["mean.raw"] != ""
    said = [row["problem"] for row in found]
    assert "column 'a'" in said[1] and "column 'b'" in said[2] and "not a file" in said[4]
    assert "zero byte" in said[6] and "31 pixels" in said[7] and "not a file" in said[9]
    assert "\x1b" not in out and "\\x1b" in said[10] and "\\n" in said[8]


STOPPED = """
import sys
from explorer.commands import pairs
from explorer.cli import main
count, real = 0, pairs.pixels
def slow(*given, **named):
    global count
    count += 1
    if count > 110:
        sys.stdin.read()
    return real(*given, **named)
pairs.pixels = slow
class Told(pairs._Tally):
    def report(self):
        print(self.done, flush=True)
pairs._Tally = Told
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl"])
def test_killed_half_way_and_resumed(run, tmp_path: Path, name: str) -> None:
    path = write_list(tmp_path, 90)
    whole, torn = tmp_path / f"whole.{name}", tmp_path / name
    asked = ["pairs", path, "--metric", "spatial", "--out"]
    assert run(*asked, whole)[0] == 0
    command = [sys.executable, "-c", STOPPED, *map(str, asked), str(torn)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": ROOT}
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload]
        acknowledged = int(process.stdout.readline())
        process.kill()
    assert process.returncode == -9 and 16 <= acknowledged < 90
    lines = torn.read_bytes().splitlines(keepends=True)
    assert acknowledged <= len(lines) < 90
    # The end of what a kill within a write leaves.
    torn.write_bytes(b"".join(lines) + lines[-1][:37])
    code, out, err = run(*asked, torn)
    head = name.endswith("csv")
    assert (code, out) == (0, "") and f"{len(lines) - head} of 90 pairs are in" in err
    assert torn.read_bytes() == whole.read_bytes()
    assert run(*asked, torn)[0] == 0 and torn.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("cut", [0, 1, 5, 20])
@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl"])
def test_a_file_cut_within_its_first_line(run, tmp_path: Path, name: str, cut: int) -> None:
    path = write_list(tmp_path, 2)
    out = tmp_path / name
    assert run("pairs", path, "--out", out)[0] == 0
    whole = out.read_bytes()
    out.write_bytes(whole[:cut])
    assert run("pairs", path, "--out", out)[0] == 0 and out.read_bytes() == whole


@pytest.mark.parametrize(
    "other",
    [
        ["--network", "squeezenet1_1_caffe"],
        ["--weights", "random:1"],
        ["--size", "48"],
        ["--background", "#ffffff"],
        ["--dtype", "float64"],
        ["--metric", "mean"],
        ["--norm", "raw"],
        ["--taps", "relu2,relu5"],
    ],
)
@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl"])
def test_a_file_made_otherwise_is_refused(run, tmp_path: Path, name: str, other: list[str]) -> None:
    path = write_list(tmp_path, 2)
    out = tmp_path / name
    assert run("pairs", path, "--out", out)[0] == 0
    before = out.read_bytes()
    code, printed, err = run("pairs", path, *other, "--out", out)
    assert (code, printed) == (1, "") and err.count("\n") == 1 and name in err
    assert out.read_bytes() == before


def test_a_file_of_something_else_is_left_as_it_is(run, tmp_path: Path) -> None:
    path = write_list(tmp_path, 2)
    for content in (b"my notes", b"my notes\n", b'{"id": 1}\n', b"\xff\n", b"id,a\n"):
        for name in ("notes.csv", "notes.jsonl"):
            (tmp_path / name).write_bytes(content)
            code, _, err = run("pairs", path, "--out", tmp_path / name)
            assert code == 1 and name in err and (tmp_path / name).read_bytes() == content
    assert run("pairs", path, "--out", tmp_path / "no" / "where.csv")[0] == 1


def test_rows_of_before_count_for_the_exit_code(run, folders, tmp_path: Path) -> None:
    asked = ["dir", *folders, "--metric", "spatial", "--norm", "norm", "--out", tmp_path / "r.csv"]
    assert run(*asked)[0] == 4
    assert run(*asked, "--fail-above", "1e6")[0] == 4
    assert run(*asked, "--fail-above", "0")[0] == 3


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["dir", "nowhere", "."], 1, "not a folder"),
        (["pairs", "nowhere.csv"], 1, "cannot be read"),
        (["pairs", "x.csv", "--fail-above", "-1"], 2, "no distance"),
        (["pairs", "x.csv", "--fail-above", "nan"], 2, "no distance"),
        (["pairs", "x.csv", "--metric", "ssim"], 2, "invalid choice"),
        (["pairs", "x.csv", "--json", "--csv"], 2, "not allowed"),
    ],
)
def test_what_cannot_be_done(run, arguments: list[str], code: int, sentence: str) -> None:
    found, out, err = run(*arguments)
    assert (found, out) == (code, "") and sentence in err


def test_a_metric_that_the_weights_have_not(run, tmp_path: Path) -> None:
    path = write_list(tmp_path, 1)
    code, _, err = run("pairs", path, "--metric", "lpips", "--weights", "random:1")
    assert code == 1 and "heads" in err
    assert run("pairs", path, "--metric", "lpips", "--norm", "raw")[0] == 1
