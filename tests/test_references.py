"""The paper's reference pictures: exact colours, and noise that is what it says."""

from __future__ import annotations

import pytest
import torch

from explorer.pictures import REFERENCES, reference

PAPER = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "gray": (127, 128, 127),
}


def test_the_references_are_the_papers_seven() -> None:
    assert set(REFERENCES) == {*PAPER, "noise"}


@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.parametrize("size", [64, 224])
def test_a_reference_is_a_picture_and_the_same_at_every_call(name: str, size: int) -> None:
    first = reference(name, size).clone()
    assert first.dtype == torch.float32 and first.shape == (3, size, size)
    torch.rand(7)
    reference.cache_clear()
    assert torch.equal(reference(name, size), first)
    if name in PAPER:
        colour = torch.tensor(PAPER[name], dtype=torch.float32).view(3, 1, 1) / 255
        assert torch.equal(first, colour.expand_as(first))


def test_the_noise_is_uniform_and_independent() -> None:
    noise = reference("noise", 224).double()
    assert 0 <= noise.min() < 1e-3 and 0.999 < noise.max() < 1
    assert float(noise.mean()) == pytest.approx(0.5, abs=0.003)
    assert float(noise.var()) == pytest.approx(1 / 12, abs=0.001)
    shares = torch.histc(noise.float(), 16, 0, 1) / noise.numel()
    assert (shares - 1 / 16).abs().max() < 0.002
    # Five standard errors of a correlation of 224² pairs are 0.022.
    between = torch.corrcoef(noise.flatten(1)) - torch.eye(3)
    assert between.abs().max() < 0.022
    for near in (noise.roll(1, 1), noise.roll(1, 2)):
        pair = torch.stack([noise.flatten(), near.flatten()])
        assert abs(float(torch.corrcoef(pair)[0, 1])) < 0.022


def test_an_unknown_reference_is_refused() -> None:
    with pytest.raises(KeyError, match="beige"):
        reference("beige", 64)
