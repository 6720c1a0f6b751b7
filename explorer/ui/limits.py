"""How much a request may bring along. Gradio limits single files, and no other body."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 24 * 2**20
LARGEST_UPLOAD = 40 * 2**20
"""A file of 32 MB, whose own limit is Gradio's `max_file_size`, and what it is wrapped in."""


class BodyLimit:
    """Middleware: larger bodies are answered with status 413 before they are read."""

    def __init__(self, app: ASGIApp) -> None:
        """Around `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on unless it says, or turns out, to be too large."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = LARGEST_UPLOAD if scope["path"].rstrip("/").endswith("/upload") else LARGEST_BODY
        sentence = f"A request has at most {limit // 2**20} MB."
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > limit:
            await PlainTextResponse(sentence, 413)(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                # Nothing, or less, was announced.
                raise HTTPException(413, sentence)
            return message

        await self.app(scope, counted, send)
