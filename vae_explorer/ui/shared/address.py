"""The address bar, which always holds what a page shows."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_PAGE = "address.page"  # that was shown last
_HELD = "address.held"  # hashes of all that the address of each page has held, the newest last


def leads(page: str) -> bool:
    """Whether a run of a page has to show what the address says: to be asked once in each.

    So it is where the browser has gone back or forward to another view of the page, and where a
    link with one leads here; else the page goes on with what its session holds. The navigation's
    links have none, and leave steps in the history that were never a view: an address that says
    nothing, and one with this page's path and the next one's query.
    """
    query = st.query_params.to_dict()
    context = get_script_run_ctx()
    arrived = st.session_state.get(_PAGE) != page
    st.session_state[_PAGE] = page
    if context is not None and context.is_history_navigation:
        before = list(_held(page))
        return _hash(query) in before[:-1]
    if arrived and query:
        _remember(page, query)
    return arrived and bool(query)


def keep_in_address(query: dict[str, str]) -> None:
    """Has the address bar hold a query; one that it holds already is not sent again."""
    _remember(st.session_state.get(_PAGE), query)
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def _held(page: str | None) -> dict[int, None]:
    """What the page's addresses have held, as an ordered set."""
    return st.session_state.setdefault(_HELD, {}).setdefault(page, {})


def _remember(page: str | None, query: dict[str, str]) -> None:
    held = _held(page)
    held.pop(_hash(query), None)
    held[_hash(query)] = None


def _hash(query: dict[str, str]) -> int:
    return hash(tuple(sorted(query.items())))


def page_address() -> str | None:
    """The address that opens this page as it is now; None where no browser has told it.

    Scheme, host, port and path are the browser's, the query is that of `st.query_params`, so it
    holds already what this run of the page has put there.
    """
    url = st.context.url  # without the query
    if url is None or urlsplit(url).scheme not in ("http", "https"):
        return None
    pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    if not urlsplit(url).path:
        url += "/"
    # Commas and colons may stand as they are, and every character less is a clearer QR code.
    return f"{url}?{urlencode(pairs, quote_via=quote, safe=',:')}" if pairs else url


def audience_problem(address: str) -> str | None:
    """One sentence if nobody but this computer can open the address, or else None."""
    if not _is_this_computer(urlsplit(address).hostname or ""):
        return None
    return (
        "Only this computer can open this address: for an audience, start the app with "
        "--server.address 0.0.0.0 and open it by this computer's name or number in their network."
    )


def _is_this_computer(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        number = ip_address(host)
    except ValueError:
        return False
    return number.is_loopback or number.is_unspecified
