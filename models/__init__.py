"""Tables. `Base.metadata` knows all of them once this package is imported."""

from models.access import ApiKey, IdempotentAnswer, Installation
from models.audit import AuditEntry, Ledger
from models.base import Base
from models.challenges import Action, Challenge, Milestone, ProgressUpdate, Review
from models.evidence import Evidence, EvidenceAbout, EvidenceSchool
from models.imports import ImportFault
from models.indicators import Indicator
from models.people import Person, PersonSchool
from models.registers import Register, RegisterRevision, SessionCount
from models.rolls import Place, Pupil, PupilCharacteristic, PupilReference, Spell
from models.schools import Calendar, School, SchoolAlias

__all__ = [
    "Action",
    "ApiKey",
    "AuditEntry",
    "Base",
    "Calendar",
    "Challenge",
    "Evidence",
    "EvidenceAbout",
    "EvidenceSchool",
    "IdempotentAnswer",
    "ImportFault",
    "Indicator",
    "Installation",
    "Ledger",
    "Milestone",
    "Person",
    "PersonSchool",
    "Place",
    "ProgressUpdate",
    "Pupil",
    "PupilCharacteristic",
    "PupilReference",
    "Register",
    "RegisterRevision",
    "Review",
    "School",
    "SchoolAlias",
    "SessionCount",
    "Spell",
]
