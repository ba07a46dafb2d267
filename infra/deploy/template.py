"""The stage's template: Chalice's functions and routes, merged with infra/resources.yaml, completed and minified."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from infra.deploy.dependencies import ROOT
from infra.deploy.runtimes import Interpreter

Template = dict[str, Any]
CODE = "./deployment.zip"
# How a new version takes over. CodeDeploy asks the alarms while it shifts, and goes back by itself when one sounds.
SHIFTS = {"staging": "Canary10Percent5Minutes", "prod": "Canary10Percent5Minutes"}
_ALLOWED = "method.response.header.Access-Control-Allow-Origin"
_RESTORED = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${RestoredTable}"
WATCHED = ("ApiFailures", "ApiSlow")


class ChaliceFailed(Exception):
    """Chalice could not package; the message is what it said last."""


def stage_config(stage: str) -> dict[str, Any]:
    """What .chalice/config.json says of a stage."""
    config: dict[str, Any] = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    if stage not in config["stages"]:
        raise ChaliceFailed(f"there is no stage {stage}; there are {', '.join(config['stages'])}")
    return {**config, **config["stages"][stage]}


def generate(stage: str, work: Path, *, interpreter: Interpreter, path: list[Path]) -> tuple[Template, Path]:
    """Run `chalice package` on a copy of the application; its template, and its zip of our own code.

    The copy has no requirements, so Chalice packs the application and its own runtime only.
    """
    config = stage_config(stage)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    shutil.copy(ROOT / "app.py", work)
    shutil.copytree(ROOT / "chalicelib", work / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / ".chalice", work / ".chalice", ignore=shutil.ignore_patterns("deployments", "deployed"))
    shutil.copy(ROOT / "infra" / "resources.yaml", work)
    (work / "requirements.txt").touch()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        # Chalice writes the answers to preflight requests into the template, so the stage's origin is needed now.
        "CORS_ORIGIN": config["environment_variables"]["CORS_ORIGIN"],
    }
    command = [interpreter.path, "-c", "from chalice.cli import main; main()", "package", "--stage", stage]
    command += ["--template-format", "yaml", "--merge-template", "resources.yaml", "out"]
    done = subprocess.run(command, cwd=work, env=environment, check=False, capture_output=True, text=True)  # noqa: S603 - Chalice
    if done.returncode:
        raise ChaliceFailed((done.stderr.strip().splitlines() or ["chalice ended without a word"])[-1])
    template: Template = yaml.safe_load((work / "out" / "sam.yaml").read_text(encoding="utf-8"))
    return complete(template, stage, config), work / "out" / "deployment.zip"


def complete(template: Template, stage: str, config: dict[str, Any]) -> Template:
    """Write what only the stage knows, and send requests to the function's alias instead of its newest code.

    Chalice's integrations name the function without a version; so nothing could be shifted between versions.
    """
    defaults = {
        "StageName": stage,
        "CorsOrigin": config["environment_variables"]["CORS_ORIGIN"],
        "LogDays": config["log_retention_in_days"],
    }
    for name, value in defaults.items():
        template["Parameters"][name]["Default"] = value
    resources = template["Resources"]
    body = json.dumps(resources["RestAPI"]["Properties"]["DefinitionBody"])
    aliased = body.replace("${APIHandler.Arn}/invocations", "${APIHandler.Alias}/invocations")
    resources["RestAPI"]["Properties"]["DefinitionBody"] = json.loads(aliased)
    _parametrise(resources)
    for part in ("Globals", "Resources", "Outputs"):
        template[part] = switchable(template[part])
    resources = template["Resources"]
    resources["APIHandlerInvokePermission"]["Properties"]["FunctionName"] = {"Ref": "APIHandler.Alias"}
    if stage in SHIFTS:
        resources["APIHandler"]["Properties"]["DeploymentPreference"] = {
            "Type": SHIFTS[stage],
            "Alarms": [{"Ref": alarm} for alarm in WATCHED],
        }
    return template


def switchable(node: Any) -> Any:
    """The same, where every mention of the table is of the restored one when the operator has named one."""
    if isinstance(node, list):
        return [switchable(one) for one in node]
    if not isinstance(node, dict):
        return node
    restored = None
    match node:
        case {"Fn::If": ["TableIsRestored", *_]}:
            return node
        case {"Ref": "Table"}:
            restored = {"Ref": "RestoredTable"}
        case {"Fn::GetAtt": ["Table", "Arn"]}:
            restored = {"Fn::Sub": _RESTORED}
        case {"Fn::GetAtt": ["Table", "StreamArn"]}:
            restored = {"Ref": "RestoredStream"}
        case {"Fn::Sub": str(text)} if "${Table.Arn}" in text or "${Table}" in text:
            restored = {"Fn::Sub": text.replace("${Table.Arn}", _RESTORED).replace("${Table}", "${RestoredTable}")}
    if restored:
        return {"Fn::If": ["TableIsRestored", restored, node]}
    return {name: switchable(value) for name, value in node.items()}


def _parametrise(resources: dict[str, Any]) -> None:
    """Take the origin from the stack's parameter, where Chalice has written the one that it was packaged with."""
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["Environment"]["Variables"]["CORS_ORIGIN"] = {"Ref": "CorsOrigin"}
    for operations in resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"].values():
        preflight = operations.get("options", {}).get("x-amazon-apigateway-integration", {}).get("responses", {})
        for answer in preflight.values():
            if _ALLOWED in answer.get("responseParameters", {}):
                answer["responseParameters"][_ALLOWED] = {"Fn::Sub": "'${CorsOrigin}'"}


def minified(template: Template) -> str:
    """The template without a blank that is not needed."""
    return json.dumps(template, separators=(",", ":"), ensure_ascii=False)
