"""Signing out: what was ended opens nothing any more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kit import cache
from infra.local.testing import Engine
from tests.audit.auditing import handle, stream, trail
from tests.client import Client

AN_HOUR_AGO = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())


@pytest.fixture
def bearer(api: Client, token: Callable[..., str]) -> Callable[..., Client]:
    """A caller with a token of a sign-in an hour ago."""

    def with_token(role: str, sub: str, session: str, **claims: object) -> Client:
        said = {"jti": f"token of {session}", "origin_jti": session, "auth_time": AN_HOUR_AGO} | claims
        return api.with_(authorization=f"Bearer {token(role, sub, **said)}")

    return with_token


def reads(caller: Client) -> int:
    return caller.get("/api/hospitals").status


def test_a_session_that_was_ended_is_refused_and_another_of_the_same_person_is_not(
    bearer: Callable[..., Client],
) -> None:
    phone, desk = bearer("receptionist", "two-devices", "phone"), bearer("receptionist", "two-devices", "desk")

    answer = phone.post("/api/sessions/end", {})

    assert answer.data == {"ended": "this"}
    refused = phone.get("/api/hospitals")
    assert (refused.status, refused.error["code"]) == (401, "session_ended")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert reads(desk) == 200


def test_signing_out_everywhere_ends_every_sign_in_so_far(bearer: Callable[..., Client]) -> None:
    phone, desk = bearer("doctor", "everywhere", "phone"), bearer("doctor", "everywhere", "desk")

    answer = phone.post("/api/sessions/end", {"everywhere": True})

    assert answer.data == {"ended": "all"}
    assert (reads(phone), reads(desk)) == (401, 401)


def test_a_token_that_was_refreshed_after_the_end_belongs_to_the_ended_sign_in(bearer: Callable[..., Client]) -> None:
    bearer("doctor", "refreshed", "phone").post("/api/sessions/end", {"everywhere": True})

    later = datetime.now(UTC) + timedelta(seconds=1)
    refreshed = bearer("doctor", "refreshed", "phone", iat=later, auth_time=AN_HOUR_AGO, exp=later + timedelta(hours=1))

    assert reads(refreshed) == 401


def test_a_new_sign_in_after_the_end_is_let_in(bearer: Callable[..., Client]) -> None:
    bearer("doctor", "comes-back", "old").post("/api/sessions/end", {"everywhere": True})

    soon = int(datetime.now(UTC).timestamp()) + 2
    again = bearer("doctor", "comes-back", "new", auth_time=soon)

    assert reads(again) == 200


def test_an_administrator_ends_the_sessions_of_somebody_else(bearer: Callable[..., Client], api: Client) -> None:
    lost = bearer("receptionist", "lost-phone", "phone")
    assert reads(lost) == 200

    answer = api.as_("admin").post("/api/sessions/revoke", {"role": "receptionist", "id": "lost-phone"})

    assert answer.data == {"ended": "all"}
    assert reads(lost) == 401


def test_the_same_id_in_another_role_is_somebody_else(bearer: Callable[..., Client], api: Client) -> None:
    api.as_("admin").post("/api/sessions/revoke", {"role": "patient", "id": "shared-id"})

    assert reads(bearer("doctor", "shared-id", "phone")) == 200


def test_an_end_is_kept_in_the_table_and_not_in_a_process(bearer: Callable[..., Client]) -> None:
    phone = bearer("doctor", "other-process", "phone")
    phone.post("/api/sessions/end", {})

    cache.forget_everything()  # what another process knows

    assert reads(phone) == 401


def test_ending_twice_ends_once_and_a_later_end_never_moves_back(bearer: Callable[..., Client], api: Client) -> None:
    admin = api.as_("admin")
    whom = {"role": "doctor", "id": "twice"}

    answers = [admin.post("/api/sessions/revoke", whom) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert reads(bearer("doctor", "twice", "phone")) == 401


@pytest.mark.parametrize(
    ("body", "field"), [({"role": "emperor", "id": "x"}, "role"), ({"role": "doctor"}, "id"), ({"id": "x"}, "role")]
)
def test_a_revocation_says_what_is_wrong_with_it(api: Client, body: dict[str, str], field: str) -> None:
    answer = api.as_("admin").post("/api/sessions/revoke", body)

    assert answer.status == 422
    assert answer.fields == [field]


def test_who_ended_whose_sessions_stands_in_the_trail_of_the_caller(
    bearer: Callable[..., Client], api: Client, engine: Engine
) -> None:
    bearer("doctor", "traced", "phone").post("/api/sessions/end", {})
    api.as_("admin", "anna").post("/api/sessions/revoke", {"role": "doctor", "id": "traced"})

    handle(stream(engine, "CALLER#doctor:traced"))

    entries = trail(api, "caller", {"id": "doctor:traced"})
    assert {(entry["action"], entry["actor"]) for entry in entries} == {
        ("signed_out", "doctor:traced"),
        ("created", "admin:anna"),
    }
