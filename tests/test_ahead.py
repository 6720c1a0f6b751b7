"""Pieces by several threads: in order, a bounded number ahead, and stopped when nobody asks."""

from __future__ import annotations

import threading

import pytest
import torch

from explorer.ahead import in_order


@pytest.mark.parametrize("threads", [1, 3])
def test_results_come_in_order_and_each_thread_has_one_core(threads: int) -> None:
    turn = threading.Barrier(threads)

    def do(piece: int) -> tuple[int, int]:
        turn.wait(20)  # nobody gets on before all threads have a piece
        return piece, torch.get_num_threads()

    before = torch.get_num_threads()
    assert list(in_order(do, range(12), threads, "test")) == [(i, 1) for i in range(12)]
    assert torch.get_num_threads() == before


def test_only_a_few_pieces_are_taken_ahead_and_none_after_the_last_that_is_asked_for() -> None:
    taken: list[int] = []

    def pieces():
        for i in range(1000):
            taken.append(i)
            yield i

    found = in_order(lambda piece: piece, pieces(), 2, "test")
    assert [next(found) for _ in range(3)] == [0, 1, 2]
    assert len(taken) <= 3 + 2 * 2
    found.close()
    assert len(taken) <= 3 + 2 * 2
    assert not [t for t in threading.enumerate() if t.name.startswith("test_")]


def test_an_error_is_raised_in_its_turn() -> None:
    before = torch.get_num_threads()
    found = in_order(lambda piece: 12 // piece, [3, 2, 0, 1], 2, "test")
    assert [next(found), next(found)] == [4, 6]
    with pytest.raises(ZeroDivisionError):
        next(found)
    assert torch.get_num_threads() == before
