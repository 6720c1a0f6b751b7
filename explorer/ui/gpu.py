"""Sweeps and suites on a rented GPU: ZeroGPU on Hugging Face Spaces. Elsewhere nothing changes.

There a function under `spaces.GPU` runs in a forked process that has the GPU for its duration;
what goes in and out is pickled. The fork has none of its parent's threads, so none that could
give back a lock that was held: it makes an engine of its own, which stays as long as the process
does. Live moves stay on the CPU, because a rent a move would use up a visitor's quota.
"""

from __future__ import annotations

import importlib.util
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import gradio as gr

from explorer import sweeps
from explorer.blend import Blend
from explorer.engine import Engine
from explorer.images import Upload
from explorer.results import PIXELS, Axis, Receipt
from explorer.suite import CaseResult, Suite
from explorer.suite.experiment import steps
from explorer.weights import WeightsError

START_SECONDS = 15
"""To move into the GPU's process and to load a network there."""
LONGEST_SECONDS = 120


def rented() -> bool:
    """Whether long jobs run on a rented GPU, by the variable that `spaces` itself goes by."""
    wanted = os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")
    return wanted and importlib.util.find_spec("spaces") is not None


def page_engine() -> Engine:
    """An engine for the page; where GPUs are rented, its process must not touch one."""
    return Engine(device="cpu") if rented() else Engine()


def sweep(
    engine: Engine,
    values: Mapping[str, object],
    axes: tuple[Axis, ...],
    upload: Upload | None = None,
) -> Iterator[sweeps.Part]:
    """`sweeps.run`, on a rented GPU where there is one."""
    if not rented():
        return sweeps.run(engine, values, axes, upload)
    return _told(_renting(_sweep, _sweep_seconds)(dict(values), axes, upload))


def suite(
    engine: Engine,
    suite: Suite,
    network: str,
    beside: Sequence[str] = (),
    blends: Sequence[Blend] = (),
    layers: tuple[int, ...] = (),
) -> Iterator[list[CaseResult]]:
    """`suite.experiment.steps`, on a rented GPU where there is one; baselines need none."""
    if not rented() or network == PIXELS:
        return steps(engine, suite, network, beside, blends, layers=layers)
    made = _renting(_suite, _suite_seconds)
    return _told(made(suite, network, tuple(beside), tuple(blends), layers))


def receipt(made: Receipt) -> Receipt:
    """A receipt of the page's engine, corrected for where long jobs really run."""
    return replace(made, device="cuda") if rented() else made


def reserve() -> None:
    """Name the functions that rent a GPU: ZeroGPU wants to see them before the page is served."""
    if rented():
        _renting(_sweep, _sweep_seconds)
        _renting(_suite, _suite_seconds)


@cache
def _renting(work: Callable[..., Iterator[Any]], seconds: Callable[..., int]) -> Any:
    import spaces

    return spaces.GPU(duration=seconds)(work)


@cache
def _own_engine() -> Engine:
    # Called in the GPU's process only. `cache` has no lock that a fork could copy while it is held.
    return Engine()


def _sweep(
    values: Mapping[str, object], axes: tuple[Axis, ...], upload: Upload | None
) -> Iterator[sweeps.Part | Exception]:
    try:
        yield from sweeps.run(_own_engine(), values, axes, upload)
    except (WeightsError, ValueError) as error:
        yield error


def _suite(
    suite: Suite,
    network: str,
    beside: tuple[str, ...],
    blends: tuple[Blend, ...],
    layers: tuple[int, ...] = (),
) -> Iterator[list[CaseResult] | Exception]:
    try:
        yield from steps(_own_engine(), suite, network, beside, blends, layers=layers)
    except (WeightsError, ValueError) as error:
        yield error


def _told(pieces: Iterator[Any]) -> Iterator[Any]:
    """What comes from the GPU's process; its refusals are raised here, with their sentences.

    `spaces` passes only the class of an exception on, so they come as values; and it raises its
    own, on a used-up quota for example, as Gradio's.
    """
    try:
        for found in pieces:
            if isinstance(found, Exception):
                raise found
            yield found
    except gr.Error as error:
        raise ValueError(f"The GPU was not to be had: {error.message}") from error


def _sweep_seconds(
    values: Mapping[str, object], axes: tuple[Axis, ...], upload: Upload | None
) -> int:
    """Rendering on a core is what takes time: some 25 ms a picture of 224 px."""
    points = math.prod(len(axis.values) for axis in axes)
    return min(START_SECONDS + round(0.025 * points), LONGEST_SECONDS)


def _suite_seconds(
    suite: Suite,
    network: str,
    beside: tuple[str, ...],
    blends: tuple[Blend, ...],
    layers: tuple[int, ...] = (),
) -> int:
    return min(START_SECONDS + round(0.05 * len(suite.pictures)), LONGEST_SECONDS)
