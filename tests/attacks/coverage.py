"""Which test proves which attack. A test is named by its file and function; what has no noun yet says which one.

The numbers are those of the list of attacks that comparable products have suffered: 1 to 9 access, 10 to 19 injection,
20 and 21 redirects, 22 to 28 the public form, 29 to 34 concurrency, 35 to 38 operations.
"""

#: What the product does not have yet; its attack is tried when it has it.
ABSENT: dict[int, str] = {
    7: "no such noun yet: a public link to a quote",
    15: "no such noun yet: templates of mail and documents; typed braces are text (13)",
    18: "no such noun yet: import and pictures; a file of a note is kept under a random name and only ever saved",
    19: "no such noun yet: PDF",
    31: "no such noun yet: merge",
    32: "no such noun yet: kanban, bulk changes, import, round robin",
    33: "no such noun yet: mail and webhooks of our own; tasks are resumable rows",
    37: "no such noun yet: restore and upgrade from a release; the supervisor's faults are in `bench/faults.py`",
}

COVERAGE: dict[int, tuple[str, ...]] = {
    1: (
        "tests/proofs/test_rights_matrix.py::test_each_address_lets_in_whom_it_should_and_a_refusal_changes_nothing",
        "tests/proofs/test_rights_matrix.py::test_no_page_leads_to_where_its_reader_is_refused",
        "tests/attacks/test_errors.py::test_hidden_and_missing_records_are_answered_alike",
    ),
    2: (
        "tests/proofs/test_rights_matrix.py::test_each_address_lets_in_whom_it_should_and_a_refusal_changes_nothing",
        "tests/attacks/test_injection.py::test_an_address_of_somebody_else_changes_nothing",
        "tests/attacks/test_errors.py::test_a_refusal_says_what_happened_and_nothing_else",
    ),
    3: (
        "tests/proofs/test_bad_forms.py::test_fields_that_a_form_does_not_offer_are_ignored",
        "tests/attacks/test_injection.py::test_fields_that_are_not_on_the_form_are_never_saved",
    ),
    4: (
        "tests/proofs/test_bad_forms.py::test_a_record_that_one_may_not_see_is_refused_like_one_that_is_not_there",
        "tests/proofs/test_bad_forms.py::test_a_qualification_joins_no_hidden_record",
        "tests/sales/test_qualification.py::test_hidden_records_cannot_be_used_and_are_not_named",
    ),
    5: ("tests/proofs/test_bad_forms.py::test_a_payment_of_another_invoice_is_not_reversed",),
    6: ("tests/proofs/test_bad_moves.py::test_an_illegal_move_names_the_state_and_changes_nothing",),
    8: (
        "tests/sales/test_totals.py::test_a_line_that_cannot_be_is_refused_by_name",
        "tests/sales/test_totals.py::test_a_header_that_cannot_be_is_refused_without_a_line",
    ),
    9: (
        "tests/attacks/test_access.py::test_a_session_from_before_signing_in_is_not_the_one_after",
        "tests/attacks/test_access.py::test_a_new_password_ends_every_other_session_of_that_person",
        "tests/attacks/test_access.py::test_a_password_set_by_an_administrator_ends_all_sessions",
        "tests/attacks/test_access.py::test_signing_out_ends_the_session_on_the_server",
        "tests/attacks/test_access.py::test_who_is_switched_off_does_nothing_from_the_next_request_on",
        "tests/attacks/test_signing_in.py::test_a_person_is_one_count_under_every_spelling_host_and_address",
        "tests/attacks/test_signing_in.py::test_who_switches_on_codes_is_asked_for_one",
        "tests/browser/test_passkeys.py::test_a_passkey_is_added_signs_in_alone_and_is_taken_away",
    ),
    10: (
        "tests/attacks/test_injection.py::test_a_list_sorts_by_what_it_declares_only",
        "tests/attacks/test_injection.py::test_a_list_filters_by_what_it_declares_only",
    ),
    11: (
        "tests/attacks/test_injection.py::test_a_sign_in_a_search_is_a_sign",
        "tests/core/test_words.py::test_no_text_breaks_the_search",
        "tests/core/test_palette.py::test_anything_may_be_typed_anywhere",
        "tests/attacks/test_injection.py::test_keys_of_json_that_look_like_lookups_are_keys",
        "tests/attacks/test_naughty_strings.py::test_no_string_is_an_error_or_markup_in_any_form",
        "tests/proofs/test_bad_input.py::test_no_text_in_any_field_of_any_form_is_an_error",
    ),
    12: (
        "tests/attacks/test_public_form.py::test_a_wildcard_is_an_address_like_any_other",
        "tests/attacks/test_injection.py::test_a_search_for_a_wildcard_finds_the_name_that_holds_it",
    ),
    13: (
        "tests/attacks/test_injection.py::test_markup_in_a_name_is_shown_as_typed_wherever_the_name_stands",
        "tests/attacks/test_injection.py::test_markup_in_a_note_is_text",
        "tests/attacks/test_naughty_strings.py::test_no_string_is_an_error_or_markup_in_any_form",
        "tests/browser/test_naughty_pages.py::test_no_string_that_holds_code_runs_on_any_page",
    ),
    14: ("tests/attacks/test_headers.py::test_htmx_runs_nothing_that_it_is_sent",),
    16: (
        "tests/data/test_export_safety.py::test_what_begins_like_a_formula_gets_an_apostrophe",
        "tests/data/test_export_safety.py::test_no_formula_begins_where_a_program_that_separates_otherwise_begins_a_cell",
        "tests/data/test_export_safety.py::test_what_was_typed_comes_back_to_the_letter",
        "tests/data/test_export_files.py::test_hostile_texts_are_texts_in_both_formats",
    ),
    17: ("tests/attacks/test_injection.py::test_a_line_break_in_a_text_starts_no_header",),
    20: ("tests/attacks/test_redirects.py::test_the_server_itself_opens_no_address",),
    21: (
        "tests/attacks/test_redirects.py::test_only_a_path_of_ours_is_a_place_to_go_to",
        "tests/attacks/test_redirects.py::test_no_form_takes_an_address_to_return_to",
        "tests/leads/test_capture_redirects.py::test_a_hostile_address_is_refused",
    ),
    22: (
        "tests/attacks/test_public_form.py::test_a_flood_from_one_address_is_slowed_down_and_nothing_before_it_is_lost",
        "tests/attacks/test_public_form.py::test_every_charset_and_shape_is_read",
        "tests/attacks/test_public_form.py::test_nonsense_is_answered_like_sense",
        "tests/attacks/test_operations.py::test_a_chunked_body_is_read",
    ),
    23: (
        "tests/attacks/test_public_form.py::test_a_post_touches_no_record_that_is_there",
        "tests/leads/test_capture_endpoint.py::test_a_form_sets_nothing_but_a_new_lead",
    ),
    24: (
        "tests/attacks/test_public_form.py::test_an_answer_tells_nothing",
        "tests/attacks/test_signing_in.py::test_a_forgotten_password_is_answered_alike_for_everybody",
    ),
    25: (
        "tests/attacks/test_public_form.py::test_nothing_posted_is_in_the_answer",
        "tests/attacks/test_public_form.py::test_a_name_of_a_host_adds_nothing_to_a_policy",
    ),
    26: (
        "tests/attacks/test_public_form.py::test_no_post_ever_makes_mail",
        "tests/attacks/test_signing_in.py::test_asking_for_mail_again_and_again_is_stopped",
    ),
    27: ("tests/attacks/test_public_form.py::test_no_post_ever_makes_mail",),
    28: ("tests/attacks/test_public_form.py::test_a_text_that_gives_orders_is_a_text",),
    29: (
        "tests/sales/test_qualification_races.py::test_twenty_who_qualify_the_same_lead_have_one_result",
        "tests/sales/test_qualification_races.py::test_of_qualifying_and_disqualifying_exactly_one_wins",
    ),
    30: (
        "tests/sales/test_document_races.py::test_the_order_of_the_same_quote",
        "tests/sales/test_document_races.py::test_paying_parts_never_takes_more_than_is_open",
        "tests/sales/test_document_races.py::test_issuing_twenty_invoices_leaves_no_gap",
    ),
    34: (
        "tests/core/test_transactions.py::test_a_real_deadlock_is_solved_by_trying_again",
        "tests/core/test_transactions.py::test_work_pushed_aside_a_third_time_is_refused",
    ),
    35: (
        "tests/attacks/test_operations.py::test_the_set_up_page_is_closed_after_the_first_start",
        "tests/attacks/test_operations.py::test_a_server_without_a_database_says_so",
        "tests/users/test_setup.py::test_a_link_dies_when_somebody_can_sign_in",
        "tests/users/test_setup.py::test_two_people_with_two_links_make_one_administrator",
    ),
    36: (
        "tests/attacks/test_headers.py::test_every_answer_carries_its_guards",
        "tests/attacks/test_headers.py::test_no_page_holds_code_in_its_markup",
        "tests/attacks/test_access.py::test_every_change_asks_for_the_token_of_its_page",
        "tests/attacks/test_signing_in.py::test_the_link_in_a_mail_never_names_the_host_of_the_request",
        "tests/attacks/test_errors.py::test_a_fault_of_ours_is_told_in_plain_words",
        "tests/attacks/test_logs.py::test_no_line_holds_what_somebody_typed",
        "tests/settings/test_https.py::test_an_https_address_makes_cookies_and_headers_strict",
    ),
    38: (
        "tests/attacks/test_operations.py::test_no_question_to_a_list_costs_more_than_a_list",
        "tests/core/test_search_screen.py::test_all_tables_cost_one_query",
        "tests/attacks/test_operations.py::test_a_statement_that_takes_too_long_is_stopped_and_said_to_be",
        "tests/attacks/test_operations.py::test_whoever_sends_slowly_keeps_nobody_else_waiting",
    ),
}
