"""Triplets of one's own: three files each, in a folder or a zip.

Either in the layout of BAPPS, `ref/NAME`, `p0/NAME` and `p1/NAME` (in folders of any name), or side
by side as `NAME_ref`, `NAME_p0` and `NAME_p1`. Pictures are read as they are: alpha dropped, no
resize; the three of a triplet have one size.

They are asked in a seeded order, half of them with exchanged sides, and each eighth trial is a
catch trial: a picture of theirs beside the reference itself.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from random import Random

from explorer.images import MAX_BYTES, PictureError, open_picture, to_tensor
from explorer.suite.published import zipped
from explorer.trials.kinds import CATCH
from explorer.trials.made import BLOCK
from explorer.trials.trial import Pictures, Trial, checked

ROLES = ("ref", "p0", "p1")
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm")
LARGEST = 64 * 2**20
"""Bytes of all pictures together, as they are in their files."""
MOST_TRIPLETS = 2000
LONGEST_SIDE = 512
OWN = "own"
"""The kind of an ordinary trial of one's own."""


@dataclass(frozen=True)
class OwnTriplets:
    """A checked set.

    Attributes:
        sha256: of what was read.
        names: of the triplets, in order of the alphabet.
        files: (name of the triplet, role) → name of the file and its bytes.
        problems: a sentence for each file that was left out.
    """

    sha256: str
    names: tuple[str, ...]
    files: dict[tuple[str, str], tuple[str, bytes]]
    problems: tuple[str, ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes of all files."""
        return sum(len(data) for _, data in self.files.values())

    def trial(self, seed: int, count: int, index: int) -> Trial:
        """Trial `index` (from 0) of a series; a series longer than the set repeats it.

        Raises:
            ValueError: if one of the numbers is out of bounds.
        """
        checked(seed, count)
        if not 0 <= index < count:
            raise ValueError(f"The series has trials 1 to {count}; {index + 1} was asked for.")
        block, place = divmod(index, BLOCK)
        chance = Random(f"own {seed} {block}")
        at = chance.randrange(BLOCK)
        flipped = [i % 2 for i in range(BLOCK)]
        chance.shuffle(flipped)
        before = index - block - (place > at)
        name = self._in_order(seed, before)
        if place == at:
            other = chance.choice(("p0", "p1"))
            roles = ("ref", other) if flipped[place] else (other, "ref")
            catch = 0 if flipped[place] else 1
            return self._trial(f"{index + 1}", CATCH, name, roles, catch)
        roles = ("p1", "p0") if flipped[place] else ("p0", "p1")
        return self._trial(f"{index + 1}", OWN, name, roles, None)

    def _in_order(self, seed: int, number: int) -> str:
        round_, place = divmod(number, len(self.names))
        order = list(self.names)
        Random(f"order {seed} {round_}").shuffle(order)
        return order[place]

    def _trial(
        self, number: str, kind: str, name: str, roles: tuple[str, str], catch: int | None
    ) -> Trial:
        chosen = ("ref", *roles)
        files = tuple(self.files[name, role][0] for role in chosen)
        return Trial(
            f"{OWN}-{self.sha256[:8]}-{number}",
            kind,
            lambda: self._pictures(name, chosen),
            (files[0], files[1], files[2]),
            (roles[0], roles[1]),
            catch,
        )

    def _pictures(self, name: str, roles: tuple[str, ...]) -> Pictures:
        """Decode; raises PictureError with one sentence if a file is no good."""
        found = [
            to_tensor(open_picture(data, f)) for f, data in (self.files[name, r] for r in roles)
        ]
        sizes = {tuple(image.shape[1:]) for image in found}
        if len(sizes) > 1:
            shown = ", ".join(f"{image.shape[2]} × {image.shape[1]}" for image in found)
            raise PictureError(f"The pictures of {name} need one size; they have {shown} pixels.")
        if max(sizes.pop()) > LONGEST_SIDE:
            raise PictureError(f"{name} is larger than {LONGEST_SIDE} pixels a side.")
        return found[0], found[1], found[2]


def read_triplets(source: Path | bytes, shown: str = "The zip") -> OwnTriplets:
    """Read a set.

    Args:
        source: a folder, a zip file, or the bytes of one.
        shown: what to call the bytes in error messages.

    Raises:
        ValueError: with one sentence, if it is neither, is damaged, climbs out of itself, is too
            large or has no whole triplet. Single files are left out and named in `problems`.
    """
    if isinstance(source, Path) and source.is_dir():
        return _collected(_from_folder(source), source.name)
    if isinstance(source, Path):
        if not source.is_file():
            raise ValueError(f"{source} is neither a folder nor a zip file.")
        shown = source.name
        source = source.read_bytes()
    return _collected(zipped(io.BytesIO(source), shown, lambda tops: _picked), shown)


def role_of(name: PurePosixPath) -> tuple[str, str] | None:
    """Which triplet a file belongs to, and as what; None for files that are not of a triplet.

    >>> role_of(PurePosixPath("val/cnn/p0/000001.png")), role_of(PurePosixPath("cat_ref.jpg"))
    (('val/cnn/000001', 'p0'), ('cat', 'ref'))
    >>> role_of(PurePosixPath("judge/000001.npy"))
    """
    if name.suffix.lower() not in SUFFIXES or name.name.startswith("."):
        return None
    folders = name.parts[:-1]
    if "__MACOSX" in folders:
        return None
    if folders and folders[-1] in ROLES:
        return "/".join([*folders[:-1], name.stem]), folders[-1]
    stem, _, role = name.stem.rpartition("_")
    return ("/".join([*folders, stem]), role) if stem and role in ROLES else None


def _picked(name: PurePosixPath) -> str | None:
    return str(name) if role_of(name) else None


def _from_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        name = PurePosixPath(file.relative_to(folder).as_posix())
        if file.is_file() and role_of(name):
            with file.open("rb") as handle:
                yield str(name), handle.read(MAX_BYTES + 1)


def _collected(files: Iterable[tuple[str, bytes]], shown: str) -> OwnTriplets:
    found: dict[tuple[str, str], tuple[str, bytes]] = {}
    problems = []
    digest = hashlib.sha256()
    total = 0
    for name, data in files:
        total += len(data)
        if total > LARGEST or len(found) >= 3 * MOST_TRIPLETS:
            raise ValueError(
                f"{shown} is too large: at most {MOST_TRIPLETS} triplets of together "
                f"{LARGEST // 2**20} MB can be read."
            )
        key = role_of(PurePosixPath(name))
        assert key is not None
        if key in found:
            problems.append(f"{found[key][0]} and {name} are two pictures for one place.")
            continue
        digest.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogatepass") + data)
        found[key] = (name, data)
    names = sorted({name for name, _ in found})
    whole = [n for n in names if all((n, role) in found for role in ROLES)]
    for name in sorted(set(names) - set(whole)):
        missing = " and ".join(role for role in ROLES if (name, role) not in found)
        problems.append(f"{name} has no {missing}.")
    if not whole:
        raise ValueError(
            f"{shown} has no triplet: ref/NAME, p0/NAME and p1/NAME, or NAME_ref, NAME_p0 and "
            "NAME_p1, are expected."
        )
    kept = {key: file for key, file in found.items() if key[0] in set(whole)}
    return OwnTriplets(digest.hexdigest(), tuple(whole), kept, tuple(problems))
