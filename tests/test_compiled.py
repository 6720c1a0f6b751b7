"""Compiled loops stay inside their arrays, and run where nothing may be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from explorer import compiled as module
from explorer.compiled import compiled


def test_the_loops_stay_inside_their_arrays(tmp_path: Path) -> None:
    """Outside numba's check of bounds a wrong index reads or writes whatever is there."""
    tests = ["tests/metrics/test_loops.py", "tests/test_provenance.py", "tests/test_winograd.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", *tests],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_that_check_finds_a_wrong_index(tmp_path: Path) -> None:
    code = (
        "import numpy as np\n"
        "from explorer.compiled import compiled\n"
        "def beyond(x):\n"
        "    return x[len(x)]\n"
        "import numba\n"
        "print(numba.njit(beyond)(np.zeros(3)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert "IndexError" in done.stderr


def test_without_a_folder_to_write_into_they_are_compiled_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    plain = module.numba.njit

    def without_folders(**options: object) -> object:
        asked.append(options["cache"])
        if options["cache"]:
            raise RuntimeError("cannot cache function: no locator available")
        return plain(**options)

    # numba itself goes on compiling as it is used to.
    monkeypatch.setattr(module, "numba", SimpleNamespace(njit=without_folders))

    @compiled()
    def total(values: np.ndarray) -> float:
        found = 0.0
        for value in values:
            found += value
        return found

    assert total(np.arange(4.0)) == 6
    assert asked == [True, False]


def test_nothing_is_fused() -> None:
    """(a·s − b·t) has to be zero where both products round to the same."""

    @compiled(reorder=True)
    def difference(a: float, s: float, b: float, t: float) -> float:
        return a * s - b * t

    tenth = np.float32(0.1)
    assert difference(tenth, tenth, tenth, tenth) == 0
