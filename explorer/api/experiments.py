"""The long computations: sweeps along knobs, and the paper's experiment on a suite."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

import torch

from explorer import suite as suites
from explorer import sweeps
from explorer.api.checks import layers_chosen, network_named
from explorer.api.engines import engine_for
from explorer.api.explore import asked
from explorer.engine import Engine
from explorer.form import DEFAULTS
from explorer.results import PIXELS, Sweep, SweepPoint
from explorer.suite import CaseResult, Suite

Progress = Callable[[float, str], None]
CURVE, ATLAS = 65, 25
"""Values an axis, of one knob and of two, as on the page."""


def _silent(share: float, text: str) -> None:
    """No report."""


def sweep(
    knobs: str | Sequence[str],
    values: Mapping[str, object] | None = None,
    *,
    points: int | None = None,
    span: str = "whole",
    upload: str | os.PathLike[str] | None = None,
    engine: Engine | None = None,
    progress: Progress = _silent,
) -> Sweep:
    """Move one knob, or two, and judge every metric at each point.

    Args:
        knobs: the name of a number such as `translate.x`, or two names for an atlas;
            `docs/reference.md` has all names, ranges and units.
        values: of the other controls, as in `explore`.
        points: values an axis, 2 to 10,000; by default 65 for one knob, 25 for two. Along one
            knob, points are then added until "fails from" is exact to one step of the knob.
        span: of the knob's range: `whole`, or `near` for the quarter around its value.
        upload: as in `explore`.
        engine: as in `explore`.
        progress: is called with the share that is done, 0 to 1, and a text.

    Returns:
        The points in order of their place; `sweep.failing(i)` says where the i-th of their verdicts
        fails.

    Raises:
        ValueError: if a name or value does not exist, a knob cannot be swept or does not move this
            picture, or the canvas is too small for the network.
        PictureError: if `upload` is no picture.
        WeightsError: if the network's weights are not on this machine.
    """
    given = dict(values or {})
    filled, picture = asked(given, upload)
    if filled.notes:
        raise ValueError(" ".join(filled.notes))
    names = [knobs] if isinstance(knobs, str) else list(knobs)
    count = points if points is not None else CURVE if len(names) == 1 else ATLAS
    axes = tuple(
        sweeps.axis(name, count, span, given.get(name, DEFAULTS.get(name))) for name in names
    )
    engine = engine or engine_for(None, torch.float32)
    found: list[SweepPoint] = []
    for part in sweeps.run(engine, given, axes, picture):
        found += part.points
        progress(part.share, f"{len(found)} points")
    ordered = tuple(sorted(found, key=lambda point: point.at))
    return Sweep(engine.receipt(filled.scene), axes, ordered)


def run_suite(
    suite: str | os.PathLike[str] | Suite = "builtin",
    networks: Sequence[str] = ("alexnet",),
    *,
    layers: Mapping[str, Sequence[str]] | None = None,
    baselines: bool = False,
    engine: Engine | None = None,
    progress: Progress = _silent,
) -> list[CaseResult]:
    """Ask every metric every case of a challenge suite: the paper's experiment.

    (`explorer.suite` is the package that does it; hence the name.)

    Args:
        suite: `builtin`, a folder or zip in the published layout, or a suite that was read by
            `explorer.suite.read_suite`, whose `problems` name what was left out.
        networks: one after the other.
        layers: of a network, the names of those that count, such as `{"alexnet": ["relu3"]}`; all
            of the networks that are not named. LPIPS needs all.
        baselines: whether MSE, PSNR, SSIM and MS-SSIM of the pixels are asked, too (and DISTS
            beside `vgg16`).
        engine: as in `explore`.
        progress: is called with the share that is done, 0 to 1, and a text.

    Returns:
        A result a network, metric, norm and case, with `passed`, distances and `margin`;
        `explorer.suite.counts` counts them.

    Raises:
        ValueError: if there is no such network or layer, or the pictures are too small.
        SuiteError: a ValueError; if the suite cannot be read.
        WeightsError: if a network's weights are not on this machine.

    Source: Sjögren et al. 2022, arXiv 2207.02512.
    """
    if isinstance(networks, str):
        raise ValueError(f"networks is a list of names; [{networks!r:.60}] would be one.")
    named = [network_named(name).name for name in networks] + [PIXELS] * baselines
    counted = {
        name: layers_chosen(network_named(name), names) for name, names in (layers or {}).items()
    }
    if isinstance(suite, Suite):
        chosen = suite
    elif suite == "builtin":
        chosen = suites.builtin()
    else:
        chosen = suites.read_suite(os.fspath(suite))
    engine = engine or engine_for(None, torch.float32)
    return suites.run(engine, chosen, named, progress, layers=counted)
