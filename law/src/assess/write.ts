/**
 * An assessment as one line of JSON: byte for byte what `JSON.stringify` gives (a test compares the two), but written by hand,
 * because whole cities are written. Measured on 1,000,000 `amountOnly` lines: see `bench/law/README.md`.
 */
import type { Assessment, ChildMonth, Decision, MonthAssessment, PaymentEntry } from "./types.ts";

/** Texts of printable ASCII without quote and backslash need no escape. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

const quote = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** The JSON text of an assessment, without a line end. */
export function writeAssessment(of: Assessment): string {
  let text = `{"case":${quote(of.case)},"months":[`;
  for (let index = 0; index < of.months.length; index += 1) {
    const month = of.months[index];
    if (month !== undefined) text += index === 0 ? writeMonth(month) : `,${writeMonth(month)}`;
  }
  text += `],"decisions":[`;
  for (let index = 0; index < of.decisions.length; index += 1) {
    const decision = of.decisions[index];
    if (decision !== undefined) text += index === 0 ? writeDecision(decision) : `,${writeDecision(decision)}`;
  }
  text += `],"payments":[`;
  for (let index = 0; index < of.payments.length; index += 1) {
    const payment = of.payments[index];
    if (payment !== undefined) text += index === 0 ? writePayment(payment) : `,${writePayment(payment)}`;
  }
  return `${text}]}`;
}

function writeMonth(of: MonthAssessment): string {
  const incomeClass = of.incomeClass === null ? "null" : `"${of.incomeClass}"`;
  let text = `{"month":"${of.month}","regime":"${of.regime}","entitled":${of.entitled ? "true" : "false"},"incomeClass":${incomeClass},"total":${String(of.total)},"children":[`;
  for (let index = 0; index < of.children.length; index += 1) {
    const child = of.children[index];
    if (child !== undefined) text += index === 0 ? writeChild(child) : `,${writeChild(child)}`;
  }
  return `${text}]}`;
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
