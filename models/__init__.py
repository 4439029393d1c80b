"""Tables. `Base.metadata` knows all of them once this package is imported."""

from models.access import ApiKey, IdempotentAnswer, Installation
from models.audit import AuditEntry, Ledger
from models.base import Base
from models.challenges import Action, Challenge, Comment, Milestone, ProgressUpdate, Review
from models.evidence import Evidence, EvidenceAbout, EvidenceFile, EvidenceSchool
from models.health_limits import HealthLimits
from models.imports import ImportFault
from models.indicators import Indicator
from models.people import Person, PersonSchool
from models.registers import Register, RegisterRevision, SessionCount
from models.rolls import KeptPlaces, Place, Pupil, PupilCharacteristic, PupilReference, Spell
from models.schools import Calendar, CodeMap, School, SchoolAlias
from models.search import SearchEntry
from models.strands import Practice, StrandPosition
from models.templates import Template
from models.views import View, ViewSchool
from models.visitors import Request, VisitorLink, VisitorView
from models.workforce import WorkforceBenchmark, WorkforceRecord

__all__ = [
    "Action",
    "ApiKey",
    "AuditEntry",
    "Base",
    "Calendar",
    "Challenge",
    "CodeMap",
    "Comment",
    "Evidence",
    "EvidenceAbout",
    "EvidenceFile",
    "EvidenceSchool",
    "HealthLimits",
    "IdempotentAnswer",
    "ImportFault",
    "Indicator",
    "Installation",
    "KeptPlaces",
    "Ledger",
    "Milestone",
    "Person",
    "PersonSchool",
    "Place",
    "Practice",
    "ProgressUpdate",
    "Pupil",
    "PupilCharacteristic",
    "PupilReference",
    "Register",
    "RegisterRevision",
    "Request",
    "Review",
    "School",
    "SchoolAlias",
    "SearchEntry",
    "SessionCount",
    "Spell",
    "StrandPosition",
    "Template",
    "View",
    "ViewSchool",
    "VisitorLink",
    "VisitorView",
    "WorkforceBenchmark",
    "WorkforceRecord",
]
