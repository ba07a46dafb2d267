"""Recommending doctors: the pure ranking, the words of a complaint, and the whole over HTTP."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.finding.complaints import Suggestion, suggested
from chalicelib.finding.recommending import WEIGHTS, Candidate, distance, rank
from tests import builders
from tests.builders import Data
from tests.client import Answer, Client

TOMORROW = datetime.now(UTC).date() + timedelta(days=1)
LATER = TOMORROW + timedelta(days=5)
AVERAGE = Candidate(
    doctor_id="b", name="B", suits=True, visits=1, wait=timedelta(days=7), share_free=0.5, kilometres=10
)


def candidate(**known: Any) -> Candidate:
    """A doctor of whom only this is known."""
    return Candidate(**{"doctor_id": "a", "name": "A", "wait": timedelta(days=7)} | known)


def order(*candidates: Candidate) -> list[str]:
    return [ranked.doctor_id for ranked in rank(candidates)]


def recommend(api: Client, **query: Any) -> Answer:
    return api.as_("admin").get("/api/doctors/recommendations", **query)


def daily(first: date, **settings: Any) -> Data:
    hours = [{"weekdays": [*range(7)], "start": "09:00", "end": "11:00", "valid_from": first.isoformat()}]
    return {"hours": hours, **settings}


def colleagues(api: Client, *schedules: Data, **fields: Any) -> list[Data]:
    """Doctors of a specialty that no one else has, at one location."""
    place = builders.make_location(api)
    specialty = builders.unique("Nephrology")
    return [
        builders.make_doctor(api, schedule=schedule, **{"specialty": specialty, "location_ids": [place["id"]]} | fields)
        for schedule in schedules
    ]


def names(answer: Answer) -> list[str]:
    return [doctor["id"] for doctor in answer.data]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"suits": True}, {"suits": False}),
        ({"visits": 2}, {"visits": 1}),
        ({"visits": 1}, {"visits": 0}),
        ({"wait": timedelta(hours=2)}, {"wait": timedelta(days=2)}),
        ({"wait": timedelta(days=13)}, {"wait": None}),
        ({"share_free": 0.9}, {"share_free": 0.1}),
        ({"kilometres": 1.0}, {"kilometres": 30.0}),
    ],
)
def test_each_factor_alone_decides_between_two_who_are_alike_otherwise(better: Data, worse: Data) -> None:
    one, other = candidate(doctor_id="z", name="Z", **better), candidate(doctor_id="a", name="A", **worse)

    assert order(other, one) == ["z", "a"]


def test_equal_doctors_come_by_name() -> None:
    assert order(candidate(doctor_id="1", name="b"), candidate(doctor_id="2", name="A")) == ["2", "1"]


def test_what_is_not_known_has_no_weight_and_says_so() -> None:
    (ranked,) = rank([candidate(wait=timedelta(0))])

    weights = {name: factor.weight for name, factor in ranked.factors.items()}
    assert weights == dict.fromkeys(WEIGHTS, 0.0) | {"earliest": WEIGHTS["earliest"]}
    assert ranked.score == 1.0
    assert ranked.factors["distance"].because == "the distance is not known"


def test_other_weights_give_another_order() -> None:
    near = candidate(doctor_id="near", kilometres=1.0, visits=0)
    known = candidate(doctor_id="known", kilometres=50.0, visits=3)

    assert [one.doctor_id for one in rank([near, known], {"distance": 1.0})] == ["near", "known"]
    assert [one.doctor_id for one in rank([near, known], {"continuity": 1.0})] == ["known", "near"]


def test_the_score_is_the_weighted_mean_of_the_factors_shown() -> None:
    (ranked,) = rank([AVERAGE])

    shown = ranked.factors.values()
    mean = sum(factor.value * factor.weight for factor in shown) / sum(factor.weight for factor in shown)
    assert ranked.score == pytest.approx(mean, abs=1e-4)


@given(
    suits=st.none() | st.booleans(),
    visits=st.none() | st.integers(0, 500),
    wait=st.none() | st.timedeltas(timedelta(0), timedelta(days=400)),
    share_free=st.none() | st.floats(0, 1),
    kilometres=st.none() | st.floats(0, 20_000),
)
def test_every_factor_and_the_score_lie_between_zero_and_one(**known: Any) -> None:
    (ranked,) = rank([Candidate(doctor_id="a", name="A", **known)])

    values = [factor.value for factor in ranked.factors.values()]
    assert all(0 <= value <= 1 for value in [ranked.score, *values])


@pytest.mark.parametrize(
    ("here", "there", "kilometres"),
    [
        ((52.5200, 13.4050), (48.8566, 2.3522), 878),  # Berlin, Paris
        ((40.7128, -74.0060), (34.0522, -118.2437), 3936),  # New York, Los Angeles
        ((0.0, 179.5), (0.0, -179.5), 111),  # across the date line
        ((90.0, 0.0), (-90.0, 0.0), 20015),
        ((1.0, 1.0), (1.0, 1.0), 0),
    ],
)
def test_distances_are_those_of_the_globe(here: Any, there: Any, kilometres: float) -> None:
    assert distance(here, there) == pytest.approx(kilometres, rel=0.002)
    assert distance(there, here) == pytest.approx(distance(here, there))


@pytest.mark.parametrize(
    ("reason", "suggestions"),
    [
        ("Chest pain since Monday", [Suggestion("chest", "cardiology")]),
        ("heartburn", [Suggestion("heartburn", "gastroenterology")]),
        ("My heart, and a RASH!", [Suggestion("heart", "cardiology"), Suggestion("rash", "dermatology")]),
        ("early call", []),
        ("my left ear", [Suggestion("ear", "otolaryngology")]),
        ("", []),
        ("💊 ¿qué?", []),
    ],
)
def test_the_words_of_a_complaint_suggest_fields(reason: str, suggestions: list[Suggestion]) -> None:
    assert suggested(reason) == suggestions


@pytest.mark.parametrize(
    ("field", "specialty", "suits"),
    [
        ("cardiology", "Cardiology", True),
        ("cardiology", "Pediatric Cardiology", True),
        ("orthopedics", "Orthopaedic Surgery", True),
        ("otolaryngology", "ENT", True),
        ("otolaryngology", "Enteric Diseases", False),
        ("cardiology", "Dermatology", False),
    ],
)
def test_a_field_knows_its_specialties(field: str, specialty: str, suits: bool) -> None:
    assert Suggestion("word", field).suits(specialty) is suits


def test_who_is_free_sooner_comes_first_with_the_reasons_shown(api: Client) -> None:
    late, soon = colleagues(api, daily(LATER), daily(TOMORROW))

    answer = recommend(api, specialty=late["specialty"])

    assert names(answer) == [soon["id"], late["id"]]
    assert answer.data[0]["next_available"] == f"{TOMORROW}T09:00:00+00:00"
    assert answer.data[0]["factors"]["specialty"]["value"] == 1.0
    assert set(answer.data[0]["factors"]) == set(WEIGHTS)
    assert answer.data[0]["score"] > answer.data[1]["score"]


def test_the_doctor_whom_the_patient_knows_comes_first(api: Client) -> None:
    known, other = colleagues(api, daily(TOMORROW), daily(TOMORROW), name="Dr. Same")
    patient = builders.make_patient(api)
    body = {"doctor_id": known["id"], "patient_id": patient["id"], "scheduled_date": f"{LATER}T10:00:00Z"}
    api.as_("admin").post("/api/appointments", body)

    by_desk = recommend(api, specialty=known["specialty"], patient_id=patient["id"])
    by_patient = api.as_("patient", patient["id"]).get("/api/doctors/recommendations", specialty=known["specialty"])

    assert names(by_desk) == names(by_patient) == [known["id"], other["id"]]
    assert by_desk.data[0]["factors"]["continuity"]["value"] == 0.5
    assert by_desk.data[0]["factors"]["distance"]["value"] == 1.0


def test_a_cancelled_appointment_is_no_acquaintance(api: Client) -> None:
    (doctor,) = colleagues(api, daily(TOMORROW))
    patient = builders.make_patient(api)
    body = {"doctor_id": doctor["id"], "patient_id": patient["id"], "scheduled_date": f"{LATER}T10:00:00Z"}
    made = api.as_("admin").post("/api/appointments", body).data
    api.as_("admin").delete(f"/api/appointments/{made['id']}")

    answer = recommend(api, specialty=doctor["specialty"], patient_id=patient["id"])

    assert answer.data[0]["factors"]["continuity"]["value"] == 0.0


def test_of_two_places_the_nearer_comes_first(api: Client) -> None:
    here = builders.make_location(api, latitude=52.52, longitude=13.40)
    near = builders.make_location(api, latitude=52.50, longitude=13.45)
    far = builders.make_location(api, latitude=48.86, longitude=2.35)
    specialty = builders.unique("Nephrology")
    options = {"name": "Dr. Same", "specialty": specialty, "schedule": daily(TOMORROW)}
    away, close = (builders.make_doctor(api, location_ids=[place["id"]], **options) for place in (far, near))

    answer = recommend(api, specialty=specialty, location_id=here["id"])

    assert names(answer) == [close["id"], away["id"]]
    assert answer.data[1]["factors"]["distance"]["because"] == "877 km away"


def test_a_reason_ranks_its_specialty_first(api: Client) -> None:
    skin, heart = (
        colleagues(api, daily(TOMORROW), specialty=builders.unique(word))[0] for word in ("Dermatology", "Cardiology")
    )
    patient = builders.make_patient(api)
    for doctor, hour in ((skin, 9), (heart, 10)):
        body = {"doctor_id": doctor["id"], "patient_id": patient["id"], "scheduled_date": f"{LATER}T{hour:02}:00:00Z"}
        api.as_("admin").post("/api/appointments", body)

    for_heart = recommend(api, reason="chest pain", patient_id=patient["id"], limit=1).data[0]
    for_skin = recommend(api, reason="It itches", patient_id=patient["id"], limit=1).data[0]

    assert (for_heart["id"], for_skin["id"]) == (heart["id"], skin["id"])
    assert for_heart["factors"]["specialty"]["because"] == "“chest” suggests cardiology"


def test_the_wait_counts_from_the_date_asked_for(api: Client) -> None:
    (doctor,) = colleagues(api, daily(TOMORROW))

    answer = recommend(api, specialty=doctor["specialty"], date=LATER.isoformat(), mode="telehealth", limit=1)

    assert answer.data[0]["next_available"] == f"{LATER}T09:00:00+00:00"
    assert answer.data[0]["factors"]["earliest"]["because"] == "the first free slot comes within a day"


def test_a_doctor_without_hours_is_recommended_last_and_says_why(api: Client) -> None:
    nobody, free = colleagues(api, {"hours": []}, daily(TOMORROW))

    answer = recommend(api, specialty=nobody["specialty"])

    assert names(answer) == [free["id"], nobody["id"]]
    assert answer.data[1]["next_available"] is None
    assert answer.data[1]["factors"]["earliest"]["because"] == "nothing is free within 14 days"


@pytest.mark.parametrize(
    ("role", "query", "status", "field"),
    [
        ("admin", {"location_id": "loc_none"}, 404, "location_id"),
        ("admin", {"patient_id": "pat_none"}, 404, "patient_id"),
        ("patient", {"patient_id": "pat_other"}, 404, "patient_id"),
        ("display", {"patient_id": "pat_other"}, 404, "patient_id"),
        ("admin", {"date": "2020-01-01"}, 422, "date"),
        ("admin", {"limit": "21"}, 422, "limit"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_its_field(
    api: Client, role: str, query: Data, status: int, field: str
) -> None:
    answer = api.as_(role).get("/api/doctors/recommendations", **query)

    assert (answer.status, answer.fields) == (status, [field])
