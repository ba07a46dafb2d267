"""The three stages, and what stands around their functions."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.admin import front_door
from chalicelib.kit.auth import ROLES
from chalicelib.kit.settings import Settings
from infra.deploy import deploy, package, template, translation

CHALICE = Path(__file__).parents[2] / ".chalice"
CONFIG = json.loads((CHALICE / "config.json").read_text())
STAGES = list(CONFIG["stages"])


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_named_after_its_environment_and_gives_the_application_settings_that_it_knows(stage: str) -> None:
    config = template.stage_config(stage)
    given = {name for name in config["environment_variables"] if not name.startswith("POWERTOOLS_")}

    assert config["api_gateway_stage"] == config["environment_variables"]["CARESLOT_STAGE"] == stage
    assert given <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("stage", STAGES)
def test_every_function_of_a_stage_has_its_own_policy_time_and_memory(stage: str) -> None:
    functions = CONFIG["stages"][stage]["lambda_functions"]
    policies = [found["iam_policy_file"] for found in functions.values()]

    events = {"on_change", "on_fanout", "on_socket", "on_reminder", "on_mail_event", "on_office"}
    events |= {"sweep", "remind", "tend_office", "seal", "close_day"}
    assert set(functions) == {"api_handler", *events}
    assert len(set(policies)) == len(policies)
    assert all((CHALICE / policy).exists() for policy in policies)
    assert functions["api_handler"]["lambda_timeout"] < 29  # API Gateway waits no longer


def test_only_the_development_stage_answers_pages_of_every_origin() -> None:
    origins = {stage: CONFIG["stages"][stage]["environment_variables"]["CORS_ORIGIN"] for stage in STAGES}

    assert [stage for stage, origin in origins.items() if origin == "*"] == ["dev"]


@pytest.mark.parametrize("stage", ["staging", "prod"])
def test_staging_and_prod_shift_requests_bit_by_bit_and_watch_alarms(built: package.Built, stage: str) -> None:
    made = template.complete(copy.deepcopy(built.package.template), stage, template.stage_config(stage))

    translated = translation.translate(made)

    groups = [
        found["Properties"]
        for found in translated["Resources"].values()
        if found["Type"] == "AWS::CodeDeploy::DeploymentGroup"
    ]
    assert translation.lint(translated) == []
    assert len(groups) == 1
    assert groups[0]["AutoRollbackConfiguration"]["Enabled"]
    assert [alarm["Name"] for alarm in groups[0]["AlarmConfiguration"]["Alarms"]] == [
        {"Ref": "ApiFailures"},
        {"Ref": "ApiSlow"},
    ]


def test_there_is_a_group_for_every_role(translated: dict[str, Any]) -> None:
    groups = [
        found["Properties"]["GroupName"]
        for found in translated["Resources"].values()
        if found["Type"] == "AWS::Cognito::UserPoolGroup"
    ]

    assert set(groups) == ROLES


def test_nobody_writes_the_bounds_of_their_own_reach(translated: dict[str, Any]) -> None:
    client = translated["Resources"]["UserPoolClient"]["Properties"]

    assert client["WriteAttributes"] == ["email"]


def test_a_token_says_whose_record_is_the_user_s_and_what_bounds_them(translated: dict[str, Any]) -> None:
    client = translated["Resources"]["UserPoolClient"]["Properties"]
    schema = translated["Resources"]["UserPool"]["Properties"]["Schema"]

    bounds = {f"custom:{attribute['Name']}" for attribute in schema}
    assert bounds == {"custom:person_id", "custom:hospital_id", "custom:location_id"}
    assert bounds <= set(client["ReadAttributes"])


def test_sessions_end_rotate_and_are_short(translated: dict[str, Any]) -> None:
    client = translated["Resources"]["UserPoolClient"]["Properties"]

    assert client["EnableTokenRevocation"]
    assert client["RefreshTokenRotation"]["Feature"] == "ENABLED"
    assert "ALLOW_REFRESH_TOKEN_AUTH" not in client["ExplicitAuthFlows"]  # it would renew with the old token
    assert (client["IdTokenValidity"], client["TokenValidityUnits"]["IdToken"]) == (60, "minutes")
    assert (client["RefreshTokenValidity"], client["TokenValidityUnits"]["RefreshToken"]) == (12, "hours")


def test_cloudfront_says_the_secret_by_which_the_application_knows_it(translated: dict[str, Any]) -> None:
    resources = translated["Resources"]
    headers = [
        header
        for origin in resources["Distribution"]["Properties"]["DistributionConfig"]["Origins"]
        for header in origin["OriginCustomHeaders"]
    ]
    told = [
        resources[function]["Properties"]["Environment"]["Variables"]["ORIGIN_SECRETS"]["Fn::Sub"]
        for function in ("APIHandler", "OnSocket")
    ]

    assert {header["HeaderName"].lower() for header in headers} == {front_door.HEADER}
    assert len(headers) == len(told)
    assert all(header["HeaderValue"]["Fn::Sub"] in secrets for header in headers for secrets in told)
    assert all("resolve:secretsmanager" in header["HeaderValue"]["Fn::Sub"] for header in headers)


def test_only_the_functions_that_answer_requests_and_sockets_know_that_secret(translated: dict[str, Any]) -> None:
    knowing = [
        name
        for name, found in translated["Resources"].items()
        if found["Type"] == "AWS::Lambda::Function" and "ORIGIN_SECRETS" in json.dumps(found)
    ]

    assert sorted(knowing) == ["APIHandler", "OnSocket"]


def test_the_allowed_origin_is_a_parameter_wherever_it_is_said(built: package.Built) -> None:
    made = template.complete(copy.deepcopy(built.package.template), "prod", template.stage_config("prod"))
    said = made["Parameters"]["CorsOrigin"]["Default"]

    assert said == "https://careslot.example"
    assert json.dumps(made["Resources"]).count(said) == 0
    assert json.dumps(made["Resources"]["RestAPI"]).count("'${CorsOrigin}'") > 20


@pytest.mark.parametrize("stage", ["staging", "prod"])
@pytest.mark.parametrize("origin", ["*", "https://careslot.example"])
def test_a_placeholder_of_an_origin_is_not_deployed(stage: str, origin: str) -> None:
    assert "only a placeholder" in deploy.unfit(stage, {"CorsOrigin": origin})
    assert deploy.unfit(stage, {"CorsOrigin": "https://clinic.org"}) == ""
    assert deploy.unfit("dev", {"CorsOrigin": "*"}) == ""


def test_a_name_without_its_certificate_is_not_deployed() -> None:
    there = {"CorsOrigin": "https://clinic.org", "DomainName": "api.clinic.org"}

    assert "CertificateArn" in deploy.unfit("prod", there)
    assert deploy.unfit("prod", there | {"CertificateArn": "arn:aws:acm:…"}) == ""


def test_the_gateway_s_own_refusals_carry_our_envelope_and_cors(translated: dict[str, Any]) -> None:
    responses = translated["Resources"]["RestAPI"]["Properties"]["Body"]["x-amazon-apigateway-gateway-responses"]
    bodies = {kind: json.loads(said["responseTemplates"]["application/json"]) for kind, said in responses.items()}

    assert {"DEFAULT_4XX", "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN", "THROTTLED"} <= set(responses)
    assert responses["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == "404"
    assert all(body["success"] is False for body in bodies.values())
    assert all(set(body["error"]) == {"code", "message", "details", "request_id"} for body in bodies.values())
    assert all(
        "gatewayresponse.header.Access-Control-Allow-Origin" in said["responseParameters"]
        for said in responses.values()
    )


def test_the_access_log_holds_neither_path_nor_query_nor_address(translated: dict[str, Any]) -> None:
    (stage,) = [found for found in translated["Resources"].values() if found["Type"] == "AWS::ApiGateway::Stage"]
    logged = stage["Properties"]["AccessLogSetting"]["Format"]

    assert "$context.resourcePath" in logged
    assert not [word for word in ("$context.path", "sourceIp", "querystring", "authorizer") if word in logged]


def test_everything_that_may_go_wrong_has_an_alarm_that_tells_somebody(translated: dict[str, Any]) -> None:
    alarms = [
        found["Properties"] for found in translated["Resources"].values() if found["Type"] == "AWS::CloudWatch::Alarm"
    ]
    watched = {(one["Namespace"].removeprefix("AWS/"), one["MetricName"]) for one in alarms if "MetricName" in one}

    assert watched >= {
        ("ApiGateway", "5XXError"),
        ("ApiGateway", "Latency"),
        ("Lambda", "Errors"),
        ("Lambda", "Throttles"),
        ("Lambda", "IteratorAge"),
        ("SQS", "ApproximateNumberOfMessagesVisible"),
    }
    assert all(alarm["AlarmActions"] == [{"Ref": "Alarms"}] for alarm in alarms)


def mentions(node: Any) -> list[Any]:
    """Everything that names the table of the stack and leaves no choice."""
    if isinstance(node, list):
        return [found for one in node for found in mentions(one)]
    if not isinstance(node, dict) or node.get("Fn::If", [""])[0] == "TableIsRestored":
        return []
    named = node == {"Ref": "Table"} or node.get("Fn::GetAtt", [""])[0] == "Table"
    named = named or "${Table" in str(node.get("Fn::Sub", ""))
    return [node] if named else [found for one in node.values() for found in mentions(one)]


def test_a_restored_table_takes_the_place_of_the_stack_s_own_everywhere(translated: dict[str, Any]) -> None:
    made = {name: found for name, found in translated["Resources"].items() if name != "Table"}

    assert mentions(made) == []
    assert mentions(translated["Outputs"]) == []
    assert json.dumps(made).count('"TableIsRestored"') > 15
    assert mentions({"a": [{"Ref": "Table"}], "b": {"Fn::Sub": "${Table.Arn}/x"}}) != []


def test_a_restored_table_without_its_stream_is_not_deployed() -> None:
    assert "together with its RestoredStream" in deploy.unfit("dev", {"RestoredTable": "careslot-back"})


def watched(translated: dict[str, Any], metric: str) -> set[str]:
    """The resources that an alarm of this metric watches."""
    return {
        dimension["Value"].get("Ref") or dimension["Value"].get("Fn::GetAtt", [""])[0]
        for found in translated["Resources"].values()
        if found["Type"] == "AWS::CloudWatch::Alarm" and found["Properties"].get("MetricName") == metric
        for dimension in found["Properties"].get("Dimensions", [])
        if isinstance(dimension["Value"], dict)
    }


def test_every_function_and_every_feed_has_alarms_of_its_own(translated: dict[str, Any]) -> None:
    resources = translated["Resources"]
    functions = {name for name, found in resources.items() if found["Type"] == "AWS::Lambda::Function"}
    queues = {name for name, found in resources.items() if found["Type"] == "AWS::SQS::Queue"}
    readers = {
        found["Properties"]["FunctionName"]["Ref"]
        for found in resources.values()
        if found["Type"] == "AWS::Lambda::EventSourceMapping" and "StartingPosition" in found["Properties"]
    }

    assert len(functions) >= 4
    assert watched(translated, "Errors") == functions
    assert watched(translated, "Throttles") == functions
    assert watched(translated, "IteratorAge") == readers
    assert watched(translated, "ApproximateNumberOfMessagesVisible") == queues


def test_the_readme_says_what_to_do_at_every_alarm(translated: dict[str, Any]) -> None:
    alarms = {name for name, found in translated["Resources"].items() if found["Type"] == "AWS::CloudWatch::Alarm"}
    readme = (CHALICE.parent / "README.md").read_text()

    assert {name for name in alarms if f"`{name}`" not in readme} == set()


def test_the_operator_s_policy_reaches_every_kind_of_thing_that_is_deployed(built: package.Built) -> None:
    made = template.complete(copy.deepcopy(built.package.template), "prod", template.stage_config("prod"))
    policy = json.loads((CHALICE.parent / "infra" / "deploy" / "operator-policy.json").read_text())
    kinds = {found["Type"].split("::")[1].lower() for found in translation.translate(made)["Resources"].values()}
    services = {action.partition(":")[0] for said in policy["Statement"] for action in said["Action"]}

    unlike = {"cognito": "cognito-idp", "apigatewayv2": "apigateway"}
    assert {kind for kind in kinds if unlike.get(kind, kind) not in services} == set()
    assert not [action for said in policy["Statement"] for action in said["Action"] if "*" in action]
    assert [said["Sid"] for said in policy["Statement"] if said["Resource"] == "*"] == ["FindBucketsAndAccount"]
