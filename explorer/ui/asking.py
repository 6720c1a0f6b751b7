"""Trials for the page: their pictures before the vote, what the metrics say only after it."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Sequence
from typing import Any

from PIL import Image

from explorer import agreement, weights
from explorer.cache import Cache
from explorer.engine import Engine
from explorer.images import to_bytes
from explorer.networks import NETWORKS
from explorer.rooms import Watched
from explorer.trials import CATCH, TITLES, Judged, OwnTriplets, Trial, judge, made, read_triplets

KEPT_OWN = 128 * 2**20
"""Bytes of all sets of people's own that are kept; a page sends a forgotten one again."""
KEPT_JUDGED = 32 * 2**20


class Asking:
    """Trials, pictures and judgements, the newest of them kept."""

    def __init__(self, engine: Engine) -> None:
        """With the engine that judges."""
        self.engine = engine
        self._own = Cache(KEPT_OWN)
        self._judged = Cache(KEPT_JUDGED)
        self._lock = threading.Lock()

    def keep(self, data: bytes) -> OwnTriplets:
        """Read a zip and keep it.

        Raises:
            ValueError: with one sentence, if it cannot be used.
        """
        found = read_triplets(data, "The zip")
        with self._lock:
            return self._own.get(found.sha256, lambda: found, lambda own: own.nbytes)

    def own(self, sha256: str) -> OwnTriplets | None:
        """The set with that sha256, if it is still kept."""
        with self._lock:
            if sha256 not in self._own:
                return None
            return self._own.get(sha256, _absent, lambda own: own.nbytes)

    def judged(self, trial: Trial, network: str) -> tuple[Judged, ...]:
        """What the metrics of a network say to a trial.

        Raises:
            WeightsError: if the network's weights cannot be had.
            ValueError: if a picture cannot be used.
        """
        key = (network, trial.id, trial.names)
        with self._lock:
            if key in self._judged:
                return self._judged.get(key, _absent, _size)
        # Not under the lock: who asks for what is known shall not wait for the engine.
        found = judge(self.engine, trial.pictures(), network)
        with self._lock:
            return self._judged.get(key, lambda: found, _size)


def _absent() -> Any:
    raise LookupError("It was there a moment ago, under the same lock.")


def _size(found: Sequence[Judged]) -> int:
    return 200 * len(found)


def networks() -> dict[str, str]:
    """Name → title of the networks whose weights are here."""
    return {n.name: n.title for n in NETWORKS if weights.on_disk(n) is not None}


def checked_network(name: str) -> str:
    """A network's name, if it can judge here.

    Raises:
        ValueError: with one sentence, if it cannot.
    """
    found = networks()
    if name not in found:
        raise ValueError(f"{name!r:.40} cannot judge here; these can: {', '.join(found)}.")
    return name


def shown(trial: Trial) -> dict[str, Any]:
    """What a person sees before the vote: three pictures, nothing that tells them apart.

    Raises:
        PictureError: if a picture of somebody's own is no good.
    """
    pictures = trial.pictures()
    height, width = pictures[0].shape[1:]
    return {
        "pictures": [_png(to_bytes(picture)) for picture in pictures],
        "width": int(width),
        "height": int(height),
    }


def revealed(trial: Trial, judged: Sequence[Judged]) -> dict[str, Any]:
    """What is said after the vote."""
    return {
        "id": trial.id,
        "kind": trial.kind,
        "title": TITLES.get(trial.kind, "One of your own"),
        "catch": trial.catch,
        "said": list(trial.said),
        "names": list(trial.names),
        "judged": [
            {"key": j.key, "title": j.title, "d0": j.d0, "d1": j.d1, "prefers": j.prefers}
            for j in judged
        ],
    }


def of_room(asking: Asking, room: Watched) -> dict[str, Any]:
    """What a room's page shows: the state, and of revealed trials the votes and agreements."""
    data: dict[str, Any] = {
        "position": room.position,
        "count": room.count,
        "open": room.open,
        "revealed": room.position in room.revealed,
        "ended": room.ended,
        "voters": room.voters,
        "voted": room.voted,
        "expires": room.expires,
        "network": NETWORKS[room.network].title,
    }
    prefers: dict[str, list[float]] = {}
    titles: dict[str, str] = {}
    judges = []
    attention = [0, 0]
    for number in sorted(room.revealed):
        trial = made.trial(room.seed, room.count, number - 1)
        judged = asking.judged(trial, room.network)
        found = room.votes.get(number, (0, 0))
        if number == room.position:
            data["trial"] = {**revealed(trial, judged), "votes": list(found)}
        if trial.kind == CATCH:
            attention[0] += found[trial.catch or 0]
            attention[1] += sum(found)
        elif sum(found):
            judges.append(found[1] / sum(found))
            for one in judged:
                titles[one.key] = one.title
                prefers.setdefault(one.key, []).append(one.prefers)
    data["agreement"] = [
        {"key": key, "title": titles[key], **vars(share)}
        for key, values in prefers.items()
        if (share := agreement.agreement(values, judges))
    ]
    most = agreement.ceiling(judges)
    data["ceiling"] = vars(most) if most else None
    data["attention"] = attention
    return data


def _png(pixels: Any) -> str:
    """As a `data:` address, exactly: people vote on what the metrics see."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=3)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


__all__ = [
    "Asking",
    "checked_network",
    "networks",
    "of_room",
    "revealed",
    "shown",
]
