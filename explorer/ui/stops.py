"""Long jobs: sent from the page with a number, and ended by it between two pieces of work.

Gradio's own `cancels` ends whatever runs or waits when the click arrives, and that may already be
the job that was asked for after it. Numbers leave no doubt.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr
from gradio.blocks import Block

MOST_SESSIONS = 1000


class Stops:
    """For each session the number up to which its jobs shall end; the oldest are forgotten."""

    def __init__(self) -> None:
        """Nothing is stopped."""
        self._upto: OrderedDict[str, int] = OrderedDict()

    def stop(self, text: object, call: gr.Request) -> None:
        """End the session's jobs up to a number.

        Args:
            text: the number, as JSON; anything else ends nothing.
            call: names the session.
        """
        try:
            number = json.loads(text) if isinstance(text, str) else None
        except (ValueError, RecursionError):
            return
        if type(number) is not int:
            return
        session = str(call.session_hash)
        self._upto[session] = max(number, self._upto.get(session, 0))
        self._upto.move_to_end(session)
        if len(self._upto) > MOST_SESSIONS:
            self._upto.popitem(last=False)

    def stopped(self, number: object, call: gr.Request) -> bool:
        """Whether the session's job of that number shall end."""
        upto = self._upto.get(str(call.session_hash))
        return isinstance(number, int) and upto is not None and number <= upto


def long_job(
    asked: gr.HTML,
    stopped: gr.HTML,
    number_of: Callable[[object], object],
    work: Callable[..., Iterator[Any]],
    inputs: Sequence[Block],
    outputs: Sequence[Block],
) -> None:
    """Run `work` for each request that the page carries; all long jobs wait in one queue.

    Args:
        asked: the hidden component that carries a request.
        stopped: the one that carries the number up to which this session's jobs shall end.
        number_of: a request → its number.
        work: the request and `inputs` → updates of `outputs`, one after each piece of work.
        inputs: what `work` takes besides the request.
        outputs: what it updates.
    """
    stops = Stops()

    def until_stopped(call: gr.Request, request: object, *values: object) -> Iterator[Any]:
        number = number_of(request)
        for update in work(request, *values):
            if stops.stopped(number, call):
                return
            yield update

    gr.on(
        [asked.input],
        until_stopped,
        inputs=[asked, *inputs],
        outputs=[*outputs],
        # Each request is sent, also while a stopped one has not yet ended.
        trigger_mode="multiple",
        show_progress="hidden",
        concurrency_limit=1,
        concurrency_id="long",
        api_visibility="private",
    )
    gr.on(
        [stopped.input],
        stops.stop,
        inputs=[stopped],
        trigger_mode="multiple",
        queue=False,
        api_visibility="private",
    )
