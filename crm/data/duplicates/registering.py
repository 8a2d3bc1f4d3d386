"""Taking part in the comparison."""

from crm.core.deletion import keeps_in_bin
from crm.data.duplicates.forbidding import return_obstacle
from crm.data.duplicates.nouns import DuplicateNoun, add_noun, noun_of


def register_noun(noun: DuplicateNoun) -> None:
    """From now on the table is compared, and none of its records comes out of the bin to be one too many."""
    if noun_of(noun.model) is None:
        keeps_in_bin(noun.model, return_obstacle)
    add_noun(noun)
