"""DynamoDB's values as they stand in its JSON: bytes in base64, times in seconds of the epoch."""

import base64
from datetime import datetime
from typing import Any


def plain(value: Any) -> Any:
    """The value that boto3 has read, as DynamoDB's wire and its exports write it."""
    match value:
        case dict():
            return {name: plain(member) for name, member in value.items()}
        case list():
            return [plain(member) for member in value]
        case bytes():
            return base64.b64encode(value).decode()
        case datetime():
            return int(value.timestamp())
        case _:
            return value
