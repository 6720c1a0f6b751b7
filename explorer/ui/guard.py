"""What a request may refer to: files that were uploaded; and which functions are listed.

Gradio reads files before a function is called: it fetches an address that stands in place of an
upload, and answers a path outside of its folder with a bare exception. So requests are looked
through before that, in one place for all endpoints.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.exceptions import ComponentProcessingError
from gradio.utils import get_upload_folder

OWN_FILE = "/gradio_api/file="
DEEPEST = 50


def uploads_only(demo: gr.Blocks) -> None:
    """Let every request to `demo` be looked through first."""
    gradios_own = demo.preprocess_data

    async def preprocess_data(
        block_fn: BlockFunction, inputs: list[Any], *rest: Any, **named: Any
    ) -> list[Any]:
        check_count(block_fn, inputs)
        for file in [*_files(inputs)]:
            name = file.get("orig_name")
            try:
                path = str(uploaded(file["path"]))
            except ValueError as error:
                raise refusal(str(error)) from None
            # Nothing else of it is needed, and Gradio would believe all of it.
            file.clear()
            file |= {"path": path, "meta": {"_type": "gradio.FileData"}}
            if isinstance(name, str):
                file["orig_name"] = name
        try:
            return await gradios_own(block_fn, inputs, *rest, **named)
        except (ValueError, TypeError, AttributeError, LookupError, ComponentProcessingError):
            sentence = "A value of the request is not of the kind that this endpoint takes."
            raise refusal(sentence) from None

    demo.preprocess_data = preprocess_data  # type: ignore[method-assign]


def hide_all_but(demo: gr.Blocks, names: Sequence[str]) -> None:
    """List only these endpoints; the page's own events are nobody's interface."""
    for block_fn in demo.fns.values():
        if block_fn.api_name not in names:
            block_fn.api_visibility = "private"


def check_count(block_fn: BlockFunction, inputs: list[Any]) -> None:
    """Refuse a request with fewer values than its function takes.

    Raises:
        gr.Error: with one sentence.
    """
    needed = len(block_fn.inputs)
    if len(inputs) < needed:
        raise refusal(f"This endpoint takes {needed} values; {len(inputs)} were given.")


def uploaded(path: object) -> Path:
    """The file on this server that a request means.

    Args:
        path: what `upload` answered, or the address under which Gradio serves that file.

    Raises:
        ValueError: with one sentence, if it is not a file that was uploaded here.
    """
    text = path if isinstance(path, str) else ""
    if OWN_FILE in text:
        text = unquote(text.partition(OWN_FILE)[2])
    elif "://" in text:
        raise ValueError("Addresses are not fetched: upload the file itself.")
    folder = Path(get_upload_folder()).resolve()
    try:
        file = Path(text).resolve()
        found = text != "" and file.is_relative_to(folder) and file.is_file()
    except (OSError, ValueError, RuntimeError):
        found = False
    if not found:
        raise ValueError("The file was not uploaded to this server, or is gone: upload it again.")
    return file


def refusal(sentence: str) -> gr.Error:
    """An error for whoever asked; the server's log stays quiet."""
    return gr.Error(sentence, print_exception=False)


def _files(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every object in the request that Gradio would take for a file."""
    if depth > DEEPEST:
        raise refusal(f"The request is nested deeper than {DEEPEST} levels.")
    if isinstance(value, dict):
        if "path" in value:
            yield value
        for inner in value.values():
            yield from _files(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _files(inner, depth + 1)
