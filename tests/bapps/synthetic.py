"""A synthetic BAPPS in the published layout: pictures made here, judgements drawn, all seeded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

TWO_AFC = ("traditional", "cnn", "superres", "deblur", "color", "frameinterp")
JND = ("traditional", "cnn")


def picture(generator: np.random.Generator, side: int = 64) -> np.ndarray:
    """Soft blobs of colour, uint8, side × side × 3."""
    coarse = generator.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC))


def worse(pixels: np.ndarray, generator: np.random.Generator, amount: float) -> np.ndarray:
    """The picture with noise of that standard deviation, of 255."""
    noise = generator.normal(0, amount, pixels.shape)
    return np.clip(np.round(pixels + noise), 0, 255).astype(np.uint8)


def save(pixels: np.ndarray, path: Path) -> None:
    """As PNG, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def write_judgement(path: Path, value: object) -> None:
    """As .npy, in the published shape."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, np.asarray(value).reshape(1))


def write(
    root: Path,
    triplets: Mapping[str, int],
    pairs: Mapping[str, int],
    part: str = "val",
    seed: int = 0,
    sides: tuple[int, ...] = (64,),
) -> Path:
    """Write it, and return `root`.

    Args:
        root: gets `2afc` and `jnd`.
        triplets: how many a split of 2AFC. Every tenth has p0 = p1, so that all metrics tie.
        pairs: how many a split of JND. Every seventh has p0 = p1, so that distances tie.
        part: `val` (five judges a triplet) or `train` (two).
        seed: of everything.
        sides: of the pictures, in turn.
    """
    generator = np.random.default_rng(seed)
    judges = 5 if part == "val" else 2
    for split, count in triplets.items():
        place = root / "2afc" / part / split
        for i in range(count):
            ref = picture(generator, sides[i % len(sides)])
            low, high = generator.uniform(2, 60, 2)
            p0 = worse(ref, generator, low)
            p1 = p0 if i % 10 == 9 else worse(ref, generator, high)
            for side, pixels in (("ref", ref), ("p0", p0), ("p1", p1)):
                save(pixels, place / side / f"{i:06}.png")
            chose_p1 = generator.binomial(judges, 1 / (1 + np.exp((high - low) / 8))) / judges
            # Some triplets on which people tie, whatever the number of judges.
            value = 0.5 if i % 11 == 5 else chose_p1
            write_judgement(place / "judge" / f"{i:06}.npy", np.float32(value))
    for split, count in pairs.items():
        place = root / "jnd" / part / split
        for i in range(count):
            p0 = picture(generator, sides[i % len(sides)])
            amount = 0.0 if i % 7 == 3 else generator.uniform(1, 40)
            p1 = p0 if amount == 0 else worse(p0, generator, amount)
            save(p0, place / "p0" / f"{i:06}.png")
            save(p1, place / "p1" / f"{i:06}.png")
            same = generator.binomial(3, np.exp(-amount / 15)) / 3
            write_judgement(place / "same" / f"{i:06}.npy", np.float64(same))
    return root
