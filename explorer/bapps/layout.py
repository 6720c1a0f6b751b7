"""A folder in BAPPS's published layout, read and checked; pictures are not opened here.

    2afc/{val,train}/SPLIT/{ref,p0,p1}/NAME.png and judge/NAME.npy
    jnd/{val,train}/SPLIT/{p0,p1}/NAME.png and same/NAME.npy

`2afc` and `jnd` may also be given by themselves. A judgement is one number in [0, 1]: the share of
people who found p1 closer to ref, or who took p0 and p1 for the same picture.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

TWO_AFC, JND = "2afc", "jnd"
SETS = ("val", "train")
SPLITS: Mapping[str, tuple[str, ...]] = {
    # `mix` is published with `train` alone.
    TWO_AFC: ("traditional", "cnn", "superres", "deblur", "color", "frameinterp", "mix"),
    JND: ("traditional", "cnn"),
}
PICTURES: Mapping[str, tuple[str, ...]] = {TWO_AFC: ("ref", "p0", "p1"), JND: ("p0", "p1")}
JUDGED: Mapping[str, str] = {TWO_AFC: "judge", JND: "same"}
ENDINGS = (".png", ".jpg", ".jpeg", ".ppm", ".bmp")
LARGEST_JUDGEMENT = 1 << 16
"""Bytes of a file with one number in it, and then some."""


class LayoutError(ValueError):
    """A folder that is no BAPPS; the message is the sentence for the person."""


@dataclass(frozen=True)
class Item:
    """One judged triplet (ref, p0, p1) or pair (p0, p1).

    Attributes:
        task: `TWO_AFC` or `JND`.
        part: `val` or `train`.
        split: such as `superres`.
        name: of its files, without an ending.
        pictures: in the order of `PICTURES`.
        judgement: in [0, 1].
    """

    task: str
    part: str
    split: str
    name: str
    pictures: tuple[Path, ...]
    judgement: float

    @property
    def id(self) -> str:
        """Unique in a folder."""
        return f"{self.task}/{self.part}/{self.split}/{self.name}"

    @property
    def group(self) -> str:
        """What it is scored with."""
        return f"{self.task}/{self.part}/{self.split}"


@dataclass(frozen=True)
class Found:
    """What a folder holds, and a sentence for each item that is left out."""

    items: tuple[Item, ...]
    problems: tuple[str, ...] = field(default=())


def read(
    folder: str | Path,
    tasks: Collection[str] = tuple(SPLITS),
    parts: Collection[str] = ("val",),
    splits: Collection[str] | None = None,
) -> Found:
    """The judged items of a folder, in the published order of splits, by name within a split.

    Args:
        folder: with `2afc` or `jnd` in it, or one of the two itself.
        tasks: which of the two.
        parts: `val` (what is reported), `train`, or both.
        splits: only these; all by default.

    Raises:
        LayoutError: if nothing of what is asked for is there, or a split lacks a folder.
    """
    root = Path(folder)
    if not root.is_dir():
        raise LayoutError(f"{root} is {'no folder' if root.exists() else 'not there'}.")
    items: list[Item] = []
    problems: list[str] = []
    for task in tasks:
        for part in parts:
            for split in SPLITS[task]:
                place = _place(root, task, part, split)
                if place is not None and (splits is None or split in splits):
                    _read_split(place, task, part, split, items, problems)
    if not items and not problems:
        asked = " or ".join(
            f"{task}/{part}/{split}"
            for task in tasks
            for part in parts
            for split in SPLITS[task][:1]
        )
        only = f" of {', '.join(sorted(splits))}" if splits is not None else ""
        raise LayoutError(
            f"{root} holds nothing{only} in BAPPS's layout: folders like {asked} with "
            f"{', '.join(PICTURES[TWO_AFC])} and {JUDGED[TWO_AFC]} (JND: "
            f"{', '.join(PICTURES[JND])} and {JUDGED[JND]}) were expected."
        )
    return Found(tuple(items), tuple(problems))


def _place(root: Path, task: str, part: str, split: str) -> Path | None:
    """The split's folder; what stands in it says which task it is of where the task's is given."""
    inside = root / task / part / split
    if inside.is_dir():
        return inside
    own = root / part / split
    other = JUDGED[JND if task == TWO_AFC else TWO_AFC]
    if own.is_dir() and ((own / JUDGED[task]).is_dir() or not (own / other).is_dir()):
        is_triplet = (own / "ref").is_dir()
        return own if is_triplet == (task == TWO_AFC) else None
    return None


def _read_split(
    place: Path, task: str, part: str, split: str, items: list[Item], problems: list[str]
) -> None:
    sides = []
    for name in (*PICTURES[task], JUDGED[task]):
        if not (place / name).is_dir():
            raise LayoutError(f"{place} has no folder {name}; {_wanted(task)} were expected.")
        sides.append(_files(place / name, (".npy",) if name == JUDGED[task] else ENDINGS, problems))
    *pictures, judgements = sides
    for name in sorted(set().union(*sides)):
        item_id = f"{task}/{part}/{split}/{name}"
        absent = [
            side
            for side, files in zip((*PICTURES[task], JUDGED[task]), sides, strict=True)
            if name not in files
        ]
        if absent:
            problems.append(f"{item_id} has no file in {' and '.join(absent)}.")
            continue
        try:
            judgement = judged(judgements[name])
        except ValueError as error:
            problems.append(f"{item_id}: {error}")
            continue
        paths = tuple(files[name] for files in pictures)
        items.append(Item(task, part, split, name, paths, judgement))


def _wanted(task: str) -> str:
    return f"{', '.join(PICTURES[task])} and {JUDGED[task]}"


def _files(folder: Path, endings: tuple[str, ...], problems: list[str]) -> dict[str, Path]:
    """Files by name without ending; hidden files and those of other kinds are none of ours."""
    found: dict[str, Path] = {}
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names:
        stem, ending = os.path.splitext(name)
        if ending.lower() not in endings or name.startswith("."):
            continue
        if stem in found:
            problems.append(f"{folder / name} is left out: {found[stem].name} has the same name.")
        else:
            found[stem] = folder / name
    return found


def judged(path: Path) -> float:
    """The one number in a judgement's file.

    Raises:
        ValueError: with one sentence, if there is none in [0, 1].
    """
    try:
        if path.stat().st_size > LARGEST_JUDGEMENT:
            raise ValueError(f"{path.name} has {path.stat().st_size} bytes; one number has few.")
        # Nothing in the file may be run, hence no pickles.
        values = np.load(path, allow_pickle=False)
    except OSError as error:
        raise ValueError(
            f"{path.name} cannot be read: {error.strerror or 'it ends early'}."
        ) from error
    except (ValueError, EOFError) as error:
        if str(error).startswith(path.name):
            raise
        raise ValueError(f"{path.name} is no .npy file with a number in it.") from error
    if not isinstance(values, np.ndarray) or values.size != 1 or values.dtype.kind not in "fiub":
        raise ValueError(f"{path.name} has to hold exactly one number.")
    value = float(values.reshape(()))
    if not 0 <= value <= 1:
        raise ValueError(f"{path.name} holds {value:g}; a share of people in [0, 1] was expected.")
    return value
