"""The package's public names: there, typed, and not imported before they are used."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import explorer

SOURCE = Path(explorer.__file__).read_text(encoding="utf-8")


def run(code: str) -> str:
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def test_importing_the_package_imports_nothing_else_and_comes_before_torch() -> None:
    code = (
        "import os, sys, explorer\n"
        "assert not {'torch', 'numpy', 'PIL', 'gradio'} & set(sys.modules)\n"
        "assert [m for m in sys.modules if m.startswith('explorer.')] == ['explorer.processor']\n"
        "assert os.environ['GOMP_SPINCOUNT']\n"
        "assert {'compare', 'Loss'} <= set(dir(explorer))\n"
        "from explorer import Loss\n"
        "assert 'torch' in sys.modules and 'gradio' not in sys.modules\n"
        "assert vars(explorer)['Loss'] is Loss\n"
        "print('done')"
    )
    assert run(code) == "done"


@pytest.mark.parametrize("name", explorer.__all__)
def test_every_name_leads_to_what_it_says(name: str) -> None:
    found = getattr(explorer, name)
    assert name == "__version__" or (found.__name__ == name and found.__doc__)


def test_type_checkers_see_the_same_names_from_the_same_modules() -> None:
    (block,) = (
        node
        for node in ast.parse(SOURCE).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    typed = {n.name: node.module for node in block.body for n in node.names}  # type: ignore[attr-defined]
    assert typed == explorer._HOMES


def test_no_name_hides_a_module_of_the_package() -> None:
    modules = {module.name for module in pkgutil.iter_modules(explorer.__path__)}
    assert not modules & set(explorer.__all__)


def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(AttributeError, match="'explorer' has no attribute 'compere'"):
        explorer.compere  # noqa: B018
