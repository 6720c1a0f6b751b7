"""One comparison as an HTML file that needs nothing else: no script, no server, no other file."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from explorer.figures import bars, drawings, heatmaps, ladder, pictures, receipt
from explorer.figures.export import Export, passed
from explorer.figures.theme import number, shown, title_of
from explorer.form import FORM
from explorer.links import changed
from explorer.results import OWN, PIXELS, Exploration, LayerMap, rule_of

TITLE = "Deep Perceptual Similarity: a comparison"
# Whatever the file says, a browser that opens it asks nobody for anything.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; --ink: #111827; --soft: #4b5563; --line: #d1d5db; --paper: #fff;
  --pass: #0a7d33; --fail: #b42318; --tick: #6b7280; --link: #1d4ed8; }
@media (prefers-color-scheme: dark) { :root { --ink: #f3f4f6; --soft: #b6c0cf; --line: #475569;
  --paper: #0f172a; --pass: #4ade80; --fail: #fca5a5; --tick: #94a3b8; --link: #93c5fd; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1000px; padding: 20px; background: var(--paper);
  color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 6px; } h2 { font-size: 1.1rem; margin: 28px 0 6px; }
p { margin: 4px 0; } a { color: var(--link); } .soft { color: var(--soft); font-size: 0.9em; }
code { font: 0.85em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
figure { margin: 0; } figcaption { font-size: 0.85em; color: var(--soft); }
.row { display: flex; flex-wrap: wrap; gap: 14px; } .row img { display: block; width: 224px;
  max-width: 100%; image-rendering: pixelated; border: 1px solid var(--line); }
.row.maps figure { width: 172px; }
.ladder { display: grid; grid-template-columns: 150px minmax(0, 1fr) 190px; gap: 4px 10px;
  align-items: center; }
.ladder svg, svg.bars { display: block; width: 100%; height: auto; }
.pass { color: var(--pass); } .fail { color: var(--fail); }
.safe { fill: var(--pass); opacity: 0.12; } .rail { stroke: var(--line); stroke-width: 2; }
.limit { stroke: var(--ink); stroke-dasharray: 3 3; } .tick line { stroke: var(--tick);
  stroke-width: 2; } .tick path { fill: var(--tick); } .mark { stroke: var(--paper);
  stroke-width: 2; } .grid { stroke: var(--line); } svg text { fill: var(--soft); font-size: 12px; }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 50%; margin-right: 5px; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.85em;
  font-variant-numeric: tabular-nums; } th, td { padding: 3px 10px 3px 0; text-align: right;
  border-bottom: 1px solid var(--line); white-space: nowrap; }
:is(th, td):nth-child(-n + 2) { text-align: left; } .name { white-space: nowrap; }
.scene td, .scene th { text-align: left; }
@media (max-width: 640px) { body { padding: 12px; } .ladder { grid-template-columns: 1fr auto; }
  .ladder svg { grid-column: 1 / -1; grid-row: auto; } .ladder .name { order: 0; } }
@media print { :root { color-scheme: light; --ink: #000; --soft: #333; --line: #bbb; --paper: #fff;
  --pass: #0a7d33; --fail: #b42318; --tick: #555; --link: #000; }
  body { max-width: none; padding: 0; font-size: 11px; print-color-adjust: exact;
  -webkit-print-color-adjust: exact; } h2 { break-after: avoid; }
  figure, .ladder, svg, tr { break-inside: avoid; } .wide { overflow: visible; }
  .row img { width: 150px; } .row.maps img { width: 120px; } }
"""


def as_report(export: Export) -> str:
    """The whole file."""
    found = export.exploration
    parts = (
        _head(export),
        _pictures(found),
        _ladder(found),
        _bars(found),
        _maps(found),
        _scores(found),
        _verdicts(found),
        _scene(export),
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{TITLE}</title><style>{STYLE}</style></head><body><main>"
        f"{''.join(parts)}</main></body></html>\n"
    )


def _head(export: Export) -> str:
    link = escape(export.link)
    licence = export.exploration.comparison.receipt.weights.licence
    line = escape(receipt.line(export.exploration, whole=True))
    return (
        f"<h1>{TITLE}</h1><p><code>{line}</code></p>"
        + (f'<p class="soft">Licence of the weights: {escape(licence)}</p>' if licence else "")
        + f'<p>Live: <a href="{link}" rel="noreferrer"><code>{link}</code></a></p>'
    )


def _pictures(found: Exploration) -> str:
    words = "; ".join(pictures.described(s) for s in found.scene.challenge) or "unchanged"
    shown_pictures = (
        ("Original", found.original),
        (f"Perturbed: {words}", found.perturbed),
        ("Decoy: same background, another subject", found.decoy),
    )
    figures = "".join(
        f'<figure><img src="{drawings.picture(image)}" alt="{escape(text)}">'
        f"<figcaption>{escape(text)}</figcaption></figure>"
        for text, image in shown_pictures
    )
    return f'<h2>The pictures</h2><div class="row">{figures}</div>'


def _ladder(found: Exploration) -> str:
    data = ladder.figure(found)
    rows = []
    for row in data["rows"]:
        decoy = next((t["ratio"] for t in row["ticks"] if t["name"] == "decoy"), None) or 1
        safe = {"decoy": decoy, "both": min(1, decoy)}.get(data["rule"], 1)
        kind = "pass" if row["passed"] else "fail"
        mark = "·" if data["rule"] == "none" else "✓" if row["passed"] else "✗"
        times = "" if row["ratio"] is None else f" ({row['times']} × {row['nearest']})"
        rows.append(
            f'<div class="name"><b class="{kind}">{mark}</b> {_dot(row["colour"])}'
            f"<b>{escape(row['title'])}</b></div>"
            f"{drawings.ladder_line(row, data['domain'], safe)}"
            f"<div>{escape(row['distance'])}{escape(times)}</div>"
        )
    return (
        "<h2>Verdict: the same picture, or rather a blank canvas?</h2>"
        '<p class="soft">The bold mark is the perturbed picture, ticks are the blank references '
        "and the decoy (▾), from 0.01 to 30 times the nearest reference (dashed), on a log axis. "
        f'{data["meaning"]}</p><div class="ladder">{"".join(rows)}</div>'
    )


def _bars(found: Exploration) -> str:
    data = bars.figure(found)
    legend = " · ".join(
        f"{_dot(s['colour'])}{escape(s['title'])} {s['total']}" for s in data["series"]
    )
    return f"<h2>Layer by layer, share of the total</h2>{drawings.bars(data)}<p>{legend}</p>"


def _maps(found: Exploration) -> str:
    data = heatmaps.figure(found)
    rows: dict[str, list[LayerMap]] = {}
    for item in found.maps:
        rows.setdefault(item.over, []).append(item)
    body = "".join(
        (f"<p>Over the {over} picture</p>" if len(rows) > 1 else "")
        + f'<div class="row maps">{"".join(map(_map, items))}</div>'
        for over, items in rows.items()
    )
    title = f"Where the features differ: {escape(title_of(data['metric']))}"
    return f'<h2>{title}</h2><p class="soft">{escape(data["help"])}</p>{body}'


def _map(item: LayerMap) -> str:
    peak = number(float(item.values.max(initial=0.0)))
    text = f"{item.layer}: distance {number(item.distance)}, largest value {peak}"
    source = drawings.heatmap(item)
    return (
        f'<figure><img src="{source}" alt="Heatmap of {text}"><figcaption>{text}</figcaption>'
        "</figure>"
    )


def _scores(found: Exploration) -> str:
    rows = [
        [title_of(metric), _norm(norm), *map(_exact, score.layers), _exact(score.total)]
        for (metric, norm), score in found.comparison.scores.items()
    ]
    heads = ["Metric", "Norm", *found.comparison.layers, "Total"]
    return f"<h2>All distances</h2>{_table(heads, rows)}"


def _verdicts(found: Exploration) -> str:
    rule = rule_of(found.scene)
    names = list(found.verdicts[0].references)
    rows = []
    for v in found.verdicts:
        judged = {True: "✓", False: "✗", None: "·"}[passed(v, rule)]
        distances = [*v.references.values(), *([] if v.decoy is None else [v.decoy])]
        cells = [shown(v.metric, d) for d in (v.distance, *distances)]
        rows.append([title_of(v.metric), _norm(v.norm), judged, *cells])
    heads = ["Metric", "Norm", "Verdict", "Perturbed", *names, "decoy"]
    return f"<h2>Against the references</h2>{_table(heads, rows)}"


def _scene(export: Export) -> str:
    values = changed(export.exploration.scene)
    rows = [
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(_words(name, value))}</td></tr>'
        for name, value in values.items()
    ]
    if export.upload_sha256:
        said = f"{export.upload_name or ''} sha256 {export.upload_sha256}"
        rows.append(f'<tr><th scope="row">upload</th><td>{escape(said)}</td></tr>')
    return (
        "<h2>The scene</h2><p class='soft'>What differs from the defaults.</p>"
        f'<table class="scene">{"".join(rows)}</table>'
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="wide">{table}</div>'


def _norm(norm: str) -> str:
    names = {"norm": "channel norm", "raw": "no norm", PIXELS: "of the pixels", OWN: "one's own"}
    return names[norm]


def _exact(value: float) -> str:
    return f"{value:.9g}"


def _dot(colour: str) -> str:
    return f'<span class="dot" style="background:{colour}"></span>'


def _words(name: str, value: object) -> str:
    unit = getattr(FORM[name], "unit", "")
    return f"{value:g}{unit}" if isinstance(value, float) else f"{value}{unit}"
