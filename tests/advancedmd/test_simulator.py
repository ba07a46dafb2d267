"""The simulator speaks as AdvancedMD's documentation prints it."""

from datetime import timedelta

import pytest

from infra.simulators.advancedmd import front_desk
from infra.simulators.advancedmd.server import Running
from tests.advancedmd.speaking import FIELDS, PERSON, Speaker, wish

SINCE = 'datechanged="2026-12-05T10:00:29" ignoreappttypes="1"'


def test_the_first_step_of_a_login_is_a_redirect_and_the_second_brings_the_token(running: Running) -> None:
    caller = Speaker(running)

    first = caller.partner()
    webserver = first.xml.find("Results/usercontext").get("webserver")
    second = caller.login(f"{webserver}/xmlrpc/processrequest.aspx")

    assert (first.status, first.code) == (200, -2147220476)
    assert first.xml.find("Results").get("success") == "0"
    assert webserver == caller.server
    assert second.xml.find("Results").get("success") == "1"
    assert len(second.xml.findtext("Results/usercontext")) == 48


def test_a_wrong_password_an_unknown_action_and_another_server_each_have_their_code(
    running: Running, speaker: Speaker
) -> None:
    elsewhere = f"{running.url}/processrequest/api-999/CARESLOT/xmlrpc/processrequest.aspx"

    codes = [speaker.partner(password="wrong").code, speaker.ask("addvisits").code, speaker.login(elsewhere).code]

    assert codes == [-2147220480, -2147218416, -2147218414]


def test_a_call_without_a_token_is_malformed_and_one_with_an_old_token_has_timed_out(
    running: Running, speaker: Speaker
) -> None:
    nobody = Speaker(running).ask("lookupprofile")
    before = speaker.ask("lookupprofile").code
    running.whole.clock.advance(timedelta(hours=24))
    after = speaker.ask("lookupprofile").code
    rest = speaker.rest("GET", "/scheduler/Columns")

    assert (nobody.status, nobody.body) == (400, b"Improperly Formatted Token")
    assert (before, after) == (0, -2147220479)
    assert (rest.status, rest.json) == (401, {"error": "The token specified is missing or no longer valid"})


def test_xml_comes_in_latin_1_with_padded_capitals_and_prefixed_ids(speaker: Speaker) -> None:
    reply = speaker.ask("lookuppatient", 'name="peñ"')

    patient = reply.xml.find("Results/patientlist/patient")
    assert reply.body.startswith(b"<?xml version='1.0' encoding='iso-8859-1'?>")
    assert "PEÑARANDA".encode("latin-1") in reply.body
    assert (patient.get("id"), patient.get("ssn"), patient.get("dob")) == ("pat160", " " * 12, "04/18/1968")


def test_json_has_an_object_for_one_an_array_for_many_and_null_for_none(speaker: Speaker) -> None:
    one = speaker.ask_json({"@action": "lookuppatient", "@class": "api", "@name": "DOE"}).json["PPMDResults"]
    many = speaker.ask_json({"@action": "lookuppatient", "@class": "api", "@dob": None, "@name": "%A"}).json
    none = speaker.ask_json({"@action": "lookuppatient", "@class": "api", "@name": "ZZZ"}).json["PPMDResults"]

    assert one["Error"] is None
    assert one["Results"]["patientlist"]["patient"]["@id"] == "pat148"
    assert isinstance(many["PPMDResults"]["Results"]["patientlist"]["patient"], list)
    assert "patient" not in none["Results"]["patientlist"]


def test_what_was_booked_moved_and_deleted_is_told_as_new_changed_and_gone(running: Running, speaker: Speaker) -> None:
    told = speaker.ask("getupdatedvisits", SINCE, FIELDS)
    servertime = told.xml.find("Results").get("servertime")
    made = speaker.rest("POST", "/scheduler/Appointments", wish()).json["id"]
    move = {"id": 9000001, "columnid": 16, "startdatetime": "2027-03-01T09:00:00"}
    speaker.rest("PUT", "/scheduler/appointments/9000001/move", move)
    speaker.rest("DELETE", "/scheduler/Appointments/9000002")
    ghost = speaker.rest("POST", "/scheduler/Appointments", wish(startdatetime="2027-03-01T15:00:00")).json["id"]
    speaker.rest("DELETE", f"/scheduler/Appointments/{ghost}")
    running.whole.clock.advance(timedelta(seconds=1))

    reply = speaker.ask("getupdatedvisits", f'datechanged="{servertime}"', FIELDS + PERSON).xml

    marks = {one.get("id"): one.get("updatestatus") for one in reply.iter("visit")}
    assert marks == {str(made): "N", "9000001": "C", "9000002": "D"}
    changed = next(one for one in reply.iter("visit") if one.get("id") == "9000001")
    assert (changed.get("start"), changed.get("tone")) == ("2027-03-01T09:00:00", "GRAY      ")
    assert changed.find("patientlist/patient").get("name") == "OWUSUAA,ABENA"


def test_a_charge_makes_a_visit_look_deleted_though_its_id_still_finds_it(running: Running, speaker: Speaker) -> None:
    running.whole.clock.advance(timedelta(seconds=1))
    with running.whole.lock:
        office = running.whole.offices["162882"]
        office.appointments[9000001].charged_at = office.appointments[9000001].modified_at = running.whole.clock.now()

    told = speaker.ask("getupdatedvisits", SINCE, FIELDS).xml.find("Results/visitlist/visit")
    found = speaker.ask("getvisitsbyid", inner=f'<visitlist><visit id="9000001"/></visitlist>{FIELDS}').xml

    assert (told.get("id"), told.get("updatestatus"), told.get("start")) == ("9000001", "D", None)
    assert found.find("Results/visitlist/visit").get("st") == "0"


def test_more_than_a_thousand_are_only_ids_beside_a_fault(running: Running, speaker: Speaker) -> None:
    desk = running.whole.desk(running.whole.offices["162882"])
    for _ in range(1001):
        front_desk.do(desk, {"kind": "book", "force": True} | wish())
    running.whole.clock.advance(timedelta(minutes=1))

    reply = speaker.ask("getupdatedvisits", SINCE, FIELDS)

    visits = list(reply.xml.iter("visit"))
    assert reply.code == -2147217350
    assert (len(visits), {tuple(one.keys()) for one in visits}) == (1001, {("id",)})
    assert reply.xml.find("Results").get("servertime")


def test_an_unknown_field_a_missing_date_and_no_ids_are_each_refused(speaker: Speaker) -> None:
    field = speaker.ask("getupdatedvisits", SINCE, '<visit a="NoSuchThing"/>')
    date = speaker.ask("getupdatedvisits", "", FIELDS)
    ids = speaker.ask("getvisitsbyid", "", FIELDS)

    assert (field.status, field.body) == (400, b"Invalid column name.")
    assert (date.code, ids.code, ids.xml.findtext("Results/success")) == (-2147219456, 400, "0")


def test_a_create_is_found_again_by_its_reference(speaker: Speaker) -> None:
    made = speaker.rest("POST", "/scheduler/Appointments", wish(referenceid="apt_1"))

    inner = '<visitlist><visit referenceid="apt_1"/><visit referenceid="apt_2"/></visitlist>'
    found = speaker.ask("getvisitidbyrefid", inner=inner).xml

    rows = [(one.get("referenceid"), one.get("id")) for one in found.iter("visit")]
    assert made.status == 201
    assert made.headers["location"].endswith(str(made.json["id"]))
    assert rows == [("apt_1", str(made.json["id"])), ("apt_2", None)]


REFUSED = [
    ({"startdatetime": "2027-03-01T12:15:00"}, 4101),
    ({"columnid": 99}, 4117),
    ({"columnid": 19, "profileid": 9}, 4126),
    ({"startdatetime": "2027-03-01T07:30:00"}, 4155),
    ({"startdatetime": "2027-02-28T12:00:00"}, 4155),
]


@pytest.mark.parametrize(("fields", "code"), REFUSED)
def test_the_scheduler_says_why_it_does_not_book(speaker: Speaker, fields: dict[str, object], code: int) -> None:
    speaker.rest("POST", "/scheduler/Appointments", wish())

    reply = speaker.rest("POST", "/scheduler/Appointments", wish(**fields))

    assert (reply.status, reply.json["errorcode"]) == (409, code)


def test_a_slot_takes_as_many_as_its_column_allows_and_one_more_with_force(speaker: Speaker) -> None:
    group = wish(columnid=18, profileid=4)

    statuses = [speaker.rest("POST", "/scheduler/Appointments", group) for _ in range(5)]
    forced = speaker.rest("POST", "/scheduler/Appointments", group | {"force": True})

    assert [one.status for one in statuses] == [201, 201, 201, 201, 409]
    assert (statuses[4].json["errorcode"], forced.status) == (4186, 201)


def test_the_actions_set_the_status_and_cancelling_frees_the_time(speaker: Speaker) -> None:
    number = speaker.rest("POST", "/scheduler/Appointments", wish()).json["id"]
    path = f"/scheduler/appointments/{number}"

    seen = [
        speaker.rest("PUT", f"{path}/{action}", {"id": number}).json["status"]
        for action in ("checkin", "checkout", "uncheckout", "uncheckin", "noshow", "cancel")
    ]
    again = speaker.rest("POST", "/scheduler/Appointments", wish())

    assert seen == [1, 3, 1, 0, 12, 10]
    assert again.status == 201


def test_a_patient_is_added_once_and_changed_only_by_who_knows_the_old_values(speaker: Speaker) -> None:
    row = (
        '<patientlist><patient name="DOE,JANE" chart="AUTO" relationship="1" hipaarelationship="18" dob="02/01/1980" '
        'profile="prof3"><contactinfo homephone="(801)555-0100"/></patient></patientlist>'
    )
    added = speaker.ask("addpatient", inner=row).xml.find("Results/patientlist/patient").get("id")
    change = f'<patientlist><patient id="{added}" homephone="(801)555-0101" o_homephone="%s"/></patientlist>'

    again = speaker.ask("addpatient", inner=row).code
    blind = speaker.ask("updatepatient", inner=change % "(801)555-0199").code
    knowing = speaker.ask("updatepatient", inner=change % "(801)555-0100").code

    assert (again, blind, knowing) == (-2147217400, -2147217398, 0)
