"""Keys of what is known at AdvancedMD of persons; what belongs to an office lies under `keys.office`.

item                PK                    SK                      written by
------------------  --------------------  ----------------------  ------------------------------------
office's settings   ADVANCEDMD#<office>   SETTINGS                advancedmd: what is kept in step, where, how often
patient's link      PATIENT#<id>          ADVANCEDMD              advancedmd: which of its patients this is
patient there       ADVANCEDMD#<office>   PATIENT#<number>        advancedmd: whose it is
doctor there        ADVANCEDMD#<office>   DOCTOR#<profile>        advancedmd: whose profile it is
"""

from chalicelib.table import keys
from chalicelib.table.keys import Key

FIRST_DOCTOR, LAST_DOCTOR = "DOCTOR#", "DOCTOR$"


def settings(office_key: str) -> Key:
    return keys.office(office_key, "SETTINGS")


def patient_link(patient_id: str) -> Key:
    return Key(keys.patient(patient_id).pk, "ADVANCEDMD")


def patient_there(office_key: str, number: int) -> Key:
    return keys.office(office_key, "PATIENT", str(number))


def doctor_there(office_key: str, profile_id: int) -> Key:
    return keys.office(office_key, "DOCTOR", str(profile_id))
