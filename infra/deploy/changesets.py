"""CloudFormation change sets: what a deployment would do, whether it may, and doing it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.deploy.template import WATCHED

# What loses data when it goes. `Retain` keeps the thing, but a stack that lets go of its table starts an empty one.
_KEPT = (
    "AWS::DynamoDB::Table",
    "AWS::Cognito::UserPool",
    "AWS::SecretsManager::Secret",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
)
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_NOTHING = ("didn't contain changes", "No updates are to be performed")


class DeploymentFailed(Exception):
    """CloudFormation refused, failed or went back; the message carries its reasons."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A change set that waits to be executed."""

    stack: str
    arn: str
    creates: bool
    changes: list[dict[str, Any]]

    def lines(self) -> list[str]:
        """What it would do, a line for each resource."""
        return [
            f"{change['Action']:<7}{change['LogicalResourceId']} ({change['ResourceType']})"
            + (
                f", replacement: {change['Replacement']}"
                if change.get("Replacement") in ("True", "Conditional")
                else ""
            )
            for change in self.changes
        ]

    def losses(self) -> list[str]:
        """Changes that would let go of data."""
        return [
            f"{change['LogicalResourceId']} would be {'removed' if change['Action'] == 'Remove' else 'replaced'}"
            for change in self.changes
            if change["ResourceType"] in _KEPT and (change["Action"] == "Remove" or change.get("Replacement") == "True")
        ]


class Stack:
    """One stage's stack."""

    def __init__(
        self, formation: Any, name: str, *, pause: float = 2, say: Callable[[str], None] = print, patience: float = 3600
    ) -> None:
        self._formation = formation
        self._name = name
        self._pause = pause
        self._say = say
        self._patience = patience

    def status(self) -> str | None:
        """The stack's status; None when there is no stack."""
        try:
            found: str = self._describe()["StackStatus"]
        except self._formation.exceptions.ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return found

    def parameters(self) -> dict[str, str]:
        """The parameters that the stack has; none before there is one."""
        if self.status() in (None, "REVIEW_IN_PROGRESS"):
            return {}
        return {one["ParameterKey"]: one["ParameterValue"] for one in self._describe().get("Parameters", [])}

    def propose(
        self, *, template_url: str, parameters: dict[str, str | None], monitor_minutes: int = 0
    ) -> ChangeSet | None:
        """Make a change set, or None when there is nothing to change. A parameter of None stays as the stack has it.

        With `monitor_minutes`, CloudFormation watches the API's alarms that much longer, and goes back when one sounds.
        """
        status = self.status()
        creates = status in (None, "REVIEW_IN_PROGRESS")
        if status == "ROLLBACK_COMPLETE":
            raise DeploymentFailed(f"{self._name} was never created whole; delete the stack, then deploy again")
        given = [
            {"ParameterKey": name, **({"UsePreviousValue": True} if value is None else {"ParameterValue": value})}
            for name, value in parameters.items()
        ]
        watched: dict[str, Any] = {}
        if monitor_minutes and not creates:
            # A new stack's alarms do not exist yet when the watching would begin.
            watched = {"RollbackTriggers": self._triggers(), "MonitoringTimeInMinutes": monitor_minutes}
        made = self._formation.create_change_set(
            StackName=self._name,
            ChangeSetName=f"release-{int(time.time() * 1000)}",
            ChangeSetType="CREATE" if creates else "UPDATE",
            TemplateURL=template_url,
            Parameters=given,
            Capabilities=_CAPABILITIES,
            **({"RollbackConfiguration": watched} if watched else {}),
        )
        return self._ready(made["Id"], creates=creates)

    def discard(self, proposed: ChangeSet) -> None:
        """Forget a change set; a stack that it would have created goes with it."""
        self._formation.delete_change_set(ChangeSetName=proposed.arn, StackName=self._name)
        if proposed.creates:
            self._formation.delete_stack(StackName=self._name)

    def execute(self, proposed: ChangeSet) -> None:
        """Do it, and say what happens until it has ended well; anything else is `DeploymentFailed`."""
        seen = {event["EventId"] for event in self._events()}
        self._formation.execute_change_set(ChangeSetName=proposed.arn, StackName=self._name)
        wanted = "CREATE_COMPLETE" if proposed.creates else "UPDATE_COMPLETE"
        reasons: list[str] = []
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            time.sleep(self._pause)
            status = self.status()
            for event in reversed([event for event in self._events() if event["EventId"] not in seen]):
                seen.add(event["EventId"])
                reason = event.get("ResourceStatusReason", "")
                self._say(f"  {event['ResourceStatus']:<30}{event['LogicalResourceId']} {reason}".rstrip())
                if event["ResourceStatus"].endswith("FAILED"):
                    reasons.append(f"{event['LogicalResourceId']}: {reason}")
            if status == wanted:
                return
            if status is None or (not status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"):
                raise DeploymentFailed(f"the stack ended with {status}: {'; '.join(reasons) or 'see its events'}")
        raise DeploymentFailed("CloudFormation did not end in time; it goes on without us")

    def _ready(self, arn: str, *, creates: bool) -> ChangeSet | None:
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            found = self._formation.describe_change_set(ChangeSetName=arn, StackName=self._name)
            if found["Status"] == "CREATE_COMPLETE":
                return ChangeSet(self._name, arn, creates, self._changes(arn))
            if found["Status"] == "FAILED":
                reason = found.get("StatusReason", "")
                self._formation.delete_change_set(ChangeSetName=arn, StackName=self._name)
                if any(words in reason for words in _NOTHING):
                    return None
                raise DeploymentFailed(f"CloudFormation refuses the change set: {reason}")
            time.sleep(self._pause)
        raise DeploymentFailed("CloudFormation did not finish the change set in time")

    def _changes(self, arn: str) -> list[dict[str, Any]]:
        changes: list[dict[str, Any]] = []
        more: dict[str, str] = {}
        while True:
            page = self._formation.describe_change_set(ChangeSetName=arn, StackName=self._name, **more)
            changes += [found["ResourceChange"] for found in page["Changes"]]
            if not page.get("NextToken"):
                return changes
            more = {"NextToken": page["NextToken"]}

    def _triggers(self) -> list[dict[str, str]]:
        arns = {found["OutputKey"]: found["OutputValue"] for found in self._describe().get("Outputs", [])}
        return [
            {"Arn": arns[f"{alarm}Alarm"], "Type": "AWS::CloudWatch::Alarm"}
            for alarm in WATCHED
            if f"{alarm}Alarm" in arns
        ]

    def _describe(self) -> dict[str, Any]:
        stack: dict[str, Any] = self._formation.describe_stacks(StackName=self._name)["Stacks"][0]
        return stack

    def _events(self) -> list[dict[str, Any]]:
        try:
            events: list[dict[str, Any]] = self._formation.describe_stack_events(StackName=self._name)["StackEvents"]
        except self._formation.exceptions.ClientError:  # nothing has happened to it yet
            return []
        return events
