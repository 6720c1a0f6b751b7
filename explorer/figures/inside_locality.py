"""The locality continuum as the page draws it: curves, passing ranges, tables, and an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch.nn.functional as F

from explorer.figures.pictures import described
from explorer.figures.theme import colour_of, number
from explorer.images import data_uri
from explorer.inside.locality import MODES
from explorer.inside.windowed import Challenge, Continuum
from explorer.results import Verdict

DOMAIN = (0.01, 30.0)
"""Shown range of distance ÷ limit, the same as the sweeps'."""

THUMBNAIL = 64


def figure(found: Continuum, norm: str) -> dict[str, Any]:
    """Plain data for what is known so far, under one norm."""
    return {
        "size": found.size,
        "domain": DOMAIN,
        "norm": norm,
        "layers": list(found.layers),
        "windows": [_window(found, window) for window in found.windows],
        "modes": [{"name": mode, "colour": colour_of(mode)} for mode in MODES],
        "challenges": [_challenge(found, challenge, norm) for challenge in found.challenges],
        "answer": answer(found, norm),
        "left": found.left,
        "progress": progress(found),
    }


def answer(found: Continuum, norm: str) -> list[str]:
    """Is there a window that forgives the change and minds the shuffle? A sentence a mode."""
    pair = found.challenges[0]
    shuffle = next(c for c in found.challenges if c.minded)
    if not pair.steps:
        return ["Nothing is changed yet, so every window passes: move a slider in Explore."]
    sentences = []
    for mode in MODES:
        passed, shuffled = (found.passed(c, mode, norm) for c in (pair, shuffle))
        if len(passed) < len(found.windows) or len(shuffled) < len(found.windows):
            continue
        both = [passed[w] and not shuffled[w] for w in found.windows]
        forgives = ranges(found.windows, [passed[w] for w in found.windows])
        if any(both):
            where = ranges(found.windows, both)
            text = f"{where} forgives your change and still minds the shuffle"
        elif not any(passed.values()):
            text = "no window forgives your change"
        else:
            minds = ranges(found.windows, [not shuffled[w] for w in found.windows])
            text = (
                f"no window does both: {forgives} forgives your change, {minds} minds the shuffle"
            )
        sentences.append(f"{mode.capitalize()}: {text}.")
    return sentences


def ranges(windows: Sequence[int], holds: Sequence[bool]) -> str:
    """Where something holds, in words.

    >>> ranges((6, 8, 16, 32), (True, True, False, True))
    'a window up to 8 px and of 32 px'
    >>> ranges((6, 8, 16, 32), (False, True, True, False)), ranges((6, 8), (True, True))
    ('a window of 8 to 16 px', 'every window')
    >>> ranges((6, 8), (False, False)), ranges((6, 8, 16), (False, True, True))
    ('no window', 'a window from 8 px')
    """
    if all(holds):
        return "every window"
    stretches: list[tuple[int, int]] = []
    for i, held in enumerate(holds):
        if held and i and holds[i - 1]:
            stretches[-1] = (stretches[-1][0], i)
        elif held:
            stretches.append((i, i))
    words = []
    for first, last in stretches:
        if last == len(windows) - 1:
            one = first == last
            words.append(f"of {windows[last]} px" if one else f"from {windows[first]} px")
        elif first == 0:
            words.append(f"up to {windows[last]} px")
        elif first == last:
            words.append(f"of {windows[first]} px")
        else:
            words.append(f"of {windows[first]} to {windows[last]} px")
    return "a window " + " and ".join(words) if words else "no window"


def progress(found: Continuum) -> str:
    """How far the work is, in words; empty when all is known."""
    if not found.left:
        return ""
    done = found.count - found.left
    return f"Working out {found.doing}: {100 * done // found.count} % of all distances are there."


def _window(found: Continuum, window: int) -> dict[str, Any]:
    cut = []
    for layer, sides in enumerate(found.sides):
        rows, columns = found.blocks(layer, window)
        down, across = -(-sides[0] // rows), -(-sides[1] // columns)
        # Blocks at the right and lower edge are smaller where the side is no multiple.
        most = "≤ " if sides[0] % rows or sides[1] % columns else ""
        cut.append({"block": f"{most}{rows} × {columns}", "count": f"{down} × {across}"})
    return {"px": window, "cut": cut}


def _challenge(found: Continuum, challenge: Challenge, norm: str) -> dict[str, Any]:
    steps = "; ".join(described(step) for step in challenge.steps)
    if challenge.minded:
        steps = f"{found.tiles} × {found.tiles} tiles of the picture change places"
    side = max(1, challenge.image.shape[-1] // THUMBNAIL)
    small = F.avg_pool2d(challenge.image[None], side)[0]
    passed = {mode: found.passed(challenge, mode, norm) for mode in MODES}
    return {
        "name": challenge.name,
        "title": challenge.title,
        "steps": steps or "the original itself",
        "minded": challenge.minded,
        "picture": data_uri(small.cpu().numpy(), 85),
        "modes": {mode: _curve(found, challenge, mode, norm) for mode in MODES},
        "words": " ".join(_in_words(found, mode, passed[mode]) for mode in MODES),
    }


def _in_words(found: Continuum, mode: str, passed: Mapping[int, bool]) -> str:
    if len(passed) < len(found.windows):
        return f"{mode}: not known in full yet."
    where = ranges(found.windows, [passed[w] for w in found.windows])
    where = where.removeprefix("a window ").replace("every window", "at every window")
    where = where.replace("no window", "nowhere")
    return f"{mode} passes {where}."


def _curve(found: Continuum, challenge: Challenge, mode: str, norm: str) -> list[Any]:
    """A point a window, None where it is not known yet."""
    points: list[dict[str, Any] | None] = []
    for window in found.windows:
        verdict = found.verdict(challenge, window, mode, norm)
        if verdict is None:
            points.append(None)
            continue
        layers = challenge.points[window][mode, norm].layers
        points.append(_point(verdict, challenge.rule, layers))
    return points


def _point(verdict: Verdict, rule: str, layers: Sequence[float]) -> dict[str, Any]:
    limit = verdict.limit(rule)
    return {
        "ratio": float(f"{verdict.distance / limit:.4g}") if limit > 0 else None,
        "passed": verdict.passes(rule),
        "distance": number(verdict.distance),
        "limit": number(limit),
        "nearest": "decoy"
        if rule in ("decoy", "both") and limit == verdict.decoy
        else verdict.nearest,
        "layers": [number(layer) for layer in layers],
    }
