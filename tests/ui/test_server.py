"""What the app's server does at its start, and under which addresses."""

from __future__ import annotations

import pytest
import streamlit as st

from vae_explorer.ui import server

LOCAL = {
    "server.headless": False,
    "server.address": "127.0.0.1",
    "server.port": 8501,
    "server.baseUrlPath": "",
    "server.sslCertFile": None,
}


def opened(monkeypatch, **options) -> list[str]:
    """The addresses that the server opens in a browser at its start."""
    given = LOCAL | {f"server.{name}": value for name, value in options.items()}
    monkeypatch.setattr(st, "get_option", given.__getitem__)
    addresses: list[str] = []
    monkeypatch.setattr(server.webbrowser, "open", addresses.append)

    with pytest.raises(StopIteration):  # it waits for nothing
        server.lifespan(None).__aenter__().send(None)
    return addresses


@pytest.mark.parametrize(
    ("options", "address"),
    [
        ({}, "http://127.0.0.1:8501/"),
        ({"address": None, "port": 8502}, "http://localhost:8502/"),
        ({"address": "0.0.0.0"}, "http://localhost:8501/"),
        ({"address": "::"}, "http://localhost:8501/"),
        ({"address": "::1"}, "http://[::1]:8501/"),
        ({"baseUrlPath": "/talks/vae/"}, "http://127.0.0.1:8501/talks/vae/"),
        ({"sslCertFile": "here.pem"}, "https://127.0.0.1:8501/"),
    ],
)
def test_it_opens_the_app_where_a_browser_here_finds_it(monkeypatch, options, address):
    assert opened(monkeypatch, **options) == [address]


def test_without_a_screen_it_opens_nothing(monkeypatch):
    assert opened(monkeypatch, headless=True) == []


@pytest.mark.parametrize(("base", "path"), [("", "/plotly-"), ("talks/vae", "/talks/vae/plotly-")])
def test_what_it_serves_lies_below_its_base(monkeypatch, base, path):
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": base}.__getitem__)
    assert [route.path.startswith(path) for route in server.routes()] == [True]
