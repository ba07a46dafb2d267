"""Receipts that come twice and in any order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.reminders import states


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
