"""The readable description: one page and three files of our own address, text that every gateway lets through."""

import re

import pytest

from tests.client import Client

DOCS = "/api/docs"
ASSETS = {"start.js": "text/javascript", "swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
MOST_BYTES = 6 * 1024 * 1024  # of a Lambda's reply


def test_the_page_loads_nothing_from_elsewhere(api: Client) -> None:
    page = api.get(DOCS)

    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.body)

    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert {address for address in loaded if address.startswith(DOCS)} == {f"{DOCS}/{name}" for name in ASSETS}
    assert [address for address in loaded if "//" in address] == []


def test_the_page_has_no_script_or_style_of_its_own(api: Client) -> None:
    page = api.get(DOCS)

    policy = page.headers["content-security-policy"]

    assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", page.body) == []
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self';")


@pytest.mark.parametrize("name", ASSETS)
def test_each_file_of_the_page_is_served_as_text_of_its_type(api: Client, name: str) -> None:
    asset = api.get(f"{DOCS}/{name}")

    assert (asset.status, asset.headers["content-type"]) == (200, f"{ASSETS[name]}; charset=utf-8")
    assert 0 < len(asset.body.encode()) < MOST_BYTES
    assert asset.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("address", [DOCS, *(f"{DOCS}/{name}" for name in ASSETS)])
def test_what_has_not_changed_is_not_sent_again(api: Client, address: str) -> None:
    first = api.get(address)
    again = api.with_(if_none_match=first.headers["etag"]).get(address)

    assert (again.status, again.body) == (304, "")
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert first.headers["cache-control"].startswith("public, max-age=")


@pytest.mark.parametrize("name", ["index.css", "swagger-editor-bundle.js", "favicon-16x16.png", "docs.py", "page.html"])
def test_no_other_file_is_served(api: Client, name: str) -> None:
    answer = api.get(f"{DOCS}/{name}")

    assert (answer.status, answer.error["code"]) == (404, "not_found")


def test_the_start_asks_for_our_own_description(api: Client) -> None:
    start = api.get(f"{DOCS}/start.js").body

    assert '"/api/openapi.json"' in start
    assert "http" not in start
