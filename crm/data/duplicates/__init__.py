"""Records that may be the same. Apps register their nouns; `find` is the one engine that compares."""

from crm.data.duplicates.finding import Match, find, find_many, values_of
from crm.data.duplicates.forbidding import refuse_duplicates
from crm.data.duplicates.nouns import DuplicateNoun, Identity, Probe, register_noun

__all__ = [
    "DuplicateNoun",
    "Identity",
    "Match",
    "Probe",
    "find",
    "find_many",
    "refuse_duplicates",
    "register_noun",
    "values_of",
]
