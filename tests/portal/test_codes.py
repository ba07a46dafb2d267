"""The code on a ticket: what a phone reads from it is the address of the patient's own place."""

import pytest

from tests.portal.conftest import Open
from tests.portal.reading_codes import read

ENCODE = "(text) => import('/portal/assets/qr.js').then((code) => code.encode(text))"
TICKET = "https://careslot.example/portal/track/que_01m7zjrkx3yft0p8jjjv5s5wf7.Zk3vTq8aX0bRw1"


@pytest.mark.parametrize("text", ["A short one", TICKET[:40], TICKET[:84], TICKET[:84].ljust(121, "?"), "é" * 85])
def test_what_is_read_is_what_was_written(open_page: Open, text: str) -> None:
    page = open_page("/portal/kiosk")

    modules = page.evaluate(ENCODE, text)

    assert read(modules) == text


def test_a_module_that_is_wrong_is_noticed_by_the_correction(open_page: Open) -> None:
    page = open_page("/portal/kiosk")
    modules = page.evaluate(ENCODE, TICKET[:84])

    modules[20][20] = not modules[20][20]

    with pytest.raises(AssertionError):
        read(modules)


def test_a_text_that_fits_into_no_code_is_refused(open_page: Open) -> None:
    page = open_page("/portal/kiosk")

    refused = page.evaluate(f"(text) => ({ENCODE})(text).catch((error) => error.message)", "x" * 300)

    assert refused == "The text is too long for a code."
