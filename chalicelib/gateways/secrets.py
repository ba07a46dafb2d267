"""Secrets: what opens other systems to us, from the environment or, in AWS, from the keys of one secret.

The secret is read when something is first asked for and believed for five minutes, so that a changed one is taken up
without a deployment, and a cold start that needs none costs nothing.
"""

import json
from typing import Any

from chalicelib.kit.cache import Memory
from chalicelib.kit.errors import Unavailable
from chalicelib.kit.settings import settings

_SECONDS = 300.0


def secret(name: str) -> str:
    """The value of a setting, `twilio_auth_token`, from wherever it is kept; empty where nobody has set it.

    Unavailable when the secret cannot be read.
    """
    said: str = getattr(settings(), name)
    if said or not settings().secrets_id:
        return said
    return _kept(settings().secrets_id).get(name.upper(), "")


def _read(secret_id: str) -> dict[str, str]:
    import boto3  # noqa: PLC0415 - only what talks to other systems needs it
    from botocore.config import Config  # noqa: PLC0415 - same
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - same

    config = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"})
    try:
        client: Any = boto3.client("secretsmanager", config=config)
        found = json.loads(client.get_secret_value(SecretId=secret_id)["SecretString"])
    except (BotoCoreError, ClientError, ValueError):
        raise Unavailable("The secrets cannot be read; try again shortly.") from None
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


_kept: Memory[dict[str, str]] = Memory(_read, seconds=_SECONDS)
