"""Free JSON on the wire: what has no shape of ours has a size at least."""

import json
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema


def _json(value: Any) -> Any:
    """Free JSON with numbers that JSON can write again; the parser gave Decimals."""
    if isinstance(value, dict):
        return {name: _json(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_json(member) for member in value]
    if isinstance(value, Decimal | float):
        if not math.isfinite(float(value)):
            raise ValueError("contains a number that is too large")
        return float(value)
    return value


@dataclass(frozen=True, slots=True)
class AtMost:
    """A bound for free JSON, which has no other: so many KiB as it is written, said in the schema as `x-max-bytes`."""

    kilobytes: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "x-max-bytes": self.kilobytes * 1024}

    def _check(self, value: Any) -> Any:
        if len(json.dumps(value, ensure_ascii=False).encode()) > self.kilobytes * 1024:
            raise ValueError(f"is larger than {self.kilobytes} KiB")
        return value


Json = Annotated[Any, BeforeValidator(_json)]
