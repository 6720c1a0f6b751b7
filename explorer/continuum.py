"""The locality continuum of a scene, worked out piece by piece.

Each call computes what a moment allows and returns all that is known so far, so that the page can
show curves while they grow: first the pair and what it is held against, coarse to fine; then the
other challenges, each of which needs one forward. Numbers are kept by the engine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import torch

from explorer.engine import Engine
from explorer.features import Features
from explorer.images import Upload
from explorer.inside import Pair
from explorer.inside.locality import (
    MODES,
    Blocks,
    Found,
    Original,
    coarse_to_fine,
    shuffled,
    windows,
)
from explorer.inside.windowed import Challenge, Continuum, Points, blocks
from explorer.perturbations import PERTURBATIONS, active
from explorer.pictures import REFERENCES
from explorer.presets import PRESETS
from explorer.results import NORMS, Score, rule_of
from explorer.scene import Layout, Scene, Step
from explorer.spec import Value

SEED = 0
"""Of the shuffle: one arrangement for everybody."""

KEPT_BYTES = 1 << 15
"""What the distances of one picture occupy at most."""

FORGIVEN = ("translate", "rotate", "invert", "stain")
"""The paper's challenges: a metric should pass them."""


@dataclass
class _Compared:
    """A picture that is compared with the original, and the distances found so far."""

    features: Callable[[], Features]
    known: dict[tuple[int, Blocks], Found]
    index: int = 0


def continuum(
    engine: Engine, scene: Scene, upload: Upload | None, pair: Pair, tiles: int, seconds: float
) -> Continuum:
    """What is known of a scene's continuum after at least one more piece of work.

    Args:
        engine: its lock is held by the caller.
        scene: what Explore shows.
        upload: the decoded picture, if the scene's source is one.
        pair: of that scene. If it is swapped, the perturbed picture is the original, and the
            paper's challenges, which change the scene's subject, are left out.
        tiles: a side, of the shuffle.
        seconds: no new piece is begun after that time.

    Raises:
        WeightsError: if the network's weights cannot be had.
        ValueError: if the canvas cannot be cut into that many tiles.
    """
    deadline = time.perf_counter() + seconds
    size = scene.layout.size
    shapes = tuple(pair.shape(layer)[1:] for layer in range(len(pair.layers)))
    all_windows = windows([side for shape in shapes for side in shape], size)
    changed = active(scene.challenge)
    own = (scene.source, scene.layout, changed if pair.swapped else ())
    ask = scene.question
    made_by = ("locality", ask.network, ask.weights, own)

    def compared(key: Hashable, features: Callable[[], Features], index: int = 0) -> _Compared:
        known: dict[tuple[int, Blocks], Found]
        known = engine.keep((*made_by, key), dict, lambda _: KEPT_BYTES)
        return _Compared(features, known, index)

    blanks = cache(lambda: engine.blanks(scene))
    other = (scene.source, scene.layout, () if pair.swapped else changed)
    mine = compared(other, lambda: pair.features_b)
    references = {
        name: compared(("reference", name, size), lambda: blanks()[0], i)
        for i, name in enumerate(REFERENCES)
    }
    decoy = compared((scene.decoy, scene.layout), lambda: blanks()[1])
    title = "Your change" if changed else "Unchanged"
    rows = [(Challenge("pair", title, changed, rule_of(scene), False, pair.b, {}), mine)]
    for challenge in _others(engine, scene, upload, pair, tiles):
        key = challenge.steps or ("shuffle", tiles, SEED)
        seen = cache(lambda image=challenge.image: engine.features(image, scene))
        rows.append((challenge, compared(key, seen)))

    groups = [("the references", [mine, *references.values(), decoy])]
    groups += [(challenge.title.lower(), [found]) for challenge, found in rows[1:]]
    order = [all_windows[i] for i in coarse_to_fine(len(all_windows))]
    pieces = list(
        dict.fromkeys(
            (layer, blocks(shape, size, window))
            for window in order
            for layer, shape in enumerate(shapes)
        )
    )
    _work(pair.features_a, pieces, [group for _, group in groups], deadline)

    def points(found: _Compared) -> Points:
        known = {}
        for window in all_windows:
            keys = [(layer, blocks(shape, size, window)) for layer, shape in enumerate(shapes)]
            if all(key in found.known for key in keys):
                known[window] = {
                    (mode, norm): Score(tuple(found.known[key][mode, norm] for key in keys))
                    for mode in MODES
                    for norm in NORMS
                }
        return known

    missing = {name: _missing(group, pieces) for name, group in groups}
    return Continuum(
        size,
        pair.layers,
        shapes,
        all_windows,
        tiles,
        tuple(replace(challenge, points=points(found)) for challenge, found in rows),
        {name: points(found) for name, found in references.items()},
        points(decoy),
        sum(missing.values()),
        len(pieces) * sum(len(group) for _, group in groups),
        next((name for name, count in missing.items() if count), ""),
    )


def steps_for(layout: Layout) -> dict[str, Step]:
    """The paper's four challenges for a picture, by name.

    Their values are those of the presets. The move is made to fit: away from the nearer edge, as
    far as the subject stays on the canvas, between a sixteenth and a quarter of its width.

    >>> dict(steps_for(Layout(size=224, scale=0.45, x=-56, y=56))["translate"].values)
    {'x': 56, 'y': -56}
    """
    found = {}
    for name in FORGIVEN:
        values: dict[str, object] = {}
        if name == "translate":
            values = {"x": _move(layout, layout.x), "y": _move(layout, layout.y)}
        else:
            values = _preset_values(name)
        found[name] = Step.of(name, PERTURBATIONS[name].clean(values)[0])
    return found


def _preset_values(name: str) -> dict[str, object]:
    for preset in PRESETS:
        values: dict[str, Value] = {
            knob.removeprefix(f"{name}."): value
            for knob, value in preset.values.items()
            if knob.startswith(f"{name}.")
        }
        if values:
            return {**values}
    raise KeyError(f"No preset shows {name}.")


def _move(layout: Layout, place: int) -> int:
    room = layout.size * (1 - layout.scale) / 2 + abs(place)
    far = round(min(max(room, layout.size / 16), layout.size / 4))
    return far if place <= 0 else -far


def _others(
    engine: Engine, scene: Scene, upload: Upload | None, pair: Pair, tiles: int
) -> list[Challenge]:
    """The shuffle of the original, and the paper's challenges; their distances not yet known."""
    image = shuffled(pair.a, tiles, SEED)
    found = [Challenge("shuffle", "Shuffle", (), "references", True, image, {})]
    if pair.swapped:
        return found
    for name, step in steps_for(scene.layout).items():
        changed = replace(scene, challenge=(step,))
        picture = engine.rendered(changed, upload)
        title = PERTURBATIONS[name].title
        found.append(Challenge(name, title, (step,), rule_of(changed), False, picture, {}))
    return found


def _work(
    original: Features,
    pieces: Sequence[tuple[int, Blocks]],
    groups: Sequence[Sequence[_Compared]],
    deadline: float,
) -> None:
    """Fill in what is missing, piece by piece, until the deadline; one piece at least."""
    begun = False
    with torch.inference_mode():
        for group in groups:
            for layer, shape in pieces:
                missing = [found for found in group if (layer, shape) not in found.known]
                cut: Original | None = None
                for found in missing:
                    if begun and time.perf_counter() > deadline:
                        return
                    begun = True
                    cut = cut or Original(original, layer, shape)
                    found.known[layer, shape] = cut.distances(found.features(), found.index)


def _missing(group: Sequence[_Compared], pieces: Sequence[tuple[int, Blocks]]) -> int:
    return sum(piece not in found.known for found in group for piece in pieces)
