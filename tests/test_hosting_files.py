"""The files that hosts read: the front matter of the README, the Dockerfile."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import gradio
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[1]
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


def front_matter() -> dict[str, Any]:
    _, text, _ = (ROOT / "README.md").read_text().split("---\n", 2)
    return yaml.safe_load(text)


def requirement(name: str) -> Requirement:
    lines = (ROOT / "requirements.txt").read_text().split()
    return next(r for r in map(Requirement, lines) if r.name == name)


def test_a_space_finds_all_that_it_needs() -> None:
    found = front_matter()
    assert found["title"] and len(found["emoji"]) == 1
    assert {found["colorFrom"], found["colorTo"]} <= COLOURS
    assert found["sdk"] == "gradio" and (ROOT / found["app_file"]).is_file()
    assert 0 < len(found["short_description"]) <= 60
    assert found["tags"] and all(re.fullmatch(r"[a-z-]+", tag) for tag in found["tags"])
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+", model) for model in found["models"])
    assert found["suggested_hardware"] in {"zero-a10g", "cpu-basic", "cpu-upgrade", "t4-small"}
    # YAML would read 3.10 as a number, which is another version.
    assert found["python_version"] in ("3.10", "3.12")
    assert isinstance(found["sdk_version"], str)


def test_the_requirements_admit_what_a_space_installs() -> None:
    version = front_matter()["sdk_version"]
    assert requirement("gradio").specifier.contains(version)
    assert gradio.__version__.split(".")[0] == version.split(".")[0]
    # ZeroGPU's torches.
    for torch in ("2.8.0", "2.9.1", "2.10.0", "2.11.0"):
        assert requirement("torch").specifier.contains(torch)
    python = re.search(r'requires-python = "(.*)"', (ROOT / "pyproject.toml").read_text())
    assert python and SpecifierSet(python[1]).contains(front_matter()["python_version"])


def test_the_container_runs_as_nobody_special_and_is_asked_how_it_is() -> None:
    text = (ROOT / "Dockerfile").read_text()
    steps = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    names = [step.split()[0] for step in steps]
    # Whoever writes the files is not who runs them.
    assert names.index("USER") > max(i for i, name in enumerate(names) if name == "COPY")
    assert "/health" in text and "HEALTHCHECK" in names and names[-1] == "CMD"
    for step in steps:
        if step.startswith("COPY "):
            for source in step.split()[1:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in (ROOT / ".dockerignore").read_text().splitlines()
