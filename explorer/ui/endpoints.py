"""What programs call: `compare`, `sweep` and `suite`, by HTTP or as tools of MCP.

Nothing that a caller sends was checked before it arrives here: whatever is wrong with it is
answered with one sentence. Visitors take turns, as on the page; see `docs/http.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, TypeVar

import gradio as gr

from explorer.engine import Engine
from explorer.ui import requests
from explorer.ui.guard import refusal
from explorer.ui.stops import QUEUE, turns, visitor
from explorer.ui.turns import TooManyJobs, Turns
from explorer.weights import WeightsError

T = TypeVar("T")

MOST_COMPARISONS = 48
"""Of one visitor, running and waiting; a client that sends hundreds at once is told to wait."""
NAMES = ("compare", "sweep", "suite")

_END = object()


def add(engine: Engine) -> None:
    """Add the endpoints to the Blocks that is being built."""
    short, long = Turns(MOST_COMPARISONS, MOST_COMPARISONS), turns()

    async def compare(
        picture_a: str | dict,
        picture_b: str | dict,
        network: str = "alexnet",
        weights: str = "pretrained",
        size: int | None = None,
        baselines: bool = False,
        call: gr.Request = None,  # type: ignore[assignment]
    ) -> dict:
        """Compare two pictures by every deep perceptual similarity metric of a network.

        Args:
            picture_a: a picture: an uploaded file, or its bytes as a data: URI.
            picture_b: another, of the same size unless `size` is given.
            network: alexnet, squeezenet1_1_caffe, squeezenet1_1 or vgg16.
            weights: pretrained, or random:SEED for an untrained network.
            size: resize both pictures to size × size pixels first, 16 to 1024.
            baselines: whether to add MSE, PSNR, SSIM and MS-SSIM.
            call: who asks; from the server.

        Returns:
            The distance of each metric, in total and by layer, and what made it.
        """
        pieces = requests.compare(engine, picture_a, picture_b, network, weights, size, baselines)
        return await _answered(short, call, pieces)

    async def sweep(
        knob: str,
        second_knob: str | None = None,
        values: dict | None = None,
        picture: str | dict | None = None,
        points: int = 33,
        span: str = "whole",
        call: gr.Request = None,  # type: ignore[assignment]
    ) -> dict:
        """Move one or two sliders of the explorer and judge every metric at each point.

        Args:
            knob: a number on the page, such as rotate.angle or translate.x.
            second_knob: another, for a map over two.
            values: other sliders and choices, such as {"picture.family": "rings"}.
            picture: a picture of your own: an uploaded file, or its bytes as a data: URI.
            points: along each knob: 2 to 129 for one knob, 2 to 49 for two.
            span: whole (its range), or near (the quarter of it around the value).
            call: who asks; from the server.

        Returns:
            The axes, and for each point whether each metric passes, with its distances.
        """
        asked = requests.sweep(engine, knob, second_knob, values, picture, points, span)
        return await _answered(long, call, asked)

    async def suite(
        networks: list[str] | None = None,
        archive: str | dict | None = None,
        baselines: bool = False,
        call: gr.Request = None,  # type: ignore[assignment]
    ) -> dict:
        """Run the paper's challenge suite and count how many cases each metric passes.

        Args:
            networks: names of networks; alexnet alone if none are given.
            archive: a zip of your own suite: an uploaded file, or its bytes as a data: URI.
            baselines: whether to judge MSE, PSNR and SSIM, too.
            call: who asks; from the server.

        Returns:
            Counts by metric and kind, every case with its distances, and what was left out.
        """
        return await _answered(long, call, requests.suite(engine, networks, archive, baselines))

    gr.api(compare, api_name="compare", concurrency_id="compare", concurrency_limit=96)
    gr.api(sweep, api_name="sweep", **QUEUE)
    gr.api(suite, api_name="suite", **QUEUE)


async def _answered(own_turns: Turns, call: gr.Request | None, pieces: Iterator[T]) -> T:
    """The last piece of a request's work; each is done when it is the visitor's turn."""
    found: Any = None
    try:
        async with own_turns.job(visitor(call)) as job:
            while (piece := await own_turns.run(job, partial(next, pieces, _END))) is not _END:
                found = piece
    except (ValueError, WeightsError, TooManyJobs) as error:
        raise refusal(str(error)) from None
    return found
