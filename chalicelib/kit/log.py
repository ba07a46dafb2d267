"""Structured logs and metrics: ids only, never what a patient said or is called."""

from collections.abc import Callable
from traceback import extract_tb
from typing import Any

from aws_lambda_powertools import Logger

logger = Logger(service="careslot")


class EventFailed(Exception):
    """A handler of events failed; its line in the log says where and what."""


def described(bug: BaseException) -> dict[str, Any]:
    """Where and what went wrong, but not the exception's text: it may quote what a patient sent."""
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in extract_tb(bug.__traceback__)]
    return {"bug": type(bug).__name__, "where": where}


def without_texts(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Middleware of event handlers: what they raise reaches Lambda, which logs it whole, without its text."""
    try:
        return get_response(event)
    except Exception as bug:  # noqa: BLE001 - whatever it is, it is raised again, without its text
        logger.error("event failed", extra=described(bug))
        raise EventFailed from None
