/** The only door to system 3 団体内統合宛名システム. Other rooms import this file and nothing behind it. */
export { ROLE as ADDRESSEE_ROLE } from "./src/context.ts";
export type { AddresseeContext, AddresseeService } from "./src/context.ts";
export type { AddresseeRefusalCode } from "./src/refusal.ts";

export { IndividualNumber } from "@hagukumi/vault/contract.ts";

// 個人番号の入力 entry, confirmation, display
export { changeNumber, enterNumber, numberStatus, statusOn } from "./src/entries/enter-number.ts";
export type { EnteredNumber, EnterNumber, Evidence, NumberStatus } from "./src/entries/enter-number.ts";
export { confirmEntry, rejectEntry } from "./src/entries/confirm.ts";
export { numberPeriods, setNumberPeriod } from "./src/entries/number-period.ts";
export type { NumberPeriod } from "./src/entries/number-period.ts";
export { identityPaperLabels, numberPaperLabels, numberStateLabels } from "./src/entries/labels.ts";
export type { IdentityPaper, NumberPaper, NumberState } from "./src/entries/labels.ts";
export { REVEAL_SECONDS, revealNumber, revealPurposeLabels } from "./src/entries/reveal.ts";
export type { RevealPurpose } from "./src/entries/reveal.ts";
export { settleEntries } from "./src/entries/settle.ts";
export type { SettledQueue } from "./src/entries/settle.ts";
export { openSealed } from "./src/entries/sealed-numbers.ts";
export type { SealedNumberRow } from "./src/entries/sealed-numbers.ts";
export { takeInNumbers } from "./src/entries/take-in.ts";
export type { NumberRow, TakenIn } from "./src/entries/take-in.ts";

// 変換 conversion
export { createAddresseeDoor, registerAddresseeClient } from "./src/conversion/door.ts";
export type { AddresseeDoor, DoorAnswer, DoorQuestion, NewAddresseeClient } from "./src/conversion/door.ts";

// 住登外者 people without residence
export { checkPerson, searchKey } from "./src/non-residents/person.ts";
export type { NonResidentPerson } from "./src/non-residents/person.ts";
export {
  changeNonResident,
  endNonResident,
  numberNonResident,
  openNonResident,
  readNonResident,
  searchCandidates,
  takeOverResident,
} from "./src/non-residents/register.ts";
export type { Candidate, CandidateSearch, NonResidentRecord, Numbering } from "./src/non-residents/register.ts";
export { addRelated, endRelated, relatedKindLabels, relatedNow, relatedOn } from "./src/non-residents/related.ts";
export type { Related, RelatedKind } from "./src/non-residents/related.ts";

// 名寄せ consolidation
export {
  approveConsolidation,
  consolidationStateLabels,
  endConsolidation,
  listConsolidations,
  proposeConsolidation,
} from "./src/consolidation/consolidate.ts";
export type { Consolidation } from "./src/consolidation/consolidate.ts";

// 項目の権限 rights on items
export {
  approveItemRight,
  itemLabels,
  listItemRights,
  requestItemRight,
  viewAddressee,
  viewOn,
} from "./src/items/items.ts";
export type { AddresseeView, ItemCode, ItemRight } from "./src/items/items.ts";

// 個人番号の消去 erasure
export {
  eraseNumbers,
  ERASURE_LIMIT,
  erasureRuleLabels,
  getErasure,
  listErasures,
  numbersHeld,
  requestErasures,
} from "./src/erasure/erasure.ts";
export type { ErasureRule, NumberErasure } from "./src/erasure/erasure.ts";

// 整合の確認 consistency
export { checkConsistency, findingLabels } from "./src/consistency/check.ts";
export type { CheckResult, FindingKind } from "./src/consistency/check.ts";
export { answerFinding, findingsCsv, listFindings } from "./src/consistency/list.ts";
export type { Finding } from "./src/consistency/list.ts";

// 番号法の根拠 basis
export { type Basis, basesOn, changeBasis, type ExchangeRequest, requireBases } from "./src/basis/basis.ts";

// 中間サーバーとの中継 relay
export { type ComparedWithServer, compareReplicas } from "./src/relay/compare.ts";
export { httpIntermediary } from "./src/relay/intermediary.ts";
export type {
  InquiryMessage,
  IntermediaryAnswer,
  IntermediaryReply,
  IntermediaryServer,
  ReplicaMessage,
} from "./src/relay/intermediary.ts";
export { relayRequests, relayStates, runRelay } from "./src/relay/relay.ts";
export type { Relayed, RelayRequest, RelayState } from "./src/relay/relay.ts";

// 媒体 medium
export { createMedium, recreateMedium } from "./src/medium/medium.ts";
export type { MadeMedium } from "./src/medium/medium.ts";
