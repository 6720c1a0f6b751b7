"""The view Which bug is it?"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

from explorer import weights
from explorer.comparison import Compared
from explorer.features import Features
from explorer.figures import inside_bug as figures
from explorer.inside.bugs import BUGS, Bug
from explorer.metrics import METRICS
from explorer.results import rule_of
from explorer.spec import Choice, Knob
from explorer.ui.inside.judged import Three, judged
from explorer.ui.inside.view import Asked, View

KNOBS: dict[str, Knob] = {
    "bug": Choice(
        "unit", tuple(BUGS.names()), tuple(bug.title for bug in BUGS), title="The mistake"
    )
}


def answer(asked: Asked) -> dict[str, Any]:
    """Every metric's score, verdict and order of pictures, right and with the bug."""
    bug = BUGS[str(asked.values["bug"])]
    _check(bug, asked)
    pair = asked.pair
    right = judged((pair.compared, *asked.engine.against(asked.scene, asked.upload, pair.swapped)))
    wrong = judged(_with(bug, asked))
    shown = [key for key in right if key[1] == asked.norm or METRICS[key[0]].norms == ("norm",)]
    words = {
        "name": bug.name,
        "title": bug.title,
        "mistake": bug.mistake,
        "wrong": bug.wrong,
        "right": bug.right,
        "forwards": bug.forwards,
    }
    changed = "original" if pair.swapped else "perturbed"
    pairs = [(right[key], wrong[key]) for key in shown]
    return figures.figure(words, rule_of(asked.scene), changed, pairs)


def _check(bug: Bug, asked: Asked) -> None:
    """Say so where the bug cannot be made.

    Raises:
        ValueError: if it is about LPIPS and there is none, or about weights that are random anyway.
    """
    if bug.touches_lpips_only and asked.pair.heads is None:
        raise ValueError(
            f"{bug.title}: LPIPS has no heads for these weights of {asked.pair.network.title}; "
            "choose AlexNet, VGG-16 or torchvision's SqueezeNet, pretrained."
        )
    if bug.heads and weights.load_heads(asked.pair.network, bug.heads) is None:
        raise ValueError(
            f"{bug.title}: there never were any for {asked.pair.network.title}; choose AlexNet, "
            "VGG-16 or torchvision's SqueezeNet."
        )
    if bug.weights and asked.scene.question.weights != "pretrained":
        raise ValueError(
            f"{bug.title}: the weights in Explore are {asked.scene.question.weights} already; "
            "choose pretrained ones."
        )


def _with(bug: Bug, asked: Asked) -> Three:
    """The comparisons with the bug; kept, because most bugs need the network again."""
    engine, scene, swapped = asked.engine, asked.scene, asked.pair.swapped

    def make() -> Three:
        if bug.run is not None:
            a, b, blanks, decoy = engine.another_way(
                scene, asked.upload, f"bug {bug.name}", bug.run
            )
        else:
            choice = bug.weights or scene.question.weights
            other = replace(scene, question=replace(scene.question, weights=choice))
            pair = engine.pair(other, asked.upload)
            a, b = pair.features_a, pair.features_b
            blanks, decoy = engine.blanks(other)
        first, second = (b, a) if swapped else (a, b)
        heads = asked.pair.heads
        if bug.touches_lpips_only:
            stored = weights.load_heads(asked.pair.network, bug.heads) or ()
            heads = tuple(head.to(engine.device, engine.dtype) for head in stored)

        def against(others: Features) -> Compared:
            # Without the terms, which would take much room and are not shown.
            return Compared(bug.measure(first, others, heads).distances, ())

        return against(second), against(blanks), against(decoy)

    key = ("bug", bug.name, scene, swapped)
    return engine.keep(key, make, lambda three: sum(c.nbytes for c in three))


def _body() -> str:
    choices = "".join(
        f'<label><input type="radio" name="inside-bug" value="{bug.name}"'
        f"{' checked' if i == 0 else ''}><span>{escape(bug.title)}</span></label>"
        for i, bug in enumerate(BUGS)
    )
    return (
        f'<fieldset class="radios choices"><legend>The mistake</legend>{choices}</fieldset>'
        '<div class="about"></div><p class="summary" data-spoken></p>'
        '<div class="columns"><div class="scores"></div><div class="order"></div></div>'
        '<p class="cost help"></p><p class="words sr-only"></p>'
    )


VIEW = View(
    name="bug",
    title="Which bug is it?",
    question="What would a common mistake do to these scores?",
    help="Switch a mistake on: every metric’s right distance and verdict stand beside those with "
    "the mistake. The chart ranks pictures by their distance from the original, nearest on top; "
    "a line that crosses others is a picture that the mistake puts elsewhere.",
    body=_body(),
    answer=answer,
    knobs=KNOBS,
    shared=("norm", "swap"),
)
