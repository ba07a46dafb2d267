"""The office at AdvancedMD over HTTP: what is settled about it, and whether it lets us in."""
# ruff: noqa: A002 - a handler's parameter has the name that the path variable has on the wire

from typing import Any

from chalicelib.advancedmd import connecting, offering, profiles, setup
from chalicelib.advancedmd.answering import AdvancedMDRefuses
from chalicelib.advancedmd.enrolling import LINKING
from chalicelib.advancedmd.offering_schemas import OfferedView
from chalicelib.advancedmd.settings_schemas import ChangeOffice, ConnectionView, OfficeView
from chalicelib.advancedmd.setup import CHANGING, NotSetUp
from chalicelib.advancedmd.sync_views import DoctorLinkView, LinkDoctor
from chalicelib.kit.auth import Role
from chalicelib.kit.http import Api, Call, Reply, fresh

api = Api(__name__)
ADMINS: frozenset[Role] = frozenset({"admin"})


@api.get("/api/advancedmd/settings", roles=ADMINS, view=OfficeView)
def read_advancedmd_settings(call: Call[Any, Any]) -> Reply:
    """Show the office, its masked credentials, and what is kept in step with it, where and how often."""
    item = setup.item()
    return _shown(item, fresh(call, str(int(item.version) if item else 0)))


@api.put("/api/advancedmd/settings", roles=ADMINS, body=ChangeOffice, view=OfficeView, refuses=CHANGING)
def change_advancedmd_settings(call: Call[ChangeOffice, Any]) -> Reply:
    """Settle what is kept in step with the office: at which locations, how often; pause it, or resume."""
    item = setup.settle(call.body.fields(), stamp=call.stamp)
    return _shown(item, f'"{int(item.version)}"')


@api.post("/api/advancedmd/settings/test-connection", roles=ADMINS, view=ConnectionView, refuses=(NotSetUp,))
def check_advancedmd_connection(_call: Call[Any, Any]) -> ConnectionView:
    """Sign in at the office and say whether that works."""
    return ConnectionView.of(connecting.check())


@api.get("/api/advancedmd/office", roles=ADMINS, view=OfferedView, tagged=False, refuses=(NotSetUp, AdvancedMDRefuses))
def read_advancedmd_office(_call: Call[Any, Any]) -> OfferedView:
    """Show the office's profiles, facilities, columns and types of appointments, as they were within the last hour."""
    return OfferedView.of(offering.offered())


@api.put(
    "/api/advancedmd/doctors/{id}/link",
    roles=ADMINS,
    body=LinkDoctor,
    view=DoctorLinkView,
    tagged=False,
    refuses=LINKING,
)
def link_doctor_to_advancedmd(call: Call[LinkDoctor, Any], id: str) -> DoctorLinkView:
    """Say which profile at AdvancedMD is a doctor's, where the names do not tell."""
    number = call.body.advancedmd_provider_id
    profiles.link(id, profile_id=number, stamp=call.stamp)
    return DoctorLinkView(doctor_id=id, advancedmd_provider_id=str(number))


@api.delete("/api/advancedmd/doctors/{id}/link", roles=ADMINS, view=DoctorLinkView, tagged=False, refuses=(NotSetUp,))
def unlink_doctor_from_advancedmd(call: Call[Any, Any], id: str) -> DoctorLinkView:
    """End a doctor's link that was wrong; the profile is nobody's until somebody says whose it is."""
    profiles.unlink(id, stamp=call.stamp)
    return DoctorLinkView(doctor_id=id, advancedmd_provider_id=None)


def _shown(item: Any, etag: str) -> Reply:
    return Reply(OfficeView.of(item, connecting.known()), etag=etag)
