"""`python -m tests.bapps.example` writes the example of the tab People.

Pictures and judgements are made up: nobody was asked. The rule behind the judgements is that noise
and colour disturb people, blur less, and that they hardly see a shift by a few pixels.
"""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from explorer.cli import main
from tests.bapps.synthetic import JND, TWO_AFC, picture, save, worse, write_judgement

TARGET = Path(__file__).resolve().parents[2] / "assets" / "people" / "example.json"
NOTE = (
    "An example, not BAPPS: its pictures are made by a program, and its judgements are made up by "
    "a rule. Nobody was asked."
)


def changed(pixels: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, float]:
    """A changed picture, and how much a person of our rule is disturbed."""
    amount = float(generator.uniform(0.1, 1))
    kind = generator.integers(4)
    if kind == 0:
        return worse(pixels, generator, 25 * amount), 3 * amount
    if kind == 1:
        blurred = Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(4 * amount))
        return np.asarray(blurred), 2 * amount
    if kind == 2:
        return np.roll(pixels, round(8 * amount), 1), 0.4 * amount
    return np.clip(pixels + np.array([60, 0, -60]) * amount, 0, 255).astype(np.uint8), 2.5 * amount


def write(root: Path, count: int = 40) -> None:
    """Everything in the published layout."""
    generator = np.random.default_rng(7)
    for task, splits in (("2afc", TWO_AFC), ("jnd", JND)):
        for split in splits:
            for i in range(count):
                place, name = root / task / "val" / split, f"{i:06}"
                ref = picture(generator)
                p0, first = changed(ref, generator)
                p1, second = changed(ref, generator)
                if task == "2afc":
                    share = generator.binomial(5, 1 / (1 + np.exp(2 * (second - first)))) / 5
                    sides = {"ref": ref, "p0": p0, "p1": p1}
                else:
                    share = generator.binomial(3, np.exp(-1.2 * second)) / 3
                    sides = {"p0": ref, "p1": p1}
                for side, pixels in sides.items():
                    save(pixels, place / side / f"{name}.png")
                write_judgement(
                    place / ("judge" if task == "2afc" else "same") / f"{name}.npy", share
                )


def made() -> str:
    """The file's content."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            flags = ["--baselines", "--json", "--thumbnails", "4", "--device", "cpu"]
            assert main(["bapps", folder, *flags]) == 0
    results = json.loads(out.getvalue()) | {"note": NOTE}
    results["most"] = [row[:4] for row in results["most"]]
    kept = {name for row in results["most"] for name in row}
    for part in ("triplets", "thumbnails"):
        results[part] = {k: v for k, v in results[part].items() if k in kept}
    return json.dumps(_short(results), ensure_ascii=False, separators=(",", ":")) + "\n"


def _short(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, list):
        return [_short(part) for part in value]
    if isinstance(value, dict):
        return {key: _short(part) for key, part in value.items()}
    return value


if __name__ == "__main__":
    TARGET.write_text(made(), encoding="utf-8")
