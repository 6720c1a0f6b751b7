"""The tab Learn: a tour whose figures are the tool, on scenes of its own.

The lessons ask the engine as Explore does, through a carrier of their own: what stands on Explore's
controls stays there until a person opens a lesson's pictures in another tab.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from itertools import groupby
from typing import Any

import gradio as gr
import numpy as np

from explorer import weights
from explorer.engine import Engine
from explorer.figures import learn as figures
from explorer.form import scene_of
from explorer.perturbations import PERTURBATIONS
from explorer.ui.asked import number_in, values_in
from explorer.ui.controls import group
from explorer.ui.lessons import BY_NAME, LESSONS
from explorer.ui.lessons_kind import Lesson
from explorer.ui.panels import carrier, packed

INTRO = (
    "How deep features compare pictures, where that goes wrong, and what helps: ten steps after "
    "the paper <i>Identifying and Mitigating Flaws of Deep Perceptual Similarity Metrics</i> "
    '(<a href="https://arxiv.org/abs/2207.02512" rel="noreferrer">arXiv 2207.02512</a>). Make a '
    "prediction first; then the tool answers, live, and you can play with its sliders."
)
SAME = "Both pictures are the same now: every distance is 0."


def build_tab(engine: Engine) -> None:
    """Build the tab inside the current Blocks and wire it."""
    asked = carrier("learn-asked")
    panel = gr.HTML(
        value="",
        html_template=_panel(),
        js_on_load="Explorer.mount('learn', element, props, watch);",
        elem_id="panel-learn",
        elem_classes=["answers"],
        apply_default_css=False,
    )

    def live(request: object) -> str:
        return packed(answer(engine, values_in(request)))

    gr.on(
        [asked.input],
        live,
        inputs=[asked],
        outputs=[panel],
        trigger_mode="always_last",
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )


def answer(engine: Engine, request: Mapping[str, object]) -> dict[str, Any]:
    """Answer one request.

    Args:
        engine: to ask.
        request: `lesson`, its name; `moved`, those of its sliders that were moved, by `FORM` name;
            `number`, which comes back. Anything else is left out.

    Returns:
        The figures, `choice`, the right one (none where both pictures are the same), and
        `because`, its explanation. `untouched` says that no slider was moved. `failed` if there
        are no figures.
    """
    number = number_in(request)
    name = str(request.get("lesson"))
    lesson = BY_NAME.get(name, LESSONS[0])
    notes = [] if name in BY_NAME else [f"There is no lesson {name[:40]!r}: showing the first."]
    given = request.get("moved")
    moved = {k: v for k, v in given.items() if k in lesson.play} if isinstance(given, dict) else {}
    filled = scene_of({**lesson.values, **moved})
    key = f"{number} {filled.scene.digest()}"
    made_by: dict[str, Any] = {
        "number": number,
        "key": key,
        "lesson": lesson.name,
        "untouched": not moved,
        "notes": [*notes, *filled.notes],
    }
    try:
        exploration = engine.explore(filled.scene)
    except (weights.WeightsError, ValueError) as error:
        return {**made_by, "failed": True, "notes": [*made_by["notes"], str(error)]}
    data = {**made_by, **figures.figure(exploration, lesson.figure, lesson.rows)}
    if np.array_equal(exploration.original, exploration.perturbed):
        return {**data, "choice": None, "because": SAME}
    found = lesson.answer(exploration)
    return {**data, "choice": found.choice, "because": lesson.explained(found)}


def _panel() -> str:
    steps = "".join(
        f'<li><button type="button" data-open="{lesson.name}"><span class="n">{i}</span>'
        f'<span class="t">{escape(lesson.title)}</span>'
        '<span class="mark" aria-hidden="true"></span><span class="sr-only state"></span></button>'
        "</li>"
        for i, lesson in enumerate(LESSONS, 1)
    )
    return (
        '<section class="panel panel-learn" aria-labelledby="learn-title">'
        '<header><h2 id="learn-title">Learn</h2><div class="tools"><span class="count"></span>'
        '<button type="button" class="action forget">Start over</button></div></header>'
        f'<p class="help">{INTRO}</p><ul class="notes" role="status"></ul>'
        f'<div class="tour"><nav aria-label="Steps"><ol>{steps}</ol></nav>'
        f'<div class="lesson"><div class="text">{"".join(map(_text, LESSONS))}</div>'
        f'<div class="pair">{_picture("original")}{_picture("perturbed")}</div>'
        f'<div class="ask">{"".join(map(_question, LESSONS))}'
        '<div class="result" role="status"></div>'
        f"{''.join(map(_point, LESSONS))}</div>"
        '<div class="bench"><h4 class="caption"></h4><div class="figure"></div>'
        f'{"".join(map(_play, LESSONS))}<p class="now"></p><div class="actions"></div></div>'
        '<div class="turns"><button type="button" class="action back">← <span></span></button>'
        '<button type="button" class="action on"><span></span> →</button></div>'
        "</div></div></section>"
    )


def _text(lesson: Lesson) -> str:
    doors = [{"title": d.title, "tab": d.tab, "at": d.at} for d in lesson.doors]
    data = {"values": dict(lesson.values), "doors": doors, "kind": lesson.figure}
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in lesson.text)
    return (
        f'<article data-lesson="{lesson.name}" data-about="{escape(json.dumps(data))}" hidden>'
        f'<h3 tabindex="-1">{escape(lesson.title)}</h3>{paragraphs}'
        f"{''.join(formula.html for formula in lesson.formulas)}</article>"
    )


def _picture(name: str) -> str:
    return (
        f'<figure class="{name}"><div class="frame"><img alt="{name.capitalize()} picture"></div>'
        f"<figcaption>{name.capitalize()}</figcaption></figure>"
    )


def _question(lesson: Lesson) -> str:
    choices = "".join(
        f'<label><input type="radio" name="learn-{lesson.name}" value="{choice.name}">'
        f"<span>{escape(choice.text)}</span></label>"
        for choice in lesson.choices
    )
    return (
        f'<form data-lesson="{lesson.name}" hidden><fieldset><legend>{escape(lesson.question)}'
        f'</legend>{choices}</fieldset><div class="actions"><button type="submit" '
        'class="action check">Check my prediction</button><button type="button" '
        'class="action show">Just show me</button><button type="button" class="action again" '
        "hidden>Predict again</button></div></form>"
    )


def _point(lesson: Lesson) -> str:
    return f'<p class="point" data-lesson="{lesson.name}" hidden>{escape(lesson.point)}</p>'


def _play(lesson: Lesson) -> str:
    # A template's content is no part of the page: its ids are those of Explore's controls, and the
    # script gives them others when it takes a copy.
    owners = groupby(lesson.play, key=lambda name: name.partition(".")[0])
    sliders = "".join(group(names, heading=_heading(owner)) for owner, names in owners)
    return (
        f'<div class="play" data-lesson="{lesson.name}" hidden><p class="dare">'
        f"{escape(lesson.dare)}</p><fieldset disabled><legend>Play</legend></fieldset>"
        f"<template>{sliders}</template></div>"
    )


def _heading(owner: str) -> str:
    several = owner in PERTURBATIONS and len(PERTURBATIONS[owner].knobs) > 1
    return PERTURBATIONS[owner].title if several else ""
