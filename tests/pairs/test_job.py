"""Pairs from disk by several threads: once through the network each, in order, bounded."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from explorer import pairs
from explorer.engine import Engine
from explorer.extractor import Extractor
from explorer.images import read_picture, read_pixels, to_tensor
from explorer.pairs import Pair, again, job
from tests.commands.test_pairs import write_pictures

KEYS = (("spatial", "norm"), ("sort", "raw"))


@pytest.fixture
def loaded() -> tuple[Extractor, object]:
    """An extractor of the test's own, and LPIPS's heads."""
    return Engine(device="cpu").extractor("alexnet")


def counted(extractor: Extractor) -> list[int]:
    """How many pictures each batch has from now on."""
    seen: list[int] = []
    prepare = extractor.prepare

    def counting(images: torch.Tensor) -> torch.Tensor:
        seen.append(len(images))
        return prepare(images)

    extractor.prepare = counting  # type: ignore[method-assign]
    return seen


def found(loaded, listed, keys=KEYS, threads=2):
    work = pairs.blocks(listed)
    return [o for part in pairs.run(*loaded, work, read_pixels, keys, threads) for o in part]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_one_picture_against_many_goes_through_the_network_once(
    loaded, tmp_path: Path, threads: int, engine: Engine
) -> None:
    names = write_pictures(tmp_path, 61)
    listed = [Pair(n, tmp_path / names[0], tmp_path / n) for n in names[1:]]
    seen = counted(loaded[0])
    outcomes = found(loaded, listed, threads=threads)
    assert sum(seen) == 61 and max(seen) <= job.BATCH_PIXELS / 40**2 + 2
    assert [o.pair for o in outcomes] == listed
    first = to_tensor(read_picture(tmp_path / names[0]))
    for outcome in outcomes[::20]:
        other = to_tensor(read_picture(outcome.pair.b))
        scores = engine.compare_images(first, other, "alexnet").scores
        for key in KEYS:
            assert outcome.scores[key] == pytest.approx(scores[key].total, rel=1e-5)


def test_without_room_pictures_are_made_again_with_the_same_numbers(
    loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = write_pictures(tmp_path, 40)
    listed = [Pair(n, tmp_path / names[0], tmp_path / n) for n in names[1:]]
    expected = [o.scores for o in found(loaded, listed)]
    monkeypatch.setattr(again, "KEPT_BYTES", 0)
    seen = counted(loaded[0])
    assert [o.scores for o in found(loaded, listed)] == expected
    assert 40 < sum(seen) <= 80


def test_a_bad_picture_that_occurs_again_is_a_problem_each_time(loaded, tmp_path: Path) -> None:
    names = write_pictures(tmp_path, 40)
    (tmp_path / "bad.png").write_bytes(b"none")
    listed = [Pair(n, tmp_path / "bad.png", tmp_path / n) for n in names]
    outcomes = found(loaded, listed)
    assert all("bad.png is not a picture" in o.problem and not o.scores for o in outcomes)


def test_sizes_may_be_mixed_and_large_ones_run_alone(
    loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = []
    for size in (40, 64, 96):
        names = write_pictures(tmp_path / str(size), 6, size)
        paths = [tmp_path / str(size) / n for n in names]
        listed += [Pair(f"{size}{i}", paths[i], paths[i + 3]) for i in range(3)]
    listed = listed[::2] + listed[1::2]
    expected = found(loaded, listed)
    assert [o.size for o in expected] == [(int(o.pair.id[:2]),) * 2 for o in expected]
    monkeypatch.setattr(job, "LARGE_PIXELS", 1)
    monkeypatch.setattr(job, "BATCH_PIXELS", 1)
    for a, b in zip(expected, found(loaded, listed), strict=True):
        assert a.scores == pytest.approx(b.scores, rel=1e-5)


def test_what_goes_wrong_in_a_thread_reaches_the_caller(loaded, tmp_path: Path) -> None:
    names = write_pictures(tmp_path, 40)
    listed = [Pair(n, tmp_path / names[0], tmp_path / n) for n in names]

    def broken(images: torch.Tensor) -> torch.Tensor:
        raise MemoryError("no room")

    loaded[0].prepare = broken  # type: ignore[method-assign]
    threads = torch.get_num_threads()
    with pytest.raises(MemoryError, match="no room"):
        found(loaded, listed)
    assert torch.get_num_threads() == threads


def test_only_what_is_asked_is_sorted(
    loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = write_pictures(tmp_path, 2)
    listed = [Pair("x", tmp_path / names[0], tmp_path / names[1])]
    both = found(loaded, listed)[0].scores
    monkeypatch.setattr("explorer.metrics.sort.sort_rows", None)
    assert found(loaded, listed, KEYS[:1])[0].scores == {KEYS[0]: both[KEYS[0]]}
    with pytest.raises(TypeError):
        found(loaded, listed)
