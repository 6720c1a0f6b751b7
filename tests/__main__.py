"""Everything that has to be green: `python -m tests [pytest's arguments]`.

Format, lint, types and floors first (they take seconds), then the tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Three at a time, a file each: browsers and servers wait for one another much of the time. In the
# order of their names, which leaves short ones for the end.
PYTEST = ["-m", "pytest", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
# There are more threads than cores: one that spins while it waits keeps another from its work.
WAITING = {"GOMP_SPINCOUNT": "0", "OMP_WAIT_POLICY": "passive"}
CHECKS = {
    "format": ["-m", "ruff", "format", "--check", "."],
    "lint": ["-m", "ruff", "check", "."],
    "types": ["-m", "mypy"],
    "floors": ["-c", "from importlinter.cli import lint_imports_command as run; run()"],
}


def main() -> int:
    """Run all checks and the tests; the number of what failed is the exit code."""
    failed = []
    for name, arguments in CHECKS.items():
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"FAILED: {', '.join(failed)}", file=sys.stderr)
    print("== tests", flush=True)
    command = [sys.executable, *PYTEST, *sys.argv[1:]]
    tests = subprocess.run(command, cwd=ROOT, env={**WAITING, **os.environ}, check=False)
    return len(failed) + (tests.returncode != 0)


if __name__ == "__main__":
    raise SystemExit(main())
