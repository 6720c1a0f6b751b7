"""Long jobs: sent from the page with a number, and ended by it between two pieces of work.

Gradio's own `cancels` ends whatever runs or waits when the click arrives, and that may already be
the job that was asked for after it. Numbers leave no doubt. Gradio's own queue is first come, first
served, whole job by whole job; here visitors take turns with pieces (`turns.py`).
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import gradio as gr
from anyio import to_thread
from gradio.blocks import Block
from gradio.context import get_blocks_context

from explorer.ui.turns import TooManyJobs, Turns

MOST_SESSIONS = 1000
MOST_JOBS = 12
"""Of one visitor, running and waiting; more are refused with a sentence."""
JOBS_AT_ONCE = 4
"""Begun and not ended, of all visitors: a suite of one's own may take half a gigabyte."""
QUEUE: dict[str, Any] = {"concurrency_id": "long", "concurrency_limit": 64}
"""Gradio's queue lets long jobs through; those that wait for their turn take no thread."""

_turns: WeakKeyDictionary[Any, Turns] = WeakKeyDictionary()
_END = object()


def turns() -> Turns:
    """The turns of all long jobs on the page that is being built."""
    return _turns.setdefault(get_blocks_context(), Turns(MOST_JOBS, JOBS_AT_ONCE))


def visitor(call: gr.Request | None) -> str:
    """Who asks: Gradio's session, which is a page or a client."""
    return str(call.session_hash if call else None)


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
    """Run `work` for each request that the page carries; visitors take turns with its pieces.

    Args:
        asked: the hidden component that carries a request.
        stopped: the one that carries the number up to which this session's jobs shall end.
        number_of: a request → its number.
        work: the request and `inputs` → updates of `outputs`, one after each piece of work.
        inputs: what `work` takes besides the request.
        outputs: what it updates.
    """
    stops, own_turns = Stops(), turns()

    async def until_stopped(
        call: gr.Request, request: object, *values: object
    ) -> AsyncIterator[Any]:
        number = number_of(request)
        pieces = work(request, *values)

        def piece() -> Any:
            return _END if stops.stopped(number, call) else next(pieces, _END)

        try:
            async with own_turns.job(visitor(call)) as job:
                while (update := await own_turns.run(job, piece)) is not _END:
                    if stops.stopped(number, call):
                        return
                    yield update
        except TooManyJobs as error:
            raise gr.Error(str(error), print_exception=False) from None
        finally:
            # In a thread: on a rented GPU the end of a piece is waited for.
            await to_thread.run_sync(_close, pieces)

    gr.on(
        [asked.input],
        until_stopped,
        inputs=[asked, *inputs],
        outputs=[*outputs],
        # Each request is sent, also while a stopped one has not yet ended.
        trigger_mode="multiple",
        show_progress="hidden",
        api_visibility="private",
        **QUEUE,
    )
    gr.on(
        [stopped.input],
        stops.stop,
        inputs=[stopped],
        trigger_mode="multiple",
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )


def _close(pieces: Iterator[Any]) -> None:
    """End a generator's work; other iterators have nothing to end."""
    close = getattr(pieces, "close", None)
    if close is not None:
        close()
