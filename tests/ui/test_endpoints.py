"""The endpoints as programs call them: with Gradio's client, raw, and as tools of MCP."""

from __future__ import annotations

import ast
import asyncio
import base64
import io
import re
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from explorer import suite as suites
from explorer import sweeps
from explorer.engine import Engine
from explorer.images import read_picture, to_tensor
from tests.browser.conftest import served
from tests.suite.test_experiment import small_suite
from tests.ui.calls import META, call, get, post

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"layout.size": "64"}
COMPARE = ["alexnet", "pretrained", None, False]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("served")
    with served(folder) as address:
        yield address, folder


@pytest.fixture(scope="module")
def address(server: tuple[str, Path]) -> str:
    return server[0]


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("pictures")
    generator = np.random.default_rng(5)
    for name in "ab":
        pixels = generator.integers(0, 256, (64, 80, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{name}.png")
    return folder / "a.png", folder / "b.png"


def data_uri(path: Path, kind: str = "image/png") -> str:
    return f"data:{kind};base64," + base64.b64encode(path.read_bytes()).decode()


def expected(engine: Engine, pictures: tuple[Path, Path]) -> dict[tuple[str, str], float]:
    a, b = (to_tensor(read_picture(path)) for path in pictures)
    found = engine.compare_images(a, b, "alexnet")
    return {key: score.total for key, score in found.scores.items()}


def totals(answer: dict[str, Any]) -> dict[tuple[str, str], float]:
    return {
        (metric, norm): score["total"]
        for metric, norms in answer["scores"].items()
        for norm, score in norms.items()
    }


def test_exactly_three_are_listed_and_documented(address: str) -> None:
    info = get(address, "/gradio_api/info")
    assert list(info["named_endpoints"]) == ["/compare", "/sweep", "/suite"]
    assert info["unnamed_endpoints"] == {}
    tools = get(address, "/gradio_api/mcp/schema")
    assert [tool["name"] for tool in tools] == ["compare", "sweep", "suite"]
    for tool in tools:
        described = tool["inputSchema"]["properties"]
        assert tool["description"] and described
        assert all(schema["description"] for schema in described.values()), tool["name"]


def test_compare_takes_files_and_answers_the_engines_numbers(
    client: Client, pictures: tuple[Path, Path], engine: Engine
) -> None:
    a, b = (handle_file(path) for path in pictures)
    answer = client.predict(a, b, baselines=True, api_name="/compare")
    assert totals(answer) == pytest.approx(expected(engine, pictures), rel=1e-5)
    assert answer["size"] == [80, 64] and answer["network"] == "alexnet"
    assert {"mse", "psnr", "ssim"} <= set(answer["baselines"])
    same = client.predict(a, a, api_name="/compare")
    assert set(totals(same).values()) == {0.0}


def test_compare_resizes_when_asked(client: Client, pictures: tuple[Path, Path]) -> None:
    a, b = (handle_file(path) for path in pictures)
    assert client.predict(a, b, size=72, api_name="/compare")["size"] == [72, 72]


def test_sweep_answers_what_the_engine_judges(client: Client, engine: Engine) -> None:
    answer = client.predict("rotate.angle", values=SMALL, points=9, api_name="/sweep")
    axes = (sweeps.axis("rotate.angle", 9),)
    parts = sweeps.run(engine, SMALL, axes)
    points = sorted((p for part in parts for p in part.points), key=lambda p: p.at)
    assert [p["at"] for p in answer["points"]] == [[*p.at] for p in points]
    for told, point in zip(answer["points"], points, strict=True):
        distances = [verdict["distance"] for verdict in told["verdicts"]]
        assert distances == pytest.approx([v.distance for v in point.verdicts], rel=1e-4)


def test_sweep_turns_a_callers_own_picture(client: Client, pictures: tuple[Path, Path]) -> None:
    asked = {"knob": "rotate.angle", "values": SMALL, "points": 3, "api_name": "/sweep"}
    own = client.predict(picture=handle_file(pictures[0]), **asked)
    assert own["values"]["picture.kind"] == "upload"
    assert own["points"] != client.predict(**asked)["points"]


def test_suite_runs_a_callers_own_zip(client: Client, tmp_path: Path, engine: Engine) -> None:
    folder = small_suite(tmp_path / "own")
    archive = tmp_path / "own.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for file in sorted(folder.glob("*/*")):
            target.write(file, file.relative_to(folder).as_posix())
    answer = client.predict(["alexnet"], archive=handle_file(archive), api_name="/suite")
    results = suites.run(engine, suites.read_suite(archive), ["alexnet"])
    assert answer["counts"] == suites.counts(results)
    assert [c["distance"] for c in answer["cases"]] == pytest.approx(
        [r.distance for r in results], rel=1e-4
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"network": "../alexnet"}, "There is no network '../alexnet'; there are: alexnet, "),
        ({"network": None}, "There is no network None; there are: alexnet, "),
        ({"network": {"a": 1}}, "There is no network {'a': 1}; there are: alexnet, "),
        ({"weights": "/etc/passwd"}, "weights is pretrained or random:SEED (0 to 999); '/etc"),
        ({"weights": "random:1\n"}, "weights is pretrained or random:SEED (0 to 999); "),
        ({"size": 5}, "size is a whole number from 16 to 1024; 5 was given."),
        ({"size": 1e9}, "size is a whole number from 16 to 1024; 1000000000 was given."),
        ({"size": "big"}, "size is a whole number from 16 to 1024; 'big' was given."),
        ({"size": True}, "size is a whole number from 16 to 1024; True was given."),
        ({"baselines": "yes"}, "baselines is true or false; 'yes' was given."),
        ({"a": None}, "picture_a is an uploaded file or a data: URI; None was given."),
        ({"b": 7}, "picture_b is an uploaded file or a data: URI; 7 was given."),
        ({"a": []}, "picture_a is an uploaded file or a data: URI; [] was given."),
        ({"b": "data:image/png;base64,AAAA"}, "picture_b is not a picture that can be read here"),
        ({"b": "data:image/png;base64,A"}, "picture_b is a data: URI that is not base64."),
        ({"b": "data:,hello"}, "picture_b is a data: URI that is not base64."),
    ],
)
def test_compare_answers_a_bad_value_with_a_sentence(
    address: str, pictures: tuple[Path, Path], given: dict[str, Any], sentence: str
) -> None:
    picture = data_uri(pictures[0])
    values = {"a": picture, "b": picture, **dict(zip(NAMES, COMPARE, strict=True)), **given}
    assert refused(*call(address, "compare", *values.values())).startswith(sentence)


NAMES = ("network", "weights", "size", "baselines")


def refused(event: str, told: Any) -> str:
    """The one sentence that a refused call is told."""
    assert event == "error", told
    sentence = told["error"]
    assert sentence.endswith(".") and "\n" not in sentence and "Traceback" not in sentence
    return str(sentence)


def test_compare_refuses_two_sizes_with_a_sentence(
    address: str, pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    Image.new("RGB", (70, 64)).save(tmp_path / "c.png")
    both = data_uri(pictures[0]), data_uri(tmp_path / "c.png")
    found = refused(*call(address, "compare", *both, *COMPARE))
    assert found == "Both pictures need the same size; 80 × 64 and 70 × 64 were given."


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (["nothing", None, {}, None, 9, "whole"], "'nothing' cannot be swept; a number like"),
        ([None, None, {}, None, 9, "whole"], "None cannot be swept; a number like"),
        (["rotate.angle", 3, {}, None, 9, "whole"], "3 cannot be swept; a number like"),
        (["rotate.angle"] * 2 + [{}, None, 9, "whole"], "A sweep moves one knob or two different"),
        (["rotate.angle", None, [], None, 9, "whole"], 'values is an object such as {"rotate'),
        (["rotate.angle", None, {"x": 1}, None, 9, "whole"], "values names no knob 'x'; rotate"),
        (
            ["rotate.angle", None, {"rotate.angle": 500}, None, 9, "whole"],
            "Rotate: angle was 500°, outside -180 to 180.",
        ),
        (["rotate.angle", None, {}, None, 1, "whole"], "points is a whole number from 2 to 129; 1"),
        (
            ["rotate.angle", "blur.sigma", {}, None, 50, "whole"],
            "points is a whole number from 2 t",
        ),
        (["rotate.angle", None, {}, None, 9, "all"], "A sweep's span is one of whole, near; 'all'"),
        (["rotate.angle", None, {}, None, 9, 5], "span is one of whole, near; 5 was given."),
        (["rotate.angle", None, {}, [1], 9, "whole"], "picture is an uploaded file or a data: URI"),
        (["rings.count", None, {"picture.family": "zebra"}, None, 9, "whole"], "rings.count does "),
    ],
)
def test_sweep_answers_a_bad_value_with_a_sentence(
    address: str, data: list[Any], sentence: str
) -> None:
    assert refused(*call(address, "sweep", *data)).startswith(sentence)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ([["none"], None, False], "There is no network 'none'; there are: alexnet, "),
        (["alexnet", None, False], "networks is a list of names; 'alexnet' was given."),
        ([[["alexnet"]], None, False], "There is no network ['alexnet']; there are: "),
        ([[], 9, False], "archive.zip is an uploaded file or a data: URI; 9 was given."),
        (
            [[], "data:application/zip;base64,AAAA", False],
            "archive.zip is neither a folder nor a z",
        ),
        ([[], None, 1], "baselines is true or false; 1 was given."),
    ],
)
def test_suite_answers_a_bad_value_with_a_sentence(
    address: str, data: list[Any], sentence: str
) -> None:
    assert refused(*call(address, "suite", *data)).startswith(sentence)


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address that notes whoever calls."""
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *rest: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", calls
        server.shutdown()


PATHS = (
    "/etc/passwd",
    "../../../../etc/passwd",
    "assets/samples/cat.jpg",
    str(ROOT / "assets" / "samples" / "cat.jpg"),
    "{uploads}/../server.log",
    "{uploads}",
    "x/gradio_api/file={uploads}/../../server.log",
    "file:///etc/passwd",
    "\0",
    "~" + "/x" * 3000,
)
SHAPES = (
    lambda path: {"path": path, "meta": META},
    lambda path: {"path": path},
    lambda path: {"path": path, "url": path, "is_stream": True, "meta": META},
    lambda path: path,
)
GONE = ("The file was not uploaded", "Addresses are not fetched")


@pytest.mark.parametrize("shape", SHAPES, ids=["file", "bare", "stream", "text"])
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:24])
def test_no_file_of_the_server_is_read(server: tuple[str, Path], path: str, shape: Any) -> None:
    address, folder = server
    named = shape(path.replace("{uploads}", str(folder / "tmp" / "gradio")))
    calls = [
        ("compare", [named, named, *COMPARE]),
        ("sweep", ["rotate.angle", None, SMALL, named, 3, "whole"]),
        ("suite", [[], named, False]),
    ]
    for name, data in calls:
        assert refused(*call(address, name, *data)).startswith(GONE), name


@pytest.mark.parametrize("shape", SHAPES, ids=["file", "bare", "stream", "text"])
def test_no_address_is_called(address: str, listener: tuple[str, list[str]], shape: Any) -> None:
    named = shape(f"{listener[0]}/picture.png")
    assert refused(*call(address, "compare", named, named, *COMPARE)).startswith(GONE)
    assert refused(*call(address, "suite", [], named, False)).startswith(GONE)
    # The page's own events go the same way: the live one (0) and the one that takes uploads (1).
    for fn_index, data in ((0, [named, None]), (1, ["{}", None, named])):
        body = {"data": data, "fn_index": fn_index, "session_hash": "raw"}
        post(address, "/gradio_api/run/predict", body)
    assert listener[1] == []


def test_what_is_nested_too_deep_or_too_short_is_refused(address: str) -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    assert "nested deeper" in refused(*call(address, "compare", deep, deep, *COMPARE))
    assert refused(*call(address, "compare", "x")) == (
        "This endpoint takes 6 values; 1 were given."
    )


def test_the_queue_cannot_be_gone_around(address: str) -> None:
    status, _ = post(address, "/gradio_api/run/compare", {"data": ["x", "x", *COMPARE]})
    assert status == 404


def test_the_clients_errors_are_the_sentences(client: Client) -> None:
    with pytest.raises(AppError, match="'nothing' cannot be swept"):
        client.predict("nothing", api_name="/sweep")


def test_an_uploaded_file_may_be_named_by_its_address(
    address: str, pictures: tuple[Path, Path], engine: Engine
) -> None:
    client = Client(address, verbose=False)
    paths = [client_upload(client, path) for path in pictures]
    named = [f"{address}/gradio_api/file={path}" for path in paths]
    event, (answer,) = call(address, "compare", *named, *COMPARE)
    assert event == "complete"
    assert totals(answer) == pytest.approx(expected(engine, pictures), rel=1e-5)


def client_upload(client: Client, path: Path) -> str:
    import httpx

    with path.open("rb") as file:
        answer = httpx.post(f"{client.src}gradio_api/upload", files={"files": file})
    return str(answer.json()[0])


def test_a_real_mcp_client_lists_and_calls_the_tools(
    address: str, pictures: tuple[Path, Path], engine: Engine
) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    a, b = (data_uri(path) for path in pictures)

    async def run() -> tuple[list[str], dict[str, Any]]:
        url = f"{address}/gradio_api/mcp/"
        async with (
            streamable_http_client(url) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = [tool.name for tool in (await session.list_tools()).tools]
            calls = {
                "compare": {"picture_a": a, "picture_b": b},
                "sweep": {"knob": "rotate.angle", "values": SMALL, "points": 3},
                "suite": {"networks": ["alexnet"]},
                "bad": {"knob": "nothing"},
                "outside": {"picture_a": "http://127.0.0.1:1/x.png", "picture_b": "/etc/passwd"},
            }
            names = {"bad": "sweep", "outside": "compare"}
            found = {
                key: await session.call_tool(names.get(key, key), arguments)
                for key, arguments in calls.items()
            }
            return tools, found

    # In a thread: where browser tests ran before, Playwright's loop runs in this one.
    with ThreadPoolExecutor(1) as threads:
        tools, found = threads.submit(asyncio.run, run()).result()
    assert tools == ["compare", "sweep", "suite"]
    answers = {}
    for name in ("compare", "sweep", "suite"):
        assert not found[name].isError, found[name]
        answers[name] = ast.literal_eval(found[name].content[0].text)
    assert totals(answers["compare"]) == pytest.approx(expected(engine, pictures), rel=1e-5)
    assert [point["at"] for point in answers["sweep"]["points"]][0] == [-180.0]
    assert answers["suite"]["counts"]
    assert found["bad"].isError and "'nothing' cannot be swept" in found["bad"].content[0].text
    assert found["outside"].isError and GONE[1] in found["outside"].content[0].text


def examples() -> list[str]:
    """The Python examples of the documentation, in order."""
    text = (ROOT / "docs" / "http.md").read_text()
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("example", examples(), ids=lambda text: text.strip().splitlines()[-1][:40])
def test_the_documented_examples_run(
    address: str,
    example: str,
    pictures: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, path in zip(("A.png", "B.png"), pictures, strict=True):
        (tmp_path / name).write_bytes(path.read_bytes())
    folder = small_suite(tmp_path / "own")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for file in sorted(folder.glob("*/*")):
            target.write(file, file.relative_to(folder).as_posix())
    (tmp_path / "suite.zip").write_bytes(buffer.getvalue())
    monkeypatch.chdir(tmp_path)
    exec(example.replace("http://127.0.0.1:7860", address), {})  # noqa: S102
    assert capsys.readouterr().out


def test_nothing_of_all_that_was_a_traceback(server: tuple[str, Path]) -> None:
    log = (server[1] / "server.log").read_text()
    assert "Traceback" not in log, log[-3000:]
