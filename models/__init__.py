"""Tables. `Base.metadata` knows all of them once this package is imported."""

from models.access import ApiKey, IdempotentAnswer, Installation
from models.audit import AuditEntry, Ledger
from models.base import Base
from models.imports import Import, ImportFault
from models.registers import Register, RegisterRevision, SessionCount
from models.rolls import Place, Pupil, PupilCharacteristic, PupilReference, Spell
from models.schools import Calendar, School, SchoolAlias

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Base",
    "Calendar",
    "IdempotentAnswer",
    "Import",
    "ImportFault",
    "Installation",
    "Ledger",
    "Place",
    "Pupil",
    "PupilCharacteristic",
    "PupilReference",
    "Register",
    "RegisterRevision",
    "School",
    "SchoolAlias",
    "SessionCount",
    "Spell",
]
