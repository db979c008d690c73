"""Pages of one file that open anywhere: a figure, a mosaic of images, a report around them."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from PIL import Image
from plotly.offline import get_plotlyjs

from vae_explorer.figures.inline import beside, png_url

# In the head of every page that is taken away: it keeps the network out, whatever the page holds.
# Plotly's WebGL charts compile their own code.
POLICY = """<meta http-equiv="Content-Security-Policy" content="default-src 'none';
  img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'unsafe-eval'">"""
# The colours are those of the app's two themes.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{policy}
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
{style}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""

# A row is at least as tall as its name; where that makes it wider than the screen, it scrolls.
MOSAIC_STYLE = """.mosaic { display: flex; gap: 0.6rem; overflow-x: auto; }
.mosaic > div { display: flex; flex-direction: column; text-align: right; }
.mosaic span { flex: 1; display: flex; align-items: center; justify-content: flex-end;
  white-space: nowrap; }
.mosaic img { align-self: flex-start; image-rendering: pixelated; }
"""


def page(title: str, body: str, style: str) -> str:
    """A page with its title, text, above a body of HTML; `style` is CSS of its own."""
    return _PAGE.format(policy=POLICY, title=html.escape(title), body=body, style=style)


def mosaic(png: bytes, alt: str, rows: Sequence[str], row_height: float) -> str:
    """A mosaic and the names of its rows beside it, each row at least `row_height` rem tall."""
    names = "".join(f"<span>{html.escape(name)}</span>" for name in rows)
    names = f"<div>{names}</div>" if rows else ""
    width, height = Image.open(io.BytesIO(png)).size
    least = row_height * len(rows) * width / height
    image = f'<img alt="{html.escape(alt)}" style="min-width: {least:.2f}rem" src="{png_url(png)}">'
    return f'<div class="mosaic">{names}{image}</div>'


def figure_values(figure: go.Figure) -> Any:
    """The figure as plain JSON types."""
    return json.loads(figure.to_json(validate=False))


def script_json(name: str, values: object) -> str:
    """An element with the id `name` that holds JSON; nothing in it can end the element."""
    text = json.dumps(values, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


_CAPTION_STYLE = """figcaption { margin-top: 1rem; padding-top: 0.6rem;
  border-top: 1px solid var(--line); }
"""
_ROW_HEIGHT = 1.7  # rem


def figure_html(figure: go.Figure, title: str, alt: str) -> str:
    """A page with the figure, Plotly included (5 MB); `alt` says below it what it shows."""
    options = {"filename": file_name(title, "")[:-1], "scale": 2, "width": None, "height": None}
    values = {"figure": figure_values(figure), "image": options}
    script = beside(__file__, "page.js")
    body = (
        f'<div id="chart" role="img" aria-label="{html.escape(alt)}"></div>\n'
        f"{script_json('values', values)}\n"
        f"<script>{get_plotlyjs()}</script>\n<script>\n{script}</script>"
    )
    return _captioned(title, alt, body, "")


def images_html(png: bytes, title: str, caption: str, rows: Sequence[str] = ()) -> str:
    """A page with a mosaic, and the names of its rows beside it where they are given."""
    return _captioned(title, caption, mosaic(png, caption, rows, _ROW_HEIGHT), MOSAIC_STYLE)


def _captioned(title: str, caption: str, body: str, style: str) -> str:
    caption = f"<figcaption>{html.escape(caption)}</figcaption>"
    return page(title, f"<figure>\n{body}\n{caption}\n</figure>", _CAPTION_STYLE + style)


def file_name(title: str, suffix: str) -> str:
    """A name for a download: ``vae-explorer-loss-curves.gif`` for "Loss curves" and "gif"."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    return "-".join(["vae", "explorer", *words])[:80].rstrip("-") + f".{suffix}"
