"""Trials: a reference and two candidates, of which a person says which is closer.

`made` has them made from the project's own pictures, `own` reads a folder or zip of somebody's,
`judged` asks the metrics.
"""

from explorer.trials import made
from explorer.trials.judged import Judged, judge
from explorer.trials.kinds import CATCH, KINDS, TITLES
from explorer.trials.own import OwnTriplets, read_triplets
from explorer.trials.trial import HIGHEST_SEED, MOST_TRIALS, Trial, Triplet

__all__ = [
    "CATCH",
    "HIGHEST_SEED",
    "Judged",
    "KINDS",
    "MOST_TRIALS",
    "OwnTriplets",
    "TITLES",
    "Trial",
    "Triplet",
    "judge",
    "made",
    "read_triplets",
]
