"""The Explore tab: controls on the left, answers on the right, one event between them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from explorer import fetching, weights
from explorer.engine import Engine
from explorer.form import FORM
from explorer.images import PictureError, Upload, take_upload
from explorer.networks import NETWORKS
from explorer.perturbations import PERTURBATIONS
from explorer.presets import OPENING, PRESETS
from explorer.synthesis import FAMILIES
from explorer.ui.asked import number_in, values_in
from explorer.ui.controls import action, entry, group, section
from explorer.ui.panels import PANELS, build, packed, status
from explorer.ui.step import step

SESSION_SECONDS = 3600
# The column of controls is long for those who go through the page with the keyboard.
SKIP = '<a class="skip" href="#panel-pictures">Skip the controls, to the answers</a>'
# Filled when the page is opened by a link to somebody's picture.
LINK_NOTE = '<p class="note" id="link-picture" role="status" hidden></p>'
FETCH_NOTE = (
    '<p class="note">They are not on this machine yet, or damaged. They are fetched once, checked '
    "by hash and kept.</p>"
)


@dataclass(frozen=True)
class Shown:
    """What other tabs start from: the values of all controls, and the uploaded picture."""

    form: gr.HTML
    upload: gr.State


def build_tab(engine: Engine) -> Shown:
    """Build the tab inside the current Blocks and wire it."""
    step(engine, OPENING.values, None)  # compiles and reads weights: the next takes as long as any
    first = step(engine, OPENING.values, None).panels
    with gr.Row(elem_id="explore"):
        with gr.Column(elem_id="controls", min_width=280):
            form = gr.HTML(
                json.dumps(dict(OPENING.values)),
                html_template="",
                js_on_load=f"Explorer.form.attach(props, trigger, {len(FORM)});",
                elem_id="form",
            )
            gr.HTML(
                SKIP,
                js_on_load="Explorer.focus.lead(element.querySelector('a'));",
                elem_classes=["controls"],
                apply_default_css=False,
            )
            _part(_picture())
            with gr.Column(elem_classes=["for-upload"]):
                gr.HTML(LINK_NOTE, js_on_load="Explorer.arrived('link');")
                uploader = gr.Image(
                    type="filepath",
                    image_mode=None,
                    sources=["upload", "clipboard", "webcam"],
                    label="Your picture",
                    height=240,
                    elem_id="uploader",
                    buttons=[],
                )
                # Gradio would open the file itself and answer a bad one with a bare exception.
                uploader.preprocess = lambda payload: payload.path if payload else None  # type: ignore[method-assign]
                upload_note = gr.HTML("", elem_id="upload-note")
            _part(_challenge_and_metric())
            with gr.Column(elem_classes=["for-missing"]):
                gr.HTML(FETCH_NOTE)
                fetch = gr.Button("Fetch the weights of this network", elem_id="fetch", size="sm")
                # The bar of the download is drawn over this.
                fetch_note = gr.HTML("", elem_id="fetch-note", min_height=80)
        with gr.Column(elem_id="answers", min_width=280):
            answers = {"status": status.build(first["status"] or {})}
            answers |= {panel.name: build(panel, first[panel.name]) for panel in PANELS}
    upload = gr.State(None, time_to_live=SESSION_SECONDS)
    _wire(engine, form, uploader, upload_note, fetch, fetch_note, answers, upload)
    return Shown(form, upload)


def _part(html: str) -> None:
    gr.HTML(
        html,
        js_on_load="Explorer.form.adopt(element);",
        elem_classes=["controls"],
        apply_default_css=False,
    )


def _picture() -> str:
    presets = "".join(action(preset.title, preset.values, keep=False) for preset in PRESETS)
    families = "".join(entry(f, "for-synthesis", f"family-{f.name}") for f in FAMILIES)
    return section("Presets", f'<div class="actions">{presets}</div>') + section(
        "1 · Picture",
        group(["picture.kind"]),
        group(["picture.family"], "for-synthesis"),
        families,
        group(["picture.sample"], "for-sample"),
        group(["layout.cutout"], "for-photograph"),
    )


def _challenge_and_metric() -> str:
    layout = [n for n in FORM if n.startswith("layout.") and n != "layout.cutout"]
    neutral = {f"{p.name}.{k}": v for p in PERTURBATIONS for k, v in p.facts["neutral"].items()}

    def perturbations(paper: bool) -> str:
        return "".join(entry(p, heading=True) for p in PERTURBATIONS if p.facts["paper"] is paper)

    return (
        section("Canvas, background and decoy", group([*layout, "decoy.family"]), opened=False)
        + section(
            "2 · Challenge",
            perturbations(paper=True),
            f'<div class="actions">{action("Reset all challenges", neutral, True, "reset")}</div>',
        )
        + section("For contrast", perturbations(paper=False), opened=False)
        + section(
            "3 · Metric",
            group(
                [
                    "ask.network",
                    "ask.taps",
                    "ask.norm",
                    "ask.heatmap",
                    "ask.baselines",
                    "ask.weights",
                ]
            ),
            group(["ask.seed"], "for-random"),
            group(["ask.own"], "for-own"),
        )
    )


def _wire(
    engine: Engine,
    form: gr.HTML,
    uploader: gr.Image,
    upload_note: gr.HTML,
    fetch: gr.Button,
    fetch_note: gr.HTML,
    answers: dict[str, gr.HTML],
    upload: gr.State,
) -> None:
    outputs = list(answers.values())

    def answer(
        values: Mapping[str, object],
        picture: Upload | None,
        changed: dict[str, Any] | None = None,
        later: int = 0,
    ) -> dict[Any, Any]:
        found = step(engine, values, picture, changed).panels
        number = {"number": number_in(values) + later}
        return {answers[n]: packed(data | number) for n, data in found.items() if data is not None}

    def live(form: object, picture: Upload | None) -> dict[Any, Any]:
        return answer(values_in(form), picture)

    # One dependency over all controls, and numbered answers: the last position always wins.
    gr.on(
        [form.input],
        live,
        inputs=[form, upload],
        outputs=outputs,
        trigger_mode="always_last",
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )

    def take(form: object, picture: Upload | None, path: str | None) -> dict[Any, Any]:
        if path is None:
            return {upload: None, upload_note: "", **answer(values_in(form), None, later=1)}
        try:
            picture = take_upload(path)
        except PictureError as error:
            return {upload_note: _sentence(str(error), bad=True)}
        height, width = picture.pixels.shape[:2]
        done = f"Using {picture.name}, {width} × {height}, sha256 {picture.sha256[:12]}…"
        changed = {"picture.kind": "upload"}
        # The page counts by twos: an upload comes after the values that it came with.
        found = answer({**values_in(form), **changed}, picture, changed, later=1)
        return {upload: picture, upload_note: _sentence(done), **found}

    gr.on(
        [uploader.input, uploader.clear],
        take,
        inputs=[form, upload, uploader],
        outputs=[upload, upload_note, *outputs],
        trigger_mode="always_last",
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )

    def get_weights(
        form: object,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> str:
        name = str(values_in(form).get("ask.network"))
        try:
            if name in NETWORKS:
                fetching.fetch(NETWORKS[name], lambda share, text: progress(share, desc=text))
        except weights.WeightsError as error:
            return _sentence(str(error), bad=True)
        return ""

    fetch.click(
        get_weights,
        inputs=[form],
        outputs=[fetch_note],
        concurrency_limit=1,
        api_visibility="private",
    ).then(
        # With the values as they are by then: a download takes a while.
        live,
        inputs=[form, upload],
        outputs=outputs,
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )


def _sentence(text: str, bad: bool = False) -> str:
    return f'<p class="note {"bad" if bad else ""}" role="status">{escape(text)}</p>'
