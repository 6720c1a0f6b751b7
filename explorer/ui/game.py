"""The tab "Which is closer?": its page, and the routes that give trials and take votes."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import gradio as gr
from starlette.routing import Route

from explorer.engine import Engine
from explorer.trials import HIGHEST_SEED, MOST_TRIALS, Trial, made
from explorer.ui import rooms
from explorer.ui.asking import Asking, checked_network, networks, revealed, shown
from explorer.ui.plain import Refused, Threads, route, text, upload_route, whole

LARGEST_ZIP = 20 * 2**20
"""Bytes of a zip of one's own, as it is sent."""
GAME_THREADS = 2

INTRO = (
    "Look at the reference and say which of the other two pictures is closer to it. There is no "
    "right answer: your eyes are the yardstick. Only then you see which metrics agree with you."
)
SETS = (
    "A zip of up to 20 MB, or a folder, with three pictures a triplet: <code>ref/NAME</code>, "
    "<code>p0/NAME</code>, <code>p1/NAME</code>, or <code>NAME_ref</code>, <code>NAME_p0</code>, "
    "<code>NAME_p1</code>. They are sent to this server to be compared, kept in its memory for a "
    "while, and never written down."
)


def build_tab() -> None:
    """Build the tab inside the current Blocks."""
    gr.HTML(
        value=lambda: json.dumps({"networks": networks()}),
        html_template=template(),
        js_on_load="Explorer.game.mount(element, props);",
        elem_id="panel-game",
        elem_classes=["answers"],
        apply_default_css=False,
    )


def routes(engine: Engine) -> list[Route]:
    """All routes of the tab, to be mounted beside the page's."""
    asking = Asking(engine)
    threads = Threads(GAME_THREADS)

    def trial(data: dict[str, Any], visitor: str) -> dict[str, Any]:
        index = whole(data, "index", 0, MOST_TRIALS - 1)
        return {**shown(_trial(asking, data, index)), "index": index}

    def reveal(data: dict[str, Any], visitor: str) -> dict[str, Any]:
        index = whole(data, "index", 0, MOST_TRIALS - 1)
        network = checked_network(text(data, "network"))
        found = _trial(asking, data, index)
        return {**revealed(found, asking.judged(found, network)), "index": index}

    def own(data: bytes) -> dict[str, Any]:
        found = asking.keep(data)
        problems = list(found.problems)
        more = [f"And {len(problems) - 5} more like these."] if len(problems) > 6 else []
        return {
            "own": found.sha256,
            "triplets": len(found.names),
            "problems": problems[: 5 if more else 6] + more,
        }

    return [
        route("/game/trial", threads, trial),
        route("/game/reveal", threads, reveal),
        upload_route("/game/own", threads, LARGEST_ZIP, own),
        *rooms.routes(asking),
    ]


def _trial(asking: Asking, data: dict[str, Any], index: int) -> Trial:
    seed = whole(data, "seed", 0, HIGHEST_SEED)
    count = whole(data, "count", 1, MOST_TRIALS)
    if data.get("own") is None:
        return made.trial(seed, count, index)
    found = asking.own(text(data, "own"))
    if found is None:
        raise Refused("This server does not have your triplets any more: send them again.", 410)
    return found.trial(seed, count, index)


def template() -> str:
    """The page of the tab; assets/js/game*.js bring it to life."""
    options = "".join(
        f'<option value="{n}"{" selected" if n == 24 else ""}>{n}</option>'
        for n in (8, 16, 24, 40, 80)
    )
    settings = (
        '<label class="ask">Trials <select data-set="count">' + options + "</select></label>"
        '<label class="ask">Network <select data-set="network"></select></label>'
        '<label class="ask">Seed <input data-set="seed" type="number" min="0" '
        f'max="{HIGHEST_SEED}" step="1" inputmode="numeric"></label>'
    )
    modes = "".join(
        f'<button type="button" role="radio" data-mode="{mode}" aria-checked="{checked}">'
        f"{title}</button>"
        for mode, title, checked in (
            ("alone", "Play alone", "true"),
            ("lead", "Open a room", "false"),
            ("join", "Join a room", "false"),
        )
    )
    return (
        '<section class="panel panel-game" data-mode="alone" aria-labelledby="game-title">'
        '<header><h2 id="game-title">Which is closer?</h2>'
        f'<div class="segmented modes" role="radiogroup" aria-label="Mode">{modes}</div></header>'
        f'<p class="help">{INTRO}</p>'
        '<p class="trouble" role="alert" hidden></p>'
        f'<div class="settings for-start">{settings}</div>'
        f"{_alone()}{_lead()}{_join()}"
        f'{_board()}<div class="after" aria-live="polite"></div>'
        '<div class="totals" hidden></div></section>'
    )


def _alone() -> str:
    return (
        '<div class="start start-alone">'
        '<div class="sources"><span class="source-said">Triplets: made here</span>'
        '<button type="button" class="action pick-zip">Your own zip…</button>'
        '<button type="button" class="action pick-folder">Your own folder…</button>'
        '<button type="button" class="action made" hidden>Those made here</button>'
        '<input type="file" class="zip" accept=".zip,application/zip" hidden '
        'aria-label="A zip of triplets">'
        '<input type="file" class="folder" webkitdirectory hidden aria-label="A folder of '
        'triplets"></div>'
        f'<details class="layout"><summary>What triplets of your own look like</summary>'
        f"<p>{SETS}</p></details>"
        '<div class="moves"><button type="button" class="go begin">Begin</button>'
        '<button type="button" class="action continue" hidden></button></div></div>'
    )


def _lead() -> str:
    return (
        '<div class="start start-lead"><p>Everybody votes on the same trials on their phone, and '
        "this page shows the class’s agreement with each metric. Only votes and a random number "
        "for each voter are kept, for a day at most.</p>"
        '<button type="button" class="go open-room">Open a room</button></div>'
        '<div class="room" hidden><div class="ticket"><div class="qr" role="img"></div>'
        '<div><p class="label">Code</p><p class="code"></p><p class="link"></p>'
        '<p class="crowd" role="status"></p></div></div>'
        '<div class="steps" role="group" aria-label="The room">'
        '<button type="button" class="action" data-step="previous">← Previous</button>'
        '<button type="button" class="action" data-step="reveal">Reveal</button>'
        '<button type="button" class="action" data-step="next">Next →</button>'
        '<button type="button" class="action" data-step="end">End the room</button>'
        '<button type="button" class="action" data-step="delete">Delete everything</button>'
        "</div></div>"
    )


def _join() -> str:
    return (
        '<form class="start start-join"><label>The room’s code '
        '<input class="code-typed" autocomplete="off" autocapitalize="characters" '
        'spellcheck="false" maxlength="12" placeholder="ABCD-EFGH"></label>'
        '<button type="submit" class="go">Join</button></form>'
    )


def _board() -> str:
    candidates = "".join(
        f'<button type="button" class="candidate" data-choice="{i}" '
        f'aria-label="{escape(name)} is closer"><img alt="{escape(name)}">'
        f'<span class="name"><kbd>{i + 1}</kbd> {side}</span><span class="told"></span></button>'
        for i, (name, side) in enumerate((("Picture 1", "Left"), ("Picture 2", "Right")))
    )
    return (
        '<div class="board" tabindex="-1" hidden><p class="progress-said" role="status"></p>'
        '<progress max="1" value="0" aria-label="Progress"></progress>'
        '<figure class="reference"><img alt="The reference"><figcaption>Reference</figcaption>'
        f'</figure><div class="candidates" role="group" aria-label="Which is closer to the '
        f'reference?">{candidates}</div>'
        '<div class="moves">'
        '<button type="button" class="action leave-out"><kbd>S</kbd> Skip</button>'
        '<button type="button" class="go next" hidden>Next <kbd>↵</kbd></button>'
        '<button type="button" class="action stop">Stop</button></div></div>'
    )
