"""The words for what was done to a record: `quote.activated` reads "Quote activated"."""

from functools import cache

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

#: What an action is about where no table has its name.
_NOUNS = {
    "admin": lazy("administration"),
    "demo": lazy("demonstration"),
    "document": lazy("document"),
    "file": lazy("file"),
    "form": lazy("form"),
    "note": lazy("note"),
    "record": lazy("record"),
    "timeline": lazy("timeline"),
    "web": lazy("web page"),
}
_DONE = {
    "activated": lazy("activated"),
    "added": lazy("added"),
    "assigned": lazy("assigned"),
    "attached": lazy("attached"),
    "canceled": lazy("canceled"),
    "captured": lazy("captured"),
    "changed": lazy("changed"),
    "cloned": lazy("cloned"),
    "closed": lazy("closed"),
    "completed": lazy("completed"),
    "contacted": lazy("contacted"),
    "converted": lazy("converted"),
    "cost_added": lazy("cost added"),
    "cost_changed": lazy("cost changed"),
    "cost_removed": lazy("cost removed"),
    "copied": lazy("copied"),
    "created": lazy("created"),
    "deactivated": lazy("deactivated"),
    "deleted": lazy("deleted"),
    "disqualified": lazy("disqualified"),
    "distributed": lazy("distributed"),
    "distribution_undone": lazy("distribution taken back"),
    "edited": lazy("edited"),
    "emptied": lazy("rid of members"),
    "expired": lazy("expired"),
    "filled": lazy("given members"),
    "fulfilled": lazy("fulfilled"),
    "held": lazy("put on hold"),
    "invoiced": lazy("invoiced"),
    "issued": lazy("issued"),
    "item_added": lazy("item added"),
    "item_changed": lazy("item changed"),
    "item_removed": lazy("item removed"),
    "launched": lazy("launched"),
    "line_added": lazy("line added"),
    "line_changed": lazy("line changed"),
    "line_removed": lazy("line removed"),
    "lines_reordered": lazy("lines reordered"),
    "lines_saved": lazy("lines saved"),
    "linked": lazy("linked"),
    "loaded": lazy("loaded"),
    "locked": lazy("locked"),
    "lost": lazy("lost"),
    "merged": lazy("merged"),
    "moved": lazy("moved"),
    "paid": lazy("paid"),
    "payment_recorded": lazy("payment recorded"),
    "payment_reversed": lazy("payment reversed"),
    "pended": lazy("marked as pending"),
    "pinned": lazy("pinned"),
    "prepared": lazy("made ready"),
    "priced": lazy("priced"),
    "prices_locked": lazy("prices locked"),
    "prices_refreshed": lazy("prices refreshed"),
    "published": lazy("published"),
    "qualified": lazy("qualified"),
    "reactivated": lazy("reactivated"),
    "recorded": lazy("recorded"),
    "removed": lazy("removed"),
    "reopened": lazy("reopened"),
    "request": lazy("request"),
    "restored": lazy("restored"),
    "resumed": lazy("resumed"),
    "retired": lazy("retired"),
    "retracted": lazy("retracted"),
    "reverted": lazy("reverted"),
    "revised": lazy("revised"),
    "revision_started": lazy("revision started"),
    "shared": lazy("shared"),
    "step_added": lazy("activity added"),
    "step_changed": lazy("activity changed"),
    "step_removed": lazy("activity removed"),
    "suspended": lazy("suspended"),
    "tagged": lazy("tagged"),
    "tidied": lazy("tidied"),
    "tiers_set": lazy("tiers set"),
    "unmerged": lazy("taken apart again"),
    "unpinned": lazy("unpinned"),
    "unlocked": lazy("unlocked"),
    "untagged": lazy("rid of a tag"),
    "unshared": lazy("no longer shared"),
    "updated": lazy("changed"),
    "won": lazy("won"),
}
#: Columns that nobody types have no label of their own.
_COLUMNS = {
    "accepted from": lazy("accepted from"),
    "approved by": lazy("approved by"),
    "completed by": lazy("completed by"),
    "freight tax category": lazy("freight tax category"),
    "is demo": lazy("is demonstration data"),
    "issued at": lazy("issued at"),
    "rounding method": lazy("rounding method"),
    "buyer email": lazy("buyer’s e-mail"),
    "seller city": lazy("seller’s city"),
    "seller country": lazy("seller’s country"),
    "seller email": lazy("seller’s e-mail"),
    "seller phone": lazy("seller’s phone"),
    "seller postal code": lazy("seller’s postal code"),
    "seller registration number": lazy("seller’s registration number"),
    "seller state or province": lazy("seller’s state or province"),
    "seller street": lazy("seller’s street"),
}


def action_words(action: str) -> str:
    """In the language of the reader; what has no words yet is shown as it is stored."""
    noun, _dot, done = action.partition(".")
    about = _NOUNS.get(noun) or _nouns().get(noun.replace("_", ""))
    if about is None or done not in _DONE:
        return action.replace(".", " ").replace("_", " ").replace("-", " ").capitalize()
    words = _("%(noun)s %(done)s") % {"noun": about, "done": _DONE[done]}
    return words[:1].upper() + words[1:]


def column_words(label: str | Promise) -> str:
    words = str(_COLUMNS.get(str(label), label))
    return words[:1].upper() + words[1:]


@cache
def _nouns() -> dict[str | None, str | Promise]:
    """By the name of each table; the words stay lazy."""
    return {model._meta.model_name: model._meta.verbose_name or "" for model in apps.get_models()}
