"""A served page: health while it works, limits of bodies, fairness between visitors."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from gradio_client import Client

from explorer.ui.limits import LARGEST_BODY, LARGEST_UPLOAD
from tests.browser.conftest import served
from tests.ui.calls import get, post


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("served")) as address:
        yield address


LONG = {"values": {"layout.size": "96"}, "points": 129, "api_name": "/sweep"}
SHORT = {"values": {"layout.size": "64"}, "points": 5, "api_name": "/sweep"}


def test_ten_long_jobs_of_one_visitor_hold_up_neither_health_nor_another(address: str) -> None:
    greedy, other = Client(address, verbose=False), Client(address, verbose=False)
    jobs = [greedy.submit("rotate.angle", **LONG) for _ in range(10)]
    # The first is at work.
    while not any(job.status().code.name in ("PROCESSING", "ITERATING") for job in jobs):
        time.sleep(0.01)
    started = time.monotonic()
    assert get(address, "/health")["status"] == "ok"
    asked = time.monotonic()
    assert len(other.predict("blur.sigma", **SHORT)["points"]) >= 5
    waited = time.monotonic() - asked
    finished = sum(job.done() for job in jobs)
    assert asked - started < 2
    assert finished < 3, f"the other visitor waited {waited:.1f} s for {finished} jobs"
    assert all(len(job.result()["points"]) >= 129 for job in jobs)


def test_more_than_twelve_long_jobs_are_refused_with_a_sentence(address: str) -> None:
    greedy = Client(address, verbose=False)
    jobs = [greedy.submit("rotate.angle", **{**LONG, "points": 65}) for _ in range(14)]
    refused = [str(e) for e in (job.exception() for job in jobs) if e]
    assert len(refused) == 2
    assert all(r.startswith("12 of your requests are being worked on; at most 12") for r in refused)


@pytest.mark.parametrize(
    ("path", "limit"),
    [("/gradio_api/run/predict", LARGEST_BODY), ("/gradio_api/upload", LARGEST_UPLOAD)],
)
def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    address: str, path: str, limit: int
) -> None:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", str(limit + 1))
    connection.endheaders()
    with connection.getresponse() as answer:
        assert answer.status == 413
        assert answer.read().decode() == f"A request has at most {limit // 2**20} MB."
    connection.close()


def test_a_body_that_does_not_say_its_size_is_counted(address: str) -> None:
    megabyte = b"x" * 2**20

    def endless() -> Iterator[bytes]:
        yield b'{"data": ["'
        for _ in range(LARGEST_BODY // 2**20 + 8):
            yield megabyte

    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("POST", "/gradio_api/run/predict", endless(), encode_chunked=True)
    with connection.getresponse() as answer:
        assert answer.status == 413
    connection.close()


def test_a_file_over_the_limit_is_refused(address: str) -> None:
    boundary = "limit"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    ).encode() + b"x" * (33 * 2**20)
    body += f"\r\n--{boundary}--\r\n".encode()
    request = urllib.request.Request(
        f"{address}/gradio_api/upload",
        body,
        {"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    assert refused.value.code == 413
    refused.value.close()


def test_what_is_no_request_at_all_is_refused_quietly(address: str) -> None:
    for body in (b"", b"{", b"[]", b'{"data": 3}', b"\xff\xfe", json.dumps("x" * 10**6).encode()):
        status, _ = post(address, "/gradio_api/run/predict", body)
        assert 400 <= status < 500
    assert get(address, "/health")["status"] == "ok"
