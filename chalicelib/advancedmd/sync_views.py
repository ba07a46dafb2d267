"""What people are shown of how appointments and patients stand at AdvancedMD."""

from typing import Any, ClassVar, Self

from chalicelib.advancedmd.settings_schemas import Number
from chalicelib.advancedmd.standing import Standing
from chalicelib.kit.models import Example, RequestModel, View
from chalicelib.kit.types import Flag
from chalicelib.people.schemas import at_office
from chalicelib.scheduling import office
from chalicelib.table.officepeople import PatientLinkItem


class LinkPatient(RequestModel):
    """The number of the patient at AdvancedMD; who has another name or birth date there is linked with `confirm`."""

    example: ClassVar[Example] = {"advancedmd_patient_id": 148}
    advancedmd_patient_id: Number
    confirm: Flag = False


class LinkDoctor(RequestModel):
    """The number of the doctor's profile at AdvancedMD."""

    example: ClassVar[Example] = {"advancedmd_provider_id": 3}
    advancedmd_provider_id: Number


class DoctorLinkView(View):
    """Which profile at AdvancedMD is a doctor's; none after a link was ended."""

    example: ClassVar[Example] = {"doctor_id": "doc_123", "advancedmd_provider_id": "3"}
    doctor_id: str
    advancedmd_provider_id: str | None


class SyncStatusView(View):
    """How an appointment stands: its visit, `pending`, `synced` or `error`, and what both sides differ in.

    The status is null for what was never to be told. `amd_conflict` has the code with which a time was refused, and
    each field with both sides, `disputed` where both have changed it. What is pending is told in about
    `estimated_wait_seconds`; that is null when nothing waits, and while the office is paused.
    """

    example: ClassVar[Example] = {
        "appointment_id": "apt_123",
        "patient_id": "pat_456",
        "advancedmd_visit_id": "9000005",
        "amd_sync_status": "synced",
        "amd_sync_error": None,
        "last_synced_to_amd": "2026-01-15T10:00:00Z",
        "amd_conflict": None,
        "estimated_wait_seconds": None,
    }
    appointment_id: str
    patient_id: str
    advancedmd_visit_id: str | None
    amd_sync_status: str | None
    amd_sync_error: str | None
    last_synced_to_amd: str | None
    amd_conflict: dict[str, Any] | None
    estimated_wait_seconds: int | None

    def subject(self) -> str | None:
        return self.patient_id

    @classmethod
    def of(cls, found: Standing) -> Self:
        """The view of an appointment and its link."""
        shown = office.fields(found.link)
        return cls(
            **{name: value for name, value in shown.items() if name in cls.model_fields},
            appointment_id=found.appointment.id,
            patient_id=found.appointment.patient_id,
            estimated_wait_seconds=None if found.wait is None else round(found.wait),
        )


class CandidateView(View):
    """A patient at AdvancedMD who may be meant, as far as they were looked at."""

    example: ClassVar[Example] = {"advancedmd_patient_id": "148", "name": "DOE,JANE A", "date_of_birth": "1980-02-01"}
    advancedmd_patient_id: str
    name: str | None
    date_of_birth: str | None

    def subject(self) -> str | None:
        """Nobody of ours as yet; of whom they may be, the view around it says."""
        return None


class PatientSyncView(View):
    """How a patient stands: `amd_candidates` are the numbers of those there who may be meant.

    Who those are is in `amd_candidate_people`, for those who may link them.

    Who waits in a run to be looked up is so in about `estimated_wait_seconds`; it is null for everybody else.
    """

    example: ClassVar[Example] = {
        "patient_id": "pat_456",
        "advancedmd_patient_id": "148",
        "amd_sync_status": "synced",
        "amd_sync_error": None,
        "last_synced_to_amd": "2026-01-15T10:00:00Z",
        "amd_candidates": [],
        "amd_candidate_people": [],
        "estimated_wait_seconds": None,
    }
    patient_id: str
    advancedmd_patient_id: str | None
    amd_sync_status: str | None
    amd_sync_error: str | None
    last_synced_to_amd: str | None
    amd_candidates: list[str]
    amd_candidate_people: list[CandidateView]
    estimated_wait_seconds: int | None

    def subject(self) -> str | None:
        return self.patient_id

    @classmethod
    def of(
        cls, patient_id: str, link: PatientLinkItem | None, *, wait: float | None = None, people: bool = False
    ) -> Self:
        """The view of a link, or of none, of how long the patient waits, and with `people` of who may be meant."""
        numbers = [str(int(one)) for one in (link.alike or [])] if link else []
        known = (link.people or {}) if link else {}
        return cls(
            **at_office(link),
            patient_id=patient_id,
            amd_candidates=numbers,
            amd_candidate_people=[_candidate(one, *known.get(one, (None, None))) for one in numbers] if people else [],
            estimated_wait_seconds=None if wait is None else round(wait),
        )


def _candidate(number: str, name: str | None, born: str | None) -> CandidateView:
    return CandidateView(advancedmd_patient_id=number, name=name, date_of_birth=born)
