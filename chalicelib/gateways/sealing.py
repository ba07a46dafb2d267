"""Sealed texts: what must be kept where others may read is encrypted by KMS, whose key never leaves it.

A seal is bound to what it is for: nobody can put one office's session under another's name.
"""

from base64 import b64decode, b64encode
from typing import Any

from chalicelib.kit.errors import Unavailable
from chalicelib.kit.settings import settings

_DAMAGED = frozenset(
    {
        "IncorrectKeyException",
        "InvalidCiphertextException",
        "KMSInvalidStateException",
        "NotFoundException",
        "ValidationException",
    }
)


def seal(text: str, *, purpose: str) -> str:
    """The text, sealed; at most four kilobytes. Unavailable when the key does not answer."""
    reply = _ask("encrypt", KeyId=settings().office_key_id, Plaintext=text.encode(), purpose=purpose)
    return b64encode(reply["CiphertextBlob"]).decode()


def opened(sealed: str, *, purpose: str) -> str | None:
    """The text of a seal; None for one that is damaged, or was made for something else or by another key."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - only what opens seals needs it

    try:
        blob = b64decode(sealed, validate=True)
        reply = _ask("decrypt", KeyId=settings().office_key_id, CiphertextBlob=blob, purpose=purpose)
    except ValueError:
        return None
    except ClientError:
        return None
    plain: bytes = reply["Plaintext"]
    return plain.decode()


def _ask(operation: str, *, purpose: str, **request: Any) -> dict[str, Any]:
    import boto3  # noqa: PLC0415 - see opened
    from botocore.config import Config  # noqa: PLC0415 - same
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - same

    config = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"})
    try:
        reply: dict[str, Any] = getattr(boto3.client("kms", config=config), operation)(
            **request, EncryptionContext={"purpose": purpose}
        )
    except ClientError as error:
        if operation == "decrypt" and error.response["Error"]["Code"] in _DAMAGED:
            raise
        raise Unavailable("The sealing key does not answer; try again shortly.") from None
    except BotoCoreError:
        raise Unavailable("The sealing key does not answer; try again shortly.") from None
    return reply
