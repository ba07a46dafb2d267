"""Recurrence rules against dateutil, and the rules that are refused or would search for ever."""

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.kit import recurrence

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
FIRST = date(2026, 6, 1)


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 4))}", f"WKST={draw(st.sampled_from(['MO', 'SU']))}"]
    numbered = frequency in {"MONTHLY", "YEARLY"} and draw(st.booleans())
    weekdays = st.lists(st.sampled_from(DAYS), unique=True, max_size=3)
    days = draw(weekdays)
    if days:
        number = draw(st.sampled_from(["1", "-1", "+2", "5"])) if numbered else ""
        parts.append("BYDAY=" + ",".join(number + day for day in days))
    for name, values in (("BYMONTH", [1, 2, 6, 12]), ("BYMONTHDAY", [1, 13, 29, 31, -1, -7])):
        chosen = draw(st.lists(st.sampled_from(values), unique=True, max_size=2))
        if chosen:
            parts.append(f"{name}=" + ",".join(map(str, chosen)))
    if frequency in {"MONTHLY", "YEARLY"} and len(parts) > 3 and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from([1, 2, -1]))}")
    return ";".join(parts)


@settings(max_examples=150)
@given(rule=rules(), first=st.dates(date(2024, 1, 1), date(2027, 12, 31)), count=st.none() | st.integers(1, 9))
def test_the_dates_are_those_of_dateutil(rule: str, first: date, count: int | None) -> None:
    bound = datetime.combine(first + timedelta(days=4 * 366), time())
    # Only a rule with dates of its own is asked of dateutil, which would search for the others to the year 9999.
    mine = {day for year in range(first.year, first.year + 4) for day in recurrence.dates_in_year(rule, first, year)}
    assume(mine)
    text = rule if count is None else f"{rule};COUNT={count}"

    found = {day for year in range(first.year, first.year + 4) for day in recurrence.dates_in_year(text, first, year)}

    theirs = []
    for moment in rrulestr(text, dtstart=datetime.combine(first, time())):
        if moment > bound or moment.year > max(mine).year:
            break
        theirs.append(moment.date())
    assert {day for day in found if day.year <= max(mine).year} == set(theirs)


def test_a_rule_that_no_date_fulfils_has_no_dates() -> None:
    assert recurrence.dates_in_year("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", FIRST, 2030) == frozenset()


def test_a_counted_rule_ends_after_its_count_and_until_includes_its_date() -> None:
    first = date(2026, 12, 30)

    assert recurrence.dates_in_year("FREQ=DAILY;COUNT=3", first, 2027) == {date(2027, 1, 1)}
    assert recurrence.dates_in_year("FREQ=DAILY;UNTIL=20270102T235959Z", first, 2027) == {
        date(2027, 1, 1),
        date(2027, 1, 2),
    }


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "often",
        "FREQ=HOURLY",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;BYHOUR=9",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=99999999999999999999",
        "FREQ=DAILY;UNTIL=20260230",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYMONTH=-1",
        "FREQ=DAILY;BYMONTHDAY=٣",
        "FREQ=DAILY;WKST=XX",
        "FREQ=DAILY;BYMONTHDAY=" + ",1" * 200,
    ],
)
def test_an_unusable_rule_is_refused(rule: str) -> None:
    with pytest.raises(recurrence.BadRule):
        recurrence.check(rule, FIRST)


def test_a_first_date_long_ago_is_refused() -> None:
    with pytest.raises(recurrence.BadRule, match="2000"):
        recurrence.check("FREQ=DAILY", date(1999, 12, 31))
