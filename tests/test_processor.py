"""What numpy and torch are told of the processor before they are imported."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.processor import is_zen4, settle

ZEN4 = ("AuthenticAMD", 25, "fpu sse2 avx2 avx512f avx512_vnni")


def described(folder: Path, vendor: str, family: int, flags: str) -> Path:
    file = folder / "cpuinfo"
    core = f"processor\t: 0\nvendor_id\t: {vendor}\ncpu family\t: {family}\nflags\t\t: {flags}\n"
    file.write_text(core + "\n" + core)
    return file


@pytest.mark.parametrize(
    ("vendor", "family", "flags", "expected"),
    [
        (*ZEN4, True),
        ("AuthenticAMD", 25, "fpu sse2 avx2", False),  # Zen 3
        ("AuthenticAMD", 26, "fpu sse2 avx2 avx512f", False),  # Zen 5
        ("GenuineIntel", 6, "fpu sse2 avx2 avx512f", False),
    ],
)
def test_only_zen_4_sorts_without_avx_512(
    vendor: str, family: int, flags: str, expected: bool, tmp_path: Path
) -> None:
    file = described(tmp_path, vendor, family, flags)
    assert is_zen4(file) is expected
    environment: dict[str, str] = {}
    settle(environment, file)
    assert ("NPY_DISABLE_CPU_FEATURES" in environment) is expected


@pytest.mark.parametrize("content", [None, "", "no colon here\n", "processor : 0\n"])
def test_a_machine_that_does_not_say_is_left_alone(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    if content is not None:
        file.write_text(content)
    assert not is_zen4(file)


def test_what_is_set_stays(tmp_path: Path) -> None:
    theirs = {
        "NPY_DISABLE_CPU_FEATURES": "AVX2",
        "GOMP_SPINCOUNT": "7",
        "OMP_WAIT_POLICY": "passive",
        "KMP_BLOCKTIME": "0",
    }
    environment = dict(theirs)
    settle(environment, described(tmp_path, *ZEN4))
    assert environment == theirs


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere torch has another OpenMP")
def test_idle_threads_leave_their_core_even_where_several_threads_call_torch() -> None:
    # As long as an idle helper spins it takes processor time. Three callers have one each.
    code = (
        "import resource, threading, time\n"
        "import explorer, torch\n"
        "torch.set_num_threads(2)\n"
        "def used():\n"
        "    r = resource.getrusage(resource.RUSAGE_SELF)\n"
        "    return r.ru_utime + r.ru_stime\n"
        "x = torch.rand(1 << 20)\n"
        "for _ in range(3):\n"
        "    caller = threading.Thread(target=lambda: (x * x).sum())\n"
        "    caller.start(); caller.join()\n"
        "(x * x).sum()\n"
        "before = used(); time.sleep(1); print(used() - before)"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GOMP_", "OMP_", "KMP_"))}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, env=clean, capture_output=True, text=True
    )
    assert float(done.stdout) < 0.5


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="a setting for x86")
def test_this_numpy_understands_what_zen_4_is_told(tmp_path: Path) -> None:
    environment: dict[str, str] = {}
    settle(environment, described(tmp_path, *ZEN4))
    code = (
        "import os\n"
        "import numpy as np\n"
        "from numpy._core._multiarray_umath import __cpu_features__ as found\n"
        "assert found[os.environ['NPY_DISABLE_CPU_FEATURES']] is False\n"
        "rows = np.random.default_rng(0).random((3, 3025), np.float32)\n"
        "rows.sort()\n"
        "assert (np.diff(rows) >= 0).all()"
    )
    # A name that numpy does not know would be a warning, and here an error.
    subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=True, env={**os.environ, **environment}
    )
