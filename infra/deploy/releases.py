"""What was deployed when: archives and templates in S3 by their digests, and one record for each release of a stage."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from infra.deploy.template import minified
from infra.deploy.translation import with_code


@dataclass(frozen=True, slots=True)
class Release:
    """One release; `previous` is the number of the release that a rollback returns to.

    `migrations` says how many it knows.
    """

    number: int
    template: str
    archive_sha256: str
    at: str
    previous: int | None
    migrations: int = 0


class Releases:
    """The artefacts of one stage in one bucket."""

    def __init__(self, s3: Any, bucket: str, stage: str) -> None:
        self._s3 = s3
        self.bucket = bucket
        self._stage = stage

    def prepare(self) -> None:
        """Make the bucket if it is missing: private, encrypted, over TLS only."""
        if self.bucket in {found["Name"] for found in self._s3.list_buckets()["Buckets"]}:
            return
        region = self._s3.meta.region_name
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self._s3.create_bucket(Bucket=self.bucket, **where)
        self._s3.put_public_access_block(
            Bucket=self.bucket,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
        arn = f"arn:{_partition(region)}:s3:::{self.bucket}"
        deny = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        policy = {"Version": "2012-10-17", "Statement": [deny]}
        self._s3.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(policy))

    def upload(self, package: Path) -> tuple[str, str]:
        """Store a package's archive, and its template, which then names it; the template's key and the digest."""
        archive = (package / "deployment.zip").read_bytes()
        digest = hashlib.sha256(archive).hexdigest()
        code = f"{self._stage}/archives/{digest}.zip"
        self._s3.put_object(Bucket=self.bucket, Key=code, Body=archive)
        template = json.loads((package / "template.json").read_text(encoding="utf-8"))
        body = minified(with_code(template, self.bucket, code)).encode()
        key = f"{self._stage}/templates/{hashlib.sha256(body).hexdigest()}.json"
        self._s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        return key, digest

    def parameters(self, key: str) -> dict[str, str]:
        """The defaults that a stored template carries for its stage."""
        body = self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        declared = json.loads(body).get("Parameters", {})
        return {name: str(found["Default"]) for name, found in declared.items() if "Default" in found}

    def url(self, key: str) -> str:
        """Where CloudFormation reads a template."""
        endpoint: str = self._s3.meta.endpoint_url
        return f"{endpoint.rstrip('/')}/{self.bucket}/{key}"

    def current(self) -> Release | None:
        """The latest release, or None before the first."""
        numbers = self._numbers()
        return self.get(numbers[-1]) if numbers else None

    def get(self, number: int) -> Release:
        """The release of a number."""
        body = self._s3.get_object(Bucket=self.bucket, Key=self._record(number))["Body"].read()
        return Release(**json.loads(body))

    def record(
        self, *, template: str, archive_sha256: str, at: str, previous: int | None, migrations: int = 0
    ) -> Release:
        """Note what is now live."""
        release = Release(max(self._numbers(), default=0) + 1, template, archive_sha256, at, previous, migrations)
        body = json.dumps(asdict(release)).encode()
        self._s3.put_object(Bucket=self.bucket, Key=self._record(release.number), Body=body)
        return release

    def _numbers(self) -> list[int]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=f"{self._stage}/releases/"
        )
        keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        return sorted(int(key.rpartition("/")[2].removesuffix(".json")) for key in keys)

    def _record(self, number: int) -> str:
        return f"{self._stage}/releases/{number:06d}.json"


def _partition(region: str) -> str:
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
