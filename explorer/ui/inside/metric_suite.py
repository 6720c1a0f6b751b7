"""The challenge suite's distances for the view Build a metric: computed once, judged ever after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr

from explorer import weights
from explorer.engine import Engine
from explorer.networks import NETWORKS
from explorer.suite import builtin
from explorer.suite.experiment import CaseScores, scored
from explorer.suite.rescore import Table
from explorer.ui.asked import number_in, values_in
from explorer.ui.inside.metric import keep, kept
from explorer.ui.panels import carrier, packed
from explorer.ui.stops import long_job


def build(engine: Engine) -> None:
    """Build the hidden panel that carries the progress, and wire it."""
    asked = carrier("inside-suite-asked")
    stopped = carrier("inside-suite-stopped")
    panel = gr.HTML(
        value="",
        html_template='<section class="panel"></section>',
        js_on_load="Explorer.mount('inside-suite', element, props, watch);",
        elem_id="panel-inside-suite",
        apply_default_css=False,
    )

    def work(request: object) -> Iterator[Any]:
        for data in progress(engine, values_in(request)):
            yield packed(data)

    long_job(asked, stopped, lambda request: number_in(values_in(request)), work, [], [panel])


def progress(engine: Engine, request: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    """How far the suite is on the network that is asked; the distances are then kept.

    Args:
        engine: computes and keeps.
        request: `network` and `number`.
    """
    number = number_in(request)
    network = str(request.get("network"))

    def told(share: float, text: str, done: bool = False) -> dict[str, Any]:
        return {
            "key": f"{number} {share:.4f}",
            "number": number,
            "share": round(share, 4),
            "text": text,
            "done": done,
        }

    if network not in NETWORKS:
        yield told(0, f"There is no network {network!r:.40}.", done=True)
        return
    yield told(0, "Waiting for its turn…")
    with engine.locked():
        known = kept(engine, network) is not None
    found: list[CaseScores] = []
    try:
        suite = builtin()
        cases = len(suite.cases)
        for some in () if known else scored(engine, suite, network):
            found += some
            yield told(len(found) / cases, f"{len(found)} of {cases} cases")
    except (weights.WeightsError, ValueError) as error:
        yield told(0, str(error), done=True)
        return
    if not known:
        with engine.locked():
            keep(engine, Table.of(network, found))
    yield told(1, f"{cases} cases of the built-in suite.", done=True)
