"""Records that may be the same. Apps register their nouns; `find` is the one engine that compares."""

from crm.data.duplicates.finding import Match, find, find_many, values_of
from crm.data.duplicates.forbidding import refuse_duplicates, refuse_return, refuse_typed
from crm.data.duplicates.nouns import DuplicateNoun, Identity, Probe
from crm.data.duplicates.registering import register_noun

__all__ = [
    "DuplicateNoun",
    "Identity",
    "Match",
    "Probe",
    "find",
    "find_many",
    "refuse_duplicates",
    "refuse_return",
    "refuse_typed",
    "register_noun",
    "values_of",
]
