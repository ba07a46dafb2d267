"""Claims without a table: which cells, which sheets, what a move keeps, and that the largest fits into a request."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chalicelib.kit import grid
from chalicelib.scheduling import claims
from chalicelib.scheduling.claims import Claim
from chalicelib.table import expressions, keys, sheets
from chalicelib.table.expressions import ExpressionTooLarge
from chalicelib.table.sheets import Change
from chalicelib.table.transaction import Transaction, never

DAY, NEXT = date(2026, 6, 1), date(2026, 6, 2)
BASIC = Claim(
    doctor_id="doc",
    patient_id="pat",
    room_id="room",
    start=datetime(2026, 6, 1, 10, tzinfo=UTC),
    duration=30,
    before=10,
    after=15,
    turnover=5,
    local_day=DAY,
    daily_cap=20,
    patient_daily_cap=8,
)


def names(cells: frozenset[int]) -> list[str]:
    return [grid.NAMES[cell % grid.CELLS_PER_DAY] for cell in sorted(cells)]


def by_key(changes: list[Change]) -> dict[str, Change]:
    return {f"{change.key.pk}/{change.key.sk}": change for change in changes}


def test_each_resource_gives_its_own_cells() -> None:
    taken = claims.take(BASIC)

    found = {resource: names(change.take) for resource, (change,) in taken.items()}
    assert found == {
        "doctor": ["jA", "jB", "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8"],
        "patient": ["k0", "k1", "k2", "k3", "k4", "k5"],
        "room": ["k0", "k1", "k2", "k3", "k4", "k5", "k6"],
    }
    assert {resource: change.counted for resource, (change,) in taken.items()} == {"doctor": 1, "patient": 1, "room": 0}


def test_a_claim_over_midnight_touches_the_sheets_of_both_days() -> None:
    late = replace(BASIC, start=datetime(2026, 6, 1, 23, 50, tzinfo=UTC))

    changes = by_key(claims.take(late)["doctor"])

    assert {key: names(change.take) for key, change in changes.items()} == {
        "DOCTOR#doc/DAY#2026-06-01": ["x8", "x9", "xA", "xB"],
        "DOCTOR#doc/DAY#2026-06-02": ["a0", "a1", "a2", "a3", "a4", "a5", "a6"],
    }
    assert [change.counted for change in changes.values()] == [1, 0]
    assert [change.cap for change in changes.values()] == [20, None]


@pytest.mark.parametrize(("hour", "minute", "sheet"), [(0, 0, "2026-05-31"), (23, 40, "2026-06-02")])
def test_buffers_alone_may_cross_midnight(hour: int, minute: int, sheet: str) -> None:
    edge = replace(BASIC, start=datetime(2026, 6, 1, hour, minute, tzinfo=UTC), duration=15)

    doctor, patient = claims.doctor_sheets(edge), claims.patient_sheets(edge)

    assert keys.Key("DOCTOR#doc", f"DAY#{sheet}") in doctor
    assert [key.sk for key in patient] == ["DAY#2026-06-01"]


def test_the_count_stands_on_the_sheet_of_the_local_date() -> None:
    elsewhere = replace(BASIC, local_day=NEXT)

    changes = by_key(claims.take(elsewhere)["doctor"])

    assert {key: (len(change.take), change.counted, change.cap) for key, change in changes.items()} == {
        "DOCTOR#doc/DAY#2026-06-01": (11, 0, None),
        "DOCTOR#doc/DAY#2026-06-02": (0, 1, 20),
    }
    operation = sheets.operation(changes["DOCTOR#doc/DAY#2026-06-02"])
    assert operation["ConditionExpression"] == "NOT (n >= :cap)"
    assert operation["UpdateExpression"] == "ADD v :one, n :n SET expires_at = :expiry"


def test_a_release_gives_back_exactly_what_was_taken() -> None:
    over_midnight = replace(BASIC, start=datetime(2026, 6, 1, 23, 50, tzinfo=UTC), local_day=NEXT)

    taken, released = claims.take(over_midnight), claims.release(over_midnight)

    for resource, changes in taken.items():
        pairs = list(zip(changes, released[resource], strict=True))
        assert [(given.key, given.free, given.counted) for _, given in pairs] == [
            (change.key, change.take, -change.counted) for change, _ in pairs
        ]
        assert all(not given.take and given.cap is None for _, given in pairs)


def test_a_move_within_one_sheet_leaves_the_cells_that_it_keeps_alone() -> None:
    later = replace(BASIC, start=datetime(2026, 6, 1, 10, 15, tzinfo=UTC))

    moved = claims.move(BASIC, later)

    (doctor,), (patient,), (room,) = moved["doctor"], moved["patient"], moved["room"]
    assert (names(doctor.free), names(doctor.take)) == (["jA", "jB", "k0"], ["k9", "kA", "kB"])
    assert (names(patient.free), names(patient.take)) == (["k0", "k1", "k2"], ["k6", "k7", "k8"])
    assert (names(room.free), names(room.take)) == (["k0", "k1", "k2"], ["k7", "k8", "k9"])
    assert (doctor.counted, patient.counted, room.counted) == (0, 0, 0)
    assert (doctor.capacity, doctor.cap) == (1, 20)


def test_a_move_to_another_day_counts_there_and_no_more_here() -> None:
    tomorrow = replace(BASIC, start=datetime(2026, 6, 2, 10, tzinfo=UTC), local_day=NEXT)

    changes = by_key(claims.move(BASIC, tomorrow)["doctor"])

    old, new = changes["DOCTOR#doc/DAY#2026-06-01"], changes["DOCTOR#doc/DAY#2026-06-02"]
    assert (old.counted, len(old.free), len(old.take)) == (-1, 11, 0)
    assert (new.counted, len(new.free), len(new.take), new.cap) == (1, 0, 11, 20)
    assert "ConditionExpression" not in sheets.operation(old)


def test_a_move_to_another_room_touches_both_rooms() -> None:
    elsewhere = replace(BASIC, room_id="other", turnover=0)

    changes = by_key(claims.move(BASIC, elsewhere)["room"])

    assert {key: (len(change.free), len(change.take)) for key, change in changes.items()} == {
        "ROOM#room/DAY#2026-06-01": (7, 0),
        "ROOM#other/DAY#2026-06-01": (0, 6),
    }


def test_a_move_keeps_the_capacity_of_where_it_goes() -> None:
    larger = replace(BASIC, start=datetime(2026, 6, 1, 12, tzinfo=UTC), capacity=3, room_capacity=4)

    moved = claims.move(BASIC, larger)

    assert (moved["doctor"][0].capacity, moved["room"][0].capacity, moved["patient"][0].capacity) == (3, 4, 1)


def test_a_confirmed_hold_loses_its_mark_and_keeps_its_cells() -> None:
    held = replace(BASIC, hold_id="apt", hold_expires=1_790_000_000)

    settled = claims.settle(held)

    assert {resource: len(changes) for resource, changes in settled.items()} == {"doctor": 1, "patient": 1, "room": 1}
    operation = sheets.operation(settled["doctor"][0])
    assert operation["UpdateExpression"] == "ADD v :one SET expires_at = :expiry REMOVE h_apt"
    assert operation["ConditionExpression"] == "attribute_exists(h_apt)"


def test_a_claim_and_its_condition_name_the_same_cells() -> None:
    (change,) = claims.take(replace(BASIC, capacity=2))["patient"]

    operation = sheets.operation(change)

    cells = ["k0", "k1", "k2", "k3", "k4", "k5"]
    full = " OR ".join([f"{cell} >= :k" for cell in cells] + ["n >= :cap"])
    added = ", ".join(["v :one"] + [f"{cell} :one" for cell in cells] + ["n :n"])
    assert operation["ConditionExpression"] == f"NOT ({full})"
    assert operation["UpdateExpression"] == f"ADD {added} SET expires_at = :expiry"
    assert operation["ExpressionAttributeValues"][":k"] == {"N": "1"}


# --- DynamoDB's limits ---

LARGEST = replace(
    BASIC,
    start=datetime(2026, 6, 1, 8, tzinfo=UTC),
    duration=360,
    before=120,
    after=120,
    turnover=120,
    hold_id="apt_" + "z" * 26,
    hold_expires=1_790_000_000,
)


@pytest.mark.parametrize("resource", ["doctor", "room", "patient"])
def test_the_largest_claim_is_within_the_limits_of_one_request(resource: str) -> None:
    operations = [sheets.operation(change) for change in claims.take(LARGEST)[resource]]

    used = [expressions.operators(operation["ConditionExpression"]) for operation in operations]
    sizes = [len(operation[name]) for operation in operations for name in ("ConditionExpression", "UpdateExpression")]
    assert max(used) <= 300
    assert max(sizes) <= 4096


def test_the_largest_claim_is_as_large_as_was_reckoned() -> None:
    (change,) = claims.take(LARGEST)["doctor"]

    operation = sheets.operation(change)

    # 120 cells and the daily cap: 121 comparisons, 120 OR between them, one NOT.
    assert len(change.take) == (360 + 120 + 120) // 5
    assert expressions.operators(operation["ConditionExpression"]) == 121 + 120 + 1


@pytest.mark.parametrize("shift", [5, 60, 355, 600])
def test_the_largest_move_is_within_the_limits_too(shift: int) -> None:
    settled = replace(LARGEST, hold_id=None)
    later = replace(settled, start=datetime.fromtimestamp(settled.start.timestamp() + shift * 60, UTC))

    operations = [sheets.operation(change) for changes in claims.move(settled, later).values() for change in changes]

    assert len(operations) >= 3
    for operation in operations:
        expressions.check(operation)


def test_what_dynamodb_still_takes_is_let_through_to_the_last_operator() -> None:
    (change,) = claims.take(replace(BASIC, start=datetime(2026, 6, 1, tzinfo=UTC), duration=745))["patient"]

    operation = sheets.operation(change)

    expressions.check(operation)
    assert expressions.operators(operation["ConditionExpression"]) == 300


@pytest.mark.parametrize("minutes", [750, 1440])
def test_a_larger_one_is_refused_before_it_is_sent(minutes: int) -> None:
    (change,) = claims.take(replace(BASIC, start=datetime(2026, 6, 1, tzinfo=UTC), duration=minutes))["patient"]

    with pytest.raises(ExpressionTooLarge, match="operators"):
        Transaction().raw_update(sheets.operation(change), refusal=never)


def test_bytes_are_counted_as_well_as_operators() -> None:
    long = {"UpdateExpression": "SET " + ", ".join(f"attribute_{number:04d} = :v" for number in range(200))}

    with pytest.raises(ExpressionTooLarge, match="bytes"):
        expressions.check(long)


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("a = :b", 1),
        ("NOT (a >= :k OR b >= :k)", 4),
        ("attribute_exists(h_x) AND a <> :b", 3),
        ("a BETWEEN :x AND :y", 2),
        ("SET a = if_not_exists(a, :zero) + :one", 3),
        ("size(a) < :n AND contains(b, :c) OR attribute_not_exists(NOTE)", 6),
    ],
)
def test_operators_are_counted_as_dynamodb_does(expression: str, count: int) -> None:
    assert expressions.operators(expression) == count
