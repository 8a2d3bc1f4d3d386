"""Activities from files: what was done with somebody, and what is still to be done."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.kinds import PLANNED, Kind, beginnings, outcome
from activities.links import write_first_links
from activities.models import Activity, Participant
from activities.regarding import Ref, nouns
from activities.services.activities import update_activity
from activities.services.values import settle_times
from activities.states import ACTIVITY_MACHINE
from crm.core.errors import Invalid
from crm.core.fields import Choice
from crm.core.fields import Kind as FieldKind
from crm.core.inserting import insert_new
from crm.data.importing.building import CREATED, built
from crm.data.importing.drafts import Draft, Work
from crm.data.importing.lookups import Lookups, why_not
from crm.data.importing.registry import Importer, Values, register_importer
from crm.data.importing.targets import ReadChoices, Target
from crm.users.models import User

_COLUMNS = (
    "subject", "description", "priority", "direction", "due_at", "starts_at", "ends_at", "duration_minutes", "location",
    "phone_number", "happened_at",
)  # fmt: skip
_KINDS = {
    Kind.PHONE_CALL: "call phone telephonecall logacall anruf telefonat appel llamada",
    Kind.APPOINTMENT: "meeting event visit demo lunch termin besprechung reunion",
    Kind.EMAIL: "mail emailmessage outgoingemail incomingemail forwardedemail",
    Kind.NOTE: "comment annotation notiz kommentar",
    Kind.TASK: "todo followup deadline action aufgabe tache tarea other",
}
_STATES = {
    "completed": "done closed held made sent received finished complete true yes 1 erledigt abgeschlossen",
    "canceled": "cancelled notheld abgebrochen abgesagt",
    "open": "planned new todo notdone pending scheduled active false no 0 offen geplant",
    "in_progress": "started", "waiting": "waitingonsomeoneelse waiting", "deferred": "postponed",
}  # fmt: skip


def _said(words: dict[Any, str]) -> dict[str, str]:
    return {word: str(value) for value, row in words.items() for word in row.split()}


def _statuses() -> list[Choice]:
    reasons = {reason: label for kind in PLANNED for reason, label in _reasons(kind)}
    states = {state: ACTIVITY_MACHINE.label(state) for state in ("open", "completed", "canceled")}
    return list((states | reasons).items())


def _reasons(kind: str) -> list[Choice]:
    return [(reason, ACTIVITY_MACHINE.label(reason)) for _state, reason in beginnings(kind) if reason != "open"]


KIND = Target(
    name="kind",
    label=gettext_lazy("kind"),
    kind=FieldKind.CHOICE,
    choices=ReadChoices(lambda: [(kind.value, str(kind.label)) for kind in PLANNED]),
    synonyms=_said(_KINDS),
)
STATUS = Target(
    name="status",
    label=gettext_lazy("status"),
    kind=FieldKind.CHOICE,
    choices=ReadChoices(_statuses),
    synonyms=_said(_STATES),
)
COMPLETED = Target(name="completed_at", label=gettext_lazy("completed"), kind=FieldKind.MOMENT)
#: A record of any table that has a timeline, so it is looked for in all of them.
REGARDING = Target(name="regarding", label=gettext_lazy("regarding"), kind=FieldKind.TEXT, most=300)
PARTY = Target(name="party", label=gettext_lazy("with"), kind=FieldKind.TEXT, most=300)
#: What other programs tell of the stages of a deal, each with its day, becomes notes.
STAGE = Target(name="stage", label=gettext_lazy("stage reached"), kind=FieldKind.TEXT, most=200)
_OF_STAGE = (
    Target(name="stage_amount", label=gettext_lazy("amount at that stage"), kind=FieldKind.TEXT, most=100),
    Target(name="stage_probability", label=gettext_lazy("probability at that stage"), kind=FieldKind.TEXT, most=100),
    Target(name="stage_closes", label=gettext_lazy("close date at that stage"), kind=FieldKind.TEXT, most=100),
)


def register() -> None:
    register_importer(ACTIVITIES)


def _tidy(draft: Draft, _work: Work) -> None:
    if "priority" in draft.values:
        draft.values["priority"] = int(draft.values["priority"])


def _before(drafts: Sequence[Draft], work: Work) -> None:
    for target in (REGARDING, PARTY):
        _find(target, drafts, work)
    for target in (REGARDING, PARTY):
        for model in nouns():
            refs = (draft.values.get(target.name) for draft in drafts)
            work.fetch(model, (ref.pk for ref in refs if isinstance(ref, Ref) and ref.model is model))


def _find(target: Target, drafts: Sequence[Draft], work: Work) -> None:
    """The first table that knows the text says what it means: customers come before leads, leads before deals."""
    lookups = work.once("lookups of activities", lambda: Lookups(work.actor))
    waiting = [draft for draft in drafts if draft.values.get(target.name)]
    for model in nouns():
        found = lookups.find(model, {draft.values[target.name] for draft in waiting})
        for draft in waiting:
            keys = found[draft.values[target.name]]
            if len(keys) == 1:
                draft.values[target.name] = Ref(model, next(iter(keys)))
            elif keys:
                _refuse(draft, target, len(keys))
        waiting = [draft for draft in waiting if isinstance(draft.values.get(target.name), str)]
    for draft in waiting:
        _refuse(draft, target, 0)


def _refuse(draft: Draft, target: Target, number: int) -> None:
    why = why_not(draft.values.pop(target.name), range(number))
    draft.fail(f"{target.label}: {why}", target=target.name, kind="unknown")


def _build(draft: Draft, work: Work) -> Activity:
    kind = _kind(draft)
    activity = built(Activity, draft, work, **work.owner_fields(draft))
    activity.kind = kind
    activity.created_at = draft.values.get("created_at") or work.at  # timelines ask for it before it is read back
    _tell_stage(activity, draft)
    activity.subject = activity.subject or _first_line(activity.description)
    if not activity.subject:
        raise Invalid(_("Enter a subject."), field="subject")
    if kind == Kind.APPOINTMENT:
        settle_times(activity)
    _set_state(activity, draft, work)
    ref = draft.values.get(REGARDING.name) or draft.values.get(PARTY.name)
    if ref is not None:
        activity.regarding_type_id, activity.regarding_id = ref.type_id, ref.pk
    return activity


def _kind(draft: Draft) -> str:
    """What the file says, else what its times say: a beginning makes a meeting, something due a task."""
    values = draft.values
    if KIND.name in values:
        return str(values[KIND.name])
    if values.get("starts_at"):
        return Kind.APPOINTMENT.value
    is_to_do = values.get("due_at") or STATUS.name in values
    return (Kind.TASK if is_to_do and STAGE.name not in values else Kind.NOTE).value


def _tell_stage(activity: Activity, draft: Draft) -> None:
    stage = draft.values.get(STAGE.name)
    if stage:
        activity.subject = activity.subject or _("Stage: %(stage)s") % {"stage": stage}
        told = [f"{one.label}: {draft.values[one.name]}" for one in _OF_STAGE if draft.values.get(one.name)]
        activity.description = "\n".join(filter(None, [activity.description, *told]))


def _first_line(text: str) -> str:
    return next((line.strip()[:300] for line in text.splitlines() if line.strip()), "")


def _set_state(activity: Activity, draft: Draft, work: Work) -> None:
    """What is done comes in done, dated as the file says. Nobody's lead becomes contacted by what came with a file."""
    said = draft.values.get(STATUS.name, "")
    happened = draft.values.get(COMPLETED.name) or activity.happened_at
    moment = min(happened or activity.ends_at or activity.due_at or draft.values.get("created_at") or work.at, work.at)
    if activity.kind == Kind.NOTE or said == "completed" or (happened and not said):
        state, reason = "completed", outcome(activity.kind, activity.direction)
        activity.completed_at, activity.completed_by_id = moment, activity.owner_id
    elif said == "canceled":
        state, reason, activity.canceled_at = "canceled", "canceled", moment
    else:
        pairs = beginnings(activity.kind)
        state, reason = next((pair for pair in pairs if pair[1] == said), pairs[0])
    activity.__dict__["state"] = state  # protected against moves, and this row is none
    activity.status_reason = reason


def _after(drafts: Sequence[Draft], work: Work) -> Sequence[models.Model]:
    parties = {draft.record.pk: [_participant(draft)] for draft in drafts if draft.values.get(PARTY.name)}
    insert_new([row for rows in parties.values() for row in rows])
    known = [record for model in nouns() for record in work.fetch(model, ()).values()]
    write_first_links([draft.record for draft in drafts], *known, parties=parties)
    return ()


def _participant(draft: Draft) -> Participant:
    activity, ref = draft.record, draft.values[PARTY.name]
    role = Participant.Role.FROM if activity.direction == Activity.Direction.INCOMING else Participant.Role.TO
    if activity.kind == Kind.APPOINTMENT:
        role = Participant.Role.REQUIRED
    return Participant(activity=activity, role=role, party_type_id=ref.type_id, party_id=ref.pk)


def _update(pk: int, values: Values, actor: User, at: dt.datetime) -> Activity:
    return update_activity(activity_id=pk, values=values, actor=actor, at=at)


ACTIVITIES = Importer(
    model=Activity,
    columns=_COLUMNS,
    targets=(KIND, STATUS, COMPLETED, REGARDING, PARTY, STAGE, *_OF_STAGE, CREATED),
    tidy=_tidy,
    before=_before,
    build=_build,
    after=_after,
    update=_update,
    parts=("participants",),
    names={
        "external_id": "id activityid taskid eventid callid engagementid annotationid",
        "kind": "type kind activitytype activitytypecode tasktype tasksubtype engagementtype art",
        "subject": "subject title name activityname taskname tasktitle callname calltitle meetingname notetitle"
        " betreff",
        "description": "description comments notes note body notebody callnotes meetingnotes content fulldescription"
        " beschreibung notiz",
        "status": "status taskstatus activitystatus callstatus meetingstatus done isclosed iscompleted statecode",
        "priority": "priority taskpriority prioritycode prioritaet",
        "direction": "direction calldirection calltype directioncode",
        "due_at": "due duedate dueon activitydate scheduledend faellig faelligam termin",
        "starts_at": "start startdate startsat startdatetime starttime scheduledstart fromdate beginn",
        "ends_at": "end enddate endsat enddatetime endtime todate ende",
        "completed_at": "completed completeddate completedat completeddatetime actualend dateclosed closeddate"
        " markedasdonetime",
        "happened_at": "happened happenedat occurred calldate callstarttime activitydatetime timestamp datesent senton",
        "duration_minutes": "duration durationminutes durationinminutes callduration actualdurationminutes dauer",
        "location": "location venue place ort",
        "phone_number": "phone phonenumber number callphonenumber telefon",
        "regarding": "regarding regardingobjectid whatid relatedto relatedtoid opportunityid opportunity deal dealid"
        " account accountid accountname company organization",
        "party": "with whoid contact contactid contactname person personid lead leadid participant attendee",
        "stage": "stage stagename dealstage",
        "stage_amount": "amount",
        "stage_probability": "probability",
        "stage_closes": "closedate",
        "created_at": "createddate createdate createdon createdat createdtime addtime",
    },
)
