"""What the page behind a letter's link posts."""

from typing import ClassVar, Literal

from chalicelib.kit.models import Example, FormModel


class AnswerVisit(FormModel):
    """Whether the patient comes."""

    example: ClassVar[Example] = {"answer": "confirm"}
    answer: Literal["confirm", "cancel"]
