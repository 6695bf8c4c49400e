/**
 * 表の種類: of every table of the allowance, whether its rows are events (届いた事実・人の行為), follow from events by the program
 * (導かれる), are settings, or are a work area. What follows from events must be rebuilt by `hagukumi verify replay`; which of it is
 * not yet says so here. A test compares the list with the catalogue and with what the replay reports.
 */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const TABLE_CLASSES = {
  /** Append-only: what came from outside, what a person did or decided, what was sent and came back */
  event: words(`
    account_check account_choice account_start addressee advance_offset advance_offset_end alert_acknowledgement annual_report approval bank_snapshot
    benefit_restriction benefit_restriction_cancellation benefit_restriction_end branch branch_end budget_order_approval character_set_approval child_account
    child_circumstance child_hold child_hold_release claim claim_cancellation claim_child claim_ground claim_withdrawal collection_receipt contact
    cost_share_approval counted_sibling counter_count counter_entry counter_payee coverage decision_request decision_request_answer document donation
    employer_report entry_confirmation entry_origin examination facts fee_request filing filing_approval filing_cancellation filing_content filing_document
    filing_event filing_examination former_inquiry hand_over hand_over_by_hand hand_over_outcome hand_over_receipt hold hold_ground hold_release import_batch
    income_history lapse lapse_cancellation late_result letter_discard letter_insertion letter_request letter_run_approval letter_run_event letter_text_approval letter_withheld
    limitation_event line_delay line_delay_end linked_period living_priority mailing_address mass_approval material_request move_endorsement note note_reading
    number_change_report organization_history parameter_approval parent_designation parent_designation_end person_history placement_report protection_lift
    protection_lift_answer protection_lift_end protection_lift_use protection_measure protection_notice protection_release protection_release_request
    receipt_file receipt_line receipt_line_answer receipt_line_proposal reconciliation_explanation recovery_answer recovery_event recovery_instalment
    recovery_plan recovery_proposal recovery_receipt recovery_refund register_change_handling register_change_owner related_person replica_check_request
    replica_result report_omission residence_exception result_file result_proposal result_resolution result_row return_confirmation review_call
    review_clearance review_form_withdrawal review_outside_check review_receipt review_schedule_withdrawal review_year run_approval run_event
    run_parameters run_review_clearance separate_care special_collection special_collection_cancel special_collection_notice statistics_report_approval
    status_period study_abroad tax_correction tax_inquiry tax_inquiry_answer tax_item title_release unpaid_decision welfare_name yearly_review`),
  /** Follows from events; built again from empty and compared byte by byte */
  replayed: words(`
    account counter_window decision decision_breakdown decision_child deduction_release due_item due_reversal item_release journal ledger_entry payment_run
    receivable recipient recovery recovery_part run_change run_comparison run_deduction run_deduction_item run_end run_item run_line run_offset_claim run_review_item
    transfer_file`),
  /**
   * Follows from events, and is bound to them by a constraint or another check, but not built again by the replay: totals shown to an approver, which
   * months a decision of people takes up, letters, mass lists, the year's review, changes of the register, statistics, 副本
   */
  derivedOnly: words(`
    address_part budget_order case_notice collection_claim collection_file lapse_item letter letter_edition letter_file letter_left_out letter_print_issue
    letter_run letter_run_order_result mass_check mass_item mass_letter_back mass_list mass_result parallel_calculation parallel_difference recipient_history
    reconciliation reconciliation_difference recovery_movement refusal_reason register_change register_change_proposal replica replica_check
    replica_check_difference review_difference review_form review_notice review_result review_schedule run_control_total run_recalculation
    statistics_report term_erasure term_erasure_item town unpaid_item`),
  /** Settings and masters, dated, mostly by two people */
  setting: words(`
    character_set code code_domain cost_share_entry counter_fund creditor data_channel data_source ex_officio_increase_cause interface_origin letter_run_transition
    letter_text mass_exclusion mass_order mass_schedule mass_transition notice_kind parameter_set recovery_transition review_setting run_transition setting`),
  /** Leases, progress, bookings: what work is under way */
  work: words(`
    edit_lock feed_state letter_run_order mass_booking mass_booking_end mass_booking_start mass_event mass_run mass_slice mass_undo memo_secret`),
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type TableClass = keyof typeof TABLE_CLASSES;
