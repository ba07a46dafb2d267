"""The pages as they are served: whole, strict about what they load, and the same for everybody."""

import re

import pytest

from chalicelib.portal import files
from tests.client import Client

PAGES = ["lobby", "reception", "advancedmd", "kiosk", "track/que_1.secret", "visit/vis_1"]
LOADED = re.compile(r'(?:src|href)="(/[^"]+)"')
IMPORTED = re.compile(r'^import .* from "\./([^"]+)";$', re.MULTILINE)


def loaded(api: Client, page: str) -> set[str]:
    """Every file that a page comes to load."""
    waiting = [address.rpartition("/")[2] for address in LOADED.findall(api.get(f"/portal/{page}").body)]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += IMPORTED.findall(api.get(f"/portal/assets/{name}").body)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_served_to_everybody_under_a_strict_policy(api: Client, page: str) -> None:
    answer = api.get(f"/portal/{page}")

    policy = dict(one.strip().split(" ", 1) for one in answer.headers["content-security-policy"].split(";"))

    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert policy["default-src"] == "'none'"
    assert (policy["script-src"], policy["style-src"], policy["connect-src"]) == ("'self'", "'self'", "'self'")
    assert policy["frame-ancestors"] == "'none'"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_script_or_style_of_its_own_and_nothing_from_elsewhere(api: Client, page: str) -> None:
    body = api.get(f"/portal/{page}").body

    assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", body) == []
    assert re.findall(r'(?:src|href)="(?!/portal/assets/|data:image/svg)[^"]*"', body) == []


@pytest.mark.parametrize("page", PAGES)
def test_everything_that_a_page_loads_is_there_and_loads_nothing_from_elsewhere(api: Client, page: str) -> None:
    bodies = {name: api.get(f"/portal/assets/{name}") for name in loaded(api, page)}

    assert {"base.css"} < bodies.keys()
    assert {answer.status for answer in bodies.values()} == {200}
    assert [
        name for name, answer in bodies.items() if re.search(r"@import|url\(|https?://(?!www\.w3\.org)", answer.body)
    ] == []


def test_every_file_that_is_kept_is_loaded_by_some_page(api: Client) -> None:
    kept = {path.name for path in files.FOLDER.iterdir() if path.suffix != ".html"}

    assert kept == set().union(*(loaded(api, page) for page in PAGES))


@pytest.mark.parametrize("address", ["/portal/lobby", "/portal/track/que_1.secret", "/portal/assets/live.js"])
def test_what_has_not_changed_is_not_sent_again(api: Client, address: str) -> None:
    first = api.get(address)
    again = api.with_(if_none_match=first.headers["etag"]).get(address)

    assert (again.status, again.body) == (304, "")
    assert first.headers["cache-control"] == again.headers["cache-control"] == "public, max-age=60"


def test_the_track_page_is_one_and_the_same_whatever_the_secret(api: Client) -> None:
    one, other = (api.get(f"/portal/track/{secret}") for secret in ("que_1.right", "que_2.wrong"))

    assert one.body == other.body
    assert "que_1" not in one.body


@pytest.mark.parametrize("name", ["lobby.html", "files.py", "nothing.js", "..%2Ffiles.py", "%2Fetc%2Fpasswd"])
def test_no_other_file_is_served(api: Client, name: str) -> None:
    answer = api.get(f"/portal/assets/{name}")

    assert (answer.status, answer.error["code"]) == (404, "not_found")
