"""Which long jobs shall end. A job asks between two pieces of work.

Gradio's own `cancels` ends whatever runs or waits when the click arrives, and that may already be
the job that was asked for after it. Numbers leave no doubt.
"""

from __future__ import annotations

import json
from collections import OrderedDict

import gradio as gr

MOST_SESSIONS = 1000


class Stops:
    """For each session the number up to which its jobs shall end; the oldest are forgotten."""

    def __init__(self) -> None:
        """Nothing is stopped."""
        self._upto: OrderedDict[str, int] = OrderedDict()

    def listen(self, carrier: gr.HTML) -> None:
        """Take numbers from a hidden component, without waiting for the jobs before them."""
        gr.on(
            [carrier.input],
            self.stop,
            inputs=[carrier],
            trigger_mode="multiple",
            queue=False,
            api_visibility="private",
        )

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
        return isinstance(number, int) and number <= self._upto.get(str(call.session_hash), 0)
