"""The first lessons: features, two ways to compare them, and the test they are put to."""

from __future__ import annotations

from functools import partial

from explorer.spec import Value
from explorer.ui import lessons_answers as answers
from explorer.ui import lessons_math as maths
from explorer.ui.lessons_kind import BOTH_NORMS, NEITHER_NORM, RAW_ALONE, Choice, Door, Lesson

SIZE: dict[str, Value] = {"layout.size": "128"}
CAT: dict[str, Value] = {
    **SIZE,
    "picture.kind": "sample",
    "picture.sample": "cat",
    "layout.scale": 1,
}
RINGS: dict[str, Value] = {**SIZE, "layout.scale": 0.4, "layout.x": -30, "layout.y": -30}
MOVED: dict[str, Value] = {**RINGS, "translate.x": 60, "translate.y": 60}

FEATURES = Lesson(
    "features",
    "What a network sees",
    (
        "A network that was trained to name things in photographs turns a picture into layers of "
        "maps. Each map, a channel, says where the network found one thing: in the first layer "
        "edges and colours, further on patterns, then parts of things. These maps are the "
        "picture’s deep features.",
        "Here AlexNet looks at both pictures, and each of five layers adds its part to the "
        "distance between them. The photograph on the right is slightly blurred.",
    ),
    (maths.FEATURES,),
    {**CAT, "blur.sigma": 1},
    "Which layer adds the largest part to the distance?",
    (
        Choice(
            "first",
            "relu1, the first: edges and colours",
            "The first layer adds most, {share}: what changed is seen at once, pixel by pixel, in "
            "edges and colours. The last adds {last}.",
        ),
        Choice(
            "second",
            "relu2: fine patterns",
            "relu2 adds most, {share}: what changed is fine pattern above all. The first layer "
            "adds {first}, the last {last}.",
        ),
        Choice(
            "middle",
            "relu3 or relu4",
            "{layer} adds most, {share}: the change is seen best by layers that put patterns "
            "together. The first layer adds {first}, the last {last}.",
        ),
        Choice(
            "last",
            "relu5, the last: parts of things",
            "The last layer adds most, {share}: the change reaches what the network takes the "
            "things for. The first layer adds {first}.",
        ),
    ),
    answers.largest_layer,
    "Every layer has a view of its own. A metric adds them up, and so decides what counts.",
    (("spatial", "norm"),),
    ("blur.sigma", "noise.sd", "brightness.amount"),
    "Take the blur away and find a change that the first layer sees best, and one for the last.",
    "layers",
    (Door("See the channels themselves", "Look inside", "channels"),),
)

SPATIAL = Lesson(
    "spatial",
    "Compare place by place",
    (
        "The usual way to compare features is to lay the two stacks of maps over each other and to "
        "take differences, place by place. This metric is called spatial here; LPIPS, which many "
        "papers report, is a weighted spatial distance.",
        "On the right a grey square hides the middle of the cat. All pixels outside of it are the "
        "same in both pictures.",
    ),
    (maths.SPATIAL,),
    {**CAT, "occlusion.side": 40},
    "How much of the last layer’s distance comes from places where no pixel changed?",
    (
        Choice(
            "none",
            "Nothing: nothing changed there",
            "Nothing: at the {cells} of {of} places of {layer} whose pixels stayed the same, the "
            "features stayed the same as well.",
        ),
        Choice(
            "some",
            "Some, but less than half",
            "{share}: it comes from {cells} of {of} places of {layer} that kept their pixels.",
        ),
        Choice(
            "most",
            "Half or more",
            "{share}: it comes from {cells} of {of} places of {layer} that kept their pixels.",
        ),
    ),
    answers.elsewhere,
    "An activation of a deep layer depends on a large window of the picture, its receptive field, "
    "not on the pixels under it alone. Yet spatial compares it with one place only.",
    (("spatial", "norm"),),
    ("occlusion.side", "occlusion.x", "occlusion.y"),
    "Move a small square about: the maps of the first layers show its outline, the last a cloud.",
    "maps",
    (Door("See what a place can see", "Look inside", "mask"),),
)

BLANK = Lesson(
    "blank",
    "The blank-canvas test",
    (
        "A distance of 4 says nothing by itself. So the paper asks a question that people find "
        "easy: is the changed picture closer to the original than an empty canvas is? Seven "
        "canvases are tried, black, white, red, green, blue, grey and noise. A metric that would "
        "rather have one of them fails.",
        "Below, each grey tick is a canvas, and the nearest stands at 1. The triangle is the "
        "decoy, another subject on the same background, which a later step needs. The rings are "
        "turned by 45°.",
    ),
    (maths.BLANK,),
    {**RINGS, "rotate.angle": 45},
    "Where will spatial, with channel norm, put the turned rings?",
    (
        Choice(
            "near",
            "Left of 1, less than half of the way",
            "The turned rings are at {distance}, {times} times as far as {nearest} ({blank}): a "
            "pass, and a clear one.",
        ),
        Choice(
            "close",
            "Left of 1, but close to it",
            "The turned rings are at {distance}, {times} times as far as {nearest} ({blank}): it "
            "passes, and not by much.",
        ),
        Choice(
            "beyond",
            "Right of 1: it would rather have a blank canvas",
            "The turned rings are at {distance}, {times} times as far as {nearest} ({blank}): to "
            "this metric a {nearest} canvas is more like the picture.",
        ),
    ),
    partial(answers.beside_blank, metric="spatial"),
    "Your eyes see the same rings at any angle. The test finds out whether a metric does.",
    (("spatial", "norm"),),
    ("rotate.angle",),
    "Turn on, half a degree at a time, until a blank canvas wins.",
    doors=(Door("Sweep all angles", "Sweep", "rotate.angle"),),
)

TRANSLATE = Lesson(
    "translate",
    "Moving breaks spatial",
    (
        "Now the rings move to the opposite corner. Nothing else changes, and few people would "
        "hesitate. Convolutions look for the same things everywhere, so the features move along "
        "with the rings.",
        "But spatial compares each place with the same place: rings with empty canvas here, empty "
        "canvas with rings there. A white canvas differs in one of the two places only.",
    ),
    (maths.SHIFT,),
    MOVED,
    "Does spatial still see the same picture?",
    (
        BOTH_NORMS,
        Choice(
            "norm",
            "Only with channel norm",
            "With channel norm it passes, at {norm} times the nearest blank canvas; without it, it "
            "fails, at {raw} times.",
        ),
        RAW_ALONE,
        NEITHER_NORM,
    ),
    partial(answers.with_and_without, metric="spatial"),
    "In the paper spatial fails every case of translation, with and without channel norm.",
    (("spatial", "norm"), ("spatial", "raw")),
    ("translate.x", "translate.y"),
    "How far may the rings move before spatial gives up?",
    doors=(Door("Sweep the move, pixel by pixel", "Sweep", "translate.x"),),
)

MEAN = Lesson(
    "mean",
    "Mean forgives",
    (
        "If places are the trouble, leave them out. The metric mean keeps one number a channel: "
        "how much of its thing there is in the picture, wherever it is.",
        "The rings move as before, and stay on the canvas: there is as much of them as there was.",
    ),
    (maths.MEAN,),
    MOVED,
    "What will mean, with channel norm, make of the same move?",
    (
        Choice(
            "zero",
            "Exactly 0: only the place changed",
            "It is exactly 0: for these pictures the means of all channels are the same.",
        ),
        Choice(
            "near",
            "More than 0, less than half of the way to a blank canvas",
            "It is {distance}, {times} times the nearest blank canvas. It is not 0: layers have a "
            "coarse grid, and the canvas has edges, so that features do not move along exactly.",
        ),
        Choice(
            "close",
            "More than half of the way, but a pass",
            "It is {distance}, {times} times the nearest blank canvas: a pass, though not by much.",
        ),
        Choice(
            "beyond",
            "Farther than a blank canvas",
            "It is {distance}, {times} times the nearest blank canvas: the rings are no longer all "
            "there, or look different where they are now.",
        ),
    ),
    partial(answers.zero_or_beside, metric="mean"),
    "Mean forgives moves and turns. It also forgives what it should not, as you will see.",
    (("mean", "norm"), ("spatial", "norm")),
    ("translate.x", "translate.y", "rotate.angle"),
    "Push the rings over the edge: when does mean notice?",
    doors=(Door("From spatial to mean, step by step", "Look inside", "locality"),),
)

LESSONS: tuple[Lesson, ...] = (FEATURES, SPATIAL, BLANK, TRANSLATE, MEAN)
