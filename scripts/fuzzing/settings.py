"""The settings of Schemathesis for one run: how often a generated request names something that exists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_HOOKS = Path(__file__).with_name("hooks.py")
_STEPS = 12
_OFTEN = 0.6
_MOSTLY = 0.9
_EVERYWHERE = {
    "doctor_id": "doctors",
    "patient_id": "patients",
    "location_id": "locations",
    "hospital_id": "hospitals",
    "service_id": "services",
    "usual_room_id": "rooms",
}
_BY_ADDRESS = {
    "appointments": "appointments",
    "doctors": "doctors",
    "patients": "patients",
    "locations": "locations",
    "hospitals": "hospitals",
    "rooms": "rooms",
    "services": "services",
}


def head(token: str, accept: str) -> str:
    """What comes first in the settings of a run by the bearer of this token, who accepts these media types."""
    return f'headers = {{ Authorization = "Bearer {token}", Accept = "{accept}" }}\n'


def broad(words: Mapping[str, list[str]]) -> str:
    """The settings of a run over all operations: every second name or so exists."""
    everywhere = {f"{place}.{name}": kind for name, kind in _EVERYWHERE.items() for place in ("path", "query", "body")}
    by_address = {f"^/api/{address}/": {"path.id": kind} for address, kind in _BY_ADDRESS.items()}
    return "\n".join(_lines(words, {**everywhere, "body.scheduled_date": "times"}, by_address, _OFTEN))


def workflows(words: Mapping[str, list[str]], *, aside: Sequence[str]) -> str:
    """The settings of a run along the links: nearly every booking and move is for one doctor and a free time.

    `aside` are the operations that are left out.
    """
    everywhere = {
        "body.doctor_id": "doctor",
        "body.patient_id": "patients",
        "body.scheduled_date": "times",
        "body.status": "statuses",
        "path.id": "doctor",
    }
    first = [
        f"hooks = {json.dumps(str(_HOOKS))}",
        "[phases.stateful]",
        f"max-steps = {_STEPS}",
        "inference.algorithms = []",
    ]
    last = ["[[operations]]", f"include-operation-id = {json.dumps(aside)}", "phases.stateful.enabled = false"]
    return "\n".join([*first, *_lines(words, everywhere, {}, _MOSTLY), *last])


def _lines(
    words: Mapping[str, list[str]],
    everywhere: Mapping[str, str],
    by_address: Mapping[str, Mapping[str, str]],
    probability: float,
) -> Iterator[str]:
    for kind, values in words.items():
        yield f"[dictionaries.{kind}]"
        yield f"values = {json.dumps(values)}"
    yield "[parameters]"
    yield from _bindings(everywhere, probability)
    for pattern, bindings in by_address.items():
        yield "[[operations]]"
        yield f"include-path-regex = {json.dumps(pattern)}"
        yield "[operations.parameters]"
        yield from _bindings(bindings, probability)


def _bindings(bindings: Mapping[str, str], probability: float) -> Iterator[str]:
    for place, kind in bindings.items():
        yield f'"{place}" = {{ dictionary = "{kind}", probability = {probability} }}'
