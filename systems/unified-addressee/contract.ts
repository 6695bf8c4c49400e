/** The only door to system 3 団体内統合宛名システム. Other rooms import this file and nothing behind it. */
export type { AddresseeContext } from "./src/context.ts";
export type { AddresseeRefusalCode } from "./src/refusal.ts";

// 個人番号の入力 entry, confirmation, display
export { changeNumber, enterNumber, numberStatus } from "./src/entries/enter-number.ts";
export type { EnteredNumber, EnterNumber, Evidence, NumberStatus } from "./src/entries/enter-number.ts";
export { confirmEntry, rejectEntry } from "./src/entries/confirm.ts";
export { identityPaperLabels, numberPaperLabels, numberStateLabels } from "./src/entries/labels.ts";
export type { IdentityPaper, NumberPaper, NumberState } from "./src/entries/labels.ts";
export { REVEAL_SECONDS, revealNumber, revealPurposeLabels } from "./src/entries/reveal.ts";
export type { RevealPurpose } from "./src/entries/reveal.ts";
export { settleEntries } from "./src/entries/settle.ts";
export type { SettledQueue } from "./src/entries/settle.ts";
export { takeInNumbers } from "./src/entries/take-in.ts";
export type { NumberRow, TakenIn } from "./src/entries/take-in.ts";

// 変換 conversion
export { createAddresseeDoor, registerAddresseeClient } from "./src/conversion/door.ts";
export type { AddresseeDoor, DoorAnswer, DoorQuestion, NewAddresseeClient } from "./src/conversion/door.ts";
