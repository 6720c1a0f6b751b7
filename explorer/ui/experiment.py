"""A run of the challenge suite, message by message. No gradio in here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explorer import __version__, dists, taps, weights
from explorer import suite as suites
from explorer.baselines.dists import DISTS
from explorer.blend import Blend, read
from explorer.engine import Engine
from explorer.figures import suite as figures
from explorer.networks import NETWORKS
from explorer.results import PIXELS, Receipt, WeightsInfo
from explorer.ui import gpu

OPENING_NETWORKS = ("alexnet", "squeezenet1_1_caffe")
LARGEST_ASK = 2_000
SUITES = ("built-in", "own")


@dataclass(frozen=True)
class Ask:
    """What shall be run.

    Attributes:
        suite: one of `SUITES`.
        networks: names that exist; `PIXELS` stands for the baselines.
        number: by which the page knows which of its requests is answered.
        notes: sentences on what could not be used.
        blends: a person's own metrics, each for its own network.
        taps: the layers that count, in the words of `explorer.taps`.
    """

    suite: str = SUITES[0]
    networks: tuple[str, ...] = ()
    number: int = 0
    notes: tuple[str, ...] = field(default=())
    blends: tuple[Blend, ...] = ()
    taps: str = ""


@dataclass(frozen=True)
class Message:
    """What the page is told: how far the work is, and a finished run now and then."""

    status: dict[str, Any]
    run: dict[str, Any] | None = None


def asked(text: object) -> Ask:
    """Read what the page sends; what cannot be used is left out with a sentence."""
    try:
        if not isinstance(text, str) or len(text) > LARGEST_ASK:
            raise ValueError
        data = json.loads(text)
        suite, networks = data["suite"], data["networks"]
        number = data.get("number", 0)
        if suite not in SUITES or not isinstance(networks, list) or type(number) is not int:
            raise ValueError
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return Ask(notes=("The request names no suite and networks that can be read here.",))
    notes = []
    chosen: list[str] = []
    for name in networks:
        if not isinstance(name, str) or (name != PIXELS and name not in NETWORKS):
            known = ", ".join([*NETWORKS.names(), PIXELS])
            notes.append(f"There is no network {name!r:.40}; there are: {known}.")
        elif name not in chosen:
            chosen.append(name)
    if not networks:
        notes.append("Choose at least one network, or the baselines.")
    own = data.get("own", "")
    blends: tuple[Blend, ...] = ()
    try:
        blends = read(own) if isinstance(own, str) else ()
    except ValueError as error:
        notes.append(f"Your own metrics were left out. {error}")
    line = data.get("taps", "")
    try:
        line = taps.canonical(line) if isinstance(line, str) else ""
    except ValueError as error:
        line = ""
        notes.append(f"All layers count. {error}")
    return Ask(suite, tuple(chosen), number, tuple(notes), blends, line)


def status(state: str, text: str = "", share: float = 0.0, **rest: Any) -> dict[str, Any]:
    """Plain data for the panel of controls.

    Args:
        state: `idle`, `running`, `done` or `refused`.
        text: what is being done, or was.
        share: how much of it is done, from 0 to 1.
        rest: `notes`, sentences; `left_out`, files of the suite with their reasons. What is not
            given stays as it is on the page. `number`, that of the request.
    """
    missing = [n.name for n in NETWORKS if weights.on_disk(n) is None]
    return {"key": state, "text": text, "share": round(share, 4), "missing": missing, **rest}


def opened(kind: str, path: str | None) -> suites.Suite:
    """The built-in suite, or the one that was uploaded.

    Raises:
        SuiteError: with one sentence.
    """
    if kind == SUITES[0]:
        return suites.builtin()
    if path is None:
        raise suites.SuiteError("Choose a zip file first.")
    if not Path(path).is_file():
        raise suites.SuiteError("The zip file is no longer on the server: choose it again.")
    try:
        return suites.read_suite(path)
    except suites.SuiteError as error:
        # Where the server keeps uploads is nobody's business.
        raise suites.SuiteError(str(error).replace(path, Path(path).name)) from error


def checked(path: str | None) -> dict[str, Any]:
    """What an uploaded file holds, as a status."""
    if path is None:
        return status("idle", notes=[], left_out=None)
    try:
        suite = opened("own", path)
    except suites.SuiteError as error:
        return status("refused", notes=[str(error)], left_out=None)
    height, width = next(iter(suite.pictures.values())).shape[:2]
    cases, blanks = counted(len(suite.cases), "case"), counted(len(suite.references), "reference")
    text = f"{suite.name}: {cases}, {blanks}, {width} × {height} pixels. Ready to run."
    return status("idle", text, notes=[], left_out=_left_out(suite))


def _left_out(suite: suites.Suite) -> dict[str, Any]:
    return {
        "suite": suite.name,
        "count": len(suite.problems),
        "problems": list(suite.problems[: figures.MOST_PROBLEMS]),
    }


def counted(count: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "case"), counted(3, "case")
    ('1 case', '3 cases')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def messages(engine: Engine, ask_text: object, path: str | None) -> Iterator[Message]:
    """Run what is asked, with a message for every piece of work.

    A network that cannot be run costs a sentence, and the others still run. Whoever asks for no
    further message ends the work.
    """
    ask = asked(ask_text)
    notes = [*ask.notes]

    def told(state: str, text: str = "", share: float = 0.0, **rest: Any) -> Message:
        return Message(status(state, text, share, number=ask.number, notes=[*notes], **rest))

    if not ask.networks:
        yield told("refused", left_out=None)
        return
    yield told("running", "Reading the pictures…", left_out=None)
    try:
        suite = opened(ask.suite, path)
    except suites.SuiteError as error:
        notes.append(str(error))
        yield told("refused")
        return
    cases = counted(len(suite.cases), "case")
    finished: list[str] = []
    for i, network in enumerate(ask.networks):
        results: list[suites.CaseResult] = []
        done = 0
        try:
            yield told("running", f"{network}: 0 of {cases}", i / len(ask.networks))
            for found in gpu.suite(
                engine, suite, network, ask.networks, ask.blends, taps.chosen(ask.taps, network)
            ):
                results += found
                done += bool(found)
                share = (i + done / len(suite.cases)) / len(ask.networks)
                yield told("running", f"{network}: {done} of {cases}", share)
        except (weights.WeightsError, ValueError) as error:
            notes.append(str(error))
            continue
        finished.append(network)
        message = told("running", f"{network}: {done} of {cases}", (i + 1) / len(ask.networks))
        run = figures.figure(suite, _receipt(engine, suite, network, results, ask.taps), results)
        yield Message(message.status, run)
    text = f"Done: {cases} on {_places(finished)}." if finished else ""
    yield told("done" if finished else "refused", text, 1, left_out=_left_out(suite))


def _places(finished: Sequence[str]) -> str:
    """Where the cases were judged, in words.

    >>> _places(["alexnet"]), _places(["pixels", "alexnet", "vgg16"]), _places(["pixels"])
    ('1 network', '2 networks and on pixels', 'pixels')
    """
    networks = len(finished) - (PIXELS in finished)
    if not networks:
        return PIXELS
    return counted(networks, "network") + (f" and on {PIXELS}" if PIXELS in finished else "")


def _receipt(
    engine: Engine,
    suite: suites.Suite,
    network: str,
    results: Sequence[suites.CaseResult],
    line: str = "",
) -> Receipt:
    height, width = next(iter(suite.pictures.values())).shape[:2]
    if network == PIXELS:
        # Whatever the engine's own precision and device are: the baselines' are always these.
        info = WeightsInfo("no network", "")
        if any(result.metric == DISTS.name for result in results):
            vgg = engine.extractor(dists.NETWORK)[0].info
            info = WeightsInfo(f"of DISTS only, {vgg.origin}", vgg.sha256, vgg.licence)
        return Receipt(network, info, (width, height), "float64", "cpu", __version__)
    info = engine.extractor(network)[0].info
    dtype = str(engine.dtype).removeprefix("torch.")
    names = tuple(NETWORKS[network].taps[i].name for i in taps.chosen(line, network))
    return gpu.receipt(
        Receipt(network, info, (width, height), dtype, str(engine.device), __version__, names)
    )
