"""`Metric`: update, compute, reset; alone and over processes."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from explorer import Loss, Metric

GENERATOR = torch.Generator().manual_seed(3)
A, B = torch.rand(2, 7, 3, 40, 40, generator=GENERATOR)
EACH = Loss(metric="sort", reduction="none")(A, B).double()


def made(reduction: str = "mean") -> Metric:
    return Metric(metric="sort", reduction=reduction)


def test_batches_of_any_length_give_what_all_pairs_together_give() -> None:
    for lengths in ([7], [3, 4], [1] * 7, [6, 1]):
        metric, total = made(), made("sum")
        for a, b in zip(A.split(lengths), B.split(lengths), strict=True):
            assert metric.update(a, b) is None
            total.update(a, b)
        assert metric.count == 7 and metric.compute().shape == ()
        assert metric.compute().item() == pytest.approx(EACH.mean().item(), rel=1e-6)
        assert total.compute().item() == pytest.approx(EACH.sum().item(), rel=1e-6)


def test_calling_it_gives_the_batch_and_takes_it_in() -> None:
    metric = made()
    assert metric(A[:2], B[:2]).item() == pytest.approx(EACH[:2].mean().item(), rel=1e-6)
    assert metric(A[2:], B[2:]).item() == pytest.approx(EACH[2:].mean().item(), rel=1e-6)
    assert metric.compute().item() == pytest.approx(EACH.mean().item(), rel=1e-6)
    assert metric.compute().item() == metric.compute().item()


def test_reset_forgets_and_computing_nothing_is_refused() -> None:
    metric = made()
    with pytest.raises(RuntimeError, match=r"call update\(a, b\) before compute"):
        metric.compute()
    metric.update(A[:3], B[:3])
    metric.reset()
    with pytest.raises(RuntimeError, match="No pictures were compared yet"):
        metric.compute()
    metric.update(A[3:], B[3:])
    assert metric.compute().item() == pytest.approx(EACH[3:].mean().item(), rel=1e-6)


def test_keeps_no_graph_and_takes_what_inference_gives() -> None:
    metric = made()
    metric.update(A[:3].clone().requires_grad_(), B[:3])
    with torch.inference_mode():
        metric.update(A[3:5], B[3:5])
    metric.update(A[5:], B[5:])
    found = metric.compute()
    assert not found.requires_grad
    assert found.item() == pytest.approx(EACH.mean().item(), rel=1e-6)


def test_sums_in_float64_whatever_the_module_is_moved_to() -> None:
    metric = made().double()
    metric.update(A[:3], B[:3])
    metric.float()
    assert metric.compute().dtype == torch.float64
    exact = Loss(metric="sort", reduction="none").double()(A[:3], B[:3]).mean().item()
    assert metric.compute().item() == pytest.approx(exact, rel=1e-12)


def test_is_saved_as_metrics_are() -> None:
    metric = made()
    metric.update(A, B)
    assert metric.state_dict() == {} and list(metric.parameters()) == []
    other = pickle.loads(pickle.dumps(metric))
    assert other.compute().item() == metric.compute().item() and other.count == 7


PROCESS = """
import sys
import torch
import torch.distributed as dist
from explorer import Metric

rank, file = int(sys.argv[1]), sys.argv[2]
dist.init_process_group("gloo", init_method=f"file://{file}", rank=rank, world_size=2)
a, b = torch.rand(2, 7, 3, 40, 40, generator=torch.Generator().manual_seed(3))
for reduction in ("mean", "sum"):
    metric = Metric(metric="sort", reduction=reduction)
    mine = slice(0, 5) if rank == 0 else slice(5, 7)
    print(repr(metric(a[mine], b[mine]).item()))
    print(repr(metric.compute().item()), repr(metric.compute().item()), metric.count)
metric.reset()
if rank == 0:
    metric.update(a, b)
print(repr(metric.compute().item()))
dist.destroy_process_group()
"""


def test_two_processes_compute_what_one_does(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(rank), str(tmp_path / "meet")],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        for rank in range(2)
    ]
    answers = [process.communicate(timeout=120)[0].split("\n") for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    means, sums = EACH.mean().item(), EACH.sum().item()
    for rank, lines in enumerate(answers):
        part = EACH[:5] if rank == 0 else EACH[5:]
        count = len(part)
        assert float(lines[0]) == pytest.approx(part.mean().item(), rel=1e-6)
        assert float(lines[2]) == pytest.approx(part.sum().item(), rel=1e-6)
        for line, expected in ((lines[1], means), (lines[3], sums)):
            first, again, own = line.split()
            assert float(first) == pytest.approx(expected, rel=1e-6)
            assert first == again and int(own) == count
        assert float(lines[4]) == pytest.approx(sums, rel=1e-6)
    assert answers[0][1].split()[0] == answers[1][1].split()[0]
