"""The routes of rooms, without a browser: what they answer, and with what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.engine import Engine
from explorer.trials import CATCH, MOST_TRIALS, made
from explorer.ui import rooms
from explorer.ui.asking import Asking
from explorer.ui.plain import LARGEST_JSON

SEED, COUNT = 1, 8


@pytest.fixture
def client(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("EXPLORER_ROOMS", str(tmp_path / "rooms.sqlite"))
    with TestClient(Starlette(routes=rooms.routes(Asking(engine)))) as found:
        yield found


def post(client: TestClient, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"/rooms/{path}", json=body)
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


def opened(client: TestClient, count: int = COUNT) -> dict[str, Any]:
    status, found = post(client, "open", seed=SEED, count=count, network="alexnet")
    assert status == 200
    return found


def joined(client: TestClient, code: str) -> dict[str, Any]:
    status, found = post(client, "join", code=code)
    assert status == 200 and len(found["token"]) == 22
    return found


def test_a_lesson(client: TestClient, engine: Engine) -> None:
    lead = opened(client)
    spaced = f"{lead['code'][:4]}-{lead['code'][4:]}".lower()
    members = [joined(client, spaced) for _ in range(3)]
    assert post(client, "look", **members[0])[1]["position"] == 0
    for number in range(1, COUNT + 1):
        status, page = post(client, "lead", **lead, step="next", at=number - 1)
        assert (status, page["position"], page["open"]) == (200, number, True)
        for i, member in enumerate(members):
            trial = post(client, "trial", **member, trial=number)[1]
            assert len(trial["pictures"]) == 3 and trial["width"] == 128
            vote = {"trial": number, "choice": int(i < number % 4)}
            assert post(client, "vote", **member, **vote) == (
                200,
                {"counted": vote["choice"], "trial": number},
            )
        looked = post(client, "look", **members[0])[1]
        # Blind: nothing of the metrics or the others before the reveal.
        assert "trial" not in looked and looked["voted"] == 3
        page = post(client, "lead", **lead, step="reveal", at=number)[1]
        assert page["trial"]["votes"] == [3 - min(number % 4, 3), number % 4]
        assert post(client, "look", **members[0])[1]["trial"] == page["trial"]
    # Against a count of one's own, from the engine's distances and the definition.
    sums: dict[str, float] = {}
    ordinary = right = 0
    for number in range(1, COUNT + 1):
        trial = made.trial(SEED, COUNT, number - 1)
        judge = number % 4 / 3
        if trial.kind == CATCH:
            right = [3 - number % 4, number % 4][trial.catch or 0]
            continue
        ordinary += 1
        reference, p0, p1 = trial.pictures()
        a = engine.compare_images(reference, p0, "alexnet").scores
        b = engine.compare_images(reference, p1, "alexnet").scores
        for metric, norm in a:
            d0, d1 = a[metric, norm].total, b[metric, norm].total
            score = (d0 < d1) * (1 - judge) + (d1 < d0) * judge + (d0 == d1) * 0.5
            sums[f"{metric}/{norm}"] = sums.get(f"{metric}/{norm}", 0) + score
    found = post(client, "watch", **lead)[1]
    assert ordinary == 7 and found["attention"] == [right, 3]
    assert {row["key"]: pytest.approx(row["share"]) for row in found["agreement"]} == {
        key: total / 7 for key, total in sums.items()
    }
    assert all(
        row["n"] == 7 and row["low"] <= row["share"] <= row["high"] for row in found["agreement"]
    )
    assert found["ceiling"]["share"] >= max(row["share"] for row in found["agreement"])
    assert post(client, "lead", **lead, step="end", at=COUNT)[1]["ended"]
    assert post(client, "delete", **lead) == (200, {"deleted": True})
    assert post(client, "look", **members[0])[0] == post(client, "watch", **lead)[0] == 404


def test_a_vote_is_refused_where_it_has_to_be(client: TestClient) -> None:
    lead, other = opened(client), opened(client)
    member, stranger = joined(client, lead["code"]), joined(client, other["code"])
    vote = {**member, "trial": 1, "choice": 1}
    assert post(client, "vote", **vote)[0] == 409
    post(client, "lead", **lead, step="next", at=0)
    for status, change in (
        (403, {"token": stranger["token"]}),
        (403, {"token": lead["secret"]}),
        (403, {"code": other["code"]}),
        (404, {"code": "AAAA-AAAA"}),
        (409, {"trial": 2}),
        (400, {"trial": 0}),
        (400, {"trial": "1"}),
        (400, {"trial": 1.0}),
        (400, {"trial": MOST_TRIALS + 1}),
        (400, {"choice": 2}),
        (400, {"choice": None}),
        (400, {"choice": True}),
        (400, {"token": ["x"]}),
        (400, {"token": ""}),
        (400, {"code": 7}),
        (400, {"code": "x" * 65}),
    ):
        found = post(client, "vote", **{**vote, **change})
        assert found[0] == status and found[1]["error"].endswith("."), (change, found)
    assert post(client, "vote", **vote)[0] == 200
    for again in (vote, {**vote, "choice": 0}):
        status, found = post(client, "vote", **again)
        assert status == 409 and found["choice"] == 1 and "counted already" in found["error"]
    late = joined(client, lead["code"])
    post(client, "lead", **lead, step="reveal", at=1)
    assert post(client, "vote", **late, trial=1, choice=0)[0] == 409
    assert post(client, "watch", **lead)[1]["trial"]["votes"] == [0, 1]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b"", "application/json"),
        (400, b"{", "application/json"),
        (400, b"[]", "application/json"),
        (400, b"\xff\xfe", "application/json"),
        (400, b"[" * 5000, "application/json"),
        (400, b'{"code": NaN}', "application/json"),
        (413, b" " * (LARGEST_JSON + 1), "application/json"),
        (415, b"{}", "text/plain"),
        (415, b"code=x", "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_request_is_refused_by_every_route(
    client: TestClient, status: int, body: bytes, kind: str
) -> None:
    for name in ("open", "join", "vote", "look", "watch", "lead", "delete", "trial", "qr"):
        answer = client.post(f"/rooms/{name}", content=body, headers={"content-type": kind})
        assert answer.status_code == status, name
        assert answer.json()["error"].endswith(".")
        assert client.get(f"/rooms/{name}").status_code == 405


def test_only_the_teacher_leads(client: TestClient) -> None:
    lead = opened(client)
    member = joined(client, lead["code"])
    forged = {"code": lead["code"], "secret": member["token"]}
    for path, rest in (("watch", {}), ("lead", {"step": "next", "at": 0}), ("delete", {})):
        assert post(client, path, **forged, **rest)[0] == 403
    assert post(client, "lead", **lead, step="jump", at=0)[0] == 400
    assert post(client, "lead", **lead, step="next", at=-1)[0] == 400
    assert post(client, "trial", **forged, trial=1)[0] == 403
    assert post(client, "watch", **lead)[1]["position"] == 0


def test_pictures_come_when_it_is_their_turn(client: TestClient) -> None:
    lead = opened(client)
    member = joined(client, lead["code"])
    assert post(client, "trial", **member, trial=1)[0] == 409
    post(client, "lead", **lead, step="next", at=0)
    assert post(client, "trial", **member, trial=2)[0] == 409
    status, found = post(client, "trial", **member, trial=1)
    assert status == 200 and set(found) == {"pictures", "width", "height", "trial"}
    assert post(client, "trial", **lead, trial=1)[1] == found


@pytest.mark.parametrize(
    "change",
    [
        {"seed": -1},
        {"seed": "1"},
        {"count": 0},
        {"count": MOST_TRIALS + 1},
        {"network": ""},
        {"network": 3},
    ],
)
def test_rooms_that_cannot_be_are_refused(client: TestClient, change: dict[str, Any]) -> None:
    asked = {"seed": 1, "count": 8, "network": "alexnet", **change}
    assert post(client, "open", **asked)[0] == 400


def test_a_network_that_is_not_here_is_refused(client: TestClient) -> None:
    status, found = post(client, "open", seed=1, count=8, network="../alexnet")
    assert status == 422 and "cannot judge here; these can: " in found["error"]


def test_guessing_ends(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_ROOMS", str(tmp_path / "rooms.sqlite"))
    monkeypatch.setattr(rooms, "WRONG_CODES", (5, 600))
    with TestClient(Starlette(routes=rooms.routes(Asking(engine)))) as client:
        lead = opened(client)
        member = joined(client, lead["code"])
        assert [post(client, "join", code=f"AAAAAAA{i}")[0] for i in range(2, 7)] == [404] * 5
        # Neither a wrong code nor the right one is told from the other now …
        for code in ("AAAAAAA9", lead["code"]):
            assert post(client, "join", code=code)[0] == 429
            assert post(client, "look", code=code, token="x")[0] == 429
            assert post(client, "watch", code=code, secret="x")[0] == 429
        # … but who is in goes on.
        assert post(client, "look", **member)[0] == 200
        assert post(client, "lead", **lead, step="next", at=0)[0] == 200
        assert post(client, "vote", **member, trial=1, choice=0)[0] == 200


def test_limits_of_one_visitor(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_ROOMS", str(tmp_path / "rooms.sqlite"))
    for name, most in (("ROOMS_AN_HOUR", 2), ("JOINS_A_MINUTE", 3), ("VOTES_A_MINUTE", 2)):
        monkeypatch.setattr(rooms, name, most)
    with TestClient(Starlette(routes=rooms.routes(Asking(engine)))) as client:
        lead, _ = opened(client), opened(client)
        asked = {"seed": 1, "count": 8, "network": "alexnet"}
        assert post(client, "open", **asked)[0] == 429
        members = [joined(client, lead["code"]) for _ in range(3)]
        assert post(client, "join", code=lead["code"])[0] == 429
        votes = [post(client, "vote", **members[0], trial=1, choice=0)[0] for _ in range(3)]
        assert votes == [409, 409, 429]
        assert post(client, "vote", **members[1], trial=1, choice=0)[0] == 409


def test_a_file_that_fails_is_said_without_its_path(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad").write_text("no database at all, but long enough to be read as one" * 50)
    monkeypatch.setenv("EXPLORER_ROOMS", str(tmp_path / "bad"))
    status, found = post(client, "open", seed=1, count=8, network="alexnet")
    assert (status, found["error"]) == (503, "Rooms cannot be kept on this server now.")


def test_the_qr_code_is_that_of_the_link(client: TestClient) -> None:
    link = "https://example.org/?room=ABCDEFGH"
    status, found = post(client, "qr", link=link)
    expected = segno.make_qr(link, error="m").matrix
    assert status == 200 and found["rows"] == ["".join(map(str, row)) for row in expected]
    assert post(client, "qr", link="x" * 501)[0] == 400
