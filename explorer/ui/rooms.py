"""The routes of rooms, under `/rooms`: what a class and its teacher ask of the server.

All are POST with a JSON object, so that no code, secret or token stands in an address or a log.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import segno
from starlette.routing import Route

from explorer.rooms import STEPS, RoomError, Rooms, Watched, rooms_file, tidy
from explorer.trials import HIGHEST_SEED, MOST_TRIALS, made
from explorer.ui.asking import Asking, checked_network, of_room, shown
from explorer.ui.plain import Refused, Threads, route, text, whole
from explorer.ui.rates import Rate

STORE_THREADS = 8
PICTURE_THREADS = 2
WRONG_CODES = (60, 600)
"""A minute: of one address (a whole class may share one), and of all together. 600 a minute for a
day find one of 500 rooms among 2⁴⁰ codes with a chance of one in 2,500."""
ROOMS_AN_HOUR = 12
JOINS_A_MINUTE = 240
VOTES_A_MINUTE = 60
LONGEST_LINK = 500

Work = Callable[[dict[str, Any], str], dict[str, Any]]


class Desk:
    """Answers the requests: limits first, then the file of rooms."""

    def __init__(self, asking: Asking) -> None:
        """The file is opened when somebody first asks for a room."""
        self._asking = asking
        self._rooms: Rooms | None = None
        self._opening = threading.Lock()
        self.wrong = Rate(WRONG_CODES[0], 60)
        self.wrong_of_all = Rate(WRONG_CODES[1], 60)
        self.opened = Rate(ROOMS_AN_HOUR, 3600)
        self.joined = Rate(JOINS_A_MINUTE, 60)
        self.voted = Rate(VOTES_A_MINUTE, 60)

    @property
    def rooms(self) -> Rooms:
        """The store."""
        with self._opening:
            if self._rooms is None:
                self._rooms = Rooms(rooms_file())
            return self._rooms

    def open(self, data: dict[str, Any], visitor: str) -> dict[str, Any]:
        """`seed`, `count`, `network` → `code`, `secret`."""
        seed = whole(data, "seed", 0, HIGHEST_SEED)
        count = whole(data, "count", 1, MOST_TRIALS)
        network = checked_network(text(data, "network"))
        if not self.opened.take(visitor):
            raise Refused(f"At most {ROOMS_AN_HOUR} rooms an hour can be opened from here.", 429)
        code, secret = self.rooms.open(seed, count, network)
        return {"code": code, "secret": secret}

    def join(self, data: dict[str, Any], visitor: str) -> dict[str, Any]:
        """`code` → `token`."""
        code = tidy(text(data, "code"))
        if self.wrong.spent(visitor) or self.wrong_of_all.spent("all"):
            raise _too_many()
        if not self.joined.take(visitor):
            raise Refused("Too many people join from here at once: try again in a minute.", 429)
        return self._guarded(visitor, lambda: {"code": code, "token": self.rooms.join(code)})

    def vote(self, data: dict[str, Any], visitor: str) -> dict[str, Any]:
        """`code`, `token`, `trial`, `choice` → `counted`, once the vote is on the disk."""
        code, token = _member(data, "token")
        trial = whole(data, "trial", 1, MOST_TRIALS)
        choice = whole(data, "choice", 0, 1)
        if not self.voted.take(token):
            raise Refused(f"At most {VOTES_A_MINUTE} votes a minute: try again in a minute.", 429)

        def count() -> dict[str, Any]:
            self.rooms.vote(code, token, trial, choice)
            return {"counted": choice, "trial": trial}

        return self._guarded(visitor, count)

    def look(self, data: dict[str, Any], visitor: str) -> dict[str, Any]:
        """`code`, `token` → the room, and the own votes."""
        code, token = _member(data, "token")

        def found() -> dict[str, Any]:
            room, own = self.rooms.look(code, token)
            return {**of_room(self._asking, room), "own": {str(k): v for k, v in own.items()}}

        return self._guarded(visitor, found)

    def watch(self, data: dict[str, Any], visitor: str) -> dict[str, Any]:
        """`code`, `secret` → the room."""
        code, secret = _member(data, "secret")
        return self._guarded(visitor, lambda: of_room(self._asking, self.rooms.watch(code, secret)))

    def lead(self, data: dict[str, Any], visitor: str) -> dict[str, Any]:
        """`code`, `secret`, `step`, `at` → the room after the step."""
        code, secret = _member(data, "secret")
        step = text(data, "step")
        if step not in STEPS:
            raise Refused(f"step is one of {', '.join(STEPS)}.")
        at = whole(data, "at", 0, MOST_TRIALS)

        def led() -> dict[str, Any]:
            self.rooms.lead(code, secret, step, at)
            return of_room(self._asking, self.rooms.watch(code, secret))

        return self._guarded(visitor, led)

    def delete(self, data: dict[str, Any], visitor: str) -> dict[str, Any]:
        """`code`, `secret` → nothing is left of the room."""
        code, secret = _member(data, "secret")

        def gone() -> dict[str, Any]:
            self.rooms.delete(code, secret)
            return {"deleted": True}

        return self._guarded(visitor, gone)

    def trial(self, data: dict[str, Any], visitor: str) -> dict[str, Any]:
        """`code`, `token` or `secret`, `trial` → its pictures, if the room is there."""
        code, key = _member(data, "secret" if "secret" in data else "token")
        number = whole(data, "trial", 1, MOST_TRIALS)

        def room() -> Watched:
            if "secret" in data:
                return self.rooms.watch(code, key)
            return self.rooms.look(code, key)[0]

        found = self._guarded(visitor, room)
        if number != found.position:
            raise Refused("Another trial is being shown now.", 409)
        return {**shown(made.trial(found.seed, found.count, number - 1)), "trial": number}

    def qr(self, data: dict[str, Any], visitor: str) -> dict[str, Any]:
        """`link` → the rows of its QR code, a text of 0 and 1 each."""
        matrix = segno.make(text(data, "link", LONGEST_LINK), micro=False, error="m").matrix
        return {"rows": ["".join(str(module) for module in row) for row in matrix]}

    def _guarded(self, visitor: str, work: Callable[[], Any]) -> Any:
        """Count what was wrong; who was wrong too often is not told any more what."""
        try:
            return work()
        except RoomError as error:
            if error.status not in (403, 404):
                raise
            counted = self.wrong.take(visitor), self.wrong_of_all.take("all")
            if not all(counted):
                raise _too_many() from None
            raise


def routes(asking: Asking) -> list[Route]:
    """All routes of rooms, to be mounted beside the page's."""
    desk = Desk(asking)
    store, pictures = Threads(STORE_THREADS), Threads(PICTURE_THREADS)
    asked: dict[str, tuple[Threads, Work]] = {
        "open": (store, desk.open),
        "join": (store, desk.join),
        "vote": (store, desk.vote),
        "look": (pictures, desk.look),
        "watch": (pictures, desk.watch),
        "lead": (pictures, desk.lead),
        "delete": (store, desk.delete),
        "trial": (pictures, desk.trial),
        "qr": (store, desk.qr),
    }
    return [route(f"/rooms/{name}", threads, work) for name, (threads, work) in asked.items()]


def _member(data: dict[str, Any], name: str) -> tuple[str, str]:
    return tidy(text(data, "code")), text(data, name)


def _too_many() -> Refused:
    return Refused("Too many wrong codes came from here: try again in a minute.", 429)
