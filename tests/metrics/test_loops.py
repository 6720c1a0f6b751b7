"""The compiled sums are those of the definition, in both layouts, for any number of threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch

from explorer.metrics import distance, loops
from explorer.metrics.distance import Arranged, Terms, terms

Lay = Callable[[torch.Tensor], torch.Tensor]


def by_place(values: torch.Tensor) -> torch.Tensor:
    return values.transpose(1, 2).contiguous().transpose(1, 2)


LAYOUTS: list[Lay] = [by_place, torch.Tensor.contiguous]
SHAPES = [(1, 1, 1), (1, 3, 5), (1, 64, 300), (2, 7, 513), (3, 40, 1), (1, 65, 3025)]
"""The last is worked on by several threads."""


@pytest.fixture(autouse=True)
def inference() -> Iterator[None]:
    with torch.inference_mode():
        yield


def features(shape: tuple[int, ...], lay: Lay, seed: int) -> torch.Tensor:
    made = torch.randn(shape, generator=torch.Generator().manual_seed(seed)).relu()
    made[:, :, 0] = 0  # a place without any activation
    return lay(made)


def defined(a: torch.Tensor, b: torch.Tensor, heads: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Raw, normalised and weighted by the formulas, in float64."""
    a, b = a.double(), b.double()
    lengths = (x.norm(dim=1, keepdim=True) for x in (a, b))
    x, y = (v / n.masked_fill(n == 0, 1) for v, n in zip((a, b), lengths, strict=True))
    squares = (x - y).square()
    return (a - b).square().sum(1), squares.sum(1), (squares * heads.double()[:, None]).sum(1)


def of(found: Terms) -> list[torch.Tensor]:
    return [t for t in (found.raw, found.norm, found.weighted) if t is not None]


@pytest.mark.parametrize("lay", LAYOUTS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("weighted", [True, False])
def test_the_sums_are_those_of_the_formulas(
    shape: tuple[int, ...], lay: Lay, weighted: bool
) -> None:
    values = [features(shape, lay, seed) for seed in (0, 1)]
    heads = torch.rand(shape[1])
    a, b = map(Arranged.of, values)
    assert a.lines is not None and b.lines is not None
    found = of(terms(a, b, heads if weighted else None))
    assert len(found) == 3 if weighted else 2
    for ours, exact in zip(found, defined(*values, heads), strict=False):
        assert ours.dtype == torch.float32
        torch.testing.assert_close(ours.double(), exact, rtol=1e-5, atol=1e-7)
    for ours, turned in zip(found, of(terms(b, a, heads if weighted else None)), strict=True):
        assert torch.equal(ours, turned)
    assert not any(t.any() for t in of(terms(a, a, heads)))


@pytest.mark.parametrize("lay", LAYOUTS)
def test_one_picture_is_compared_with_each_of_several(lay: Lay) -> None:
    one, several = features((1, 40, 700), lay, 0), features((4, 40, 700), lay, 1)
    heads = torch.rand(40)
    for a, b in ((one, several), (several, one)):
        together = of(terms(Arranged.of(a), Arranged.of(b), heads))
        for i in range(4):
            x, y = (v[i % len(v) : i % len(v) + 1] for v in (a, b))
            alone = of(terms(Arranged.of(x), Arranged.of(y), heads))
            assert all(torch.equal(t[i : i + 1], u) for t, u in zip(together, alone, strict=True))
    with pytest.raises(ValueError, match="4 pictures cannot be compared with 3"):
        terms(Arranged.of(several), Arranged.of(several[:3]))


@pytest.mark.parametrize("lay", LAYOUTS)
def test_no_bit_depends_on_the_number_of_threads(lay: Lay) -> None:
    both = [features((1, 65, 3025), lay, seed) for seed in (0, 1)]
    before = torch.get_num_threads()
    found = []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            a, b = map(Arranged.of, both)
            found.append([a.scale, *of(terms(a, b, torch.ones(65)))])
    finally:
        torch.set_num_threads(before)
    assert all(
        torch.equal(x, y) for other in found[1:] for x, y in zip(found[0], other, strict=True)
    )


@pytest.mark.parametrize("lay", LAYOUTS)
def test_torch_gives_the_same(lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [features((2, 64, 500), lay, seed) for seed in (0, 1)]
    heads = torch.rand(64)
    results = []
    for fits in (True, False):
        if not fits:
            monkeypatch.setattr(distance.loops, "lines", lambda _: None)
        a, b = map(Arranged.of, both)
        results.append([a.scale, b.scale, *of(terms(a, b, heads))])
    for ours, theirs in zip(*results, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-7)


def test_what_has_no_loop_is_left_to_torch() -> None:
    values = features((1, 8, 20), torch.Tensor.contiguous, 0)
    for other in (values.double(), values[:, :, ::2], values[:, :, :0]):
        assert loops.lines(other) is None
    a, b = map(Arranged.of, (values, by_place(values)))
    assert not terms(a, b).raw.any()
    assert terms(Arranged.of(values), Arranged.of(values * 2)).raw.any()


@pytest.mark.parametrize("lay", LAYOUTS)
def test_not_a_number_is_not_hidden(lay: Lay) -> None:
    values = features((1, 8, 20), lay, 0)
    broken = values.clone()
    broken[0, 3, 7] = float("nan")
    found = terms(Arranged.of(values), Arranged.of(broken)).raw
    assert found.isnan().nonzero().tolist() == [[0, 7]]
