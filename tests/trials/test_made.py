"""Trials that are made here: the same for a seed, balanced, and worth asking."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest
import torch

from explorer.engine import Engine
from explorer.links import read
from explorer.perturbations import PERTURBATIONS
from explorer.trials import CATCH, KINDS, MOST_TRIALS, TITLES, Judged, judge, made
from explorer.trials.made import APART, BLOCK
from explorer.trials.strengths import STRENGTHS


def names(triplet: made.Triplet) -> list[str]:
    return [
        scene.challenge[0].name if scene.challenge else "" for scene in (triplet.p0, triplet.p1)
    ]


def test_a_seed_says_it_all_in_every_process() -> None:
    # A process of its own has another hash of strings.
    code = (
        "from explorer.trials import made\n"
        "for t in made.triplets(7, 32): print(t.kind, t.catch, t.p0.to_json(), t.p1.to_json())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    own = [f"{t.kind} {t.catch} {t.p0.to_json()} {t.p1.to_json()}" for t in made.triplets(7, 32)]
    assert ran.stdout.splitlines() == own
    assert made.triplets(8, 32) != made.triplets(7, 32)


def test_a_longer_series_begins_with_the_shorter_one() -> None:
    assert made.triplets(5, MOST_TRIALS)[:13] == made.triplets(5, 13)


def test_every_block_has_each_kind_and_one_catch_trial() -> None:
    found = made.triplets(11, 10 * BLOCK)
    for start in range(0, len(found), BLOCK):
        block = found[start : start + BLOCK]
        assert Counter(t.kind for t in block) == Counter([CATCH, *(kind.name for kind in KINDS)])
    # At every moment of a series no kind is more than one ahead of another.
    seen: Counter[str] = Counter()
    for triplet in found:
        seen[triplet.kind] += 1
        assert max(seen.values()) - min(seen[kind] for kind in TITLES) <= 2


def test_sides_are_balanced_and_no_habit_passes_the_catch_trials() -> None:
    # Of kinds whose two lists have nothing in common the first-named change can be told.
    told = {"moves", "background", "move-distortion", "paper"}
    first = {kind.name: kind.first for kind in KINDS}
    for seed in range(20):
        found = made.triplets(seed, 8 * BLOCK)
        catches = [t.catch for t in found if t.kind == CATCH]
        assert catches.count(0) == catches.count(1) == 4
        for kind in told:
            left = [names(t)[0] in first[kind] for t in found if t.kind == kind]
            assert left.count(True) == left.count(False) == 4
    starts = {tuple(t.catch for t in made.triplets(s, BLOCK) if t.kind == CATCH) for s in range(20)}
    assert starts == {(0,), (1,)}


def test_kinds_ask_what_they_say() -> None:
    kinds = {kind.name: kind for kind in KINDS}
    for triplet in made.triplets(2, MOST_TRIALS):
        a, b = names(triplet)
        assert triplet.p0.source == triplet.p1.source and triplet.p0.layout == triplet.p1.layout
        if triplet.kind == CATCH:
            assert (a == "") == (triplet.catch == 0) and (b == "") == (triplet.catch == 1)
            continue
        kind = kinds[triplet.kind]
        assert triplet.catch is None
        if not kind.second:
            assert a == b and a in kind.first and triplet.p0.challenge != triplet.p1.challenge
        else:
            assert a != b
            assert (a in kind.first and b in kind.second) or (b in kind.first and a in kind.second)
        if not kind.photographs:
            assert triplet.p0.source.kind == "synthesis"


def test_every_perturbation_has_a_strength_and_is_asked() -> None:
    assert set(STRENGTHS) == set(PERTURBATIONS.names())
    asked = {name for t in made.triplets(1, MOST_TRIALS) for name in names(t)}
    assert asked == {*STRENGTHS, ""}


def test_every_level_stays_within_the_knobs_and_grows() -> None:
    from random import Random

    for name, strength in STRENGTHS.items():
        sizes = []
        for level in (0, APART[0], 0.5, 1):
            values = strength(level, Random(4))
            cleaned, notes = PERTURBATIONS[name].clean(values)
            assert notes == [] and {k: cleaned[k] for k in values} == values
            assert not PERTURBATIONS[name].is_neutral(cleaned)
            carried = [values[k] for k in PERTURBATIONS[name].facts["neutral"]]
            neutral = [*PERTURBATIONS[name].facts["neutral"].values()]
            sizes.append(
                sum(abs(float(v) - float(n)) for v, n in zip(carried, neutral, strict=True))
            )
        assert sizes == sorted(sizes) and len(set(sizes)) == 4, name


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_both_candidates_are_seen_to_differ_from_the_reference(seed: int) -> None:
    for index in range(3 * BLOCK):
        trial = made.trial(seed, 3 * BLOCK, index)
        reference, p0, p1 = trial.pictures()
        assert reference.shape == (3, 128, 128) and reference.dtype == torch.float32
        far = [float((p - reference).abs().mean()) for p in (p0, p1)]
        if trial.kind == CATCH:
            assert far[trial.catch or 0] == 0 and far[1 - (trial.catch or 0)] > 0.02
        else:
            assert min(far) > 0.002, (trial.said, far)
            assert not torch.equal(p0, p1)


def test_addresses_open_what_was_shown(engine: Engine) -> None:
    from explorer.form import scene_of

    for index in range(BLOCK):
        trial = made.trial(3, BLOCK, index)
        for address, picture in zip(trial.names, trial.pictures(), strict=True):
            link = read(address)
            assert link.notes == ()
            assert torch.equal(engine.rendered(scene_of(link.values).scene), picture)


@pytest.mark.parametrize(
    ("seed", "count", "index"),
    [
        (-1, 8, 0),
        (1, 0, 0),
        (1, MOST_TRIALS + 1, 0),
        (1, 8, 8),
        (1, 8, -1),
        (True, 8, 0),
        ("1", 8, 0),
    ],
)
def test_numbers_out_of_bounds_are_refused(seed: int, count: int, index: int) -> None:
    with pytest.raises(ValueError, match=r"whole number|There are|The series"):
        made.trial(seed, count, index)


def test_every_configuration_judges_and_finds_the_reference_itself(engine: Engine) -> None:
    trial = next(t for i in range(BLOCK) if (t := made.trial(4, BLOCK, i)).kind == CATCH)
    found = judge(engine, trial.pictures(), "alexnet")
    assert len(found) == 11 and found[-1].title == "LPIPS" and found[0].title == "spatial, raw"
    for one in found:
        assert (one.d0, one.d1)[trial.catch or 0] == 0 and one.prefers == trial.catch
        assert one.key == f"{one.metric}/{one.norm}"
    assert Judged("sort", "raw", 0.5, 0.5).prefers == 0.5


def test_distances_are_those_of_the_engine(engine: Engine) -> None:
    trial = made.trial(4, BLOCK, 2)
    reference, p0, p1 = trial.pictures()
    for one in judge(engine, trial.pictures(), "squeezenet1_1_caffe"):
        for picture, distance in ((p0, one.d0), (p1, one.d1)):
            scores = engine.compare_images(reference, picture, "squeezenet1_1_caffe").scores
            assert scores[one.metric, one.norm].total == distance
