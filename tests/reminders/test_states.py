"""What a reminder can become, and receipts that come twice and in any order."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.reminders import states

CASES = tuple(states.MAY_BECOME)


def test_what_was_sent_stays_sent() -> None:
    assert not any(states.may_become(states.SENT, wanted) for wanted in CASES)


def test_nothing_is_sent_that_was_not_being_sent() -> None:
    assert [status for status in CASES if states.may_become(status, states.SENT)] == [states.SENDING]


def test_a_status_that_nobody_knows_leads_nowhere() -> None:
    assert not states.may_become("lost", states.SENT)


def test_the_seeds_four_states_and_two_of_our_own_are_all_there_are() -> None:
    assert set(CASES) == {"pending", "sending", "sent", "failed", "cancelled", "parked"}
    assert set(itertools.chain.from_iterable(states.MAY_BECOME.values())) <= set(CASES)


@pytest.mark.parametrize(
    ("provider", "said", "meant"),
    [
        ("twilio", "queued", "queued"),
        ("twilio", "Delivered", "delivered"),
        ("twilio", "undelivered", "undelivered"),
        ("ses", "Bounce", "bounced"),
        ("ses", "Rendering Failure", "undelivered"),
        ("ses", "queued", None),
        ("twilio", "teleported", None),
        ("twilio", None, None),
        ("twilio", {"status": "sent"}, None),
        ("pigeon", "sent", None),
    ],
)
def test_providers_words_are_read_as_what_they_mean(provider: str, said: object, meant: str | None) -> None:
    assert states.delivery_status(provider, said) == meant


def test_a_late_sent_does_not_undo_delivered_and_a_bounce_does() -> None:
    assert not states.later("delivered", "sent")
    assert not states.later("delivered", "delivered")
    assert states.later("delivered", "bounced")
    assert states.later(None, "queued")


@given(st.lists(st.sampled_from(states.DELIVERY), min_size=1))
def test_the_same_receipts_in_any_order_and_number_mean_the_same_rank(told: list[str]) -> None:
    def after(receipts: list[str]) -> str:
        known: str | None = None
        for one in receipts:
            known = one if states.later(known, one) else known
        return known or ""

    shuffled = sorted(told * 2)

    assert not states.later(after(told), after(shuffled))
    assert not states.later(after(shuffled), after(told))


def test_a_receipt_is_written_over_exactly_what_it_outranks() -> None:
    assert states.not_later_than("delivered") == {"queued", "sent", "delayed"}
    assert states.not_later_than("queued") == set()
