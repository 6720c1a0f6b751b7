"""What numpy and torch should know of this processor, told before they are imported.

Both read these settings once, as they are imported. A setting that is there already stays.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from importlib.metadata import version
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


def settle(environment: MutableMapping[str, str] = os.environ, cpuinfo: Path = CPUINFO) -> None:
    """Write the settings into the environment of this process and of those it starts.

    Args:
        environment: where they are written.
        cpuinfo: Linux's description of the processor; elsewhere there is none.
    """
    # After each parallel piece torch's idle threads wait for the next by spinning. By default they
    # spin for milliseconds, and on two cores keep one from the sort and from the server; unless
    # several threads have called torch, as in a server: then hardly at all, and every piece pays
    # for their waking. This is about 0.1 ms, and in a server a tenth of it.
    if sys.platform == "linux":
        environment.setdefault("GOMP_SPINCOUNT", "10000")
        environment.setdefault("OMP_WAIT_POLICY", "active")
        # Other builds of torch than PyPI's come with LLVM's OpenMP, where "active" means forever.
        environment.setdefault("KMP_BLOCKTIME", "1")
    if is_zen4(cpuinfo):
        # The names of AVX-512 among what numpy can be told to do without.
        numpy = [int(part) for part in version("numpy").split(".")[:2]]
        feature = "X86_V4" if numpy >= [2, 4] else "AVX512F"
        environment.setdefault("NPY_DISABLE_CPU_FEATURES", feature)


def is_zen4(cpuinfo: Path = CPUINFO) -> bool:
    """Whether this is an AMD processor whose AVX-512 sorts three to four times slower than AVX2.

    numpy's sort packs vectors straight into memory, which takes Zen 4 over a hundred cycles a
    time (https://github.com/numpy/x86-simd-sort/issues/6). Zen 3, of the same family, has no
    AVX-512, and Zen 5 is of another family.
    """
    try:
        first = cpuinfo.read_text(encoding="utf-8").split("\n\n")[0]
    except OSError:
        return False
    rows = (line.partition(":") for line in first.splitlines())
    found = {name.strip(): value.strip() for name, _, value in rows}
    is_family = (found.get("vendor_id"), found.get("cpu family")) == ("AuthenticAMD", "25")
    return is_family and "avx512f" in found.get("flags", "").split()
