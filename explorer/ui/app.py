"""Composition only: theme, assets, tabs, launch."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

# Before gradio is imported: it would call home at start otherwise.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
# It would tabulate the last ten thousand events anew after each event.
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "100")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(10**9))

import gradio as gr

from explorer.engine import Engine
from explorer.synthesis import FAMILIES
from explorer.ui import endpoints, explore, game, gpu, guard, learn, people, share, suite, sweep
from explorer.ui.inside import tab as inside

ASSETS = Path(__file__).resolve().parents[2] / "assets"
SCRIPTS = (
    "core",
    "spoken",
    "focus",
    "controls",
    "link-values",
    "link",
    "status",
    "uploader",
    "pictures",
    "ladder",
    "bars",
    "heatmaps",
    "share-picture",
    "share",
    "receipt",
    "curves",
    "atlas",
    "sweep",
    "inside",
    "inside-provenance-map",
    "inside-provenance-lines",
    "inside-provenance-table",
    "inside-provenance",
    "blends",
    "inside-metric",
    "inside-channels-maps",
    "inside-channels-strip",
    "inside-channels-curves",
    "inside-channels",
    "inside-mask-paint",
    "inside-mask",
    "inside-bug",
    "inside-locality-chart",
    "inside-locality",
    "suite-run",
    "suite-table",
    "suite-explore",
    "suite-cases",
    "suite-files",
    "suite",
    "people-file",
    "people",
    "game",
    "game-votes",
    "game-zip",
    "game-alone",
    "game-room",
    "game-join",
    "game-lead",
    "learn-figure",
    "learn-play",
    "learn",
)
STYLES = (
    "explorer",
    "tabs",
    "sweep",
    "suite",
    "people",
    "game",
    "inside",
    "inside-provenance",
    "inside-metric",
    "inside-channels",
    "inside-mask",
    "inside-bug",
    "inside-locality",
    "learn",
    "share",
    "access",
)
MOST_WAITING = 256
"""In Gradio's queue; further requests are told that it is full."""
TITLE = "Deep Perceptual Similarity Explorer"
INTRO = (
    f"<h1>{TITLE}</h1><p>How alike a neural network’s features say two pictures are, and where "
    "that judgement breaks. Change the right picture with the sliders; every answer follows.</p>"
)


def build(engine: Engine | None = None) -> gr.Blocks:
    """The whole page, around one engine."""
    engine = engine or gpu.page_engine()
    with gr.Blocks(title=TITLE, delete_cache=(600, 3600), fill_width=True) as demo:
        gr.HTML(INTRO, elem_id="intro")
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Explore", id="explore-tab"):
                shown = explore.build_tab(engine)
                share.build(engine, shown)
            with gr.Tab("Sweep", id="sweep-tab"):
                sweep.build_tab(engine, shown)
            with gr.Tab("Challenge suite", id="suite-tab"):
                suite.build_tab(engine)
            with gr.Tab("People", id="people-tab"):
                people.build_tab()
            with gr.Tab("Which is closer?", id="game-tab"):
                game.build_tab()
            with gr.Tab("Look inside", id="inside-tab"):
                inside.build_tab(engine, shown)
            with gr.Tab("Learn", id="learn-tab"):
                learn.build_tab(engine)
        endpoints.add(engine)
    demo.queue(max_size=MOST_WAITING, api_open=False)
    guard.hide_all_but(demo, endpoints.NAMES)
    guard.uploads_only(demo)
    _hide_progress_of_loads(demo)
    gpu.reserve()
    return demo


def _hide_progress_of_loads(demo: gr.Blocks) -> None:
    """Values that are computed as the page opens: screen readers would hear "Loading" for each."""
    for event in demo.fns.values():
        if any(name == "load" for _, name in event.targets):
            event.show_progress = "hidden"


def launch_options() -> dict[str, Any]:
    """What belongs to `launch` in Gradio 6: looks, limits, and no calls to other hosts."""
    script = "\n".join((ASSETS / "js" / f"{name}.js").read_text() for name in SCRIPTS)
    style = "\n".join((ASSETS / "css" / f"{name}.css").read_text() for name in STYLES)
    style += family_css()
    return {
        "theme": theme(),
        # Not as `css`: Gradio would repeat each rule in a stronger scope, outside of media queries.
        "head": f"<style>{style}</style><script>{script}</script>",
        "run_history": False,
        "max_file_size": "32mb",
        "state_session_capacity": 200,
        # Room for those who wait for their turn, in Gradio's queue and for the engine.
        "max_threads": 200,
        "mcp_server": importlib.util.find_spec("mcp") is not None,
        "enable_monitoring": False,
        # Spaces would render the page on the server, where its scripts cannot run.
        "ssr_mode": False,
        "show_error": False,
        "footer_links": [],
    }


def theme() -> gr.themes.Base:
    """Soft, with the two bundled fonts that are complete."""
    return gr.themes.Soft(
        primary_hue="blue",
        neutral_hue="slate",
        font=[gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"],
        font_mono=[gr.themes.LocalFont("IBM Plex Mono", weights=(400, 700)), "monospace"],
        text_size="sm",
        spacing_size="sm",
        radius_size="sm",
    ).set(
        block_label_background_fill="transparent",
        block_title_background_fill="none",
        block_title_text_color="*body_text_color",
        block_title_text_color_dark="*body_text_color",
        block_title_padding="0",
        block_info_text_color="*body_text_color_subdued",
    )


def family_css() -> str:
    """One rule a family: its knobs show when the answered scene shows it."""
    hidden = ",".join(f'body:not([data-family="{f.name}"]) .family-{f.name}' for f in FAMILIES)
    return f"{hidden}{{display:none!important}}"
