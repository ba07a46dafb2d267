"""The links of letters over HTTP, for whoever has a letter: what is looked at changes nothing, what is posted does."""

from collections.abc import Callable
from typing import Any

from chalicelib.kit.http import PUBLIC, Api, Bare, Call
from chalicelib.reminders import answering, opening, pages
from chalicelib.reminders.answer_schemas import AnswerVisit
from chalicelib.reminders.links import LinkDead
from chalicelib.scheduling.refusals import ChangedMeanwhile, NotAllowedNow, TooLate

api = Api(__name__)
_HTML = ("text/html",)
_NAME = "secret"  # of the path variable
_NOBODYS = {_NAME: "Zk3vTq8aX0bRw1Zk3vTq8a"}  # an example, which opens nothing
ANSWERING = (LinkDead, NotAllowedNow, TooLate, ChangedMeanwhile)


@api.get("/api/reminders/answer/{secret}", roles=PUBLIC, media=_HTML, refuses=(LinkDead,), example=_NOBODYS)
def ask_about_visit(call: Call[Any, Any], secret: str) -> Bare:
    """A page that asks the reader of a reminder whether they come; opening it changes nothing."""
    return _page(call, lambda: pages.asking(answering.visit(opening.reminder(secret, call.now), call.now)))


@api.post(
    "/api/reminders/answer/{secret}",
    roles=PUBLIC,
    body=AnswerVisit,
    media=_HTML,
    refuses=ANSWERING,
    example=_NOBODYS,
    tagged=False,
)
def answer_visit(call: Call[AnswerVisit, Any], secret: str) -> Bare:
    """Confirm or cancel the visit that a reminder was about; the link is dead after that."""
    said = call.body.answer
    return _page(call, lambda: pages.answered(answering.answer(opening.reminder(secret, call.now), said, call.now)))


@api.get("/api/reminders/unsubscribe/{secret}", roles=PUBLIC, media=_HTML, refuses=(LinkDead,), example=_NOBODYS)
def ask_to_unsubscribe(call: Call[Any, Any], secret: str) -> Bare:
    """A page that asks the reader of a letter whether they want no more; opening it changes nothing."""
    return _page(call, lambda: pages.asking_to_unsubscribe(opening.reader(secret, call.now)))


@api.post(
    "/api/reminders/unsubscribe/{secret}",
    roles=PUBLIC,
    media=_HTML,
    refuses=(LinkDead,),
    example=_NOBODYS,
    tagged=False,
)
def unsubscribe(call: Call[Any, Any], secret: str) -> Bare:
    """Send no more e-mails to a letter's address, at one click of a mail program (RFC 8058) or of the page."""
    return _page(call, lambda: pages.unsubscribed(opening.unsubscribe(secret, call.now)))


def _page(call: Call[Any, Any], shown: Callable[[], Bare]) -> Bare:
    """The page; a refusal is one too for whoever reads pages, and says nothing but that to everybody else."""
    try:
        return shown()
    except ANSWERING as refusal:
        if _HTML[0] not in call.headers.get("accept", ""):
            raise
        return pages.refused(refusal, call.headers.get("accept-language", ""))
