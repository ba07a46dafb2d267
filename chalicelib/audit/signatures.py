"""Signatures as the table keeps them: nothing of a seal or a mark is believed before its signature fits."""

import base64

from chalicelib.audit import digests
from chalicelib.gateways import signing
from chalicelib.table.base import Raw
from chalicelib.table.seals import LatestSealItem, SealItem


def sign_seal(seal: SealItem) -> None:
    """Give a seal that is complete its head and the head's signature."""
    seal.head = digests.head(seal.serialize(null_check=False))
    seal.signature = _make(bytes.fromhex(seal.head))


def sign_mark(mark: LatestSealItem) -> None:
    """Give a mark that is complete its signature."""
    mark.signature = _make(digests.mark(mark.serialize(null_check=False)))


def seal(raw: Raw) -> SealItem | None:
    """The seal, when all of it is as it was signed."""
    head = digests.head(raw)
    return SealItem.read(raw) if _text(raw, "head") == head and _is_ours(bytes.fromhex(head), raw) else None


def mark(raw: Raw) -> LatestSealItem | None:
    """The mark of the latest seal, when all of it is as it was signed."""
    return LatestSealItem.read(raw) if _is_ours(digests.mark(raw), raw) else None


def _make(digest: bytes) -> str:
    return base64.b64encode(signing.sign(digest)).decode()


def _is_ours(digest: bytes, raw: Raw) -> bool:
    try:
        signature = base64.b64decode(_text(raw, "signature"), validate=True)
    except ValueError:
        return False
    return signing.is_signed(digest, signature)


def _text(raw: Raw, name: str) -> str:
    return str(raw.get(name, {}).get("S", ""))
