"""Links are made where there is no doubt; whoever is merely alike is offered to people."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.advancedmd import matching
from chalicelib.advancedmd.matching import Match, Person
from chalicelib.gateways.advancedmd.records import Coded, PatientData

BORN = date(1968, 4, 18)
MARIA = Person("Maria Luisa", "Gomez", BORN)
LUIS = Person("Luis", "Peñaranda", BORN, "+12125550111", "luis@example.com")


@pytest.mark.parametrize("name", ["PEÑARANDA,LUIS", "PENARANDA,LUIS ALBERTO"])
def test_the_same_name_and_birth_date_are_the_same_patient(name: str) -> None:
    assert matching.patient(LUIS, [PatientData(1, name, BORN), PatientData(2, "ROE,RICHARD", BORN)]) == Match(1)


@pytest.mark.parametrize("name", ["MARIA", "MARIA L", "MARIA LUISA", "MARIA LUISA ANA"])
def test_a_second_name_may_be_shortened_or_left_out(name: str) -> None:
    assert matching.patient(MARIA, [PatientData(7, f"GOMEZ,{name}", BORN)]) == Match(7)


def test_whoever_has_another_second_name_may_be_a_twin() -> None:
    assert matching.patient(MARIA, [PatientData(7, "GOMEZ,MARIA JOSE", BORN)]) == Match(None, (7,))


def test_where_a_birth_date_is_unknown_phone_or_mail_must_agree() -> None:
    john = Person("John", "Doe", None, "+1234567890", "john@example.com")

    by_phone = matching.patient(john, [PatientData(148, "DOE,JOHN", None, phone="(123)456-7890")])
    by_mail = matching.patient(john, [PatientData(148, "DOE,JOHN", BORN, email="JOHN@EXAMPLE.COM")])
    by_name = matching.patient(john, [PatientData(148, "DOE,JOHN", BORN)])

    assert (by_phone, by_mail, by_name) == (Match(148), Match(148), Match(None, (148,)))


def test_two_who_are_the_same_are_nobody() -> None:
    twice = [PatientData(2, "PEÑARANDA,LUIS", BORN), PatientData(1, "PEÑARANDA,LUIS", BORN)]

    assert matching.patient(LUIS, twice) == Match(None, (1, 2))


def test_another_birth_date_is_another_patient_though_people_may_look() -> None:
    son = PatientData(3, "PEÑARANDA,LUIS", date(1998, 4, 18), phone="212-555-0111")
    stranger = PatientData(4, "PEÑARANDA,LUIS", date(1998, 4, 18))

    assert matching.patient(LUIS, [son]) == Match(None, (3,))
    assert matching.patient(LUIS, [stranger]) == Match(None)


def test_a_new_last_name_is_offered_when_birth_date_and_phone_agree() -> None:
    married = PatientData(5, "ROE,LUIS", BORN, phone="(212)555-0111")

    assert matching.patient(LUIS, [married]) == Match(None, (5,))


@given(
    st.lists(
        st.builds(
            PatientData,
            st.integers(1, 6),
            st.sampled_from(["PEÑARANDA,LUIS", "PENARANDA,LUIS", "ROE,LUIS", "", ",", "PEÑARANDA"]),
            st.sampled_from([None, BORN, date(1970, 1, 1)]),
            phone=st.sampled_from(["", "(212)555-0111"]),
        )
    )
)
def test_whoever_is_linked_has_the_name_and_no_other_birth_date(candidates: list[PatientData]) -> None:
    match = matching.patient(LUIS, candidates)

    linked = [one for one in candidates if one.id == match.found]
    assert all(one.born in (None, BORN) or len(linked) > 1 for one in linked)
    assert match.found is None or any(one.name.endswith(",LUIS") and one.name != "ROE,LUIS" for one in linked)
    assert match.found not in match.alike


PROFILES = [Coded(3, "SMI", "SMITH,DR"), Coded(4, "MEN", "MENSAHENE,AKOSUA"), Coded(5, "WEI", "WEISSENBACH,JONAS")]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Dr. Smith", 3),
        ("Dr. Akosua Mensahene", 4),
        ("Dr. A. Mensahene", 4),
        ("Dr. Jonas Weißenbach", 5),
        ("Dr. Kofi Mensahene", None),
        ("Dr.", None),
    ],
)
def test_a_doctor_is_the_one_profile_of_the_name(name: str, found: int | None) -> None:
    assert matching.doctor(name, PROFILES).found == found


def test_two_doctors_of_one_name_are_for_people() -> None:
    match = matching.doctor("Dr. Smith", [*PROFILES, Coded(7, "SM2", "SMITH,ANN")])

    assert match == Match(None, (3, 7))
