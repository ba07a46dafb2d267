"""Whatever is done to what was sealed is found and named; what nobody touched verifies clean."""

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.audit import digests, sealing
from chalicelib.table import base, keys
from infra.local.testing import Engine
from tests.audit.auditing import (
    chained,
    entries,
    found,
    handle,
    now,
    put,
    recorded,
    remove,
    seal,
    seals,
    stream,
    trail,
    verify,
)
from tests.builders import Data, make_patient
from tests.client import Client

pytestmark = pytest.mark.usefixtures("own_table", "seal_key")
ROLES = ("patient", "doctor", "receptionist", "billing", "hospital_admin", "kiosk", "display")


def place(item: Data) -> str:
    """The sort key of an item."""
    return str(item["SK"]["S"])


def resealed(item: Data, sign: Callable[[bytes], bytes], **changed: Data) -> Data:
    """The seal with something changed, its head computed anew and signed by somebody."""
    forged = item | changed
    forged["head"] = {"S": digests.head(forged)}
    forged["signature"] = {"S": base64.b64encode(sign(bytes.fromhex(forged["head"]["S"]))).decode()}
    return forged


@pytest.fixture
def another_key(engine: Engine) -> Callable[[bytes], bytes]:
    """Signs as the sealer does, with a key that is not the sealer's."""
    kms = engine.client("kms")
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    said = {"KeyId": key, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
    return lambda digest: kms.sign(Message=digest, **said)["Signature"]  # type: ignore[no-any-return]


def test_a_thousand_entries_that_nobody_touched_verify_clean(api: Client, engine: Engine) -> None:
    make_patient(api)
    (record,) = stream(engine, "PATIENT#")
    for number in range(1_000):
        record["dynamodb"]["NewImage"]["version"] = {"N": str(number + 1)}
        handle([record])
    seal()

    said = verify(api).data

    assert (said["clean"], said["entries"], said["problems"]) == (True, 1_000, [])


@pytest.mark.parametrize(
    "changed",
    [
        {"actor": {"S": "admin:somebody-else"}},
        {"changes": {"S": "{}"}},
        {"request_id": {"NULL": True}},
        {"at": {"S": "2026-01-01T00:00:00Z"}},
        {"thing_key": {"S": "PATIENT#other"}},
        {"note": {"S": "added"}},
        {"version": {"N": "1.5"}},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_sealed_entry_that_was_altered_is_named(api: Client, engine: Engine, changed: Data) -> None:
    chained(api, engine, 3)
    victim = entries(engine)[1]

    put(engine, victim | changed)

    assert found(api) == [("entry_altered", 2, place(victim))]


def test_a_sealed_entry_that_lost_an_attribute_is_named(api: Client, engine: Engine) -> None:
    chained(api, engine, 2)
    victim = entries(engine)[0]

    put(engine, {name: value for name, value in victim.items() if name != "request_id"})

    assert found(api) == [("entry_altered", 1, place(victim))]


def test_a_sealed_entry_that_was_removed_is_named(api: Client, engine: Engine) -> None:
    chained(api, engine, 3)
    victim = entries(engine)[2]

    remove(engine, victim)

    assert found(api) == [("entry_removed", 3, place(victim))]


def test_an_entry_put_into_sealed_time_is_named(api: Client, engine: Engine) -> None:
    chained(api, engine, 3)
    invented = entries(engine)[1] | dict(zip(("PK", "SK"), _key("HOSPITAL#invented"), strict=True))

    put(engine, invented)

    assert found(api) == [("entry_inserted", 2, place(invented))]


def test_an_entry_put_into_a_time_when_nothing_happened_is_named(api: Client, engine: Engine) -> None:
    recorded(api, engine, 1)
    seal()
    days_ago = entries(engine)[0] | dict(zip(("PK", "SK"), _key("HOSPITAL#x", timedelta(days=-3)), strict=True))

    put(engine, days_ago)

    assert found(api) == [("entry_inserted", 1, place(days_ago))]


def test_an_entry_moved_to_another_thing_is_both_missing_and_strange(api: Client, engine: Engine) -> None:
    chained(api, engine, 1)
    victim = entries(engine)[0]
    moved = victim | dict(zip(("PK", "SK"), _key("HOSPITAL#other", timedelta()), strict=True))

    remove(engine, victim)
    put(engine, moved)

    assert sorted(found(api)) == [("entry_inserted", 1, place(moved)), ("entry_removed", 1, place(victim))]


@pytest.mark.parametrize("further", range(1, keys.AUDIT_SHARDS))
def test_a_second_entry_in_the_place_of_a_sealed_one_is_named(api: Client, engine: Engine, further: int) -> None:
    chained(api, engine, 1)
    (real,) = entries(engine)
    partition, shard = real["PK"]["S"][:-1], int(real["PK"]["S"][-1])
    other = f"{partition}{(shard + further) % keys.AUDIT_SHARDS}"

    put(engine, real | {"PK": {"S": other}, "actor": {"S": "admin:somebody-else"}})

    assert found(api) == [("entry_inserted", 1, f"{place(real)} in {other}")]


def test_an_entry_where_no_entry_belongs_is_not_of_the_trail(api: Client, engine: Engine) -> None:
    chained(api, engine, 1)
    (real,) = entries(engine)
    hospital = {"id": real["thing_key"]["S"].partition("#")[2]}

    for partition in ("AUDIT#2020-01-01#0", "SOMEWHERE"):
        put(engine, real | {"PK": {"S": partition}, "actor": {"S": "admin:somebody-else"}})

    assert [entry["actor"] for entry in trail(api, "hospital", hospital)] == ["admin:test-admin"]
    assert found(api) == []


@pytest.mark.parametrize("name", ["number", "since", "total", "listed", "at", "previous", "head", "signature", "new"])
def test_a_seal_that_was_altered_is_named(api: Client, engine: Engine, name: str) -> None:
    chained(api, engine, 3)
    victim = seals(engine)[1]

    put(engine, victim | {name: {"N": "7"} if name in ("number", "total") else {"S": "7"}})

    assert found(api) == [("seal_forged", None, place(victim))]


def test_a_seal_cut_out_of_the_middle_is_missed(api: Client, engine: Engine) -> None:
    chained(api, engine, 4)
    before, *victims = seals(engine)[:3]

    for victim in victims:
        remove(engine, victim)

    assert found(api) == [("seal_missing", 2, place(before))]
    assert verify(api).data["problems"][0]["detail"].startswith("Seals 2 to 3 are missing")


def test_the_first_seal_and_the_last_are_missed_too(api: Client, engine: Engine) -> None:
    chained(api, engine, 4)
    first, _, third, last = seals(engine)

    remove(engine, first)
    remove(engine, last)

    assert found(api) == [("seal_missing", 1, None), ("seal_missing", 4, place(third))]


def test_a_seal_that_was_cut_off_stays_missed_when_sealing_goes_on(api: Client, engine: Engine) -> None:
    chained(api, engine, 3)
    victim = seals(engine)[2]

    remove(engine, victim)
    recorded(api, engine, 1, after=timedelta(minutes=120))
    sealed = seal(timedelta(minutes=150))

    assert sealed == 1
    assert found(api) == [("seal_missing", 3, place(seals(engine)[1]))]


def test_two_seals_that_changed_places_are_named(api: Client, engine: Engine) -> None:
    chained(api, engine, 4)
    one, other = seals(engine)[1:3]

    put(engine, one | {"SK": other["SK"]})
    put(engine, other | {"SK": one["SK"]})

    assert found(api) == [("seal_forged", None, place(one)), ("seal_forged", None, place(other))]


def test_a_seal_signed_anew_with_another_key_is_named(
    api: Client, engine: Engine, another_key: Callable[[bytes], bytes]
) -> None:
    chained(api, engine, 3)
    victim, entry = seals(engine)[1], entries(engine)[1]

    put(engine, entry | {"actor": {"S": "admin:nobody"}})
    listed = f"{digests.entry(entry | {'actor': {'S': 'admin:nobody'}})} {place(entry)}"
    put(engine, resealed(victim, another_key, listed={"S": listed}))

    assert found(api) == [("seal_forged", None, place(victim))]


def test_a_chain_signed_anew_from_an_altered_entry_on_is_named_seal_by_seal(
    api: Client, engine: Engine, another_key: Callable[[bytes], bytes]
) -> None:
    chained(api, engine, 3)
    head = {"S": ""}

    for item in seals(engine):
        forged = resealed(item, another_key, previous=head)
        put(engine, forged)
        head = forged["head"]

    assert [kind for kind, _, _ in found(api)] == ["seal_forged"] * 3 + ["seal_missing"]


def test_a_seal_of_the_right_key_on_top_of_another_chain_is_named(api: Client, engine: Engine) -> None:
    chained(api, engine, 2)
    first_chain = seals(engine)
    for item in [*first_chain, {"PK": {"S": "SEALS"}, "SK": {"S": "LATEST"}}]:
        remove(engine, item)
    sealing.run(now() + timedelta(minutes=21))
    chained(api, engine, 3)

    put(engine, first_chain[1])

    assert ("chain_broken", 2, place(first_chain[1])) in found(api)


@pytest.mark.parametrize("changed", [{"number": {"N": "2"}}, {"head": {"S": "0" * 64}}, {"until": {"S": "9"}}])
def test_a_mark_that_was_altered_is_named_and_nothing_is_sealed_on_top_of_it(
    api: Client, engine: Engine, changed: Data
) -> None:
    chained(api, engine, 3)
    mark = _mark(engine)

    put(engine, mark | changed)

    assert found(api) == [("mark_forged", None, None)]
    with pytest.raises(sealing.TrailBroken):
        seal(timedelta(hours=5))
    assert len(seals(engine)) == 3


def test_an_older_mark_put_back_is_named(api: Client, engine: Engine) -> None:
    chained(api, engine, 2)
    older = _mark(engine)
    recorded(api, engine, 1, after=timedelta(hours=3))
    seal(timedelta(hours=4))

    put(engine, older)

    assert found(api) == [("mark_forged", None, None)]


def test_a_mark_that_was_removed_is_named_and_nothing_is_sealed(api: Client, engine: Engine) -> None:
    chained(api, engine, 2)

    remove(engine, _mark(engine))

    assert found(api) == [("mark_missing", None, None)]
    with pytest.raises(sealing.TrailBroken):
        seal(timedelta(hours=5))


def test_a_verification_from_a_date_trusts_nothing_before_it(api: Client, engine: Engine) -> None:
    chained(api, engine, 3)
    remove(engine, entries(engine)[0])

    today = verify(api, **{"from": now().date().isoformat()})
    later = verify(api, **{"from": (now() + timedelta(days=3)).date().isoformat()})

    assert [one["kind"] for one in today.data["problems"]] == ["entry_removed"]
    assert (later.data["seals"], later.data["clean"]) == (0, True)
    assert later.data["unsealed"] == {"entries": 0, "oldest": None}


def test_only_administrators_verify(api: Client) -> None:
    refused = {role: api.as_(role).get("/api/audit/verify").status for role in ROLES}
    nonsense = verify(api, cursor="nonsense", limit=0)

    assert set(refused.values()) == {403}
    assert (nonsense.status, nonsense.fields) == (422, ["limit"])
    assert verify(api, cursor="nonsense").fields == ["cursor"]


def test_a_table_without_seals_is_clean_and_all_of_it_waits(api: Client, engine: Engine) -> None:
    recorded(api, engine, 2)

    said = verify(api).data

    assert (said["clean"], said["seals"], said["sealed"]) == (True, 0, None)
    assert said["unsealed"]["entries"] == 2


def _key(thing: str, after: timedelta = timedelta(minutes=30)) -> tuple[Data, Data]:
    """The key of an entry of this thing, as DynamoDB has it."""
    key = keys.audit(keys.audit_place(now() + after, thing, "00000001"))
    return {"S": key.pk}, {"S": key.sk}


def _mark(engine: Engine) -> Data:
    found: Data = engine.client("dynamodb").get_item(
        TableName=base.table_name(), Key={"PK": {"S": "SEALS"}, "SK": {"S": "LATEST"}}
    )["Item"]
    return found
