"""Pages of exports, bulk changes, merges, tags, shares and maps, as `tests.browser.pages.Page` takes them."""

from typing import Any

#: Fields that administrators added, as columns.
_ADDED = "my_text,my_money,my_date,my_choices,my_person,my_record"

DATA: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("qualification map", "sales:qualification_map"), {"who": "administrator"}),
    (
        ("qualification map, with errors", "sales:qualification_map"),
        {"who": "administrator", "status": 422, "form": "account-fax", "sent": {"account-fax": "description"}},
    ),
    (("qualification map, back?", "sales:qualification_map_reset"), {"who": "administrator"}),
    (("days away", "leads:absences"), {}),
    (
        ("days away, with errors", "leads:absences"),
        {"status": 422, "form": "first_on", "sent": {"first_on": "2031-05-02", "last_on": "2031-05-01"}},
    ),
    (("days away, remove?", "leads:absence_delete", "absence"), {}),
    (("exports", "data:exports"), {}),
    (("exports, nothing", "data:exports"), {"who": "newcomer"}),
    (("export", "data:export"), {"query": "list=%2Fleads%2F%3Fview%3Dall"}),
    (
        ("export, too much", "data:export"),
        {"who": "hoarder", "query": "list=%2Fleads%2F%3Fview%3Dnone%26q%3DDonau"},
    ),
    (("export, with errors", "data:export"), {"status": 422, "sent": {"list": "/leads/?view=all", "format": "pdf"}}),
    (("export, of nothing", "data:export"), {}),
    (("export, no right", "data:export"), {"who": "reader", "status": 403}),
    (("bulk, a field", "data:bulk", "bulk noun"), {"query": "view=all&scope=all&act=edit"}),
    (("bulk, preview", "data:bulk", "bulk noun"), {"query": "view=all&scope=all&act=edit&field=rating"}),
    (("bulk, an added field", "data:bulk", "bulk noun"), {"query": "view=all&scope=all&act=edit&field=my_choices"}),
    (("lead list, added fields", "leads:lead_list"), {"query": f"view=all&columns=name,{_ADDED}"}),
    (("bulk, nothing ticked", "data:bulk", "bulk noun"), {"query": "view=all&act=assign"}),
    (("bulk, tags", "data:bulk", "bulk noun"), {"query": "view=all&scope=all&act=tag"}),
    (("bulk, which act?", "data:bulk", "bulk noun"), {}),
    (("bulk changes", "data:bulk_runs"), {}),
    (("bulk changes, nothing", "data:bulk_runs"), {"who": "newcomer"}),
    (("bulk change", "data:bulk_run", "bulk run"), {}),
    (("bulk change, taken back?", "data:bulk_undo", "bulk run"), {}),
    (("merge, what stays?", "data:merge_records", "bulk noun"), {"query": "id={lead}&id={lead with all}"}),
    (("merge, not ready", "data:merge_records", "bulk noun"), {"query": "id={lead}&id={lead disqualified}"}),
    (("merges", "data:merges"), {"who": "administrator"}),
    (("merges, nothing", "data:merges"), {"who": "newcomer"}),
    (("merge", "data:merge", "merge"), {}),
    (("merge, taken back?", "data:unmerge", "merge"), {}),
    (("duplicates", "data:duplicates"), {"query": "table=leads"}),
    (("duplicates, not the same", "data:duplicates"), {"query": "table=leads&show=dismissed"}),
    (("tags", "core:record_tags", "leads lead"), {}),
    (("tags, with errors", "core:record_tags", "leads lead"), {"status": 422, "form": "add", "sent": {"add": ","}}),
    (("share", "record_share", "leads lead"), {}),
    (
        ("share, with errors", "record_share", "leads lead"),
        {"status": 422, "form": "user", "sent": {"user": "", "team": ""}},
    ),
    (("stop sharing", "record_stop_sharing", "lead share"), {}),
    (("peek", "core:record_peek", "leads lead"), {}),
    (("field of a lead", "core:record_field", "lead field"), {}),
)
