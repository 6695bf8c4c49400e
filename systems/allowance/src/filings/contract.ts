/** 受付→審査→決裁 filings: what a screen needs, in the order of the work (see src/filings/README.md). Part of the room's one door: other rooms import `systems/allowance/contract.ts`. */
export { amendFiling, saveDraft, submitFiling, type SaveFiling } from "./receive.ts";
export { draftInSight, handOvers, takeOverDraft } from "./hand-over.ts";
export type { HandOver, Sight, TakeOverDraft } from "./hand-over.ts";
export { handBackDocument, receiveDocuments, requestDocuments } from "./documents.ts";
export type { HandBackDocument, HandedBack, ReceiveDocuments, RequestDocuments } from "./documents.ts";
export { examineFiling, overrideProposal, type Examined, type OverrideFiling } from "./examine.ts";
export { acknowledgeAlert } from "./alerts.ts";
export type { AcknowledgeAlert, Acknowledgement, ProposalAlert } from "./alerts.ts";
export { approveFiling, sendBack, type Approved, type ApproveFiling } from "./approve.ts";
export { withdrawFiling } from "./withdraw.ts";
export { cancelAndDecideAgain, type CancelAndDecideAgain } from "./correct.ts";
export { examinePanel, previewFiling } from "./panel.ts";
export type { ExaminePanel, PanelDocument, PanelEvent, PanelPerson, Preview } from "./panel.ts";
export { workList, workListLabels } from "./work-list.ts";
export type { ListedFiling, WorkList, WorkListKind, WorkListQuestion } from "./work-list.ts";
export { entryDelays, workFlow } from "./work-flow.ts";
export type { EntryDelays, FlowDay, FlowQuestion } from "./work-flow.ts";
export type { FilingHead, OnFiling } from "./command.ts";
export { filingFormShape, type FieldProblem, type FilingForm } from "./form.ts";
export { eventLabels, filingStateLabels } from "./record.ts";
export type { DocumentState, EventKind, ExaminationRecord, FilingRecord, FilingState } from "./record.ts";
export { PROCEDURE_CODES, type ProcedureCode } from "./procedure-codes.ts";
export { procedureOf, procedures } from "./registry.ts";
export type {
  AnyProcedure,
  Applied,
  Channel,
  Difference,
  Effect,
  Outcome,
  Override,
  Proposal,
  RequiredDocument,
  Weight,
} from "./procedure.ts";
