"""The Explore tab: controls on the left, answers on the right, one event between them."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import gradio as gr

from explorer import weights
from explorer.engine import Engine
from explorer.form import DEFAULTS, FORM
from explorer.images import PictureError, Upload, take_upload
from explorer.networks import NETWORKS
from explorer.perturbations import PERTURBATIONS
from explorer.presets import PRESETS
from explorer.spec import Entry
from explorer.synthesis import FAMILIES
from explorer.ui.controls import control
from explorer.ui.panels import PANELS, build, packed, status
from explorer.ui.step import step

Controls = dict[str, gr.components.Component]
SESSION_SECONDS = 3600


def build_tab(engine: Engine) -> None:
    """Build the tab inside the current Blocks and wire it."""
    first = step(engine, DEFAULTS, None).panels
    with gr.Row(elem_id="explore"):
        with gr.Column(elem_id="controls", min_width=280):
            controls, actions, uploader, upload_note = _controls()
        with gr.Column(elem_id="answers", min_width=280):
            answers = {"status": status.build(first["status"] or {})}
            answers |= {panel.name: build(panel, first[panel.name] or {}) for panel in PANELS}
    upload = gr.State(None, time_to_live=SESSION_SECONDS)
    _wire(engine, controls, actions, uploader, upload_note, answers, upload)


def _group(names: list[str], controls: Controls, *classes: str) -> None:
    with gr.Column(elem_classes=["knobs", *classes]):
        for name in names:
            controls[name] = control(name)


def _entry(entry: Entry, controls: Controls, *classes: str, heading: bool = False) -> None:
    with gr.Column(elem_classes=["knobs", *classes]):
        if heading and len(entry.knobs) > 1:
            gr.HTML(f"<h3>{entry.title}</h3>", elem_classes=["heading"])
        for knob in entry.knobs:
            controls[f"{entry.name}.{knob}"] = control(f"{entry.name}.{knob}")


def _controls() -> tuple[Controls, dict[str, gr.Button], gr.Image, gr.HTML]:
    controls: Controls = {}
    actions: dict[str, gr.Button] = {}
    with gr.Accordion("Presets", elem_classes=["step", "presets"]):
        with gr.Row(elem_classes=["buttons"]):
            for preset in PRESETS:
                actions[preset.name] = gr.Button(preset.title, size="sm", min_width=80)
    with gr.Accordion("1 · Picture", elem_classes=["step"]):
        _group(["picture.kind"], controls)
        _group(["picture.family"], controls, "for-synthesis")
        for family in FAMILIES:
            _entry(family, controls, "for-synthesis", f"family-{family.name}")
        _group(["picture.sample"], controls, "for-sample")
        with gr.Column(elem_classes=["for-upload"]):
            uploader = gr.Image(
                type="filepath",
                image_mode=None,
                sources=["upload", "clipboard", "webcam"],
                label="Your picture",
                height=180,
                elem_id="uploader",
                buttons=[],
            )
            # Gradio would open the file itself and answer a bad one with a bare exception.
            uploader.preprocess = lambda payload: payload.path if payload else None  # type: ignore[method-assign]
            upload_note = gr.HTML("", elem_id="upload-note")
        _group(["layout.cutout"], controls, "for-photograph")
        with gr.Accordion("Canvas and background", open=False):
            _group([n for n in FORM if n.startswith("layout.") and n != "layout.cutout"], controls)
            _group(["decoy.family"], controls)
    with gr.Accordion("2 · Challenge", elem_classes=["step"]):
        for entry in PERTURBATIONS:
            if entry.facts["paper"]:
                _entry(entry, controls, f"perturbation-{entry.name}", heading=True)
        actions["reset"] = gr.Button("Reset all challenges", size="sm", elem_id="reset")
    with gr.Accordion("For contrast", open=False, elem_classes=["step"]):
        for entry in PERTURBATIONS:
            if not entry.facts["paper"]:
                _entry(entry, controls, f"perturbation-{entry.name}", heading=True)
    with gr.Accordion("3 · Metric", elem_classes=["step"]):
        _group(["ask.network"], controls)
        with gr.Column(elem_classes=["for-missing"]):
            actions["fetch"] = gr.Button("Fetch the weights", size="sm", elem_id="fetch")
        _group(["ask.norm", "ask.heatmap", "ask.weights"], controls)
        _group(["ask.seed"], controls, "for-random")
    return controls, actions, uploader, upload_note


def _wire(
    engine: Engine,
    controls: Controls,
    actions: dict[str, gr.Button],
    uploader: gr.Image,
    upload_note: gr.HTML,
    answers: dict[str, gr.HTML],
    upload: gr.State,
) -> None:
    names = {component: name for name, component in controls.items()}
    everything: set[Any] = {*controls.values(), upload}
    outputs = list(answers.values())

    def read(data: Mapping[Any, Any]) -> dict[str, object]:
        return {names[c]: value for c, value in data.items() if c in names}

    def answer(values: Mapping[str, object], picture: Upload | None) -> dict[Any, Any]:
        found = step(engine, values, picture).panels
        return {answers[n]: packed(data) for n, data in found.items() if data is not None}

    def live(data: dict[Any, Any]) -> dict[Any, Any]:
        return answer(read(data), data[upload])

    # One dependency over all controls: nothing races, and the last position always wins.
    gr.on(
        [component.input for component in controls.values()],  # type: ignore[attr-defined]
        live,
        inputs=everything,
        outputs=outputs,
        trigger_mode="always_last",
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )

    def setter(changes: Mapping[str, object], keep: bool) -> Any:
        def change(data: dict[Any, Any]) -> dict[Any, Any]:
            before = read(data)
            after = {**(before if keep else DEFAULTS), **changes}
            moved = {controls[n]: v for n, v in after.items() if before.get(n) != v}
            return {**moved, **answer(after, data[upload])}

        return change

    neutral = {f"{p.name}.{k}": v for p in PERTURBATIONS for k, v in p.facts["neutral"].items()}
    for name, button in actions.items():
        if name == "fetch":
            continue
        preset = next((p for p in PRESETS if p.name == name), None)
        change = setter(preset.values if preset else neutral, keep=preset is None)
        button.click(
            change,
            inputs=everything,
            outputs=[*controls.values(), *outputs],
            show_progress="hidden",
            queue=False,
            api_visibility="private",
        )

    def take(data: dict[Any, Any]) -> dict[Any, Any]:
        path = data[uploader]
        if path is None:
            return {upload: None, upload_note: "", **answer(read(data), None)}
        try:
            picture = take_upload(path)
        except PictureError as error:
            return {upload_note: _sentence(str(error), bad=True)}
        values = {**read(data), "picture.kind": "upload"}
        height, width = picture.pixels.shape[:2]
        done = f"Using {picture.name}, {width} × {height}, sha256 {picture.sha256[:12]}…"
        return {
            upload: picture,
            upload_note: _sentence(done),
            controls["picture.kind"]: "upload",
            **answer(values, picture),
        }

    gr.on(
        [uploader.input, uploader.clear],  # type: ignore[attr-defined]
        take,
        inputs={*everything, uploader},
        outputs=[upload, upload_note, controls["picture.kind"], *outputs],
        trigger_mode="always_last",
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )

    def fetch(data: dict[Any, Any], progress: gr.Progress = gr.Progress()) -> dict[Any, Any]:  # noqa: B008
        values = read(data)
        network = NETWORKS[str(values["ask.network"])]
        try:
            weights.fetch(network, lambda share, text: progress(share, desc=text))
        except weights.WeightsError as error:
            shown = step(engine, values, data[upload]).panels["status"] or {}
            return {answers["status"]: packed({**shown, "notes": [str(error)]})}
        return answer(values, data[upload])

    actions["fetch"].click(
        fetch,
        inputs=everything,
        outputs=outputs,
        show_progress_on=[actions["fetch"]],
        concurrency_limit=1,
        api_visibility="private",
    )


def _sentence(text: str, bad: bool = False) -> str:
    return f'<p class="note {"bad" if bad else ""}" role="status">{escape(text)}</p>'
