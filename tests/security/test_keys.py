"""The issuer's keys are read seldom, change without anyone noticing, and no one makes us read them often."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from chalicelib.kit.keyset import KeySet, Unreachable
from tests.client import Answer, Client
from tests.security.signing import Publisher


def ask(api: Client, token: str) -> Answer:
    """Read something that does not exist: 404 for whoever is let in."""
    return api.with_(authorization=f"Bearer {token}").get("/api/appointments/apt_none")


def test_one_reading_of_the_keys_serves_many_tokens(api: Client, publisher: Publisher) -> None:
    statuses = {ask(api, publisher.token(sub=f"caller-{number}")).status for number in range(50)}

    assert statuses == {404}
    assert publisher.reads == 1


def test_a_new_key_works_at_its_first_token_and_the_old_one_goes_on(api: Client, publisher: Publisher) -> None:
    old = publisher.token()
    before = ask(api, old)

    publisher.add("second")
    after = [ask(api, token) for token in (publisher.token(key="second"), old, publisher.token(key="second"), old)]

    assert [answer.status for answer in [before, *after]] == [404] * 5
    assert publisher.reads == 2


def test_two_changes_of_key_in_a_row_are_both_noticed_at_once(api: Client, publisher: Publisher) -> None:
    publisher.add("second")
    second = ask(api, publisher.token(key="second"))

    publisher.add("third")
    third = ask(api, publisher.token(key="third"))

    assert (second.status, third.status) == (404, 404)


def test_unknown_keys_do_not_hammer_the_issuer(api: Client, publisher: Publisher) -> None:
    ask(api, publisher.token())

    unknown = [ask(api, publisher.token(header={"kid": f"unknown-{number}"})).status for number in range(100)]
    known = ask(api, publisher.token())

    assert (set(unknown), known.status) == ({401}, 404)
    assert publisher.reads == 2


def test_known_keys_go_on_while_the_issuer_is_silent_and_an_unknown_one_is_our_trouble(
    api: Client, publisher: Publisher
) -> None:
    ask(api, publisher.token())
    publisher.answers = False

    unknown = ask(api, publisher.token(header={"kid": "second"}))
    known = ask(api, publisher.token())

    assert (unknown.status, unknown.error["code"]) == (503, "unavailable")
    assert known.status == 404


def test_without_any_key_nobody_is_called_a_stranger(api: Client, publisher: Publisher) -> None:
    publisher.answers = False

    statuses = {ask(api, publisher.token()).status for _ in range(20)}

    assert statuses == {503}
    assert publisher.reads == 1


def test_a_document_without_keys_is_no_answer(api: Client, publisher: Publisher) -> None:
    publisher.published.clear()

    answer = ask(api, publisher.token())

    assert (answer.status, answer.error["code"]) == (503, "unavailable")


class Issuer:
    """What a key set reads, on a clock that the test moves."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {"old": "the old key"}
        self.answers = True
        self.reads = 0
        self.now = 1000.0

    def read(self) -> Mapping[str, str]:
        self.reads += 1
        if not self.answers:
            raise Unreachable
        return self.keys


@pytest.fixture
def issuer() -> Issuer:
    """An issuer that answers."""
    return Issuer()


@pytest.fixture
def keys(issuer: Issuer) -> KeySet[str]:
    """Its keys as they are remembered: nothing yet."""
    return KeySet(issuer.read, seconds=lambda: issuer.now)


def test_a_key_that_is_withdrawn_ends_within_five_minutes(issuer: Issuer, keys: KeySet[str]) -> None:
    keys.find("old")
    issuer.keys = {"new": "the new key"}

    issuer.now += 299
    shortly_before = keys.find("old")
    issuer.now += 1
    then = keys.find("old")

    assert (shortly_before, then) == ("the old key", None)


def test_an_unknown_key_is_looked_for_again_after_ten_seconds_whoever_asks(issuer: Issuer, keys: KeySet[str]) -> None:
    keys.find("unknown")
    issuer.keys = {"old": "the old key", "new": "the new key"}

    issuer.now += 9.9
    too_early = keys.find("new")
    issuer.now += 0.1
    then = keys.find("new")

    assert (too_early, then, issuer.reads) == (None, "the new key", 2)


def test_a_key_that_was_published_before_it_signs_is_known_whatever_strangers_send(
    issuer: Issuer, keys: KeySet[str]
) -> None:
    keys.find("old")
    issuer.keys = {"old": "the old key", "new": "the new key"}

    for _ in range(300):
        issuer.now += 1
        keys.find("unknown")

    assert keys.find("new") == "the new key"
    assert issuer.reads <= 32


def test_known_keys_are_believed_for_a_day_of_silence_and_not_for_ever(issuer: Issuer, keys: KeySet[str]) -> None:
    keys.find("old")
    issuer.answers = False

    issuer.now += 24 * 3600 - 1
    nearly_a_day = keys.find("old")
    issuer.now += 3

    assert nearly_a_day == "the old key"
    with pytest.raises(Unreachable):
        keys.find("old")


def test_a_silent_issuer_is_asked_every_two_seconds_at_most(issuer: Issuer, keys: KeySet[str]) -> None:
    keys.find("old")
    issuer.answers = False

    for _ in range(1000):
        issuer.now += 1
        keys.find("old")

    assert 300 <= issuer.reads - 1 <= 500


def test_an_issuer_that_answers_again_is_believed_again(issuer: Issuer, keys: KeySet[str]) -> None:
    issuer.answers = False
    with pytest.raises(Unreachable):
        keys.find("old")

    issuer.answers = True
    issuer.now += 2

    assert keys.find("old") == "the old key"


def test_while_one_reads_again_the_others_go_on_with_the_key_they_know(issuer: Issuer) -> None:
    asked, answers = Event(), Event()

    def slowly() -> Mapping[str, str]:
        asked.set()
        assert answers.wait(10)
        return issuer.read()

    keys = KeySet(slowly, seconds=lambda: issuer.now)
    answers.set()
    keys.find("old")
    asked.clear()
    answers.clear()

    issuer.now += 301
    with ThreadPoolExecutor() as pool:
        first = pool.submit(keys.find, "old")
        asked.wait(10)
        meanwhile = keys.find("old")
        answers.set()

    assert (meanwhile, first.result(), issuer.reads) == ("the old key", "the old key", 2)


def test_many_who_come_at_once_with_a_new_key_make_one_reading(issuer: Issuer, keys: KeySet[str]) -> None:
    keys.find("old")
    issuer.keys = {"old": "the old key", "new": "the new key"}

    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(keys.find, ["new"] * 64))

    assert (found, issuer.reads) == ({"the new key"}, 2)
