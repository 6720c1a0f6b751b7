"""Plain routes beside Gradio's: JSON in, JSON out, one sentence and a status for what is refused.

They need no session and no queue, so a page goes on by itself after a restart of the server, and
any server may answer.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from explorer.rooms import RoomError
from explorer.weights import WeightsError

LARGEST_JSON = 8192
"""Bytes of a request; the longest that makes sense has some hundred."""
NOTHING = {"Cache-Control": "no-store"}


class Refused(Exception):
    """A request that is not answered; the message is the sentence for the person."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        """With a sentence and the status of HTTP."""
        super().__init__(sentence)
        self.status = status


class Threads:
    """Threads of its own for a group of routes: all others may be waiting for the engine."""

    def __init__(self, most: int) -> None:
        """At most so many at once; further requests wait."""
        self._most = most
        self._limiter: CapacityLimiter | None = None

    async def run(self, work: Callable[[], Any]) -> Any:
        """Do the work in one of them."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(self._most)
        return await to_thread.run_sync(work, limiter=self._limiter)


def route(
    path: str,
    threads: Threads,
    work: Callable[[dict[str, Any], str], dict[str, Any]],
) -> Route:
    """A route that takes a JSON object.

    Args:
        path: where it is.
        threads: in which it is answered.
        work: the object and the visitor's address → the answer; raises `Refused`, `RoomError`,
            `WeightsError` or `ValueError` with one sentence.
    """

    async def answer(request: Request) -> Response:
        try:
            data = parsed(await _body(request, LARGEST_JSON, "application/json"))
            return _said(await threads.run(partial(work, data, address(request))), 200)
        except Exception as error:  # noqa: BLE001 - raised again unless it has a sentence
            return refused(error)

    return Route(path, answer, methods=["POST"])


def upload_route(
    path: str, threads: Threads, largest: int, work: Callable[[bytes], dict[str, Any]]
) -> Route:
    """A route that takes a zip as it is, of at most `largest` bytes."""

    async def answer(request: Request) -> Response:
        try:
            body = await _body(request, largest, "application/zip")
            return _said(await threads.run(partial(work, body)), 200)
        except Exception as error:  # noqa: BLE001 - raised again unless it has a sentence
            return refused(error)

    return Route(path, answer, methods=["POST"])


def refused(error: Exception) -> Response:
    """The sentence of an error with its status; what has no sentence is raised again."""
    found: dict[str, Any] = {"error": str(error)}
    if isinstance(error, RoomError):
        if error.choice is not None:
            found["choice"] = error.choice
        return _said(found, error.status)
    if isinstance(error, Refused):
        return _said(found, error.status)
    if isinstance(error, sqlite3.Error):
        logging.getLogger(__name__).error("The file of rooms fails: %s", error)
        return _said({"error": "Rooms cannot be kept on this server now."}, 503)
    if isinstance(error, WeightsError):
        return _said(found, 503)
    if isinstance(error, ValueError):
        return _said(found, 422)
    raise error


def parsed(body: bytes) -> dict[str, Any]:
    """A JSON object.

    Raises:
        Refused: if the text is none.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("The request is no JSON.") from None
    if not isinstance(data, dict):
        raise Refused("The request is no JSON object.")
    return data


def text(data: dict[str, Any], name: str, longest: int = 64) -> str:
    """A text of a request.

    Raises:
        Refused: if it is missing, of another kind or too long.
    """
    value = data.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise Refused(f"{name} is a text of 1 to {longest} characters.")
    return value


def whole(data: dict[str, Any], name: str, low: int, high: int) -> int:
    """A whole number of a request.

    Raises:
        Refused: if it is missing, of another kind or out of bounds.
    """
    value = data.get(name)
    if type(value) is not int or not low <= value <= high:
        raise Refused(f"{name} is a whole number from {low} to {high}.")
    return value


def address(request: Request) -> str:
    """Where a request comes from; used for limits in memory and kept nowhere else."""
    return request.client.host if request.client else ""


async def _body(request: Request, largest: int, kind: str) -> bytes:
    # A page of another site can send this kind only after the browser has asked us, and we say no.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise Refused(f"The request has to be {kind}.", 415)
    found = b""
    async for piece in request.stream():
        found += piece
        if len(found) > largest:
            raise Refused(f"The request has more than {largest} bytes.", 413)
    return found


def _said(data: dict[str, Any], status: int) -> JSONResponse:
    return JSONResponse(data, status, headers=NOTHING)
