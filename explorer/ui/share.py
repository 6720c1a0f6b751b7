"""Files of what Explore shows, made when somebody asks for one; a move of a slider pays nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import gradio as gr

from explorer import links, weights
from explorer.engine import Engine
from explorer.figures.export import Export, as_csv, as_json
from explorer.figures.report import as_report
from explorer.figures.script import as_script
from explorer.form import scene_of
from explorer.images import Upload
from explorer.ui.asked import number_in, values_in
from explorer.ui.explore import Shown
from explorer.ui.panels import carrier, packed

LONGEST_PLACE = 500


@dataclass(frozen=True)
class Kind:
    """One kind of file: how it is written, and its media type."""

    write: Callable[[Export], str]
    media: str


KINDS: Mapping[str, Kind] = {
    "html": Kind(as_report, "text/html"),
    "json": Kind(as_json, "application/json"),
    "csv": Kind(as_csv, "text/csv"),
    "py": Kind(as_script, "text/x-python"),
}


def build(engine: Engine, shown: Shown) -> None:
    """Build the two hidden components inside the current Blocks and wire them."""
    asked = carrier("share-asked")
    made = gr.HTML(
        "",
        html_template="",
        js_on_load="Explorer.share.attach(props, watch);",
        elem_id="share-made",
        elem_classes=["carrier"],
    )

    def work(request: object, form: object, upload: Upload | None) -> str:
        return packed(answer(engine, values_in(request), values_in(form), upload))

    gr.on(
        [asked.input],
        work,
        inputs=[asked, shown.form, shown.upload],
        outputs=[made],
        trigger_mode="multiple",
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )


def answer(
    engine: Engine,
    request: Mapping[str, object],
    form: Mapping[str, object],
    upload: Upload | None,
) -> dict[str, Any]:
    """The file that a request asks for, or the sentence that says why there is none.

    Args:
        engine: computes, or remembers, what the page shows.
        request: `kind` of `KINDS`, `place`: the page's address without its query, `number`.
        form: the values of the controls of Explore, those that are not defaults.
        upload: the decoded picture, if the session holds one.
    """
    number = number_in(request)
    kind = KINDS.get(str(request.get("kind")))
    if kind is None:
        known = ", ".join(KINDS)
        return {"number": number, "error": f"Only these files can be made: {known}."}
    filled = scene_of(form, upload.sha256 if upload else None)
    try:
        found = engine.explore(filled.scene, upload)
    except (weights.WeightsError, ValueError) as error:
        return {"number": number, "error": str(error)}
    sha256 = upload.sha256 if upload else None
    query = links.write(links.changed(filled.scene), sha256)
    uses = upload if filled.scene.source.kind == "upload" else None
    export = Export(found, f"{_place(request)}?{query}", uses.name if uses else None)
    return {
        "number": number,
        "name": f"similarity-{filled.scene.digest()}.{request['kind']}",
        "media": kind.media,
        "text": kind.write(export),
    }


def _place(request: Mapping[str, object]) -> str:
    """The page's address as the browser knows it, behind whatever proxies; "" if it is none."""
    place = str(request.get("place"))
    if len(place) > LONGEST_PLACE or not place.isprintable() or "?" in place or "#" in place:
        return ""
    try:
        parts = urlsplit(place)
    except ValueError:
        return ""
    return place if parts.scheme in ("http", "https") and parts.netloc else ""
