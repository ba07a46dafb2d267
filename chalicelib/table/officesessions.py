"""The session at an office of AdvancedMD: one for all workers, sealed; the table cannot read its token."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.table import base, keys
from chalicelib.table.base import Item


class OfficeSessionItem(Item, discriminator="officesession"):
    """`sealed` is the token, `mark` a digest by which its holder recognises it."""

    sealed = UnicodeAttribute()
    webserver = UnicodeAttribute()
    mark = UnicodeAttribute()

    @classmethod
    def is_marked(cls, mark: str) -> Condition:
        """No other session has taken its place."""
        return cls.mark == mark


def find(office_key: str) -> OfficeSessionItem | None:
    """The session that is kept."""
    return OfficeSessionItem.read(base.get(keys.office(office_key, "SESSION"), consistent=True))


def keep(office_key: str, *, sealed: str, webserver: str, mark: str, expires_at: int) -> None:
    """Keep a session in place of any other."""
    item = OfficeSessionItem(
        *keys.office(office_key, "SESSION"), sealed=sealed, webserver=webserver, mark=mark, expires_at=expires_at
    )
    base.put_many([item])


def forget(office_key: str, *, mark: str) -> bool:
    """Keep this session no longer; False when another has taken its place, or none is kept."""
    return base.delete_if(keys.office(office_key, "SESSION"), OfficeSessionItem.is_marked(mark))
