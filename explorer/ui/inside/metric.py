"""The view Build a metric: weights on sliders, the verdict live, the suite's count beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.blend import (
    LARGEST,
    PARTS,
    Blend,
    from_json,
    layers_of,
    read,
    to_json,
    with_blends,
    written,
)
from explorer.comparison import Compared
from explorer.engine import Engine
from explorer.figures import inside_metric as figures
from explorer.metrics import METRICS
from explorer.pictures import REFERENCES
from explorer.results import NORMS, OWN, Scores, rule_of
from explorer.suite.rescore import Table
from explorer.ui.inside.view import Asked, View
from explorer.verdicts import limits, on_features

FIRST = "my metric"
BESIDE = ("spatial", "mean", "sort", "spatial+mean", "spatial+sort")
LONGEST = 16_000


def answer(asked: Asked) -> dict[str, Any]:
    """The metric's score and verdict on the pair, and what was asked to be read or written.

    Raises:
        ValueError: with one sentence, if the metric or the file is none.
    """
    network = asked.pair.network.name
    if len(asked.pair.layers) < len(layers_of(network)):
        raise ValueError(
            f"A metric of one's own weighs all layers of {asked.pair.network.title}; only "
            f"{', '.join(asked.pair.layers)} are chosen under Metric in Explore. Choose all there."
        )
    blend = _blend(asked.extra.get("blend"), network)

    def scored(compared: Compared, index: int = 0) -> Scores:
        scores = with_blends(compared.scores(index), [blend], network)
        return {key: score for key, score in scores.items() if key[0] in (*BESIDE, blend.name)}

    blanks, decoy = asked.engine.against(asked.scene, asked.upload, asked.pair.swapped)
    references = {name: scored(blanks, i) for i, name in enumerate(REFERENCES)}
    verdicts = on_features(scored(asked.pair.compared), limits(references, scored(decoy)))
    table = kept(asked.engine, network)
    data = figures.figure(
        blend,
        blend.score(asked.pair.compared.scores()),
        verdicts,
        rule_of(asked.scene),
        None if table is None else {**_counted(table), **_own(table, blend)},
    )
    return data | _files(asked.extra)


def _blend(text: object, network: str) -> Blend:
    """The metric of the sliders; where they stood for another network, all layers count alike."""
    found = read(text) if isinstance(text, str) and len(text) <= LONGEST else ()
    if len(found) == 1 and found[0].network == network:
        return found[0]
    return Blend(FIRST, network, (1.0,) * len(layers_of(network)))


def _files(extra: Mapping[str, object]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    imported, exported = extra.get("imported"), extra.get("exported")
    if isinstance(imported, str):
        found["imported"] = written(from_json(imported))
    if isinstance(exported, str):
        found["exported"] = to_json(read(exported))
    return found


def kept(engine: Engine, network: str) -> Table | None:
    """The suite's distances on a network, if they were computed."""
    key = _key(network)
    if key not in engine.worked_out:
        return None
    return engine.worked_out.get(key, _absent, lambda table: table.nbytes)


def keep(engine: Engine, table: Table) -> None:
    """Keep the suite's distances for every later question."""
    engine.worked_out.get(_key(table.network), lambda: table, lambda found: found.nbytes)


def _key(network: str) -> tuple[str, str]:
    return ("suite table", network)


def _absent() -> Table:
    raise LookupError("The table was looked for after it had gone.")


def _counted(table: Table) -> dict[tuple[str, str], figures.Counts]:
    """The counts of the paper's five, as blends of one weight each."""
    counts = {}
    for metric in BESIDE:
        parts = tuple(float(part in METRICS[metric].parts) for part in PARTS)
        for norm in NORMS:
            layers = (1.0,) * len(layers_of(table.network))
            same = Blend("beside", table.network, layers, parts, float(norm == "norm"))
            counts[metric, norm] = table.counts(same)
    return counts


def _own(table: Table, blend: Blend) -> dict[tuple[str, str], figures.Counts]:
    return {(blend.name, OWN): table.counts(blend)}


def _slider(kind: str, index: int, title: str, most: float, value: float) -> str:
    ident = f"blend-{kind}-{index}"
    return (
        f'<div class="knob weight"><label for="{ident}">{title}</label>'
        f'<input type="range" id="{ident}" data-kind="{kind}" data-index="{index}" min="0" '
        f'max="{most:g}" step="0.05" value="{value:g}"><output for="{ident}"></output></div>'
    )


def _body() -> str:
    parts = "".join(
        _slider("parts", i, part, LARGEST, float(i == 0)) for i, part in enumerate(PARTS)
    )
    return (
        '<div class="builder"><div class="weights">'
        f"<h3>Metrics</h3>{parts}{_slider('norm', 0, 'norm', 1, 1)}"
        '<p class="about">0 takes the features as they are, 1 channel-normalised.</p>'
        '<h3>Layers</h3><div class="layers"></div></div>'
        '<div class="outcome"><p class="total" data-spoken></p>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Table of metrics"><table>'
        '<caption class="sr-only">The metric and the paper’s five: '
        "distance, verdict, and cases passed.</caption><thead></thead><tbody></tbody></table></div>"
        '<div class="tools"><button type="button" class="action score">Score it on the challenge '
        'suite</button><button type="button" class="action stop" hidden>Cancel</button>'
        '<progress max="1" value="0" aria-label="Progress" hidden></progress>'
        '<span class="doing" data-spoken></span></div></div></div>'
        '<h3>Keep it</h3><div class="tools keep"><label>Name <input type="text" class="name" '
        'maxlength="24" autocomplete="off" spellcheck="false"></label>'
        '<button type="button" class="action save">Save</button>'
        '<button type="button" class="action export">Export all (JSON)</button>'
        '<button type="button" class="action import">Import…</button>'
        '<input type="file" class="file" accept=".json,application/json" hidden '
        'aria-label="Metrics to import"></div>'
        '<p class="about">Saved metrics stay in this browser. Those in use stand beside the others '
        "in Explore, Sweep and the challenge suite, on their own network.</p>"
        '<ul class="saved"></ul>'
    )


VIEW = View(
    name="metric",
    title="Build a metric",
    question="Which mixture would do better?",
    help="The score is the sum over layers of the layer’s weight times the weighted distances of "
    "spatial, mean and sort. No network runs for it: drag a weight and see whether the metric "
    "still sees the same picture (✓), here and on all cases of the suite.",
    body=_body(),
    answer=answer,
    shared=("swap",),
)
