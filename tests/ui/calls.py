"""Raw calls of a running server, as a program without Gradio's client would make them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

META = {"_type": "gradio.FileData"}


def get(address: str, path: str) -> Any:
    """A page's JSON."""
    with urllib.request.urlopen(f"{address}{path}", timeout=60) as answer:
        return json.loads(answer.read())


def post(address: str, path: str, body: Any) -> tuple[int, Any]:
    """Status and answer; `body` is sent as JSON, bytes as they are."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}{path}", data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def call(address: str, name: str, *data: Any) -> tuple[str, Any]:
    """The last event of an endpoint's call (`complete` or `error`) and what it says."""
    status, answer = post(address, f"/gradio_api/call/{name}", {"data": [*data]})
    if status != 200:
        return str(status), answer
    path = f"{address}/gradio_api/call/{name}/{answer['event_id']}"
    with urllib.request.urlopen(path, timeout=120) as stream:
        event, told = stream.read().decode().strip().splitlines()[-2:]
    return event.removeprefix("event: "), json.loads(told.removeprefix("data: "))
