"""The replay's plan: where the rows of a csv become bookings to be made. The rows here are made up."""

import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from scripts.replaying import plan, rows
from scripts.replaying.rows import BadFile, Row

MONDAY = date(2016, 5, 2)
TODAY = date(2026, 1, 15)  # a Thursday


def row(made: str = "08:00", visit: date = MONDAY, patient: str = "1", place: str = "SÃO PEDRO") -> Row:
    moment = datetime.fromisoformat(f"{MONDAY}T{made}:00").replace(tzinfo=UTC)
    return Row(made=moment, visit=visit, patient=patient, gender="female", place=place)


def test_dates_are_shifted_into_the_future_and_keep_their_weekday() -> None:
    planned = plan.make([row(), row(visit=MONDAY + timedelta(days=9))], TODAY)

    first, second = (wish.visit for wish in planned.wishes)
    assert first == date(2026, 1, 19)
    assert second - first == timedelta(days=9)


def test_a_day_that_is_today_already_moves_on_by_a_week() -> None:
    planned = plan.make([row()], date(2026, 1, 19))

    assert planned.wishes[0].visit == date(2026, 1, 26)


def test_a_location_has_doctors_enough_for_its_fullest_day() -> None:
    planned = plan.make([row(patient=str(number)) for number in range(plan.DAILY_CAP * 2 + 1)], TODAY)

    [place] = planned.places
    assert place.doctor_ids == ("doc_sao_pedro_1", "doc_sao_pedro_2", "doc_sao_pedro_3")
    assert [wish.doctor_ids[0] for wish in planned.wishes[:4]] == [*place.doctor_ids, "doc_sao_pedro_1"]


def test_a_patient_with_several_bookings_is_one_patient() -> None:
    planned = plan.make([row(), row(made="09:30")], TODAY)

    assert list(planned.patients) == ["pat_replay_1"]
    assert [wish.due for wish in planned.wishes] == [0, 5400]


def test_a_visit_before_its_booking_is_marked() -> None:
    planned = plan.make([row(visit=MONDAY - timedelta(days=1))], TODAY)

    assert planned.wishes[0].too_late


def test_rows_are_read_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    file = tmp_path / "made-up.csv.gz"
    columns = "PatientId,Gender,ScheduledDay,AppointmentDay,Neighbourhood"
    lines = ["7,M,2016-05-03T08:00:00Z,2016-05-04T00:00:00Z,CENTRO", "8,F,2016-05-02T08:00:00Z,2016-05-04T00:00:00Z,A"]
    file.write_bytes(gzip.compress("\n".join([columns, *lines]).encode()))

    found = rows.read(file)

    assert [one.patient for one in found] == ["8", "7"]
    assert rows.busiest([*found, found[1]]) == date(2016, 5, 3)
    assert rows.made_on(found, date(2016, 5, 2), days=1) == [found[0]]


@pytest.mark.parametrize(
    "content",
    [b"", b"not compressed", gzip.compress(b"a,b\n1,2\n"), gzip.compress(b"a")],
    ids=["empty", "not compressed", "other columns", "no rows"],  # what is compressed has its second in it
)
def test_a_file_without_bookings_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other.gz"
    file.write_bytes(content)

    with pytest.raises(BadFile, match=r"other\.gz"):
        rows.read(file)
