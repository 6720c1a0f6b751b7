"""`python -m explorer weights verify` and `serve`'s flags."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from explorer import weights
from explorer.cli import main
from explorer.networks import HEADS_FILE
from tests.commands.test_pairs import ROOT


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache that holds a copy of what is bundled."""
    folder = tmp_path / "cache"
    shutil.copytree(weights.BUNDLED, folder)
    monkeypatch.setenv("EXPLORER_CACHE", str(folder))
    return folder


def states(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, str]]:
    code = main(["weights", "verify", *arguments])
    lines = capsys.readouterr().out.splitlines()
    return code, {line[9:].split(": ")[0]: line.split()[0] for line in lines}


def test_every_file_is_fine_or_absent(cache: Path, capsys) -> None:
    code, found = states(capsys)
    assert code == 0 and set(found.values()) == {"fine", "absent"}
    assert found[str(weights.BUNDLED / "alexnet.safetensors")] == "fine"
    assert found[str(weights.BUNDLED / HEADS_FILE)] == "fine"
    assert found[str(cache / "vgg16.safetensors")] == "absent"


def test_damage_is_found(cache: Path, capsys) -> None:
    data = bytearray((cache / "alexnet.safetensors").read_bytes())
    data[-1] ^= 1
    (cache / "alexnet.safetensors").write_bytes(data)
    (cache / HEADS_FILE).unlink()
    (cache / "unknown.safetensors").write_bytes(b"what")
    code, found = states(capsys)
    damaged = {name for name, state in found.items() if state == "damaged"}
    names = ("alexnet.safetensors", HEADS_FILE, "unknown.safetensors")
    assert code == 1 and damaged == {str(cache / name) for name in names}
    assert states(capsys, "squeezenet1_1_caffe")[0] == 0
    assert states(capsys, "alexnet")[0] == 1


@pytest.mark.parametrize("content", ["", "[]", '{"alexnet.safetensors": 3}'])
def test_a_damaged_list_is_said(cache: Path, capsys, content: str) -> None:
    (cache / weights.MANIFEST).write_text(content)
    code, found = states(capsys)
    assert code == 1 and found[str(cache / weights.MANIFEST)] == "damaged"


def test_commands_need_no_gradio_and_serve_starts_the_page() -> None:
    plain = "import sys; from explorer.cli import main; main(['weights', 'list'])"
    check = "; sys.exit('gradio' in sys.modules)"
    subprocess.run([sys.executable, "-c", plain + check], check=True, cwd=ROOT)
    served = (
        "import sys, explorer.ui.serving as s; from explorer.cli import main;"
        "s.serve = lambda *given: print(given);"
        "main(['serve', '--host', '0.0.0.0', '--port', '7999', '--root-path', '/x'])"
    )
    command = [sys.executable, "-c", served]
    found = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    assert found.stdout.splitlines()[-1] == "('0.0.0.0', 7999, '/x')"
