"""A rented GPU: a stand-in for `spaces` that forks and pickles as the real one does on ZeroGPU.

What it cannot show is CUDA in the forked process, and the service that rents it out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.engine import Engine
from explorer.sweeps import axis
from explorer.ui import gpu

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = Path(__file__).parent / "zerogpu"

PROGRAM = """
import json, os, sys, threading
import spaces
from explorer import suite as suites
from explorer.engine import Engine
from explorer.sweeps import axis
from explorer.ui import gpu
from explorer.ui.experiment import messages

gpu.reserve()
engine = gpu.page_engine()
values = {"layout.size": "64", "ask.network": "alexnet"}
axes = (axis("rotate.angle", 9),)
told = {"rented": gpu.rented(), "device": str(engine.device), "reserved": len(spaces.tasks)}
# The fork happens while another thread holds the engine, and after torch has used its threads.
engine.explore(__import__("explorer.form").form.scene_of(values).scene)
held, done = threading.Event(), threading.Event()
def hold():
    with engine.locked():
        held.set()
        done.wait(60)
threading.Thread(target=hold, daemon=True).start()
held.wait()
points = [p for part in gpu.sweep(engine, values, axes) for p in part.points]
told["at"] = sorted(p.at[0] for p in points)
told["distances"] = {p.at[0]: p.verdicts[0].distance for p in points}
told["seconds"] = spaces.seconds[-1]
try:
    list(gpu.sweep(engine, {"layout.size": "64", "ask.network": "squeezenet1_1"}, axes))
except Exception as error:
    told["refused"] = [type(error).__name__, str(error)]
done.set()
sent = list(messages(engine, json.dumps({"suite": "built-in", "networks": ["alexnet"]}), None))
told["suite"] = sent[-1].status["text"]
told["computed"] = next(m.run for m in sent if m.run)["computed"]
spaces.quota = False
try:
    list(gpu.sweep(engine, values, axes))
except Exception as error:
    told["no quota"] = [type(error).__name__, str(error)]
spaces.quota = True
stopped = gpu.sweep(engine, values, (axis("rotate.angle", 129),))
next(stopped)
stopped.close()
told["processes"] = sorted(set(spaces.processes))
told["own"] = os.getpid()
json.dump(told, sys.stdout)
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict:
    environment = {
        **os.environ,
        "PYTHONPATH": f"{STAND_IN}{os.pathsep}{ROOT}",
        "SPACES_ZERO_GPU": "true",
        # Without weights that are fetched.
        "EXPLORER_CACHE": str(tmp_path_factory.mktemp("cache")),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_sweeps_run_in_another_process_with_the_same_numbers(told: dict, engine: Engine) -> None:
    assert told["rented"] and told["device"] == "cpu" and told["reserved"] == 2
    assert len(told["processes"]) == 2 and told["own"] not in told["processes"]
    values = {"layout.size": "64", "ask.network": "alexnet"}
    here = gpu.sweep(engine, values, (axis("rotate.angle", 9),))
    points = [point for part in here for point in part.points]
    assert told["at"] == sorted(point.at[0] for point in points)
    for point in points:
        distance = told["distances"][str(point.at[0])]
        assert distance == pytest.approx(point.verdicts[0].distance, rel=1e-4, abs=1e-7)


def test_the_time_asked_for_follows_the_points(told: dict) -> None:
    assert told["seconds"] == gpu.START_SECONDS
    axes = (axis("rotate.angle", 49), axis("blur.sigma", 49))
    assert gpu.START_SECONDS < gpu._sweep_seconds({}, axes, None) <= gpu.LONGEST_SECONDS


def test_refusals_keep_their_sentences(told: dict) -> None:
    kind, sentence = told["refused"]
    assert kind == "WeightsError" and sentence.startswith("The weights of squeezenet1_1 are not on")
    kind, sentence = told["no quota"]
    assert kind == "ValueError" and sentence == "The GPU was not to be had: No quota is left."


def test_the_suite_runs_there_and_says_so(told: dict) -> None:
    assert told["suite"].startswith("Done: ") and told["suite"].endswith(" on 1 network.")
    assert told["computed"] == "float32 on cuda"


def test_elsewhere_nothing_changes(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    assert not gpu.rented()
    # A Space without ZeroGPU has the package, too: the variable decides.
    monkeypatch.syspath_prepend(str(STAND_IN))
    assert not gpu.rented()
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    assert gpu.rented()
