"""Patients: looked up by name, birth date or phone, and added with no more than AdvancedMD needs."""

from datetime import date

from chalicelib.gateways.advancedmd import values
from chalicelib.gateways.advancedmd.elements import Element, message
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import NewPatient, PatientData
from chalicelib.gateways.advancedmd.refusals import Gone
from chalicelib.gateways.answers import NoAnswer

_MOST_PAGES = 4
_SEXES = {"male": "M", "female": "F", "m": "M", "f": "F"}


def by_name(office: Office, name: str) -> list[PatientData]:
    """Those whose name begins so, as `DOE,JA`; at most two hundred."""
    return _look_up(office, {"name": values.plain(name).upper(), "exactmatch": "0"})


def by_birth_date(office: Office, born: date) -> list[PatientData]:
    """Those born on a day."""
    return _look_up(office, {"dob": values.short_form(born)})


def by_phone(office: Office, phone: str) -> list[PatientData]:
    """Those with a phone number."""
    return _look_up(office, {"phone": "".join(digit for digit in phone if digit.isdigit())})


def find(office: Office, number: int) -> PatientData | None:
    """The patient with this number; None when there is none."""
    try:
        root = office.tell(message("getdemographic", "api", {"patientid": str(number)}))
    except Gone:
        return None
    return next((one for one in _patients(root) if one.id == number), None)


def add(office: Office, new: NewPatient) -> PatientData:
    """A new patient; AlreadyKnown when one is alike. A patient without a known birth date has none there."""
    row = Element(
        "patient",
        {
            "respparty": "SELF",
            "name": values.name_of(new.first_name, new.last_name),
            "sex": _SEXES.get(new.sex.lower(), "U"),
            "relationship": "1",
            "hipaarelationship": "18",
            "dob": values.short_form(new.born) if new.born else "",
            "ssn": "",
            "chart": "AUTO",
            "profile": f"prof{new.profile_id}",
        },
        (
            Element("address", {"zip": "", "city": "", "state": "", "address1": "", "address2": ""}),
            Element("contactinfo", {"homephone": new.phone, "email": new.email}),
        ),
    )
    parties = Element("resppartylist", children=(Element("respparty", {"name": "self", "accttype": "4"}),))
    root = office.tell(message("addpatient", "api", {}, Element("patientlist", children=(row,)), parties))
    found = _patients(root)
    if not found:
        raise NoAnswer("AdvancedMD did not say under which id it has added the patient.")
    return found[0]


def _look_up(office: Office, by: dict[str, str]) -> list[PatientData]:
    found: list[PatientData] = []
    for page in range(1, _MOST_PAGES + 1):
        root = office.tell(message("lookuppatient", "api", {**by, "page": str(page)}))
        found += _patients(root)
        listed = root.one("Results", "patientlist")
        if listed is None or page >= (values.number(listed.get("pagecount")) or 1):
            break
    return found


def _patients(root: Element) -> list[PatientData]:
    results = root.one("Results") or root
    found = []
    for row in results.under("patientlist", "patient"):
        uid = values.number(row.get("id"))
        contact = row.one("contactinfo") or Element("contactinfo")
        if uid is not None:
            found.append(
                PatientData(
                    id=uid,
                    name=row.get("name"),
                    born=values.day(row.get("dob")),
                    chart=row.get("chart"),
                    phone=contact.get("homephone"),
                    email=contact.get("email"),
                )
            )
    return found
