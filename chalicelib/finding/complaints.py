"""What the reason for a visit suggests: a table of words and the specialties that look after them.

A suggestion for choosing a doctor, not a diagnosis: whoever reads it sees the word that led to it.
"""

import re
from dataclasses import dataclass

from chalicelib.kit.spelling import plain

_SHORT = 4  # a shorter stem must be the whole word: "ear" is not "early"
_WORD = re.compile(r"[^\W_]+")

# field of medicine → (how names of its specialties begin, how words of a complaint begin)
_TABLE: dict[str, tuple[str, str]] = {
    "cardiology": ("cardiolog cardiac", "heart chest palpitation cardiac hypertension angina"),
    "dermatology": ("dermatolog", "skin rash acne eczema mole moles itch psoriasis"),
    "orthopedics": ("orthop", "knee back joint bone fracture shoulder hip hips sprain ankle"),
    "pediatrics": ("pediatr paediatr", "child baby infant toddler newborn"),
    "neurology": ("neurolog", "headache migraine seizure dizz numbness tremor stroke epilep"),
    "psychiatry": ("psychiat psycholog", "anxiety anxious depress panic insomnia mental stress"),
    "ophthalmology": ("ophthalm", "eye eyes vision sight cataract glaucoma"),
    "gynecology": ("gynec gynaec obstet", "pregnan menstrua period contracepti menopaus"),
    "gastroenterology": ("gastroent", "stomach abdom heartburn nausea bowel digest liver reflux"),
    "pulmonology": ("pulmon pneumolog respirat", "breath asthma lung cough wheez"),
    "otolaryngology": ("ent otolaryng otorhino", "ear ears nose throat sinus hearing tonsil"),
    "urology": ("urolog", "urin bladder kidney prostate"),
    "endocrinology": ("endocrin diabet", "diabet thyroid hormon sugar"),
    "oncology": ("oncolog", "cancer tumor tumour chemotherap lump"),
    "rheumatology": ("rheumatolog", "arthrit rheuma gout lupus"),
    "dentistry": ("dent", "tooth teeth dental gums"),
    "general practice": ("general family internal", "fever flu cold checkup vaccin fatigue tired physical"),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word of the reason, and the field of medicine that it suggests."""

    word: str
    field: str

    def suits(self, specialty: str) -> bool:
        """Whether a doctor's specialty belongs to the field."""
        names = _TABLE[self.field][0].split()
        return any(_begins(word, name) for word in _WORD.findall(plain(specialty)) for name in names)


def suggested(reason: str) -> list[Suggestion]:
    """The fields that the reason's words suggest, in the order of the words; each field once."""
    found: dict[str, Suggestion] = {}
    for word in _WORD.findall(plain(reason)):
        stems = [(stem, field) for field, (_, words) in _TABLE.items() for stem in words.split() if _begins(word, stem)]
        if stems:
            _, field = max(stems, key=lambda pair: len(pair[0]))  # heartburn is not of the heart
            found.setdefault(field, Suggestion(word, field))
    return list(found.values())


def _begins(word: str, stem: str) -> bool:
    return word.startswith(stem) if len(stem) >= _SHORT else word == stem
