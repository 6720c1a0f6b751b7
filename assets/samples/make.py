"""Makes the sample photographs from those that ship in the scikit-image package.

Run with scikit-image installed: `python assets/samples/make.py`. Each is reduced to at most 512
pixels a side. Sources and licences are in README.md beside this file.
"""

from pathlib import Path

import skimage
from PIL import Image, ImageOps

HERE = Path(__file__).resolve().parent
DATA = Path(skimage.__file__).parent / "data"
NAMES = {"astronaut": "astronaut.png", "cat": "chelsea.png", "coffee": "coffee.png"}
NAMES["rocket"] = "rocket.jpg"

for name, file in NAMES.items():
    with Image.open(DATA / file) as picture:
        small = ImageOps.contain(picture.convert("RGB"), (512, 512), Image.Resampling.LANCZOS)
        small.save(HERE / f"{name}.jpg", quality=92, subsampling=0, optimize=True)
