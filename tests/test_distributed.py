"""`dir`, `pairs` and `suite` by two gloo processes, as `torchrun` starts them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.distributed import ALONE, Group, agreed, everyone, gathered
from tests.commands.test_pairs import ROOT, write_list, write_pictures
from tests.suite.test_experiment import small_suite


def two(*arguments: object) -> subprocess.CompletedProcess[str]:
    """A command in two processes."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", "2", "-m", "explorer", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


@pytest.fixture
def one(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """A command in this process alone: its output."""

    def call(*arguments: object) -> str:
        main([str(argument) for argument in arguments])
        return capsys.readouterr().out

    return call


def test_pairs_in_two_processes_are_those_of_one_also_when_resumed(one, tmp_path: Path) -> None:
    path = write_list(tmp_path, 70)
    alone, split = tmp_path / "alone.jsonl", tmp_path / "split.jsonl"
    one("pairs", path, "--out", alone)
    found = two("pairs", path, "--out", split)
    assert found.returncode == 0, found.stderr
    assert split.read_bytes() == alone.read_bytes()
    lines = alone.read_bytes().splitlines(keepends=True)
    split.write_bytes(b"".join(lines[:21]) + lines[21][:50])
    found = two("pairs", path, "--out", split)
    assert found.returncode == 0 and "21 of 70 pairs are in" in found.stderr
    assert split.read_bytes() == alone.read_bytes()


def test_folders_and_exit_code(one, tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "bb"
    write_pictures(a, 20)
    write_pictures(b, 19)
    arguments = ["dir", a, b, "--csv", "--metric", "mean"]
    found = two(*arguments)
    assert found.stdout == one(*arguments)
    assert found.returncode != 0 and "1 could not be compared" in found.stderr


def test_a_suite(one, tmp_path: Path) -> None:
    arguments = ["suite", small_suite(tmp_path), "--baselines", "--json"]
    found = two(*arguments)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout) == json.loads(one(*arguments))


def test_what_cannot_be_done_is_said_once(tmp_path: Path) -> None:
    found = two("dir", tmp_path / "none", tmp_path)
    assert found.returncode != 0 and found.stdout == ""
    # A traceback of torchrun's own is beside it, none of ours.
    assert found.stderr.count("is not a folder") == 1 and "cli.py" not in found.stderr


def test_shares_are_disjoint_and_complete() -> None:
    for size in (1, 2, 3, 7):
        parts = [list(Group(rank, size).share(range(20))) for rank in range(size)]
        assert sorted(sum(parts, [])) == list(range(20))


def test_alone_nothing_is_exchanged() -> None:
    assert everyone(ALONE, lambda: 3) == [3] and agreed(ALONE, lambda: 4) == 4
    assert list(gathered(ALONE, iter([[1], [], None]))) == [[1], [], None]
