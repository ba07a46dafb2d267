"""Public holidays by country, from the `holidays` library, which costs a tenth of a second to import."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache


@lru_cache(maxsize=256)
def in_year(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """The public holidays of a country (or a part of it) in one year, with their English names where there are any."""
    import holidays  # noqa: PLC0415 - see above

    return dict(holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_US").items())


def known(country: str, subdivision: str | None) -> bool:
    """Whether there are data for this ISO 3166 country and subdivision."""
    import holidays  # noqa: PLC0415 - see above

    subdivisions = holidays.list_supported_countries().get(country)
    return subdivisions is not None and (subdivision is None or subdivision in subdivisions)
