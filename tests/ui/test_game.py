"""The routes of the game: blind before the vote, all of it after; sets of one's own; limits."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.engine import Engine
from explorer.images import to_bytes
from explorer.trials import judge, made
from explorer.ui import asking, game
from explorer.ui.rates import Rate
from tests.trials.test_own import bapps, png, zipped


@pytest.fixture
def client(engine: Engine) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=game.routes(engine))) as found:
        yield found


def post(client: TestClient, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"/game/{path}", json=body)
    return answer.status_code, answer.json()


def send(client: TestClient, data: bytes, kind: str = "application/zip") -> Any:
    return client.post("/game/own", content=data, headers={"content-type": kind})


def pixels(address: str) -> np.ndarray:
    assert address.startswith("data:image/png;base64,")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))))


def test_before_the_vote_there_are_pictures_and_nothing_else(client: TestClient) -> None:
    for index in range(8):
        status, found = post(client, "trial", seed=3, count=8, index=index)
        assert status == 200 and set(found) == {"pictures", "width", "height", "index"}
        expected = made.trial(3, 8, index).pictures()
        for address, picture in zip(found["pictures"], expected, strict=True):
            assert (pixels(address) == to_bytes(picture)).all()


def test_after_it_everything_is_said(client: TestClient, engine: Engine) -> None:
    for index in range(8):
        status, found = post(client, "reveal", seed=3, count=8, index=index, network="alexnet")
        trial = made.trial(3, 8, index)
        assert status == 200 and found["id"] == f"made-3-{index + 1}"
        assert (found["kind"], found["catch"]) == (trial.kind, trial.catch)
        assert tuple(found["said"]) == trial.said and tuple(found["names"]) == trial.names
        expected = judge(engine, trial.pictures(), "alexnet")
        assert [(j["d0"], j["d1"], j["prefers"]) for j in found["judged"]] == [
            (j.d0, j.d1, j.prefers) for j in expected
        ]


@pytest.mark.parametrize(
    ("status", "change"),
    [
        (400, {"index": -1}),
        (400, {"index": "0"}),
        (422, {"index": 8}),
        (400, {"seed": 1_000_000}),
        (400, {"count": 0}),
        (400, {"count": None}),
        (400, {"own": 5}),
        (410, {"own": "f" * 64}),
    ],
)
def test_trials_that_are_not_are_refused(
    client: TestClient, status: int, change: dict[str, Any]
) -> None:
    asked = {"seed": 1, "count": 8, "index": 0, "network": "alexnet", **change}
    for path in ("trial", "reveal"):
        found = post(client, path, **asked)
        assert found[0] == status and found[1]["error"].endswith(".")


def test_a_network_that_is_not_here_is_refused(client: TestClient) -> None:
    status, found = post(client, "reveal", seed=1, count=8, index=0, network="none")
    assert status == 422 and "'none' cannot judge here; these can: " in found["error"]


def test_a_set_of_ones_own(client: TestClient) -> None:
    big = {name: png(i * 7, (80, 64)) for i, name in enumerate(bapps(3))}
    answer = send(client, zipped({**big, "p0/odd.png": png(1)}))
    found = answer.json()
    assert answer.status_code == 200 and found["triplets"] == 3
    assert found["problems"] == ["odd has no ref and p1."]
    asked = {"seed": 2, "count": 8, "own": found["own"]}
    for index in range(8):
        status, shown = post(client, "trial", **asked, index=index)
        assert (status, shown["width"], shown["height"]) == (200, 80, 64)
        status, said = post(client, "reveal", **asked, index=index, network="alexnet")
        assert status == 200 and len(said["judged"]) == 11
        for address, name in zip(shown["pictures"], said["names"], strict=True):
            assert (pixels(address) == np.asarray(Image.open(io.BytesIO(big[name])))).all()


def test_sets_that_cannot_be_used_are_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(client, b"no zip").status_code == 422
    assert send(client, zipped({"a.txt": b"x"})).status_code == 422
    assert send(client, zipped(bapps(1)), "multipart/form-data").status_code == 415
    assert send(client, b"x" * (game.LARGEST_ZIP + 1)).status_code == 413
    small = send(client, zipped(bapps(1))).json()["own"]
    asked = {"seed": 2, "count": 8, "index": 0, "own": small, "network": "alexnet"}
    # Its pictures can be seen, but are too small for the network.
    assert post(client, "trial", **asked)[0] == 200 and post(client, "reveal", **asked)[0] == 422


def test_sets_that_were_pushed_out_have_to_be_sent_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "KEPT_OWN", 400)
    found = asking.Asking(engine)
    first = found.keep(zipped(bapps(1)))
    assert found.own(first.sha256) is first and found.own("0" * 64) is None
    second = found.keep(zipped(bapps(2)))
    assert found.own(first.sha256) is None and found.own(second.sha256) is second


def test_what_was_judged_is_not_judged_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = asking.Asking(engine)
    trial = made.trial(6, 8, 1)
    before = found.judged(trial, "alexnet")
    monkeypatch.setattr(asking, "judge", None)
    assert found.judged(made.trial(6, 8, 1), "alexnet") is before


def test_a_rate_forgets_after_its_time() -> None:
    now = [0.0]
    rate = Rate(2, 60, lambda: now[0])
    assert [rate.take("a") for _ in range(3)] == [True, True, False]
    assert rate.spent("a") and not rate.spent("b") and rate.take("b")
    now[0] = 59.9
    assert not rate.take("a")
    now[0] = 60.0
    assert rate.take("a") and rate.take("a") and not rate.take("a")
