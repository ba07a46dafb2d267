"""Deploying and going back, on the embedded engine's CloudFormation and S3."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import asking, package
from infra.deploy import deploy as deploying
from infra.deploy.changesets import DeploymentFailed, Stack
from infra.deploy.releases import Releases
from infra.deploy.rollback import rollback
from infra.local import resources
from infra.local.testing import Engine


def minimal(answer: str, *, table: bool = True) -> dict[str, Any]:
    """A stack of one function and one table; `answer` is what makes one release differ from another."""
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Runtime": "python3.11",
            "Handler": "app.app",
            "CodeUri": "./deployment.zip",
            "Environment": {"Variables": {"ANSWER": answer}},
        },
    }
    keys = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
        },
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"StageName": {"Type": "String", "Default": "dev"}},
        "Resources": {"Function": function} | ({"Table": keys} if table else {}),
        "Outputs": {"FunctionName": {"Value": {"Ref": "Function"}}},
    }


class Account:
    """One stage in an account of its own: its stack, its artefacts, and what was said."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        mark = uuid.uuid4().hex[:8]
        self.engine = engine
        self.folder = folder
        self.stage = "dev"
        self.name = f"careslot-{mark}"
        self.said: list[str] = []
        self.releases = Releases(engine.client("s3"), f"careslot-artefacts-{mark}", "dev")
        self.stack = Stack(engine.client("cloudformation"), self.name, pause=0.05, say=self.said.append, patience=60)

    def deploy(self, template: dict[str, Any], *, agree: bool = True, parameters: dict[str, str] | None = None) -> Any:
        """Deploy a package with this template."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(zipfile.ZipInfo("app.py"), "def app(event, context):\n    return 'ok'\n")
        (self.folder / "deployment.zip").write_bytes(packed.getvalue())
        (self.folder / "template.json").write_text(json.dumps(template))
        return self.deploy_folder(self.folder, agree=agree, parameters=parameters)

    def deploy_folder(self, folder: Path, *, agree: bool = True, parameters: dict[str, str] | None = None) -> Any:
        """Deploy a finished package."""
        return deploying.deploy(
            self.stage,
            folder,
            stack=self.stack,
            releases=self.releases,
            agree=lambda _: agree,
            parameters=parameters or {},
            say=self.said.append,
        )

    def roll_back(self, migrated: int = 0) -> Any:
        """Go back one release."""
        stage = {"stack": self.stack, "releases": self.releases, "agree": lambda _: True, "say": self.said.append}
        return rollback("dev", migrated=migrated, **stage)

    def answer(self) -> str:
        """Which release the deployed function is of."""
        described = self.engine.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        name = described["Outputs"][0]["OutputValue"]
        function = self.engine.client("lambda").get_function_configuration(FunctionName=name)
        answer: str = function["Environment"]["Variables"]["ANSWER"]
        return answer


@pytest.fixture
def account(engine: Engine, tmp_path: Path) -> Account:
    return Account(engine, tmp_path)


def test_what_a_deployment_would_do_is_said_before_it_does_it(account: Account) -> None:
    account.deploy(minimal("one"))

    proposed = next(i for i, line in enumerate(account.said) if "Table (AWS::DynamoDB::Table)" in line)
    happened = next(i for i, line in enumerate(account.said) if "CREATE_COMPLETE" in line)
    assert account.said[0] == "dev: a new stack"
    assert proposed < happened
    assert account.said[-1] == "dev: done"


def test_without_agreement_nothing_is_made(account: Account) -> None:
    release = account.deploy(minimal("one"), agree=False)

    assert release is None
    assert account.stack.status() in (None, "DELETE_COMPLETE")
    assert account.releases.current() is None


def test_the_same_package_again_changes_nothing(account: Account) -> None:
    account.deploy(minimal("one"))

    assert account.deploy(minimal("one")) is None
    assert account.said[-1] == "dev: nothing to change"


def test_a_rollback_brings_back_the_release_before_and_another_the_one_before_that(account: Account) -> None:
    for answer in ("one", "two", "three"):
        account.deploy(minimal(answer))

    account.roll_back()
    after_one = account.answer()
    account.roll_back()
    after_two = account.answer()

    assert (after_one, after_two) == ("two", "one")
    with pytest.raises(DeploymentFailed, match="no earlier release"):
        account.roll_back()


def test_a_deployment_after_a_rollback_goes_back_to_what_was_running(account: Account) -> None:
    for answer in ("one", "two"):
        account.deploy(minimal(answer))
    account.roll_back()
    account.deploy(minimal("three"))

    account.roll_back()

    assert account.answer() == "one"


def test_there_is_no_way_back_to_a_release_that_could_not_read_the_table(account: Account) -> None:
    account.deploy(minimal("one"))
    account.deploy(minimal("two"))

    with pytest.raises(DeploymentFailed, match="release 1 knows 0 migrations, and the table has seen 1"):
        account.roll_back(migrated=1)
    assert account.answer() == "two"


def test_what_an_operator_has_set_is_kept_by_the_next_deployment(account: Account) -> None:
    template = minimal("one")
    template["Parameters"]["CorsOrigin"] = {"Type": "String", "Default": "https://careslot.example"}
    account.stage = "staging"
    with pytest.raises(DeploymentFailed, match="only a placeholder: say whose pages may call it with --set"):
        account.deploy(template)
    account.deploy(template, parameters={"CorsOrigin": "https://clinic.org"})

    template["Resources"]["Function"]["Properties"]["Environment"]["Variables"]["ANSWER"] = "two"
    account.deploy(template)

    assert account.answer() == "two"
    assert account.stack.parameters()["CorsOrigin"] == "https://clinic.org"


def test_a_release_that_would_let_go_of_the_table_is_refused(account: Account) -> None:
    account.deploy(minimal("one"))

    with pytest.raises(DeploymentFailed, match="data would be lost, so nothing was changed: Table would be removed"):
        account.deploy(minimal("two", table=False))
    assert account.answer() == "one"


def test_a_deployment_that_fails_says_which_resource_and_is_not_noted_as_a_release(account: Account) -> None:
    account.deploy(minimal("one"))
    wrong = minimal("two")
    wrong["Resources"]["Failing"] = {
        "Type": "AWS::Cognito::UserPoolGroup",
        "Properties": {"UserPoolId": "us-east-1_absent", "GroupName": "doctor"},
    }

    with pytest.raises(DeploymentFailed, match=r"UPDATE_ROLLBACK_COMPLETE: .*Failing: UserPool us-east-1_absent"):
        account.deploy(wrong)
    assert account.answer() == "one"
    assert account.releases.current() == account.releases.get(1)


def test_artefacts_are_private_and_named_by_their_contents(account: Account) -> None:
    release = account.deploy(minimal("one"))

    s3 = account.engine.client("s3")
    keys = {found["Key"] for found in s3.list_objects_v2(Bucket=account.releases.bucket)["Contents"]}
    blocked = s3.get_public_access_block(Bucket=account.releases.bucket)["PublicAccessBlockConfiguration"]
    assert keys == {f"dev/archives/{release.archive_sha256}.zip", release.template, "dev/releases/000001.json"}
    assert all(blocked.values())


def test_the_whole_package_is_deployed_as_it_would_be_to_aws(account: Account, built: package.Built) -> None:
    release = account.deploy_folder(built.out)

    assert release is not None
    assert account.stack.status() == "CREATE_COMPLETE"


def test_a_package_that_was_not_verified_is_not_known_as_one(built: package.Built) -> None:
    assert deploying.stage_of(built.out) is None


def test_nobody_at_the_terminal_is_a_no(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    agreed: Callable[[str], bool] = asking.ask

    assert not agreed("execute?")
    assert "--yes" in capsys.readouterr().err


def test_whatever_a_stack_can_be_told_an_operator_can_set() -> None:
    settled_by_the_stage = {"StageName", "LogDays"}

    declared = set(resources.load()["Parameters"])

    assert declared - settled_by_the_stage == set(deploying.KEPT)
