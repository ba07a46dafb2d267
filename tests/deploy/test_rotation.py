"""The secret of the front door is replaced while requests come in, whichever of the two sides changes first."""

import json
import uuid

import pytest

from chalicelib.admin.front_door import is_open
from infra.deploy import rotate
from infra.deploy.places import Place
from infra.local.testing import Engine


@pytest.fixture
def place(engine: Engine) -> Place:
    """A stage whose secret was never replaced."""
    name = f"careslot/{uuid.uuid4().hex[:8]}/origin"
    first = json.dumps({"current": "a" * 48, "previous": "none"})
    engine.client("secretsmanager").create_secret(Name=name, SecretString=first)
    return Place("staging", engine.client, {"ORIGIN_SECRET_NAME": name})


def deployed(place: Place) -> tuple[str, str]:
    """What CloudFront says after a deployment, and what the functions let in."""
    name = place.settings["ORIGIN_SECRET_NAME"]
    held = json.loads(place.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])
    return held["current"], f"{held['current']} {held['previous']}"


def test_at_each_step_old_and_new_sides_understand_each_other(place: Place) -> None:
    before = deployed(place)
    rotate.begin(place)
    begun = deployed(place)
    rotate.finish(place)
    finished = deployed(place)

    for earlier, later in ((before, begun), (begun, finished)):
        assert is_open(earlier[0], later[1])
        assert is_open(later[0], earlier[1])
    assert finished[0] != before[0]


def test_replacing_it_in_one_step_would_refuse_requests(place: Place) -> None:
    before = deployed(place)
    rotate.begin(place)
    rotate.finish(place)
    at_once = deployed(place)

    assert not is_open(at_once[0], before[1])


def test_after_the_next_rotation_has_begun_the_first_secret_opens_nothing(place: Place) -> None:
    first = deployed(place)[0]

    for step in (rotate.begin, rotate.finish, rotate.begin):
        step(place)

    assert not is_open(first, deployed(place)[1])


def test_each_step_names_another_version_to_deploy(place: Place) -> None:
    assert rotate.begin(place) != rotate.finish(place)
