/**
 * An assessment as one line of JSON: byte for byte what `JSON.stringify` gives (a test compares the two), but written by hand,
 * because whole cities are written. Measured on 1,000,000 `amountOnly` lines: see `bench/law/README.md`.
 */
import type { Assessment, ChildMonth, Decision, MonthAssessment, PaymentEntry } from "./types.ts";

/** Texts of printable ASCII without quote and backslash need no escape. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

const quote = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** The items of a list, each as `write` gives it, with commas between. */
function writeList<T>(list: readonly T[], write: (of: T) => string): string {
  let text = "";
  for (const each of list) text += text === "" ? write(each) : `,${write(each)}`;
  return text;
}

/** The JSON text of an assessment, without a line end. */
export const writeAssessment = (of: Assessment): string =>
  `{"case":${quote(of.case)},"months":[${writeList(of.months, writeMonth)}],"decisions":[${writeList(of.decisions, writeDecision)}],"payments":[${writeList(of.payments, writePayment)}]}`;

function writeMonth(of: MonthAssessment): string {
  const incomeClass = of.incomeClass === null ? "null" : `"${of.incomeClass}"`;
  return `{"month":"${of.month}","regime":"${of.regime}","entitled":${of.entitled ? "true" : "false"},"incomeClass":${incomeClass},"total":${String(of.total)},"children":[${writeList(of.children, writeChild)}]}`;
}

function writeChild(of: ChildMonth): string {
  const because = of.because === undefined ? "" : `,"because":${JSON.stringify(of.because)}`;
  return `{"id":${quote(of.id)},"band":"${of.band}","counted":${of.counted ? "true" : "false"},"position":${String(of.position)},"amount":${String(of.amount)}${because}}`;
}

function writeDecision(of: Decision): string {
  const receivedOn = of.receivedOn === null ? "null" : `"${of.receivedOn}"`;
  return `{"kind":"${of.kind}","effective":"${of.effective}","cause":"${of.cause}","receivedOn":${receivedOn},"exOfficio":${of.exOfficio ? "true" : "false"},"monthlyTotal":${String(of.monthlyTotal)}}`;
}

function writePayment(of: PaymentEntry): string {
  return `{"paymentMonth":"${of.paymentMonth}","payOn":"${of.payOn}","kind":"${of.kind}","months":["${of.months.join('","')}"],"amount":${String(of.amount)}}`;
}
