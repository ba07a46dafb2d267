"""Who may sign in to a stage is said by operators: role, bounds and record, none of which users write themselves."""

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.kit import clock
from chalicelib.table import sessions
from infra.deploy import user
from infra.deploy.places import Place
from infra.local import resources
from infra.local.testing import Engine

PASSWORD = "Correct-horse-7"
NOBODY = {"person_id": None, "hospital_id": None, "location_id": None}


@pytest.fixture(scope="module")
def place(engine: Engine) -> Place:
    """A stage with the user pool and the client of infra/resources.yaml, and a group for each role."""
    cognito, declared = engine.client("cognito-idp"), resources.load()["Resources"]
    schema = declared["UserPool"]["Properties"]["Schema"]
    pool = cognito.create_user_pool(
        PoolName=f"careslot-{uuid.uuid4().hex[:8]}", Schema=schema, UsernameAttributes=["email"]
    )["UserPool"]["Id"]
    said = declared["UserPoolClient"]["Properties"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="app",
        ExplicitAuthFlows=[*said["ExplicitAuthFlows"], "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
        ReadAttributes=said["ReadAttributes"],
        WriteAttributes=said["WriteAttributes"],
        EnableTokenRevocation=said["EnableTokenRevocation"],
    )["UserPoolClient"]["ClientId"]
    for resource in declared.values():
        if resource["Type"] == "AWS::Cognito::UserPoolGroup":
            cognito.create_group(UserPoolId=pool, GroupName=resource["Properties"]["GroupName"])
    table = {"TABLE_NAME": "careslot-test"}
    return Place("staging", engine.client, {"AUTH_USER_POOL": pool, "AUTH_AUDIENCE": client} | table)


@pytest.fixture
def email() -> str:
    return f"{uuid.uuid4().hex[:10]}@clinic.example"


@pytest.fixture
def sign_in(place: Place) -> Callable[[str], dict[str, Any]]:
    """The claims of the ID token of somebody who signs in, and the access token beside them."""

    def done(email: str) -> dict[str, Any]:
        cognito, pool = place.client("cognito-idp"), place.settings["AUTH_USER_POOL"]
        cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True)
        said = cognito.admin_initiate_auth(
            UserPoolId=pool,
            ClientId=place.settings["AUTH_AUDIENCE"],
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
        )["AuthenticationResult"]
        payload = said["IdToken"].split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims | {"access": said["AccessToken"]}

    return done


def test_a_doctor_s_token_names_role_record_and_hospital(
    place: Place, email: str, sign_in: Callable[[str], dict[str, Any]]
) -> None:
    new = user.bring(place, email=email, role="doctor", bounds=NOBODY | {"person_id": "doc_1", "hospital_id": "hos_1"})

    claims = sign_in(email)
    assert new
    assert claims["cognito:groups"] == ["doctor"]
    assert (claims["custom:person_id"], claims["custom:hospital_id"]) == ("doc_1", "hos_1")


def test_a_changed_user_keeps_nothing_of_the_earlier_role(
    place: Place, email: str, sign_in: Callable[[str], dict[str, Any]]
) -> None:
    user.bring(place, email=email, role="doctor", bounds=NOBODY | {"person_id": "doc_1", "hospital_id": "hos_1"})

    new = user.bring(place, email=email, role="receptionist", bounds=NOBODY | {"location_id": "loc_2"})

    claims = sign_in(email)
    assert not new
    assert claims["cognito:groups"] == ["receptionist"]
    assert claims["custom:location_id"] == "loc_2"
    assert not claims.get("custom:person_id")
    assert not claims.get("custom:hospital_id")


def test_a_disabled_user_signs_in_no_more_and_every_session_is_over(
    place: Place, email: str, sign_in: Callable[[str], dict[str, Any]]
) -> None:
    person = f"doc_{uuid.uuid4().hex[:8]}"
    user.bring(place, email=email, role="doctor", bounds=NOBODY | {"person_id": person})
    sign_in(email)
    now = clock.now()

    user.disable(place, email, now=now)

    cognito = place.client("cognito-idp")
    with pytest.raises(cognito.exceptions.NotAuthorizedException):
        sign_in(email)
    assert sessions.ended(f"doctor:{person}").until == int(now.timestamp())


def test_a_user_who_is_enabled_again_can_sign_in(
    place: Place, email: str, sign_in: Callable[[str], dict[str, Any]]
) -> None:
    user.bring(place, email=email, role="admin", bounds=NOBODY)
    user.disable(place, email, now=clock.now())

    user.bring(place, email=email, role="admin", bounds=NOBODY, enable=True)

    assert sign_in(email)["cognito:groups"] == ["admin"]


def test_an_unknown_user_cannot_be_disabled(place: Place, email: str) -> None:
    with pytest.raises(user.UserRefused, match="is nobody of staging"):
        user.disable(place, email, now=clock.now())


@pytest.mark.parametrize(
    ("role", "bounds", "sentence"),
    [
        ("doctor", {}, "a doctor needs --person"),
        ("patient", {"hospital_id": "hos_1"}, "a patient needs --person"),
        ("billing", {"person_id": "doc_1", "hospital_id": "hos_1"}, "a billing has no --person"),
        ("kiosk", {}, "a kiosk reaches nothing without --hospital or --location"),
        (None, {}, "--role is one of"),
    ],
)
def test_a_role_without_what_it_needs_is_refused(role: str | None, bounds: dict[str, str], sentence: str) -> None:
    with pytest.raises(user.UserRefused, match=sentence):
        user.check(role, NOBODY | bounds)
