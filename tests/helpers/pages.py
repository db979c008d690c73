"""Pages of one file, read tag by tag."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np

from vae_explorer.figures.images import path_grid

PNG = path_grid(np.zeros((2, 3, 64), dtype=np.uint8), (8, 8))
HOSTILE = "<script>alert('a & b')</script>"


class Reader(HTMLParser):
    """Collects the tags with their attributes, and the text of each kind of element."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = [("", {})]
        self.texts: dict[str, str] = {}
        self.feed(text)
        self.texts = {name: text.strip() for name, text in self.texts.items()}

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        tag, attributes = self.tags[-1]
        name = attributes.get("id", tag)
        self.texts[name] = self.texts.get(name, "") + data


def assert_fetches_nothing(page: Reader) -> None:
    """What it shows is in it, and its policy would stop what was not."""
    for tag, attributes in page.tags:
        for name in ("src", "href", "srcset", "data"):
            assert attributes.get(name, "data:").startswith("data:"), (tag, attributes)
    policies = [
        attributes["content"]
        for tag, attributes in page.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none';")
