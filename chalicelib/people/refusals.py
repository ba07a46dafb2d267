"""What the routes of people and places may answer beside what follows from their requests."""

from chalicelib.people.access import ScopeMissing
from chalicelib.people.glass import GlassNotNeeded
from chalicelib.people.patients import AlreadyRegistered
from chalicelib.people.registration import PossibleDuplicate
from chalicelib.table.creation import IdTaken, KeyReused
from chalicelib.table.revision import Overtaken

ADDING = (IdTaken, KeyReused)
CHANGING = (Overtaken,)
REGISTERING = (*ADDING, *CHANGING, AlreadyRegistered, PossibleDuplicate, ScopeMissing)
SEARCHING = (ScopeMissing,)
GLASS = (GlassNotNeeded,)
