"""The later lessons: sort, channel norm, where forgiving fails, a control, and mixtures."""

from __future__ import annotations

from functools import partial

from explorer.ui import lessons_answers as answers
from explorer.ui import lessons_math as maths
from explorer.ui.lessons_kind import BOTH_NORMS, NEITHER_NORM, RAW_ALONE, Choice, Door, Lesson
from explorer.ui.lessons_metrics import CAT, MOVED, SIZE

SORT = Lesson(
    "sort",
    "Sort keeps the values, not the places",
    (
        "Between the two stands sort. It keeps every activation of a channel and forgets only "
        "where it was: both lists are put in order of size and compared rank by rank. Few strong "
        "activations and many weak ones can have the same mean; sort tells them apart.",
        "Here the cat stands on its head.",
    ),
    (maths.SORT, maths.ORDER),
    {**CAT, "rotate.angle": 180, "ask.norm": False},
    "Without channel norm, how do the three distances stand?",
    (
        Choice(
            "spatial-sort-mean",
            "spatial < sort < mean",
            "spatial is the lowest, {spatial}, then sort, {sort}, then mean, {mean}.",
        ),
        Choice(
            "mean-sort-spatial",
            "mean < sort < spatial",
            "mean says {mean}, sort {sort} and spatial {spatial}. Ranks are the cheapest way to "
            "pair two lists of numbers, places only one way of many; and a mean can only lose "
            "differences.",
        ),
        Choice(
            "sort-mean-spatial",
            "sort < mean < spatial",
            "sort is the lowest, {sort}, then mean, {mean}, then spatial, {spatial}.",
        ),
    ),
    answers.order,
    "Sort’s distance is the squared Wasserstein distance between the activations of a channel. To "
    "mean and sort a cat on its head is a cat; they cannot know which way up it was.",
    (("mean", "raw"), ("sort", "raw"), ("spatial", "raw")),
    ("rotate.angle", "noise.sd"),
    "Try to break the order. Without channel norm nothing can.",
    doors=(Door("See which place sort compared with which", "Look inside", "provenance"),),
)

NORM = Lesson(
    "norm",
    "Channel norm: what, not how much",
    (
        "Some places have strong activations, some weak ones, and without further care the strong "
        "ones make the distance. Channel norm divides each place’s vector over channels by its "
        "length. What is left is its direction: which features are there, not how strongly. It "
        "comes after sorting or averaging, never before.",
        "The picture on the right is the negative of the flower.",
    ),
    (maths.NORM,),
    {**SIZE, "picture.family": "flower", "layout.scale": 1, "invert.amount": 1},
    "Does spatial see the same flower in the negative?",
    (
        BOTH_NORMS,
        Choice(
            "norm",
            "Only with channel norm",
            "With channel norm it passes, at {norm} times the nearest blank canvas. Without it, it "
            "fails, at {raw} times: strong activations outweigh all others.",
        ),
        RAW_ALONE,
        NEITHER_NORM,
    ),
    partial(answers.with_and_without, metric="spatial"),
    "Norm makes weak features count as much as strong ones. That can help, as with turned "
    "pictures in the paper, and it can harm, as the next step shows.",
    (("spatial", "norm"), ("spatial", "raw"), ("sort", "norm"), ("sort", "raw")),
    ("invert.amount", "rotate.angle"),
    "Is a half-inverted flower, an even grey, better or worse than the negative?",
    doors=(Door("Sweep from picture to negative", "Sweep", "invert.amount"),),
)

STAIN = Lesson(
    "stain",
    "Where mean and sort fail",
    (
        "Metrics that forget places have to go by amounts. So let the background change, and leave "
        "the subject alone: a new colour and some brush strokes behind the yin-yang.",
        "A blank canvas would be too easy here. The rule for a stain is: the stained picture has "
        "to be nearer to the original than the decoy, which has the old background and another "
        "subject.",
    ),
    (maths.STAIN,),
    {**SIZE, "picture.family": "yin_yang", "stain.strength": 1},
    "How many of spatial, mean and sort pass, with channel norm?",
    (
        Choice(
            "none",
            "None",
            "None passes: spatial is at {spatial} times the decoy’s distance, mean at {mean}, sort "
            "at {sort}. Sort without channel norm is at {raw}.",
        ),
        Choice(
            "one",
            "One",
            "Only {passed} passes. In multiples of the decoy’s distance spatial is at {spatial}, "
            "mean at {mean}, sort at {sort}; sort without channel norm is at {raw}.",
        ),
        Choice(
            "two",
            "Two",
            "{passed} pass, {failed} fails. In multiples of the decoy’s distance spatial is at "
            "{spatial}, mean at {mean}, sort at {sort}; sort without channel norm is at {raw}.",
        ),
        Choice(
            "three",
            "All three",
            "All three pass: spatial is at {spatial} times the decoy’s distance, mean at {mean}, "
            "sort at {sort}. Sort without channel norm is at {raw}.",
        ),
    ),
    answers.how_many,
    "What background there is, is most of the picture: to mean and sort its colour weighs more "
    "than the subject. Spatial finds the subject where it was. No metric of the three is right "
    "about everything.",
    (("spatial", "norm"), ("mean", "norm"), ("sort", "norm"), ("sort", "raw")),
    ("stain.strength", "stain.strokes"),
    "How many strokes does each metric bear? Watch sort with norm and without.",
    doors=(
        Door("Sweep the number of strokes", "Sweep", "stain.strokes"),
        Door("The paper’s four kinds of challenge", "Challenge suite"),
    ),
)

UNTRAINED = Lesson(
    "untrained",
    "The untrained control",
    (
        "Is it what the network has learnt that makes sort forgive a move? A control answers: the "
        "same architecture with random weights, which has never seen a picture.",
        "The rings move to the opposite corner once more.",
    ),
    (maths.UNTRAINED,),
    {**MOVED, "ask.weights": "random"},
    "With random weights, what does sort make of the move (with channel norm)?",
    (
        Choice(
            "near",
            "It passes clearly, less than half of the way to a blank canvas",
            "It passes clearly, at {times} times the nearest blank canvas.",
        ),
        Choice(
            "close",
            "It passes, but more than half of the way",
            "It passes, at {times} times the nearest blank canvas, with little to spare.",
        ),
        Choice(
            "beyond",
            "It fails",
            "It fails, at {times} times the nearest blank canvas.",
        ),
    ),
    partial(answers.beside_blank, metric="sort"),
    "What forgives a move is the way of comparing, and random features are moved along, too. What "
    "training adds is the margin: compare both kinds of weights, and several seeds.",
    (("spatial", "norm"), ("mean", "norm"), ("sort", "norm")),
    ("ask.weights", "ask.seed"),
    "Switch between trained and random, and try other seeds.",
)

TOGETHER = Lesson(
    "together",
    "Add them up, or build your own",
    (
        "Spatial knows where, sort and mean forgive where. The paper’s remedy is plain: add them. "
        "The sums spatial + mean and spatial + sort were tried on every challenge.",
        "The same move a last time, with trained weights. You know that spatial fails it, and "
        "that sort passes.",
    ),
    (maths.TOGETHER,),
    MOVED,
    "Where does spatial + sort land, with channel norm?",
    (
        Choice(
            "passes",
            "Between the two, and it passes",
            "It passes, at {both} times its nearest blank canvas, between sort at {sort} and "
            "spatial at {spatial}.",
        ),
        Choice(
            "fails",
            "Between the two, and it fails",
            "It fails, at {both} times its nearest blank canvas, between sort at {sort} and "
            "spatial at {spatial}.",
        ),
        Choice(
            "outside",
            "Outside of the two",
            "It is at {both} times its nearest blank canvas, outside of sort at {sort} and spatial "
            "at {spatial}: the nearest canvas of the sum is another one.",
        ),
    ),
    answers.between,
    "A sum is a compromise: it fails less badly, and passes less clearly. Which layers, which "
    "parts and how much norm is best is open; you can weigh them yourself, and try your metric "
    "on the whole suite.",
    (
        ("spatial", "norm"),
        ("spatial+sort", "norm"),
        ("spatial+mean", "norm"),
        ("sort", "norm"),
        ("mean", "norm"),
    ),
    ("translate.x", "translate.y", "rotate.angle"),
    "Find a move that one sum forgives and the other does not.",
    doors=(
        Door("Build a metric of your own", "Look inside", "metric"),
        Door("Find which bug it is", "Look inside", "bug"),
    ),
)

LESSONS: tuple[Lesson, ...] = (SORT, NORM, STAIN, UNTRAINED, TOGETHER)
