"""`/health`: whether this server can answer, for load balancers and container runtimes."""

from __future__ import annotations

from typing import Any

import torch
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from explorer import __version__, weights
from explorer.engine import Engine
from explorer.networks import NETWORKS

LONGEST_PIECE = 120.0
"""Seconds for which one piece of work may hold the engine; none comes near it."""
PROBE_SIZE = 64


def route(engine: Engine) -> Route:
    """The route, to be mounted beside the page's."""
    # Threads of its own: all others may be waiting for the engine.
    threads: list[CapacityLimiter] = []

    async def health(_: Request) -> JSONResponse:
        if not threads:
            threads.append(CapacityLimiter(2))
        found = await to_thread.run_sync(check, engine, limiter=threads[0])
        return JSONResponse(found, 200 if found["status"] == "ok" else 503)

    return Route("/health", health)


def check(engine: Engine) -> dict[str, Any]:
    """`status` (`ok` or `unhealthy`, then with a `reason`), `version`, `networks` on disk.

    An idle engine compares two small pictures, whose result it keeps. A busy one is healthy unless
    it has been at the same piece for longer than any takes; nobody waits for it here.
    """
    networks = [network.name for network in NETWORKS if weights.on_disk(network) is not None]
    reason = _reason(engine, networks)
    data: dict[str, Any] = {"status": "unhealthy" if reason else "ok", "version": __version__}
    return {**data, "networks": networks, **({"reason": reason} if reason else {})}


def _reason(engine: Engine, networks: list[str]) -> str | None:
    """What is wrong, in a sentence; None if nothing is."""
    if not networks:
        return "The weights of no network are on this machine."
    lock = engine.locked()
    if not lock.acquire(blocking=False):
        seconds = lock.held_seconds() or 0.0
        if seconds > LONGEST_PIECE:
            return f"The engine has been busy with one piece of work for {seconds:.0f} s."
        return None
    try:
        black = torch.zeros(3, PROBE_SIZE, PROBE_SIZE)
        found = engine.compare_images(black, black + 1, networks[0])
        if not found.scores["spatial", "norm"].total > 0:
            return "The engine finds no difference between black and white."
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is that it fails
        return f"The engine fails: {type(error).__name__}."
    finally:
        lock.release()
    return None
