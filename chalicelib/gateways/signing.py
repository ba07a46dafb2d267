"""The signing key: KMS signs with the private half, which never leaves it; the public half verifies here."""

from functools import cache
from typing import Any

from chalicelib.kit.errors import Unavailable
from chalicelib.kit.settings import settings

_ALGORITHM = "ECDSA_SHA_256"


def sign(digest: bytes) -> bytes:
    """The signature of a SHA-256 digest; Unavailable when the key does not answer."""
    reply = _ask("sign", Message=digest, MessageType="DIGEST", SigningAlgorithm=_ALGORITHM)
    signature: bytes = reply["Signature"]
    return signature


def is_signed(digest: bytes, signature: bytes) -> bool:
    """Whether our key made the signature of the digest; Unavailable when the public key cannot be had."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - only the sealer and auditors need it
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415 - same
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - same

    try:
        _public_key(settings().seal_key_id).verify(signature, digest, ec.ECDSA(utils.Prehashed(SHA256())))
    except InvalidSignature:
        return False
    return True


@cache
def _public_key(_key_id: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415 - see is_signed

    return load_der_public_key(_ask("get_public_key")["PublicKey"])


def _ask(operation: str, **request: Any) -> dict[str, Any]:
    import boto3  # noqa: PLC0415 - only the sealer and auditors need it
    from botocore.config import Config  # noqa: PLC0415 - same
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - same

    config = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"})
    try:
        reply: dict[str, Any] = getattr(boto3.client("kms", config=config), operation)(
            KeyId=settings().seal_key_id, **request
        )
    except (BotoCoreError, ClientError) as error:
        raise Unavailable("The signing key does not answer; try again shortly.") from error
    return reply
