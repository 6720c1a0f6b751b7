"""The suite tab without a browser: what is asked, what is told, and that stopping stops."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer import suite as suites
from explorer.engine import Engine
from explorer.networks import NETWORKS
from explorer.results import PIXELS
from explorer.ui.experiment import asked, checked, messages, status
from explorer.ui.suite import _controls
from tests.few import FEW
from tests.suite.test_experiment import small_suite


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A zip of a small suite, with one file that is no picture."""
    folder = small_suite(tmp_path_factory.mktemp("suite") / "own")
    target = folder.parent / "own.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(folder.glob("*/*")):
            archive.write(file, file.relative_to(folder).as_posix())
        archive.writestr("rotate/z.png", b"no picture")
    return str(target)


def ask(*networks: object, suite: object = "own", number: object = 3) -> str:
    return json.dumps({"suite": suite, "networks": networks, "number": number})


def test_a_run_is_told_piece_by_piece(engine: Engine, own: str) -> None:
    told = list(messages(engine, ask("alexnet", "squeezenet1_1_caffe"), own))
    texts = [m.status["text"] for m in told]
    for done in range(6):
        assert f"alexnet: {done} of 5 cases" in texts
    shares = [m.status["share"] for m in told]
    assert shares == sorted(shares) and shares[-1] == 1
    assert {m.status["number"] for m in told} == {3}
    assert {m.status["key"] for m in told[:-1]} == {"running"}
    last = told[-1].status
    assert (last["key"], last["text"]) == ("done", "Done: 5 cases on 2 networks.")
    assert last["left_out"]["count"] == 1 and "z.png" in last["left_out"]["problems"][0]
    alexnet, squeezenet = (m.run for m in told if m.run)
    assert alexnet and squeezenet
    assert alexnet["network"] == "alexnet" and len(alexnet["scores"]) == 11
    assert squeezenet["network"] == "squeezenet1_1_caffe" and len(squeezenet["scores"]) == 10
    expected = suites.run(engine, suites.read_suite(own), ["alexnet"])
    for score in alexnet["scores"]:
        found = [r for r in expected if (r.metric, r.norm) == (score["metric"], score["norm"])]
        assert score["passed"] == [int(r.passed) for r in found]
        assert score["distance"] == pytest.approx([r.distance for r in found], rel=1e-4)


def test_the_baselines_run_beside_a_network_and_alone(engine: Engine, own: str) -> None:
    told = list(messages(engine, ask(PIXELS, "alexnet"), own))
    texts = [m.status["text"] for m in told]
    assert {f"pixels: {done} of 5 cases" for done in range(6)} <= set(texts)
    assert texts[-1] == "Done: 5 cases on 1 network and on pixels."
    pixels, alexnet = (m.run for m in told if m.run)
    assert pixels and alexnet and alexnet["network"] == "alexnet"
    assert (pixels["network"], pixels["title"], pixels["computed"]) == (
        PIXELS,
        "Pixels",
        "float64 on cpu",
    )
    expected = suites.run(engine, suites.read_suite(own), [PIXELS])
    assert [s["metric"] for s in pixels["scores"]] == ["mse", "psnr", "ssim"]
    for score in pixels["scores"]:
        found = [r for r in expected if r.metric == score["metric"]]
        assert score["norm"] == PIXELS
        assert score["passed"] == [int(r.passed) for r in found]
        assert score["distance"] == pytest.approx([r.distance for r in found], rel=1e-4)
    *_, last = messages(engine, ask(PIXELS), own)
    assert last.status["text"] == "Done: 5 cases on pixels."


def test_the_baselines_need_no_weights(own: str) -> None:
    engine = Engine(device="cpu")

    def refuse(network: str) -> None:
        raise AssertionError(network)

    engine.extractor = refuse  # type: ignore[assignment, method-assign]
    *_, last = messages(engine, ask(PIXELS), own)
    assert (last.status["key"], last.status["notes"]) == ("done", [])


def test_dists_is_one_of_them_beside_vgg16(engine: Engine, own: str, vgg16: str) -> None:
    told = list(messages(engine, ask(vgg16, PIXELS), own))
    assert told[-1].status["key"] == "done" and not told[-1].status["notes"]
    vgg, pixels = (m.run for m in told if m.run)
    assert vgg and pixels
    assert [s["metric"] for s in pixels["scores"]] == ["mse", "psnr", "ssim", "dists"]
    assert pixels["scores"][-1]["title"] == "DISTS" and pixels["scores"][-1]["shown"]
    # What DISTS was made by is named.
    assert pixels["weights"]["sha256"] == vgg["weights"]["sha256"]
    assert "DISTS" in pixels["weights"]["origin"]


def test_the_baselines_run_though_vgg16_is_not_here(
    own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    *_, last = told = list(messages(Engine(device="cpu"), ask("vgg16", PIXELS), own))
    (pixels,) = (m.run for m in told if m.run)
    assert pixels["network"] == PIXELS and "weights" not in pixels
    (note,) = last.status["notes"]
    assert "vgg16" in note


def test_whoever_asks_no_more_stops_the_network(own: str) -> None:
    engine = Engine(device="cpu")
    extractor, _ = engine.extractor("alexnet")
    told = messages(engine, ask("alexnet"), own)
    while extractor.forwards < 2:
        next(told)
    told.close()
    assert extractor.forwards == 2
    assert engine.locked().held_seconds() is None


def test_the_engine_is_free_between_pieces(own: str) -> None:
    engine = Engine(device="cpu")
    for _ in messages(engine, ask("alexnet"), own):
        assert engine.locked().held_seconds() is None


def test_missing_weights_cost_a_sentence_and_the_others_run(
    own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    assert set(status("idle")["missing"]) & set(FEW) == {"vgg16", "squeezenet1_1"}
    *_, last = told = list(messages(Engine(device="cpu"), ask("vgg16", "alexnet"), own))
    assert [m.run["network"] for m in told if m.run] == ["alexnet"]
    assert last.status["key"] == "done" and "1 network" in last.status["text"]
    (note,) = last.status["notes"]
    assert note.startswith("The weights of vgg16 are not on this machine")
    (only,) = list(messages(Engine(device="cpu"), ask("vgg16"), own))[-1:]
    assert only.status["key"] == "refused" and only.run is None


def test_pictures_too_small_for_a_network_are_a_sentence(engine: Engine, tmp_path: Path) -> None:
    folder = small_suite(tmp_path / "tiny", 8)
    target = tmp_path / "tiny.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(folder.glob("*/*")):
            archive.write(file, file.relative_to(folder).as_posix())
    *_, last = messages(engine, ask("alexnet"), str(target))
    assert last.status["key"] == "refused"
    assert "AlexNet needs pictures of at least" in last.status["notes"][0]


ODD = [None, 7, [], {}, "", "[[[", "[]", "null", '{"suite": "own"}', "x" * 10_000, "[" * 1_900]


@pytest.mark.parametrize("text", ODD, ids=lambda text: repr(text)[:12])
def test_a_request_that_cannot_be_read_is_a_sentence(engine: Engine, text: object) -> None:
    (message,) = messages(engine, text, None)
    assert message.status["key"] == "refused" and message.run is None
    assert message.status["notes"] == [
        "The request names no suite and networks that can be read here."
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (ask(), "Choose at least one network, or the baselines."),
        (ask("resnet"), "There is no network 'resnet'; there are: alexnet, "),
        (ask("../../etc/passwd"), "There is no network '../../etc/passwd'"),
        (ask({"a": 1}), "There is no network {'a': 1}"),
        (ask(["pixels"]), "There is no network ['pixels']; there are: alexnet, "),
        (ask("Pixels"), "There is no network 'Pixels'"),
        (ask("alexnet", suite="other"), "The request names no suite"),
        (ask("alexnet", suite=["own"]), "The request names no suite"),
        (ask("alexnet", number="x"), "The request names no suite"),
        (ask("alexnet"), "Choose a zip file first."),
    ],
)
def test_odd_requests_get_a_sentence(engine: Engine, text: str, sentence: str) -> None:
    *_, last = messages(engine, text, None)
    assert last.status["key"] == "refused" and last.status["notes"][0].startswith(sentence)


def test_a_network_named_twice_runs_once() -> None:
    found = asked(ask("alexnet", "alexnet", "nothing"))
    assert found.networks == ("alexnet",) and len(found.notes) == 1


def hostile(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../evil.png", b"x")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (hostile, "bad.zip is refused: '../evil.png' climbs out of its folder."),
        (lambda path: path.write_bytes(b"no zip"), "bad.zip is neither a folder nor a zip file."),
        (lambda path: None, "The zip file is no longer on the server: choose it again."),
    ],
    ids=["climbs", "no zip", "gone"],
)
def test_a_refused_file_is_one_sentence_without_the_servers_paths(
    engine: Engine, tmp_path: Path, make: Callable[[Path], None], sentence: str
) -> None:
    path = tmp_path / "bad.zip"
    make(path)
    assert checked(str(path))["notes"] == [sentence]
    *_, last = messages(engine, ask("alexnet"), str(path))
    assert last.status["notes"] == [sentence]


def test_a_good_file_is_described_at_once(own: str) -> None:
    found = checked(own)
    assert found["key"] == "idle"
    assert found["text"] == "own.zip: 5 cases, 3 references, 48 × 48 pixels. Ready to run."
    assert found["left_out"]["count"] == 1
    assert checked(None)["left_out"] is None


def test_every_network_can_be_chosen_and_the_bundled_ones_are() -> None:
    page = _controls()
    for network in NETWORKS:
        checked_at_first = f'value="{network.name}" checked' in page
        assert f'value="{network.name}"' in page and checked_at_first is bool(network.bundled)


def test_the_baselines_can_be_chosen_and_are_off_at_first() -> None:
    assert f'name="suite-network" value="{PIXELS}">' in _controls()
