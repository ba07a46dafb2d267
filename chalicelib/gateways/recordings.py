"""The store of recordings: an S3 bucket, into which a browser may put one thing with an address that we sign."""

from functools import cache
from typing import Any

MEDIA_TYPE = "video/webm"


def leave_to_put(*, bucket: str, name: str, seconds: int) -> tuple[str, dict[str, str]]:
    """An address that takes one recording for so long, and the headers that have to come with it.

    The bucket encrypts all that is put there under a key of KMS, whatever a browser says about it.
    """
    url = _client().generate_presigned_url(
        "put_object",
        Params={"Bucket": bucket, "Key": name, "ContentType": MEDIA_TYPE},
        ExpiresIn=seconds,
    )
    return url, {"Content-Type": MEDIA_TYPE}


@cache
def _client() -> Any:
    import boto3  # noqa: PLC0415 - rarely needed, and slow to load
    from botocore.config import Config  # noqa: PLC0415 - same

    # Only the present way to sign covers the headers; the page is allowed the bucket's own regional host and no other.
    regional = {"us_east_1_regional_endpoint": "regional"}
    return boto3.client("s3", config=Config(signature_version="s3v4", s3=regional))
