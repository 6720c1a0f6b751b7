"""`/health` says whether the engine can answer, at once and whatever it is doing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from explorer import __version__, weights
from explorer.engine import Engine
from explorer.ui import health


@contextmanager
def busy(engine: Engine) -> Iterator[None]:
    """The engine at work in another thread."""
    working, done = threading.Event(), threading.Event()

    def work() -> None:
        with engine.locked():
            working.set()
            done.wait(30)

    thread = threading.Thread(target=work)
    thread.start()
    working.wait(30)
    yield
    done.set()
    thread.join(30)


def test_an_engine_that_answers_is_healthy() -> None:
    found = health.check(Engine(device="cpu"))
    assert (found["status"], found["version"]) == ("ok", __version__)
    assert {"alexnet", "squeezenet1_1_caffe"} <= set(found["networks"]) and "reason" not in found


def test_a_busy_one_is_healthy_and_nobody_waits() -> None:
    engine = Engine(device="cpu")
    with busy(engine):
        started = time.monotonic()
        assert health.check(engine)["status"] == "ok"
        assert time.monotonic() - started < 1


def test_one_that_never_ends_its_work_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LONGEST_PIECE", 0.0)
    engine = Engine(device="cpu")
    with busy(engine):
        found = health.check(engine)
    assert found["status"] == "unhealthy"
    assert found["reason"].startswith("The engine has been busy with one piece of work for ")


def test_one_that_fails_is_not_and_says_no_more_than_the_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = Engine(device="cpu")

    def fail(*rest: object) -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(engine, "compare_images", fail)
    found = health.check(engine)
    assert (found["status"], found["reason"]) == ("unhealthy", "The engine fails: RuntimeError.")
    assert engine.locked().held_seconds() is None


def test_without_any_weights_it_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "BUNDLED", tmp_path)
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    found = health.check(Engine(device="cpu"))
    assert (found["status"], found["networks"]) == ("unhealthy", [])
