"""Doctors and patients as requests and replies."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from chalicelib.kit import ids
from chalicelib.kit.freejson import AtMost, Json
from chalicelib.kit.models import Example, RequestModel
from chalicelib.kit.types import Amount, Date, Email, Flag, Id, Language, Line, Name, Phone, Zone
from chalicelib.people.place_schemas import KEEP, SERVER_SET, Ids, ItemView, Money, Words
from chalicelib.table.doctors import DoctorItem
from chalicelib.table.officepeople import PatientLinkItem

_NAME = {"first_name": "Zoë", "last_name": "Müller"}
_RECOGNISED_BY = ("phone", "email", "date_of_birth")
_AT_OFFICE = ("advancedmd_patient_id", "amd_sync_status", "last_synced_to_amd", "amd_sync_error")


class _DoctorFields(RequestModel):
    example: ClassVar[Example] = {"email": "j.smith@example.com", "phone": "+12125550101"}
    server_set = SERVER_SET | {"schedule_version"}
    usual_room_id: Id | None = None
    fee: Amount | None = None
    email: Email | None = None
    phone: Phone | None = None


class CreateDoctor(_DoctorFields):
    """Add a doctor, whose schedule is given separately."""

    example: ClassVar[Example] = {
        "name": "Dr. Jane Smith",
        "specialty": "Cardiology",
        "hospital_id": "hos_harbour",
        "location_ids": ["loc_new_york"],
        "languages": ["en", "de"],
        "fee": 120,
    }
    id: Id | None = None
    name: Name
    specialty: Name
    hospital_id: Id | None = None
    location_ids: Ids = Field(default_factory=list)
    languages: Words = Field(default_factory=list)
    requires_confirmation: Flag = False


class ChangeDoctor(_DoctorFields):
    """Change what is sent of a doctor."""

    example: ClassVar[Example] = {"languages": ["en", "de", "fr"]}
    name: Name = KEEP
    specialty: Name = KEEP
    hospital_id: Id | None = KEEP
    location_ids: Ids = KEEP
    languages: Words = KEEP
    requires_confirmation: Flag = KEEP


class DoctorView(ItemView):
    """A doctor; e-mail and phone are shown to desks and to the doctor."""

    example: ClassVar[Example] = {
        **_DoctorFields.example,
        **CreateDoctor.example,
        "id": "doc_123",
        "schedule_version": 4,
        "active": True,
    }
    name: str
    specialty: str
    hospital_id: str | None
    location_ids: list[str]
    usual_room_id: str | None
    fee: Money | None
    email: str | None
    phone: str | None
    languages: list[str]
    requires_confirmation: bool
    schedule_version: int
    active: bool

    def without_contact(self) -> Self:
        """The doctor as patients see them."""
        return self.model_copy(update={"email": None, "phone": None})


def _object_or_list(value: Any) -> Any:
    if value is not None and not isinstance(value, dict | list):
        raise ValueError("must be a JSON object or list")
    return value


History = Annotated[
    Json,
    BeforeValidator(_object_or_list),
    WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "array"}]}),
    AtMost(32),
]
Preferences = Annotated[dict[Annotated[str, Field(max_length=64)], Json], AtMost(4)]


class _PatientFields(RequestModel):
    example: ClassVar[Example] = {
        "date_of_birth": "1980-02-29",
        "phone": "+12125550123",
        "email": "zoe@example.com",
        "preferred_language": "de",
    }
    server_set = SERVER_SET | {"patient_number", "phone_valid", "possible_duplicate_of", *_AT_OFFICE}
    date_of_birth: Date | None = None
    gender: Literal["male", "female", "other", "unknown"] | None = None
    phone: Phone | None = None
    email: Email | None = None
    address: Line | None = None
    emergency_contact_name: Name | None = None
    emergency_contact_phone: Phone | None = None
    medical_history: History | None = None
    insurance_provider: Name | None = None
    insurance_number: Name | None = None
    communication_preferences: Preferences | None = None
    preferred_language: Language | None = None
    zone: Zone | None = None


class PatientDetails(_PatientFields):
    """A patient described inside another request, recognisable by a phone, an e-mail address or a birth date."""

    example: ClassVar[Example] = _NAME
    first_name: Name
    last_name: Name
    allow_duplicate: Flag = False

    @model_validator(mode="after")
    def _recognisable(self) -> Self:
        if not any(getattr(self, field) for field in _RECOGNISED_BY):
            raise ValueError("give a phone, an email or a date_of_birth beside the name")
        return self


class RegisterPatient(_PatientFields):
    """Register a patient; a desk makes a second record of someone who looks alike with `allow_duplicate`."""

    example: ClassVar[Example] = _NAME
    id: Id | None = None
    first_name: Name
    last_name: Name
    allow_duplicate: Flag = False


class ChangePatient(_PatientFields):
    """Change what is sent of a patient's record."""

    example: ClassVar[Example] = {"address": "12 Front Street, New York, NY"}
    first_name: Name = KEEP
    last_name: Name = KEEP


def at_office(link: PatientLinkItem | None) -> dict[str, str | None]:
    """How a patient stands at AdvancedMD, as views show it: by their link, or without one."""
    return {
        "advancedmd_patient_id": str(int(link.number)) if link and link.number is not None else None,
        "amd_sync_status": link.status if link else None,
        "last_synced_to_amd": link.synced_at if link else None,
        "amd_sync_error": link.error if link else None,
    }


class PatientView(ItemView):
    """A patient's record; what the caller's role does not see is null."""

    example: ClassVar[Example] = {
        **_PatientFields.example,
        **_NAME,
        "id": "pat_456",
        "patient_number": "PAT-000456",
        "phone_valid": True,
        "communication_preferences": {"email": True, "sms": True},
        "advancedmd_patient_id": "148",
        "amd_sync_status": "synced",
        "last_synced_to_amd": "2026-01-05T16:40:01Z",
    }
    patient_number: Annotated[str, Field(validation_alias="number")]
    first_name: str
    last_name: str
    date_of_birth: str | None
    gender: str | None
    phone: str | None
    phone_valid: bool | None
    email: str | None
    address: str | None
    emergency_contact_name: str | None
    emergency_contact_phone: str | None
    medical_history: Any
    insurance_provider: str | None
    insurance_number: str | None
    communication_preferences: dict[str, Any] | None
    preferred_language: str | None
    zone: str | None
    possible_duplicate_of: list[str] | None = None
    advancedmd_patient_id: str | None = None
    amd_sync_status: str | None = None
    last_synced_to_amd: str | None = None
    amd_sync_error: str | None = None

    def subject(self) -> str:
        return self.id

    def beside(self, alike: list[str] | None, link: PatientLinkItem | None) -> Self:
        """The same with what stands beside the record: who looks alike, and who it is at AdvancedMD."""
        return self.model_copy(update={"possible_duplicate_of": alike, **at_office(link)})

    def mark(self) -> str:
        """What changes whenever that does."""
        there = [getattr(self, name) for name in _AT_OFFICE]
        alike = str(len(self.possible_duplicate_of or []))
        return f"{alike}-{ids.digest(*map(str, there))}" if any(there) else alike


class FindPatients(RequestModel):
    """Look for patients by name and one or more of phone, e-mail address and birth date; all that is given must fit."""

    example: ClassVar[Example] = {"name": "Zoë Müller", "date_of_birth": "1980-02-29"}
    name: Line | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    phone: Phone | None = None
    email: Email | None = None
    date_of_birth: Date | None = None

    @model_validator(mode="after")
    def _answerable(self) -> Self:
        if not self.full_name or not any(getattr(self, field) for field in _RECOGNISED_BY):
            raise ValueError("give a name (or first_name and last_name) and one of phone, email and date_of_birth")
        return self

    @property
    def full_name(self) -> str:
        """The name that is looked for."""
        if self.name:
            return self.name
        return f"{self.first_name} {self.last_name}" if self.first_name and self.last_name else ""


class MoreDoctorView(DoctorView):
    """A doctor with what another slice knows besides."""

    @classmethod
    def with_more(cls, doctor: DoctorItem, *, contact: bool, **more: Any) -> Self:
        """The doctor with further fields; e-mail and phone only where `contact` allows."""
        view = DoctorView.of(doctor)
        return cls.model_validate({**(view if contact else view.without_contact()).model_dump(), **more})
