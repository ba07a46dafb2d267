"""Sessions and keys of the local issuer, as Cognito has them: refresh, end, rotate, all without stopping anything."""

import json
import stat
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from infra.local import tokens
from infra.local.issuer import Issuer
from tests.instance import Instance

FORM = {"client_id": "careslot", "grant_type": "refresh_token"}


@pytest.fixture
def session(instance: Instance, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What `scripts/token --session` prints for a receptionist."""
    tokens.main(["--role", "receptionist", "--session", "--data", str(instance.data)])
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def claims(token: str) -> dict[str, Any]:
    """What a token says; whether it is true is for the application to find out."""
    said: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return said


def sent(instance: Instance, path: str, **form: str) -> httpx.Response:
    return httpx.post(f"{instance.base_url}/oauth2/{path}", data={**FORM, **form})


def opens(instance: Instance, token: str) -> bool:
    """Whether the application lets the token in."""
    headers = {"Authorization": f"Bearer {token}"}
    status = httpx.get(f"{instance.base_url}/api/appointments/apt_none", headers=headers).status_code
    return {404: True, 401: False}[status]


def rotate(instance: Instance) -> None:
    tokens.main(["--rotate", "--data", str(instance.data)])


def test_a_session_gives_new_tokens_of_the_same_session(instance: Instance, session: dict[str, Any]) -> None:
    reply = sent(instance, "token", refresh_token=session["refresh_token"])

    first, second = claims(session["id_token"]), claims(reply.json()["id_token"])
    same = ("iss", "aud", "sub", "role", "hospital_id", "origin_jti", "auth_time", "token_use")
    assert opens(instance, session["id_token"])
    assert opens(instance, reply.json()["id_token"])
    assert [second[name] for name in same] == [first[name] for name in same]
    assert first["jti"] != second["jti"]


def test_a_session_that_was_ended_gives_no_more_tokens(instance: Instance, session: dict[str, Any]) -> None:
    ended = sent(instance, "revoke", token=session["refresh_token"])

    refused = sent(instance, "token", refresh_token=session["refresh_token"])
    assert (ended.status_code, ended.content) == (200, b"")
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})


def test_ending_one_session_leaves_the_others(instance: Instance, session: dict[str, Any]) -> None:
    _, other = Issuer.load(instance.data).sessions.begin("doctor", "doc_1")

    sent(instance, "revoke", token=session["refresh_token"])
    reply = sent(instance, "token", refresh_token=other)

    assert claims(reply.json()["id_token"])["sub"] == "doc_1"


def test_an_access_token_is_no_token_of_ours_as_in_the_user_pool(instance: Instance, session: dict[str, Any]) -> None:
    reply = sent(instance, "token", refresh_token=session["refresh_token"])

    assert "aud" not in claims(reply.json()["access_token"])
    assert not opens(instance, reply.json()["access_token"])


def test_a_refresh_token_opens_nothing_itself(instance: Instance, session: dict[str, Any]) -> None:
    assert not opens(instance, session["refresh_token"])


@pytest.mark.parametrize(
    ("path", "form", "error"),
    [
        ("token", {"refresh_token": "guessed"}, "invalid_grant"),
        ("token", {}, "invalid_grant"),
        ("token", {"refresh_token": "../issuer"}, "invalid_grant"),
        ("token", {"grant_type": "password", "username": "a"}, "unsupported_grant_type"),
        ("token", {"client_id": "another-app"}, "invalid_client"),
        ("revoke", {}, "invalid_request"),
        ("revoke", {"client_id": "another-app", "token": "x"}, "invalid_client"),
        ("token", {"refresh_token": "x" * 20_000}, "invalid_client"),
    ],
)
def test_a_wrong_form_is_refused_in_the_words_of_oauth(
    instance: Instance, path: str, form: dict[str, str], error: str
) -> None:
    reply = sent(instance, path, **form)

    assert (reply.status_code, reply.json()) == (400, {"error": error})


def test_a_refresh_token_in_an_address_is_not_read(instance: Instance, session: dict[str, Any]) -> None:
    query = {**FORM, "refresh_token": session["refresh_token"]}

    read = httpx.get(f"{instance.base_url}/oauth2/token", params=query)
    posted = httpx.post(f"{instance.base_url}/oauth2/token", params=query)

    assert (read.status_code, posted.status_code) == (404, 400)


def test_keys_change_while_requests_go_on(instance: Instance) -> None:
    before = instance.token("admin")
    was_let_in = opens(instance, before)

    rotate(instance)
    after = instance.token("admin")

    published = httpx.get(f"{instance.base_url}/.well-known/jwks.json").json()["keys"]
    kids = [jwt.get_unverified_header(token)["kid"] for token in (after, before)]
    assert was_let_in
    assert opens(instance, after)
    assert opens(instance, before)
    assert [key["kid"] for key in published] == kids


def test_a_key_goes_with_the_rotation_after_next(tmp_path: Path) -> None:
    issuer = Issuer.load_or_create(tmp_path)
    old = jwt.get_unverified_header(issuer.mint("admin", "a"))["kid"]

    issuer.rotate()
    issuer.rotate()

    published = {key["kid"] for key in Issuer.load(tmp_path).jwks["keys"]}
    assert len(published) == 2
    assert old not in published


def test_a_folder_with_one_key_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    issuer = Issuer.load_or_create(tmp_path)
    stored = json.loads((tmp_path / "issuer.json").read_text())
    (tmp_path / "issuer.json").write_text(json.dumps({"issuer": stored["issuer"], **stored["keys"][0]}))

    again = Issuer.load(tmp_path)

    assert (again.name, again.jwks) == (issuer.name, issuer.jwks)


def test_what_signs_and_who_signed_in_is_for_the_owners_eyes(tmp_path: Path) -> None:
    issuer = Issuer.load_or_create(tmp_path)
    _, refresh_token = issuer.sessions.begin("admin", "a")

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in files}
    assert modes == {0o600}
    assert not any(refresh_token in path.name or refresh_token in path.read_text() for path in files)
