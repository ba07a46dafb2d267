"""Two hospitals side by side: the caller's own, and another's."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.kit import ids
from chalicelib.reminders.plan import appointment_of
from chalicelib.reminders.push_schemas import DeviceKeys
from tests import builders
from tests.client import Client
from tests.scheduling.desk import EVERY_DAY
from tests.security.matrix import SCOPES, Caller

_TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
_DAYS = 700
_visits = itertools.count()
SHELVES = {
    "appointment": "appointments",
    "display": "keys",
    "doctor": "doctors",
    "entry": "queue",
    "hospital": "hospitals",
    "key": "keys",
    "location": "locations",
    "patient": "patients",
    "room": "rooms",
    "service": "services",
}


@dataclass(frozen=True)
class Side:
    """One hospital with one of everything, by its kind; appointments are made when they are asked for."""

    api: Client
    ids: dict[str, str]

    def thing(self, kind: str) -> str:
        """The id of the side's thing; of what can end or move, one that is fresh."""
        if kind == "appointment":
            return self.booked(self.ids["doctor"])
        if kind == "service":
            return str(builders.make_service(self.api)["id"])
        fresh = {
            "device": self.device,
            "display": self.display,
            "entry": self.queued,
            "guest": self.invited,
            "key": self.key,
            "reminder": self.reminded,
            "visit": self.by_video,
        }
        return fresh[kind]() if kind in fresh else self.ids[kind]

    def booked(self, doctor_id: str) -> str:
        """The id of a fresh appointment of the side's patient with the doctor."""
        body = {"doctor_id": doctor_id, "patient_id": self.ids["patient"], "scheduled_date": moment()}
        answer = self.api.as_("admin").post("/api/appointments", body)
        assert answer.status == 201, answer.body
        return str(answer.data["id"])

    def queued(self) -> str:
        """The id of a fresh place of the side's patient in the doctor's queue; an older one is given up."""
        body = {"doctor_id": self.ids["doctor"], "patient_id": self.ids["patient"]}
        desk = self.api.as_("admin")
        answer = desk.post("/api/queue/join", body)
        if answer.status == 409:
            assert desk.post(f"/api/queue/{answer.error['details'][0]['id']}/left", {}).status == 200
            answer = desk.post("/api/queue/join", body)
        return str(answer.data["id"])

    def reminded(self) -> str:
        """The id of a fresh reminder of an appointment of the side's patient."""
        wish = {"appointment_id": self.booked(self.ids["doctor"]), "email": True, "timing": "45m"}
        return str(self.api.as_("admin").post("/api/reminders/schedule", wish).data[0]["id"])

    def device(self) -> str:
        """The id of the one device of the side's patient, registered if it was removed."""
        body = {"endpoint": "https://fcm.googleapis.com/fcm/send/x", "keys": DeviceKeys.example}
        caller = self.api.as_("patient", self.ids["patient"])
        return str(caller.post("/api/push/subscriptions", body).data["id"])

    def by_video(self) -> str:
        """The id of the room of the side's one telehealth visit."""
        if "visit" not in self.ids:
            desk = self.api.as_("admin")
            body = {"doctor_id": self.ids["doctor"], "patient_id": self.ids["patient"], "mode": "telehealth"}
            visit = desk.post("/api/appointments", body | {"scheduled_date": moment()}).data["id"]
            self.ids["visit"] = desk.post(f"/api/telehealth/generate-url/{visit}").data["room_id"]
        return self.ids["visit"]

    def invited(self) -> str:
        """The id of a fresh guest of that visit."""
        host = self.api.as_("doctor", self.ids["doctor"])
        return str(host.post(f"/api/telehealth/room/{self.by_video()}/guests", {"name": "Ama"}).data["guest_id"])

    def display(self) -> str:
        """The id of a fresh display at the side's location."""
        body = {"name": "Lobby", "location_id": self.ids["location"]}
        return str(self.api.as_("admin").post("/api/displays", body).data["id"])

    def key(self) -> str:
        """The id of a fresh API key that is bounded to the side's hospital."""
        return str(builders.make_key(self.api, hospital_id=self.ids["hospital"])["id"])


@dataclass(frozen=True)
class Clinics:
    """The own side, the other one, and a doctor who works at both: mornings here, afternoons there."""

    api: Client
    own: Side
    other: Side
    commuter: str

    def caller(self, who: Caller) -> Client:
        """The caller with a token of the own side."""
        scope = {
            name: value.format(**self.own.ids) if value else value for name, value in SCOPES.get(who.scope, {}).items()
        }
        return self.api.as_(who.role, who.sub.format(**self.own.ids), **scope)

    def thing(self, kind: str, whose: str) -> str:
        """The id of a thing of the own side, of the other one, or of nothing at all."""
        if (kind, whose) == ("patient", "other"):
            return str(builders.make_patient(self.api)["id"])  # whom the own doctor has not met meanwhile
        return {"own": self.own.thing, "other": self.other.thing, "absent": ids.new}[whose](kind)

    def shown(self, kind: str, thing_id: str) -> str:
        """The thing as an administrator sees it; of a place in line the version, since its wait goes on."""
        if kind == "entry":
            return str(self.api.as_("admin").get(f"/api/queue/{thing_id}").data["version"])
        if kind == "device":
            return thing_id  # nobody but its owner sees it
        if kind == "reminder":
            return self.api.as_("admin").get(f"/api/reminders/appointment/{appointment_of(thing_id)}").body
        if kind in ("visit", "guest"):  # the other side's: the guest is one of the visit's people
            room = self.api.as_("admin").get(f"/api/telehealth/room/{self.other.by_video()}").data
            return str({name: value for name, value in room.items() if name != "now"})
        return self.api.as_("admin").get(f"/api/{SHELVES[kind]}/{thing_id}").body


def two_clinics(api: Client) -> Clinics:
    """Two hospitals that know nothing of each other."""
    own, other = _side(api), _side(api)
    places = own.ids["location"], other.ids["location"]
    hours = [
        {**EVERY_DAY, "end": "12:00", "location_id": places[0]},
        {**EVERY_DAY, "start": "12:00", "location_id": places[1]},
    ]
    commuter = builders.make_doctor(
        api,
        hospital_id=own.ids["hospital"],
        location_ids=list(places),
        schedule={"hours": hours, "daily_cap": 200, "horizon_days": 730},
    )
    return Clinics(api, own, other, commuter["id"])


def _side(api: Client) -> Side:
    made = builders.clinic(api, rooms=2, schedule={"hours": [EVERY_DAY], "daily_cap": 200, "horizon_days": 730})
    usual = {"usual_room_id": made.rooms[1]["id"]}
    assert api.as_("admin").put(f"/api/doctors/{made.doctor['id']}", usual).status == 200
    side = Side(
        api,
        {
            "hospital": made.hospital["id"],
            "location": made.location["id"],
            "room": made.rooms[1]["id"],
            "doctor": made.doctor["id"],
            "patient": made.patient["id"],
        },
    )
    side.thing("appointment")  # so that doctor and patient have met
    return side


def moment(hour: int = 9) -> str:
    """A time in the three hours from `hour` on that nothing else has asked for."""
    visit = next(_visits)
    half_hours, days = divmod(visit, _DAYS)
    start = _TODAY + timedelta(days=7 + days, hours=hour, minutes=30 * half_hours)
    return f"{start:%Y-%m-%dT%H:%M:%SZ}"
