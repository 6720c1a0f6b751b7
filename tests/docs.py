"""`python -m tests.docs` writes `docs/reference.md` from the registries; and runs docs' examples.

It stands beside the tests, not in the package: people who run the program have no use for it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from explorer.attribution import HEATMAPS
from explorer.baselines import NAMED
from explorer.form import SCENE_KNOBS
from explorer.metrics import METRICS
from explorer.networks import NETWORKS, Network
from explorer.perturbations import PERTURBATIONS, STAGES
from explorer.pictures import REFERENCES
from explorer.registry import Entry
from explorer.results import NORMS
from explorer.spec import Choice, Colour, Integer, Knob, Real, Toggle, Value
from explorer.synthesis import FAMILIES

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference.md"
COMMAND = "python -m tests.docs"

Block = tuple[str, str]
"""An example's language and text."""


def reference() -> str:
    """What `docs/reference.md` has to be."""
    parts = [
        "# Reference",
        f"Written by `{COMMAND}` from what is registered; edit the declarations, not this file.",
        "Names are those of links, of `--set NAME=VALUE` at the prompt, and of [Python](api.md).",
        "## Metrics",
        *_metrics(),
        "## Baselines",
        *_baselines(),
        "## Networks",
        *_networks(),
        "## The scene",
        "Where the picture comes from, how it is laid out, and what is asked.",
        _knobs("", SCENE_KNOBS),
        "## Perturbations",
        f"In order of composition: {', then '.join(f'`{stage}`' for stage in STAGES)}; within a "
        "stage in this order. At its defaults a perturbation changes nothing.",
        *_entries(PERTURBATIONS, lambda e: f"{e.help} Stage `{e.facts['stage']}`."),
        "## Pictures",
        "Lengths are in units of the subject's square, which is 2 wide, unless they say otherwise.",
        *_entries(FAMILIES, lambda e: e.help),
    ]
    return "\n\n".join(parts) + "\n"


def _metrics() -> list[str]:
    rows = [
        (
            f"`{m.name}`",
            m.title,
            "with" if m.norms == (NORMS[1],) else "with and without",
            "yes" if m.name in HEATMAPS else "of its parts",
            m.help,
        )
        for m in METRICS
    ]
    head = ("name", "title", "channel norm", "heatmaps", "what it does")
    note = (
        "Distances from 0 (identical) upwards, without unit: squared differences summed over "
        "channels, averaged over places, summed over layers. arXiv 2207.02512; LPIPS: "
        "arXiv 1801.03924, v0.1; shift-tolerant LPIPS, which is `lpips` on the shift-tolerant "
        "networks: arXiv 2207.13686."
    )
    return [note, _table(head, rows)]


def _baselines() -> list[str]:
    rows = [
        (f"`{b.name}`", b.title, b.unit or "–", f"{b.smallest} px", b.help) for b in NAMED.values()
    ]
    blanks = ", ".join(f"{name} {colour or ''}".strip() for name, colour in REFERENCES.items())
    return [
        _table(("name", "title", "unit", "smallest side", "what it does"), rows),
        f"Everything is held against the paper's blank references: {blanks}.",
    ]


def _networks() -> list[str]:
    head = ("name", "title", "layers (channels)", "smallest side", "weights", "LPIPS")
    rows = [
        (
            f"`{n.name}`",
            n.title,
            ", ".join(f"{tap.name} ({tap.channels})" for tap in n.taps),
            f"{n.smallest} px",
            _weights(n),
            "yes" if n.heads else "no",
        )
        for n in NETWORKS
    ]
    return [_table(head, rows)]


def _weights(network: Network) -> str:
    if network.bundled:
        return "ship with the project"
    return f"fetched, {network.sources[0].megabytes:.0f} MB"


def _entries(entries: Iterable[Entry], words: object) -> list[str]:
    found = []
    for entry in entries:
        found += [f"### {entry.title} (`{entry.name}`)", words(entry)]  # type: ignore[operator]
        found.append(_knobs(f"{entry.name}.", entry.knobs))
    return found


def _knobs(owner: str, knobs: Mapping[str, Knob]) -> str:
    rows = []
    for name, knob in knobs.items():
        title = knob.title or name.rpartition(".")[2].replace("_", " ").capitalize()
        words = f"{title}. {knob.help}" if knob.help else f"{title}."
        rows.append((f"`{owner}{name}`", _range(knob), _unit(knob), _value(knob.default), words))
    return _table(("name", "values", "unit", "default", "what it is"), rows)


def _range(knob: Knob) -> str:
    if isinstance(knob, Choice):
        return ", ".join(f"`{option}`" for option in knob.options)
    if isinstance(knob, Colour):
        return "`#rrggbb`"
    if isinstance(knob, Real):
        whole = "whole, " if isinstance(knob, Integer) and knob.step == 1 else f"by {knob.step:g}, "
        return f"{whole}{knob.low:g} to {knob.high:g}"
    return "on, off" if isinstance(knob, Toggle) else type(knob).__name__.lower()


def _unit(knob: Knob) -> str:
    return (knob.unit.strip() if isinstance(knob, Real) else "") or "–"


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return f"`{value}`" if value else "empty"
    return f"{value:g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(c.replace('|', '∣') for c in line)} |" for line in lines)


def sections(path: Path) -> dict[str, list[Block]]:
    """The examples under each heading of the second level, in order."""
    found: dict[str, list[Block]] = {}
    for part in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        blocks = re.findall(r"^```(\w+)\n(.*?)^```$", part, flags=re.MULTILINE | re.DOTALL)
        found[part.partition("\n")[0]] = blocks
    return found


RUNNER = """
import explorer
import json, linecache, sys, traceback
from importlib import import_module
from types import ModuleType

namespace = {"__name__": "example"}
for name, path, text in json.load(sys.stdin):
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    space = namespace
    if path:  # as if the file were there, and imported by its package
        module = ModuleType(path[:-3].replace("/", "."))
        parent, _, last = module.__name__.rpartition(".")
        setattr(import_module(parent), last, module)
        sys.modules[module.__name__] = module
        space = vars(module)
    try:
        exec(compile(text, name, "exec", dont_inherit=True), space)
    except Exception:
        traceback.print_exc()  # with the example's lines, which the interpreter would leave out
        sys.exit(1)
"""


def run(blocks: Iterable[Block], name: str) -> str:
    """Run the Python among the examples in a process of its own, whose registries are fresh.

    Those that name their file (`# explorer/…`, first line) come first, each as that module; then
    the others, in order, sharing their variables.

    Returns:
        What they printed.

    Raises:
        AssertionError: with their traceback, if they fail.
    """
    python = [
        (f"{name}, example {i}", t) for i, (kind, t) in enumerate(blocks, 1) if kind == "python"
    ]
    paths = [re.match(r"# (explorer/\S+\.py)\n", text) for _, text in python]
    named = [(n, m[1], t) for (n, t), m in zip(python, paths, strict=True) if m]
    others = [(n, "", t) for (n, t), m in zip(python, paths, strict=True) if not m]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUNNER],
        input=json.dumps(named + others),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
    print(REFERENCE.relative_to(ROOT))
