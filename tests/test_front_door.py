"""In AWS, requests are answered only where CloudFront has let them in."""

from collections.abc import Callable, Iterator

import pytest

from chalicelib.admin import front_door
from chalicelib.kit.settings import Settings, settings
from tests.client import Client

SECRET, NEXT = "a" * 48, "b" * 48


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Gives the application its secrets."""

    def give(secrets: str) -> None:
        monkeypatch.setenv("ORIGIN_SECRETS", secrets)
        settings.cache_clear()

    yield give
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("path", ["/api/health", "/api/doctors"])
@pytest.mark.parametrize(
    "said", [{}, {"x_origin_secret": "wrong"}, {"x_origin_secret": ""}, {"x_origin_secret": "ÿ" * 48}]
)
def test_a_request_past_the_front_door_is_refused_before_anything_else(
    api: Client, guarded: Callable[[str], None], path: str, said: dict[str, str]
) -> None:
    guarded(f"{SECRET} none")

    answer = api.with_(**said).get(path)

    assert (answer.status, answer.error["code"]) == (403, "past_the_front_door")
    assert answer.error["request_id"] == answer.headers["x-request-id"]


def test_whoever_prefers_problem_details_is_turned_away_with_them(api: Client, guarded: Callable[[str], None]) -> None:
    guarded(SECRET)

    answer = api.with_(accept="application/problem+json").get("/api/doctors")

    assert (answer.status, answer.headers["content-type"]) == (403, "application/problem+json")
    assert (answer.json["code"], answer.json["title"]) == (
        "past_the_front_door",
        "The request did not come through the public address.",
    )


def test_while_one_secret_takes_over_from_another_both_are_let_in(api: Client, guarded: Callable[[str], None]) -> None:
    guarded(f"{NEXT} {SECRET}")

    statuses = [api.with_(x_origin_secret=secret).get("/api/health").status for secret in (SECRET, NEXT)]

    assert statuses == [200, 200]


@pytest.mark.parametrize("secrets", [f"{SECRET} none", "none none", " "])
def test_a_placeholder_opens_nothing(secrets: str) -> None:
    assert not front_door.is_open("none", secrets)
    assert not front_door.is_open("", secrets)


def test_without_secrets_as_on_a_laptop_everyone_is_let_in(api: Client, guarded: Callable[[str], None]) -> None:
    guarded("")

    assert api.get("/api/health").status == 200


def test_settings_that_are_printed_tell_no_secret() -> None:
    said = Settings(origin_secrets=SECRET)

    assert SECRET not in f"{said} {said!r}"
