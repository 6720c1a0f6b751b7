"""The Challenge suite tab: the paper's experiment as a table whose cells open their cases.

The server computes; the page keeps the finished runs, so there is no state here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import gradio as gr

from explorer import weights
from explorer.engine import Engine
from explorer.networks import NETWORKS, Network
from explorer.results import PIXELS
from explorer.ui.experiment import OPENING_NETWORKS, asked, checked, messages, status
from explorer.ui.panels import carrier, packed
from explorer.ui.stops import long_job

INTRO = (
    "Each case is a picture and a changed copy that a person would still call the same: inverted, "
    "moved, turned, or with its background stained. A metric passes when it finds the copy no "
    "further from the original than any blank canvas; for a stain, nearer than another subject on "
    "the same background."
)
READING = (
    "The table counts passed cases, a row a metric, and every cell opens its cases, the closest "
    "calls first."
)
LAYOUT = (
    "A zip of up to 32 MB in the published layout: folders <code>ref</code>, <code>invert</code>, "
    "<code>translate</code>, <code>rotate</code>, <code>color_stain</code>. A file like "
    "<code>cat_22.png</code> is a variant of <code>cat.png</code>; a stain needs both "
    "<code>_stain</code> and <code>_ref</code>."
)


def build_tab(engine: Engine) -> None:
    """Build the tab inside the current Blocks and wire it."""
    with gr.Column(elem_id="suite"):
        # A function, so that weights fetched since the start count when a page is opened.
        controls = _panel("suite", lambda: packed(status("idle")), _controls())
        upload = gr.File(
            type="filepath",
            file_types=[".zip"],
            label="Your suite (zip)",
            height=120,
            elem_id="suite-file",
        )
        # Gradio would answer a file of another kind with a bare exception.
        upload.preprocess = lambda payload: getattr(payload, "path", None)  # type: ignore[method-assign]
        runs = _panel("suite-runs", "", _runs())
        ask = carrier("suite-asked")
        stop = carrier("suite-stopped")
    _wire(engine, controls, upload, runs, ask, stop)


def _panel(name: str, value: Any, template: str) -> gr.HTML:
    return gr.HTML(
        value=value,
        html_template=template,
        js_on_load=f"Explorer.mount('{name}', element, props, watch);",
        elem_id=f"panel-{name}",
        elem_classes=["answers"],
        apply_default_css=False,
    )


def _controls() -> str:
    # What is here stands first: it runs at once.
    first = [n for n in NETWORKS if n.bundled or weights.on_disk(n)]
    first.sort(key=lambda network: network.bundled is None)
    boxes = "".join(_box(network) for network in first)
    boxes += (
        f'<label class="check"><input type="checkbox" name="suite-network" value="{PIXELS}"> '
        "Baselines on pixels (MSE, PSNR, SSIM)</label>"
    )
    return (
        '<section class="panel panel-suite" aria-labelledby="suite-title">'
        '<header><h2 id="suite-title">The challenge suite</h2><div class="tools">'
        '<button type="button" class="action open-saved">Open saved results…</button>'
        '<input type="file" class="saved-file" accept=".json,application/json" hidden '
        'aria-label="Saved results"></div></header>'
        f'<p class="help">{INTRO} {READING}</p>'
        '<div class="bar">'
        '<div class="segmented" role="radiogroup" aria-label="Suite">'
        '<button type="button" role="radio" data-suite="built-in" aria-checked="true">Built-in'
        "</button>"
        '<button type="button" role="radio" data-suite="own" aria-checked="false">Your own (zip)'
        "</button></div>"
        '<fieldset class="networks"><legend class="sr-only">Networks and baselines</legend>'
        f"{boxes}{_more([n for n in NETWORKS if n not in first])}</fieldset>"
        '<div class="go"><button type="button" class="run">Run</button>'
        '<button type="button" class="action cancel" disabled>Cancel</button></div></div>'
        '<div class="progress"><progress max="1" value="0" aria-label="Progress"></progress>'
        '<span class="doing" data-spoken></span></div>'
        '<div role="alert"><ul class="notes"></ul></div>'
        '<details class="left-out" hidden><summary></summary><ul></ul></details>'
        f'<p class="help layout">{LAYOUT}</p></section>'
    )


def _box(network: Network) -> str:
    name = network.name
    return (
        f'<label class="check"><input type="checkbox" name="suite-network" value="{name}"'
        f"{' checked' if name in OPENING_NETWORKS else ''}> {escape(network.title)}"
        f'<span class="absent" data-network="{name}" hidden>not on this machine</span></label>'
    )


def _more(networks: Sequence[Network]) -> str:
    """The networks whose weights are not here, by family, folded away."""
    families: dict[str, str] = {}
    for network in networks:
        box = _box(network).replace(">not on this machine<", f">{escape(network.price.strip())}<")
        families[network.family] = families.get(network.family, "") + box
    groups = "".join(
        f'<div role="group" aria-label="{escape(name)}"><h3>{escape(name)}</h3>{boxes}</div>'
        for name, boxes in families.items()
    )
    return (
        f'<details class="more-networks"><summary>{len(networks)} more networks</summary>'
        '<p class="help">Their weights are not on this machine: choose one on Explore and fetch '
        f"them there first.</p>{groups}</details>"
    )


def _runs() -> str:
    return (
        '<section class="panel panel-suite-runs" aria-labelledby="suite-runs-title" hidden>'
        '<header><h2 id="suite-runs-title">Cases passed</h2><div class="tools">'
        '<button type="button" class="action save">Save results</button>'
        '<button type="button" class="action csv">CSV</button></div></header>'
        '<div class="scroller" tabindex="-1"><table></table></div>'
        '<p class="legend"><span>0 %</span><span class="ramp"></span><span>100 % pass</span>'
        '<span class="hint">Choose a cell to see its cases; arrow keys move between cells.</span>'
        '</p><ul class="receipts" aria-label="What made it"></ul>'
        '<div class="cases" hidden></div></section>'
    )


def _wire(
    engine: Engine,
    controls: gr.HTML,
    upload: gr.File,
    runs: gr.HTML,
    ask: gr.HTML,
    stop: gr.HTML,
) -> None:
    def work(text: object, path: str | None) -> Iterator[dict[Any, Any]]:
        for message in messages(engine, text, path):
            found = {controls: packed(message.status)}
            if message.run is not None:
                found[runs] = packed(message.run)
            yield found

    long_job(ask, stop, lambda text: asked(text).number, work, [upload], [controls, runs])
    gr.on(
        [upload.upload, upload.clear],
        lambda path: packed(checked(path)),
        inputs=[upload],
        outputs=[controls],
        show_progress="hidden",
        api_visibility="private",
    )
