"""API keys: another system calls within what an administrator gave it, until it is taken back or runs out."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kit import cache
from chalicelib.table import base, keys
from infra.local.testing import Engine
from tests import builders
from tests.audit.auditing import handle, stream, trail
from tests.builders import Data
from tests.client import Client
from tests.scheduling.desk import book, open_clinic

WISH: Data = {"name": "Laboratory", "role": "receptionist", "hospital_id": "*"}


def issue(api: Client, **fields: object) -> Data:
    """A key that an administrator has just given away."""
    issued: Data = api.as_("admin").post("/api/keys", WISH | fields).data
    return issued


def holding(api: Client, key: Data | str) -> Client:
    """The system that has the key."""
    return api.with_(authorization=f"Bearer {key if isinstance(key, str) else key['key']}")


def stored(engine: Engine, key: Data) -> Data:
    pk, sk = keys.api_key(key["id"])
    found: Data = engine.client("dynamodb").get_item(
        TableName=base.table_name(), Key={"PK": {"S": pk}, "SK": {"S": sk}}, ConsistentRead=True
    )["Item"]
    return found


def test_a_key_opens_what_its_role_opens_and_nothing_else(api: Client) -> None:
    patient = builders.make_patient(api)
    system = holding(api, issue(api))

    answers = [system.get(f"/api/patients/{patient['id']}"), system.post("/api/hospitals", {"name": "Harbour"})]

    assert [answer.status for answer in answers] == [200, 403]


def test_a_key_is_said_once_and_kept_by_nobody(api: Client, engine: Engine) -> None:
    key = issue(api)
    secret = key["key"].split("_", 2)[2]

    shown = [
        api.as_("admin").get(f"/api/keys/{key['id']}"),
        api.as_("admin").get("/api/keys", limit=200),
        api.as_("admin").delete(f"/api/keys/{key['id']}"),
    ]

    assert len(secret) >= 43
    assert not any(secret in answer.body for answer in shown)
    assert secret not in str(stored(engine, key))


def test_a_repeated_request_makes_no_second_key_and_does_not_say_the_first_again(api: Client) -> None:
    admin = api.as_("admin").with_(idempotency_key="one-key-please")

    first, again = admin.post("/api/keys", WISH), admin.post("/api/keys", WISH)

    assert (first.data["id"], first.status) == (again.data["id"], again.status)
    assert again.headers["idempotency-replayed"] == "true"
    assert (first.data["key"] is None, again.data["key"]) == (False, None)


def test_a_key_reaches_its_location_only(api: Client) -> None:
    here, there = open_clinic(api), open_clinic(api)
    mine, others = book(api, here), book(api, there)
    system = holding(api, issue(api, hospital_id=None, location_id=here.location["id"]))

    answers = [system.get(f"/api/appointments/{one['id']}") for one in (mine, others)]

    assert [answer.status for answer in answers] == [200, 404]


def test_a_key_may_be_made_for_some_operations_only(api: Client) -> None:
    clinic = open_clinic(api)
    appointment = book(api, clinic)
    system = holding(api, issue(api, operations=["read_appointment"]))

    answers = [system.get(f"/api/appointments/{appointment['id']}"), system.get("/api/locations")]

    assert [answer.status for answer in answers] == [200, 403]
    assert answers[1].error["code"] == "key_out_of_scope"


def test_a_key_that_was_taken_back_opens_nothing(api: Client) -> None:
    key = issue(api)
    system = holding(api, key)
    assert system.get("/api/locations").status == 200

    revoked = api.as_("admin").delete(f"/api/keys/{key['id']}")

    refused = system.get("/api/locations")
    assert revoked.data["active"] is False
    assert (refused.status, refused.error["code"]) == (401, "unauthenticated")


def test_a_key_that_was_taken_back_elsewhere_opens_nothing_when_it_is_looked_up_again(
    api: Client, engine: Engine
) -> None:
    key = issue(api)
    holding(api, key).get("/api/locations")
    set_attribute(engine, key, "active", {"BOOL": False})

    cache.forget_everything()  # what half a minute does

    assert holding(api, key).get("/api/locations").status == 401


def test_a_key_runs_out(api: Client, engine: Engine) -> None:
    key = issue(api, valid_days=1)
    until = datetime.fromisoformat(key["valid_until"])
    set_attribute(engine, key, "valid_until", {"S": "2026-01-01T00:00:00Z"})

    answer = holding(api, key).get("/api/locations")

    assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(days=1)
    assert answer.status == 401


def set_attribute(engine: Engine, key: Data, name: str, value: Data) -> None:
    pk, sk = keys.api_key(key["id"])
    engine.client("dynamodb").update_item(
        TableName=base.table_name(),
        Key={"PK": {"S": pk}, "SK": {"S": sk}},
        UpdateExpression="SET #name = :value",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":value": value},
    )


def test_whatever_is_not_the_key_opens_nothing(api: Client) -> None:
    key, other = issue(api)["key"], issue(api)["key"]
    letters, secret = key.split("_", 2)[1:]
    wrong = [
        key[:-1] + ("A" if key[-1] != "A" else "B"),
        key + "A",
        key[:-1],
        f"careslot_{letters}_",
        f"careslot_{letters}",
        "careslot_",
        f"careslot_{'0' * 26}_{secret}",
        f"careslot_{letters}_{other.split('_', 2)[2]}",
        f"careslot_{letters}/../x_{secret}",
        "careslot_" + "a" * 20_000,
    ]

    statuses = {holding(api, said).get("/api/locations").status for said in wrong}

    assert statuses == {401}


def test_a_key_is_no_way_to_act_as_somebody(api: Client) -> None:
    answer = holding(api, issue(api)).with_(x_act_as="patient:pat_1").get("/api/locations")

    assert (answer.status, answer.error["code"]) == (403, "may_not_act_as")


def test_the_sessions_of_a_key_can_be_ended_like_anyones(api: Client) -> None:
    key = issue(api)

    api.as_("admin").post("/api/sessions/revoke", {"role": key["role"], "id": key["id"]})

    refused = holding(api, key).get("/api/locations")
    assert (refused.status, refused.error["code"]) == (401, "session_ended")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"role": "admin"}, "role"),
        ({"role": "patient"}, "role"),
        ({"hospital_id": None}, "hospital_id"),
        ({"operations": []}, "operations"),
        ({"operations": ["read_appointment", "drink_tea"]}, "operations"),
        ({"valid_days": 0}, "valid_days"),
        ({"valid_days": 401}, "valid_days"),
        ({"name": ""}, "name"),
    ],
)
def test_a_key_that_would_open_too_much_or_nothing_is_not_made(api: Client, wrong: Data, field: str) -> None:
    answer = api.as_("admin").post("/api/keys", WISH | wrong)

    assert answer.status == 422
    assert answer.fields == [field]


@pytest.mark.parametrize("field", ["hospital_id", "location_id"])
def test_a_key_is_bounded_to_what_there_is(api: Client, field: str) -> None:
    answer = api.as_("admin").post("/api/keys", WISH | {"hospital_id": None} | {field: "x_absent"})

    assert (answer.status, answer.fields) == (404, [field])


def test_lists_leave_out_what_was_taken_back_unless_asked(api: Client) -> None:
    kept, gone = issue(api, name=builders.unique("Kept")), issue(api, name=builders.unique("Gone"))
    admin = api.as_("admin")
    admin.delete(f"/api/keys/{gone['id']}")

    usual = {key["id"] for key in admin.get("/api/keys", limit=200).data}
    everything = {key["id"] for key in admin.get("/api/keys", limit=200, include_inactive="true").data}

    assert kept["id"] in usual & everything
    assert gone["id"] in everything - usual


@pytest.mark.usefixtures("own_table")
def test_who_gave_and_took_a_key_and_what_was_done_with_it_stands_in_trails(api: Client, engine: Engine) -> None:
    key = issue(api)
    patient = holding(api, key).post("/api/patients", {"first_name": "Zoë", "last_name": "Müller"}).data
    api.as_("admin", "ada").delete(f"/api/keys/{key['id']}")

    handle(stream(engine, "APIKEY#") + stream(engine, "PATIENT#"))

    of_key, of_patient = trail(api, "apikey", key), trail(api, "patient", patient)
    assert [entry["actor"] for entry in of_key] == ["admin:test-admin", "admin:ada"]
    assert of_patient[0]["actor"] == f"receptionist:{key['id']}"
