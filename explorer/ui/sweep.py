"""The Sweep tab: one knob as curves, two knobs as an atlas of where each metric fails."""

from __future__ import annotations

import time
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Any

import gradio as gr
import numpy as np

from explorer import sweeps, weights
from explorer.engine import Engine
from explorer.figures import sweep as figures
from explorer.form import DEFAULTS, FORM, scene_of
from explorer.images import Upload
from explorer.perturbations import PERTURBATIONS
from explorer.results import Axis, Sweep
from explorer.spec import Choice, Value
from explorer.synthesis import FAMILIES
from explorer.ui import gpu
from explorer.ui.asked import number_in, values_in
from explorer.ui.explore import Shown
from explorer.ui.panels import carrier, packed
from explorer.ui.stops import long_job

EVERY_SECONDS = 0.25
STRIP = 9
KNOBS = {
    "mode": Choice("curve", ("curve", "atlas"), ("One knob", "Two knobs"), "Sweep"),
    "x": Choice("translate.x", sweeps.SWEEPABLE, title="Along x"),
    "y": Choice("rotate.angle", sweeps.SWEEPABLE, title="Along y"),
    "points": Choice("65", ("17", "33", "65", "129"), title="Points"),
    "cells": Choice("25", ("13", "25", "49"), ("13 × 13", "25 × 25", "49 × 49"), "Points"),
    "baselines": Choice("off", ("off", "on"), ("Off", "On"), title="Baselines"),
    "span": Choice("whole", sweeps.SPANS, ("Whole range", "Around its slider"), title="Range"),
}
HELP = (
    "Moves one or two sliders of the picture that Explore shows through their range and asks every "
    "metric at each point: still the same picture, or rather a blank canvas? Values are multiples "
    "of the distance at which the metric fails: above 1 it fails."
)


def build_tab(engine: Engine, shown: Shown) -> None:
    """Build the tab inside the current Blocks and wire it."""
    asked = carrier("sweep-asked")
    stopped = carrier("sweep-stopped")
    panel = gr.HTML(
        value="",
        html_template=_template(),
        js_on_load="Explorer.mount('sweep', element, props, watch);",
        elem_id="panel-sweep",
        elem_classes=["answers"],
        apply_default_css=False,
    )

    def work(request: object, form: object, upload: Upload | None) -> Iterator[Any]:
        asking = values_in(request)
        number = {"number": number_in(asking)}
        for data in answers(engine, asking, values_in(form), upload):
            yield gr.skip() if data is None else packed(data | number)

    inputs = [shown.form, shown.upload]
    long_job(asked, stopped, lambda request: number_in(values_in(request)), work, inputs, [panel])


def answers(
    engine: Engine, request: dict[str, Any], form: dict[str, Any], upload: Upload | None
) -> Iterator[dict[str, Any] | None]:
    """What the panel shows while a sweep runs; None between, where the page may stop it.

    Args:
        engine: renders and judges.
        request: `KNOBS` by name; what is missing or odd becomes the default, with a note.
        form: the values of the controls of Explore, those that are not defaults.
        upload: the decoded picture, if the session holds one.
    """
    cleaned = {n: knob.clean(request.get(n, knob.default), knob.title) for n, knob in KNOBS.items()}
    notes = [c.note for c in cleaned.values() if c.note]
    asked = {name: str(c.value) for name, c in cleaned.items()}
    names = [asked["x"], asked["y"]] if asked["mode"] == "atlas" else [asked["x"]]
    points = int(asked["cells"] if asked["mode"] == "atlas" else asked["points"])
    values: dict[str, Value] = {k: v for k, v in form.items() if k in FORM and v != DEFAULTS[k]}
    values.pop("ask.baselines", None)
    if asked["baselines"] == "on":
        values["ask.baselines"] = True
    filled = scene_of(values, upload.sha256 if upload else None)
    notes += filled.notes
    try:
        around = {**DEFAULTS, **values}
        axes = tuple(sweeps.axis(n, points, asked["span"], around[n]) for n in names)
        receipt = gpu.receipt(engine.receipt(filled.scene))
        along = _along(engine, values, axes[0], upload) if len(axes) == 1 else []
        strip = figures.strip(along)
        known: list[Any] = []
        shown, stride = 0.0, 0
        for part in gpu.sweep(engine, values, axes, upload):
            known += part.points
            stride = part.stride
            # Before the coarsest level is whole there is nothing to see but the progress.
            if not part.whole or time.monotonic() - shown < EVERY_SECONDS:
                yield None
                continue
            sweep = Sweep(receipt, axes, tuple(known))
            data = figures.figure(sweep, values, stride, False, strip)
            yield {**data, "share": part.share, "notes": notes, "key": ""}
            shown = time.monotonic()
    except (weights.WeightsError, ValueError) as error:
        yield {
            "kind": "none",
            "notes": [*notes, str(error)],
            "done": True,
            "share": 0,
            "key": "none",
        }
        return
    data = figures.figure(Sweep(receipt, axes, tuple(known)), values, 0, True, strip)
    yield {**data, "share": 1, "notes": notes, "key": _key(asked, filled.scene.digest())}


def _along(
    engine: Engine, values: dict[str, Value], axis: Axis, upload: Upload | None
) -> list[tuple[float, np.ndarray]]:
    """Some of the pictures along the way, from one end to the other."""
    last = len(axis.values) - 1
    count = min(STRIP, last + 1)
    found = sorted({axis.values[round(i * last / (count - 1))] for i in range(count)})
    digest = upload.sha256 if upload else None
    scenes = [scene_of({**values, axis.name: x}, digest).scene for x in found]
    return [(x, engine.rendered(s, upload).numpy()) for x, s in zip(found, scenes, strict=True)]


def _key(asked: dict[str, str], digest: str) -> str:
    return " ".join([*asked.values(), digest])


def _template() -> str:
    selects = "".join(_select(name) for name in ("x", "y", "points", "cells", "span", "baselines"))
    modes = "".join(
        f'<button type="button" role="radio" data-mode="{mode}" '
        f'aria-checked="{str(mode == KNOBS["mode"].default).lower()}">{label}</button>'
        for mode, label in zip(KNOBS["mode"].options, KNOBS["mode"].labels, strict=True)
    )
    return (
        '<section class="panel panel-sweep" aria-labelledby="sweep-title" data-mode="curve">'
        '<header><h2 id="sweep-title">Where does each metric fail?</h2><div class="tools">'
        f'<div class="segmented" role="radiogroup" aria-label="How many knobs">{modes}</div>'
        f'</div></header><p class="help">{HELP}</p><div class="asking">{selects}'
        '<button type="button" class="action run">Run</button>'
        '<button type="button" class="action stop" disabled>Cancel</button>'
        '<button type="button" class="action csv" disabled>CSV</button>'
        '<progress max="1" value="0" aria-label="Progress"></progress></div>'
        '<div role="status"><ul class="notes"></ul></div><div class="result"></div>'
        '<p class="readout" aria-live="off">&nbsp;</p><p class="made-by"></p></section>'
    )


def _select(name: str) -> str:
    knob = KNOBS[name]
    if knob.options is sweeps.SWEEPABLE:
        body = "".join(
            f'<optgroup label="{escape(label)}" data-owner="{owner}">{_options(name, options)}'
            "</optgroup>"
            for (owner, label), options in _owned(knob.options)
        )
    else:
        body = _options(name, knob.options)
    return (
        f'<label class="ask ask-{name}"><span>{knob.title}</span>'
        f'<select data-ask="{name}">{body}</select></label>'
    )


def _owned(names: tuple[str, ...]) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """Knobs by what they belong to: challenges first, then the canvas, then each family."""

    def owner(name: str) -> tuple[int, str, str]:
        first = name.partition(".")[0]
        if first in PERTURBATIONS:
            return 0, "challenge", "Challenge"
        if first in FAMILIES:
            return 2, first, f"Picture: {FAMILIES[first].title}"
        return 1, "layout", "Canvas"

    ordered = sorted(names, key=lambda name: owner(name)[0])
    return [(key[1:], tuple(some)) for key, some in groupby(ordered, owner)]


def _options(name: str, options: tuple[str, ...]) -> str:
    knob = KNOBS[name]
    if options is knob.options:
        titles = knob.labels or options
    else:
        titles = tuple(_title(option) for option in options)
    chosen = {knob.default: " selected"}
    return "".join(
        f'<option value="{escape(o)}"{chosen.get(o, "")}>{escape(t)}</option>'
        for o, t in zip(options, titles, strict=True)
    )


def _title(name: str) -> str:
    axis = sweeps.axis(name, 2)
    return f"{axis.title} ({axis.unit})" if axis.unit else axis.title
