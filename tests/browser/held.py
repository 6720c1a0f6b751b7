"""An answer that is held on its way to the page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import APIResponse, Page, Request, Response, Route

ASKED = "**/run/predict*"
WATCH = """
() => {
  window.seen = [];
  const panel = document.querySelector('.panel-receipt');
  new MutationObserver(() => window.seen.push(panel.dataset.key))
    .observe(panel, { attributes: true, attributeFilter: ['data-key'] });
}
"""


class Held:
    """The first answer that came while answers were held; `release` lets the page have it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[Request] = []
        self.answer: tuple[Route, APIResponse] | None = None

    def handle(self, route: Route) -> None:
        self.requests.append(route.request)
        if len(self.requests) == 1:
            self.answer = (route, route.fetch())
        else:
            route.continue_()

    def release(self) -> None:
        deadline = time.monotonic() + 30
        while self.answer is None:
            assert time.monotonic() < deadline, "No answer came that could be held."
            self.page.wait_for_timeout(5)
        route, answer = self.answer

        def is_it(response: Response) -> bool:
            return response.request == route.request

        with self.page.expect_response(is_it) as late:
            route.fulfill(response=answer)
        late.value.finished()


@contextmanager
def holding(page: Page) -> Iterator[Held]:
    """Hold the first answer from now on; what the receipt says is noted in `window.seen`."""
    held = Held(page)
    page.evaluate(WATCH)
    page.route(ASKED, held.handle)
    yield held
    page.unroute(ASKED)
