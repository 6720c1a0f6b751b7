"""What `spaces.GPU` does to a generator on ZeroGPU, without a GPU.

A process is forked when a function is first called and is used again; arguments and results are
pickled; the work runs in a thread there; of what is raised only the class's name comes back,
except Gradio's errors; a generator that is closed ends between two pieces.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gradio as gr

tasks: list[Callable[..., Any]] = []
seconds: list[float] = []
processes: list[int] = []
quota = True
_fork = multiprocessing.get_context("fork")


def GPU(*, duration: Callable[..., float]) -> Callable[[Callable[..., Any]], Any]:  # noqa: N802
    """A decorator for generator functions."""

    def decorate(task: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        tasks.append(task)
        workers: list[Any] = []

        def rented(*arguments: Any) -> Iterator[Any]:
            if not quota:
                raise gr.Error("No quota is left.", print_exception=False)
            seconds.append(duration(*arguments))
            if not workers:
                mine, theirs = _fork.Pipe()
                stop = _fork.Event()
                process = _fork.Process(target=_work, args=(task, theirs, stop), daemon=True)
                process.start()
                workers.extend([mine, stop, process])
            channel, stop, process = workers
            processes.append(process.pid)
            stop.clear()
            channel.send_bytes(pickle.dumps(arguments))
            ended = False
            try:
                while True:
                    kind, value = pickle.loads(channel.recv_bytes())
                    if kind == "end":
                        ended = True
                        return
                    if kind == "error":
                        raise gr.Error(value)
                    yield value
            finally:
                stop.set()
                while not ended:
                    ended = pickle.loads(channel.recv_bytes())[0] == "end"

        return rented

    return decorate


def _work(task: Callable[..., Iterator[Any]], channel: Any, stop: Any) -> None:
    while True:
        arguments = pickle.loads(channel.recv_bytes())

        def iterate(arguments: tuple[Any, ...] = arguments) -> None:
            try:
                for found in task(*arguments):
                    if stop.is_set():
                        break
                    channel.send_bytes(pickle.dumps(("piece", found)))
            except gr.Error as error:
                channel.send_bytes(pickle.dumps(("error", error.message)))
            except Exception as error:  # noqa: BLE001 - as the real one does
                channel.send_bytes(pickle.dumps(("error", type(error).__name__)))

        with ThreadPoolExecutor() as threads:
            threads.submit(iterate).result()
        channel.send_bytes(pickle.dumps(("end", os.getpid(), threading.active_count())[:2]))
