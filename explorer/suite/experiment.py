"""The paper's experiment: every metric, with and without norm, on every case of a suite.

Each distinct picture goes through each network once, in chunks; the references' features are kept,
those of a chunk only as long as its cases need them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

import torch

from explorer import dists
from explorer.baselines import Baseline, distances
from explorer.blend import Blend, with_blends
from explorer.comparison import Heads, compare
from explorer.distributed import ALONE, Group
from explorer.engine import Engine
from explorer.extractor import Extractor, batched
from explorer.features import Features
from explorer.images import to_tensor_from_pixels
from explorer.results import PIXELS, Scores
from explorer.suite.cases import Case, CaseResult, Suite
from explorer.suite.chunks import by_original, chunks, distinct

Progress = Callable[[float, str], None]
ALL_LAYERS: Mapping[str, tuple[int, ...]] = MappingProxyType({})
T = TypeVar("T")


@dataclass(frozen=True)
class CaseScores:
    """What a network's metrics say to one case, layer by layer.

    `other`: of the changed copy. `references`: name → of that reference. `decoy`: for a stain only.
    """

    case: Case
    other: Scores
    references: Mapping[str, Scores]
    decoy: Scores | None


def run(
    engine: Engine,
    suite: Suite,
    networks: Sequence[str],
    progress: Progress = lambda share, text: None,
    group: Group = ALONE,
    layers: Mapping[str, tuple[int, ...]] = ALL_LAYERS,
) -> list[CaseResult]:
    """All results, network by network and case by case; `PIXELS` stands for the baselines.

    In one process of several, `group`, the results of its share of the chunks: see `merged`.
    `layers`: of a network, the places of the taps that count; all of those that are not named.

    Raises:
        WeightsError: if a network's weights cannot be had.
        ValueError: if the pictures are too small for a network.
    """
    results: list[CaseResult] = []
    for i, network in enumerate(networks):
        done = 0
        counted = layers.get(network, ())
        for found in steps(engine, suite, network, networks, group=group, layers=counted):
            results += found
            done += len({result.case for result in found}) * group.size
            if found:
                done = min(done, len(suite.cases))
                share = (i + done / len(suite.cases)) / len(networks)
                progress(share, f"{network}: {done} of {len(suite.cases)} cases")
    return results


def merged(
    suite: Suite, networks: Sequence[str], parts: Sequence[Sequence[CaseResult]]
) -> list[CaseResult]:
    """The results of several processes in the order in which one alone would have them."""
    if len(parts) == 1:
        return list(parts[0])
    in_order = [case for cases in by_original(suite) for case in cases]
    place = {case: i for i, case in enumerate(in_order)}
    blocks: dict[tuple[int, Case], list[CaseResult]] = {}
    for result in (result for part in parts for result in part):
        which = networks.index(result.network) if result.network in networks else len(networks)
        blocks.setdefault((which, result.case), []).append(result)
    ordered = sorted(blocks, key=lambda key: (key[0], place[key[1]]))
    return [result for key in ordered for result in blocks[key]]


def steps(
    engine: Engine,
    suite: Suite,
    network: str,
    beside: Sequence[str] = (),
    blends: Sequence[Blend] = (),
    group: Group = ALONE,
    layers: tuple[int, ...] = (),
) -> Iterator[list[CaseResult]]:
    """The results of one network in small pieces, in order; an empty piece is work on the way.

    In place of a network, `PIXELS` stands for the baselines, with DISTS where its network is one of
    those that run `beside`. `blends` are a person's own metrics; each has its own network.
    In one process of several, `group`, only its share. `layers`: places of the taps that count,
    all without; blends need all.

    The engine is locked within a piece only, so others are answered between two pieces, and who
    asks for no further piece has stopped the work.

    Raises:
        WeightsError: if the network's weights cannot be had.
        ValueError: if the pictures are too small for the network.
    """
    if network == PIXELS:
        # Without VGG-16's weights the others need not wait for them.
        joined = dists.NETWORK in beside and dists.available()
        pieces = _on_pixels(suite, dists.baselines(dists.NETWORK if joined else ""), group)
        yield from _locked(engine, pieces)
        return
    blends = () if layers else blends
    for found in scored(engine, suite, network, group, layers):
        yield [result for one in found for result in _judged_by(network, one, blends)]


def scored(
    engine: Engine,
    suite: Suite,
    network: str,
    group: Group = ALONE,
    layers: tuple[int, ...] = (),
) -> Iterator[list[CaseScores]]:
    """As `steps`, before anything is judged: every score of every case, layer by layer.

    Raises:
        WeightsError: if the network's weights cannot be had.
        ValueError: if the pictures are too small for the network.
    """
    with engine.locked(), torch.inference_mode():
        extractor, heads = engine.extractor(network, layers=layers)
    yield from _locked(engine, _network(extractor, heads, suite, group))


def _locked(engine: Engine, pieces: Iterator[T]) -> Iterator[T]:
    while True:
        with engine.locked(), torch.inference_mode():
            found = next(pieces, None)
        if found is None:
            return
        yield found


def _network(
    extractor: Extractor, heads: Heads | None, suite: Suite, group: Group
) -> Iterator[list[CaseScores]]:
    blanks = _features(extractor, suite, list(suite.references.values())).normalise()
    yield []
    # The chunks are the same however many processes share them, and so are the numbers.
    for chunk in group.share(chunks(suite)):
        yield from _chunk(extractor, heads, suite, chunk, blanks)


def _chunk(
    extractor: Extractor,
    heads: Heads | None,
    suite: Suite,
    groups: Sequence[Sequence[Case]],
    blanks: Features,
) -> Iterator[list[CaseScores]]:
    paths = distinct(groups)
    place = {path: i for i, path in enumerate(paths)}
    features = _features(extractor, suite, paths)
    yield []
    for cases in groups:
        original = features.select([place[cases[0].original]])
        others = [p for p in distinct([cases]) if p != cases[0].original]
        to_blanks = compare(original, blanks, heads)
        to_others = compare(original, features.select([place[p] for p in others]), heads)
        named = {path: to_others.scores(i) for i, path in enumerate(others)}
        references = {name: to_blanks.scores(i) for i, name in enumerate(suite.references)}
        for case in cases:
            decoy = named[case.decoy] if case.decoy else None
            yield [CaseScores(case, named[case.other], references, decoy)]


def _on_pixels(suite: Suite, asked: Sequence[Baseline], group: Group) -> Iterator[list[CaseResult]]:
    """The baselines, original by original."""
    for cases in group.share(by_original(suite)):
        others = [p for p in distinct([cases]) if p != cases[0].original]
        paths = [cases[0].original, *others, *suite.references.values()]
        first, *rest = to_tensor_from_pixels([suite.pictures[p] for p in paths])
        found = distances(first[None], torch.stack(rest), asked)
        totals = [{(n, PIXELS): float(d[i]) for n, d in found.items()} for i in range(len(rest))]
        named = dict(zip(others, totals, strict=False))
        references = dict(zip(suite.references, totals[len(others) :], strict=True))
        for case in cases:
            decoy = named[case.decoy] if case.decoy else None
            yield _judged(PIXELS, case, named[case.other], references, decoy)


Totals = Mapping[tuple[str, str], float]


def _judged_by(network: str, found: CaseScores, blends: Sequence[Blend]) -> list[CaseResult]:
    def totals(scores: Scores) -> Totals:
        every = with_blends(scores, blends, network)
        return {key: score.total for key, score in every.items()}

    references = {name: totals(scores) for name, scores in found.references.items()}
    decoy = None if found.decoy is None else totals(found.decoy)
    return _judged(network, found.case, totals(found.other), references, decoy)


def _judged(
    network: str,
    case: Case,
    other: Totals,
    references: Mapping[str, Totals],
    decoy: Totals | None,
) -> list[CaseResult]:
    return [
        CaseResult(
            network,
            *key,
            case,
            distance,
            {name: totals[key] for name, totals in references.items()},
            None if decoy is None else decoy[key],
        )
        for key, distance in other.items()
    ]


def _features(extractor: Extractor, suite: Suite, paths: Sequence[str]) -> Features:
    return batched(extractor, to_tensor_from_pixels([suite.pictures[p] for p in paths]))
