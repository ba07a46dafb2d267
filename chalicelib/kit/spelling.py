"""Words that mean the same however they are typed: case and diacritics do not count."""

import unicodedata

# Letters of their own that people leave out when they type; Unicode does not decompose them.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def plain(text: str) -> str:
    """The text in lower case, without diacritics, with single blanks."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(bare.translate(_PLAIN).split())
