"""Figures and mosaics as pages of one file: they open anywhere, with no network, in any theme."""

from __future__ import annotations

import base64
import html
import io
import json
from collections.abc import Sequence
from pathlib import Path

import plotly.graph_objects as go
from PIL import Image
from plotly.offline import get_plotlyjs

from vae_explorer.ui.takeaway import file_name

# The colours of the app's two themes. The policy keeps the network out, whatever a figure holds;
# Plotly's WebGL charts compile their own code.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data: blob:;
  style-src 'unsafe-inline'; script-src 'unsafe-inline' 'unsafe-eval'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --text: #31333f; --page: #ffffff; --line: #d5d6dc; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --text: #fafafa; --page: #0e1117; --line: #41444c; }}
}}
body {{ margin: 0 auto; padding: 1.5rem; max-width: 90rem; color: var(--text);
  background: var(--page); font: 16px/1.5 "Source Sans", system-ui, sans-serif; }}
h1 {{ margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }}
figure {{ margin: 0; }}
figcaption {{ margin-top: 1rem; padding-top: 0.6rem; border-top: 1px solid var(--line); }}
{style}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<figure>
{body}
<figcaption>{caption}</figcaption>
</figure>
</main>
</body>
</html>
"""
# A row is at least as tall as its name; where that makes it wider than the screen, it scrolls.
_MOSAIC_STYLE = """.mosaic {{ display: flex; gap: 0.6rem; overflow-x: auto; }}
.mosaic > div {{ display: flex; flex-direction: column; text-align: right; }}
.mosaic span {{ flex: 1; display: flex; align-items: center; justify-content: flex-end;
  white-space: nowrap; }}
.mosaic img {{ align-self: flex-start; image-rendering: pixelated; min-width: {least:.2f}rem; }}
"""
_ROW_HEIGHT = 1.7  # rem


def figure_html(figure: go.Figure, title: str, alt: str) -> str:
    """A page with the figure, Plotly included (5 MB); `alt` says below it what it shows."""
    options = {"filename": file_name(title, "")[:-1], "scale": 2, "width": None, "height": None}
    values = {"figure": json.loads(figure.to_json(validate=False)), "image": options}
    script = (Path(__file__).parent / "standalone.js").read_text(encoding="utf-8")
    body = (
        f'<div id="chart" role="img" aria-label="{html.escape(alt)}"></div>\n'
        f'<script type="application/json" id="values">{_json(values)}</script>\n'
        f"<script>{get_plotlyjs()}</script>\n<script>\n{script}</script>"
    )
    return _page(title, alt, body, "")


def images_html(png: bytes, title: str, caption: str, rows: Sequence[str] = ()) -> str:
    """A page with a mosaic, and the names of its rows beside it where they are given."""
    source = base64.b64encode(png).decode()
    names = "".join(f"<span>{html.escape(name)}</span>" for name in rows)
    names = f"<div>{names}</div>" if rows else ""
    image = f'<img alt="{html.escape(caption)}" src="data:image/png;base64,{source}">'
    width, height = Image.open(io.BytesIO(png)).size
    style = _MOSAIC_STYLE.format(least=_ROW_HEIGHT * len(rows) * width / height)
    return _page(title, caption, f'<div class="mosaic">{names}{image}</div>', style)


def _page(title: str, caption: str, body: str, style: str) -> str:
    return _PAGE.format(
        title=html.escape(title), caption=html.escape(caption), body=body, style=style
    )


def _json(values: object) -> str:
    """JSON that cannot end the script element that it stands in."""
    return json.dumps(values, ensure_ascii=False).replace("<", "\\u003c")
