"""Talks: lists of saved views, each a title and an address of the app, kept as a JSON file.

An address is a page and a query, never a host, so that a talk that was made on one computer plays
on another. A file is read as if a stranger had sent it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from vae_explorer.saved.fields import parse_object

FORMAT = "vae-explorer talk"
VERSION = 1
PAGES = ("", "train", "compare", "words")  # paths of the app's pages
FRONT_PAGE = "explore"  # the name of the page at the empty path; it is at no other
MOST_VIEWS = 200
MOST_BYTES = 256_000  # of the JSON text
MOST_TITLE = 200  # characters
MOST_QUERY = 4_000

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class TalkError(ValueError):
    """A talk may not be so; the message is one sentence."""


@dataclass(frozen=True)
class TalkView:
    """One stop of a talk. TalkError for a title or an address that it may not have."""

    title: str
    page: str  # one of PAGES
    query: str = ""  # what follows the question mark, as the address bar has it

    def __post_init__(self) -> None:
        _check_title(self.title)
        if self.page not in PAGES:
            raise TalkError(f"There is no page {_short(self.page)}.")
        if len(self.query) > MOST_QUERY:
            raise TalkError(
                f"The address of {_short(self.title)} has {len(self.query):,} characters, more "
                f"than {MOST_QUERY:,}."
            )
        if _UNPRINTABLE.search(self.query) or set(self.query) & set(" #\\"):
            raise TalkError(f"The address of {_short(self.title)} has characters of no address.")

    @property
    def address(self) -> str:
        """Path and query, from the app's own root: ``/train?dataset=digits``."""
        return f"/{self.page}?{self.query}" if self.query else f"/{self.page}"

    @classmethod
    def from_address(cls, title: str, address: str) -> TalkView:
        """The view at path and query. TalkError for an address that leads anywhere else."""
        try:
            parts = urlsplit(address)
        except ValueError:  # of brackets that are no host
            raise TalkError(f"{_short(address)} is no address of a page.") from None
        if parts.scheme or parts.netloc or not address.startswith("/"):
            raise TalkError(
                f"{_short(address)} is no address of this app: it must begin with a page, as in "
                "/train?dataset=digits."
            )
        if parts.fragment or _UNPRINTABLE.search(address):  # urlsplit drops some of these
            raise TalkError(f"The address of {_short(title)} has characters of no address.")
        page = parts.path.strip("/")
        return cls(title, "" if page == FRONT_PAGE else page, parts.query)


@dataclass(frozen=True)
class Talk:
    """A title and its views, in order. TalkError for more than a file may hold."""

    title: str
    views: tuple[TalkView, ...] = ()

    def __post_init__(self) -> None:
        _check_title(self.title)
        if len(self.views) > MOST_VIEWS:
            raise TalkError(f"A talk has at most {MOST_VIEWS} views; this has {len(self.views):,}.")
        if len(self.to_json().encode()) > MOST_BYTES:
            raise TalkError(f"A talk has at most {MOST_BYTES // 1000} kB; this one has more.")

    # --- Changed talks; this one stays as it is ---

    def add(self, view: TalkView, index: int | None = None) -> Talk:
        """With a view more, before that at `index` or at the end."""
        index = len(self.views) if index is None else max(index, 0)
        return replace(self, views=(*self.views[:index], view, *self.views[index:]))

    def move(self, index: int, to: int) -> Talk:
        """With the view at `index` in place `to` of the list; places beyond it are its ends."""
        view = self._at(index)
        return self.remove(index).add(view, to)

    def remove(self, index: int) -> Talk:
        """Without the view at `index`."""
        self._at(index)
        return replace(self, views=self.views[:index] + self.views[index + 1 :])

    def _at(self, index: int) -> TalkView:
        if not 0 <= index < len(self.views):
            raise TalkError(f"The talk has no view {index + 1}; it has {len(self.views)}.")
        return self.views[index]

    # --- Files ---

    def to_json(self) -> str:
        views = [{"title": view.title, "address": view.address} for view in self.views]
        values = {"format": FORMAT, "version": VERSION, "title": self.title, "views": views}
        return json.dumps(values, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Talk:
        """The inverse of to_json. TalkError, whatever else the text or the file's bytes are."""
        try:
            values = parse_object(_decoded(text))
            if values.get("format") != FORMAT:
                raise ValueError(f"it is no talk of VAE Explorer: its format is not {FORMAT!r}")
            if values.get("version") != VERSION:
                raise ValueError(f"it is in another version of the format than {VERSION}")
            views = values.get("views")
            if not isinstance(views, list):
                raise ValueError("its field 'views' is no list")
            if len(views) > MOST_VIEWS:
                raise ValueError(f"it has {len(views):,} views, more than {MOST_VIEWS}")
        except ValueError as error:
            raise TalkError(f"The talk cannot be read: {str(error).removesuffix('.')}.") from None
        return cls(
            _text(values, "title", "The talk"),
            tuple(_view(entry, number) for number, entry in enumerate(views, 1)),
        )


def _decoded(text: str | bytes) -> str:
    """The text of a file's bytes. ValueError if it is too large or not in UTF-8."""
    if len(text) > MOST_BYTES:
        raise ValueError(f"it has {len(text) / 1000:,.0f} kB, more than {MOST_BYTES // 1000}")
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8-sig")  # Windows editors begin a file with a mark
    except UnicodeDecodeError:
        raise ValueError("it is not a text in UTF-8") from None


def _view(entry: Any, number: int) -> TalkView:
    where = f"View {number} of the talk"
    if not isinstance(entry, dict):
        raise TalkError(f"{where} is no object with a title and an address.")
    title, address = _text(entry, "title", where), _text(entry, "address", where)
    try:
        return TalkView.from_address(title, address)
    except TalkError as error:
        reason = str(error)
        raise TalkError(f"{where} cannot be used: {reason[0].lower()}{reason[1:]}") from None


def _text(values: dict[str, Any], name: str, where: str) -> str:
    value = values.get(name)
    if not isinstance(value, str):
        raise TalkError(f"{where} has no {name}, or one that is no text.")
    return value


def _check_title(title: str) -> None:
    if not title.strip():
        raise TalkError("A title must have some letters.")
    if len(title) > MOST_TITLE:
        raise TalkError(f"The title {_short(title)} is longer than {MOST_TITLE} characters.")
    if _UNPRINTABLE.search(title):
        raise TalkError(f"The title {_short(title)} has characters that cannot be shown.")


def _short(text: str) -> str:
    """A text as a message shows it: quoted, escaped where it must be, and not too long."""
    return repr(text if len(text) <= 40 else text[:40] + "…")
