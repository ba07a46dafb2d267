"""The stack on the embedded engine: created from the deployed template, signed in to, booked through over HTTP.

What the engine does not do, so this does not show: it runs functions in its own interpreter on this machine, and is
given an archive for that one; CloudFront distributions are recorded and answer nothing; alarms do not fire; IAM
policies are stored and not enforced; a function whose code is absent is made all the same; an unknown route gets the
engine's own refusal and not our gateway response; nothing shifts between versions (CodeDeploy is left out).
Changed for it: where functions find AWS, the sockets and the keys of Cognito, their machine, and that its client may
sign in with a password.
"""

from __future__ import annotations

import copy
import json
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.deploy import emulate_sockets
from infra.local.schedules import scheduled_event
from infra.local.testing import Engine

STACK = "careslot-verify"
_BUCKET, _KEY = "careslot-artefacts", "verify.zip"
_PASSWORD = "Verify-1234567"  # noqa: S105  # nosec B105 # of a user pool that lives for a minute
_WAIT_SECONDS = 60
_CODE_DEPLOY = ("AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup")
Reply = tuple[int, dict[str, Any]]


class EmulationFailed(Exception):
    """The stack, or a request through it, did not come to what it should."""


def book_through(engine: Engine, translated: dict[str, Any], archive: Path) -> str:
    """Create the stack, book through its API, wait for the change's audit entry; a sentence about what was shown."""
    s3 = engine.client("s3")
    s3.create_bucket(Bucket=_BUCKET)
    s3.put_object(Bucket=_BUCKET, Key=_KEY, Body=archive.read_bytes())
    made = _create(engine, for_engine(translated, engine.url))
    address = f"{engine.url}/restapis/{made['RestAPI']}/{_stage(translated)}/_user_request_"
    _Api(address, "", door="").expect(403, "GET", "/api/health")
    api = _Api(address, _token(engine, made), door=_origin_secret(engine, made))
    appointment = _book(api)
    _follow(engine, made, _stage(translated), api, appointment)
    _await_audit(api, appointment)
    _seal(engine, made, api)
    return (
        f"{len(made)} resources made; booked {appointment} over HTTP with a token of the pool; "
        "a socket was told of its change, which was audited, "
        "and the trail sealed and verified"
    )


def for_engine(translated: dict[str, Any], engine_url: str) -> dict[str, Any]:
    """The translated template with the changes that this module's docstring names."""
    template = copy.deepcopy(translated)
    resources = template["Resources"]
    for name in [name for name, found in resources.items() if found["Type"] in _CODE_DEPLOY]:
        del resources[name]
    resources.pop("CodeDeployServiceRole", None)
    for resource in resources.values():
        resource.pop("UpdatePolicy", None)
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["Code"] = {"S3Bucket": _BUCKET, "S3Key": _KEY}
            resource["Properties"]["Architectures"] = ["x86_64"]
            resource["Properties"]["Environment"]["Variables"] |= {
                "AWS_ENDPOINT_URL": engine_url,
                "AUTH_JWKS_URL": {"Fn::Sub": f"{engine_url}/${{UserPool}}/.well-known/jwks.json"},
            }
    for name in ("OnFanout", "OnSocket"):
        sockets = emulate_sockets.endpoint(engine_url, "${SocketsApi}", "${StageName}")
        resources[name]["Properties"]["Environment"]["Variables"]["SOCKETS_ENDPOINT"] = {"Fn::Sub": sockets}
    resources["UserPoolClient"]["Properties"]["ExplicitAuthFlows"].append("ALLOW_ADMIN_USER_PASSWORD_AUTH")
    return template


def _create(engine: Engine, template: dict[str, Any]) -> dict[str, str]:
    """Create the stack through S3, as AWS needs it for a template of this size; physical ids by logical ones."""
    engine.client("s3").put_object(Bucket=_BUCKET, Key="verify.json", Body=json.dumps(template).encode())
    formation = engine.client("cloudformation")
    formation.create_stack(
        StackName=STACK,
        TemplateURL=f"{engine.url}/{_BUCKET}/verify.json",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    )
    deadline = time.monotonic() + _WAIT_SECONDS
    while (status := formation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]) == "CREATE_IN_PROGRESS":
        if time.monotonic() > deadline:
            raise EmulationFailed("the engine did not create the stack in time")
        time.sleep(0.1)
    if status != "CREATE_COMPLETE":
        events = formation.describe_stack_events(StackName=STACK)["StackEvents"]
        reasons = [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
            for event in events
            if event["ResourceStatus"].endswith("FAILED")
        ]
        raise EmulationFailed(f"the engine ended with {status}: {'; '.join(reasons)}")
    pages = formation.get_paginator("list_stack_resources").paginate(StackName=STACK)
    return {
        found["LogicalResourceId"]: found["PhysicalResourceId"]
        for page in pages
        for found in page["StackResourceSummaries"]
    }


def _origin_secret(engine: Engine, made: dict[str, str]) -> str:
    """What CloudFront would say to the application."""
    kept = engine.client("secretsmanager").get_secret_value(SecretId=made["OriginSecret"])["SecretString"]
    secret: str = json.loads(kept)["current"]
    return secret


def _token(engine: Engine, made: dict[str, str]) -> str:
    """An administrator's ID token from the stack's own user pool."""
    cognito = engine.client("cognito-idp")
    pool, client, name = made["UserPool"], made["UserPoolClient"], "admin@careslot.example"
    cognito.admin_create_user(
        UserPoolId=pool, Username=name, MessageAction="SUPPRESS", UserAttributes=[{"Name": "email", "Value": name}]
    )
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=_PASSWORD, Permanent=True)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName="admin")
    signed_in = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": _PASSWORD},
    )
    token: str = signed_in["AuthenticationResult"]["IdToken"]
    return token


def _book(api: _Api) -> str:
    """A clinic, and a first appointment in it; a second one at that time is refused."""
    api.expect(200, "GET", "/api/health")
    hospital = api.make("/api/hospitals", {"name": "General Hospital"})
    location = api.make("/api/locations", {"name": "Main Street", "zone": "UTC", "hospital_id": hospital})
    doctor = api.make(
        "/api/doctors",
        {"name": "Dr. Smith", "specialty": "Cardiology", "hospital_id": hospital, "location_ids": [location]},
    )
    hours = {"location_id": location, "start": "00:00", "end": "23:30", "weekdays": list(range(7))}
    api.expect(200, "PUT", f"/api/doctors/{doctor}/schedule", {"hours": [hours], "slot_minutes": 30})
    patients = [
        api.make("/api/patients", {"first_name": name, "last_name": "Müller", "phone": f"+1415555010{number}"})
        for number, name in enumerate(("Zoë", "Ana"))
    ]
    start = (datetime.now(UTC) + timedelta(days=7)).replace(hour=10, minute=0, second=0, microsecond=0).isoformat()
    first, second = ({"doctor_id": doctor, "patient_id": patient, "scheduled_date": start} for patient in patients)
    appointment = api.make("/api/appointments", first)
    api.expect(409, "POST", "/api/appointments", second)
    api.expect(200, "GET", f"/api/appointments/{appointment}")
    return appointment


def _follow(engine: Engine, made: dict[str, str], stage: str, api: _Api, appointment: str) -> None:
    """A socket that follows the appointment is told that it was confirmed."""
    try:
        emulate_sockets.follow(
            emulate_sockets.endpoint(engine.url, made["SocketsApi"], stage),
            token=api.token,
            door=api.door,
            topic=f"appointment:{appointment}",
            change=lambda: api.expect(200, "PUT", f"/api/appointments/{appointment}/status", {"status": "confirmed"}),
        )
    except emulate_sockets.NotTold as failure:
        raise EmulationFailed(str(failure)) from failure


def _await_audit(api: _Api, appointment: str) -> None:
    """The stream's consumer runs by itself; its entry shows that it was given the change and could write."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while not api.expect(200, "GET", f"/api/audit/appointment/{appointment}")["data"]:
        if time.monotonic() > deadline:
            raise EmulationFailed("the table's change reached no consumer")
        time.sleep(0.2)


def _seal(engine: Engine, made: dict[str, str], api: _Api) -> None:
    """The sealer makes a first seal, of nothing as yet; that it verifies shows that it could sign."""
    event = json.dumps(scheduled_event("seal", datetime.now(UTC)))
    reply = engine.client("lambda").invoke(FunctionName=made["Seal"], Payload=event)
    if reply.get("FunctionError"):
        raise EmulationFailed(f"the sealer failed: {reply['Payload'].read()[:600]!r}")
    said = api.expect(200, "GET", "/api/audit/verify")["data"]
    if not said["clean"] or not said["seals"]:
        raise EmulationFailed(f"the audit trail does not verify: {json.dumps(said)[:600]}")


def _stage(translated: dict[str, Any]) -> str:
    (stage,) = [found for found in translated["Resources"].values() if found["Type"] == "AWS::ApiGateway::Stage"]
    name: str = stage["Properties"]["StageName"]
    return name


class _Api:
    """The stack's API for one caller."""

    def __init__(self, base: str, token: str, *, door: str) -> None:
        self.token, self.door = token, door
        self._base = base
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._headers |= {"X-Origin-Secret": door} if door else {}

    def make(self, path: str, body: dict[str, Any]) -> str:
        """Create something; its id."""
        made: str = self.expect(201, "POST", path, body)["data"]["id"]
        return made

    def expect(self, status: int, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a request that must end in `status`; the reply's body."""
        found, said = self._send(method, path, body)
        if found != status:
            raise EmulationFailed(f"{method} {path} answered {found} and not {status}: {json.dumps(said)[:600]}")
        return said

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> Reply:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self._base + path, data, self._headers, method=method)  # noqa: S310 - the engine
        try:
            with urllib.request.urlopen(request, timeout=_WAIT_SECONDS) as reply:  # noqa: S310  # nosec B310 # the engine, over HTTP
                return reply.status, _read(reply.read())
        except urllib.error.HTTPError as refused:
            return refused.code, _read(refused.read())


def _read(raw: bytes) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads(raw)
    except ValueError:
        return {"unreadable": raw[:300].decode(errors="replace")}
    return said
