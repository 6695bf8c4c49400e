/** 登録された帳票. What is not here can't be printed; `defineForm` refuses a form without its fields. */
import { annualReport, annualReportReminder } from "./annual-report.ts";
import {
  cancellation,
  certification,
  claimRefused,
  exOfficio,
  extinction,
  revision,
  revisionRefused,
} from "./decisions.ts";
import type { FormCode } from "./form-codes.ts";
import type { Form } from "./form.ts";
import { claimInvitation, milestoneGuide } from "./guides.ts";
import { donation, feeCollection, payment, unpaidBenefit } from "./money.ts";
import { caseReport, certificate, cover, documents, hold, inquiry } from "./office.ts";
import { advanceOffset, repayment } from "./recovery.ts";

export const forms: Readonly<Record<FormCode, Form>> = {
  certification,
  claimRefused,
  revision,
  revisionRefused,
  extinction,
  payment,
  annualReport,
  annualReportReminder,
  hold,
  unpaidBenefit,
  documents,
  repayment,
  advanceOffset,
  donation,
  feeCollection,
  certificate,
  inquiry,
  milestoneGuide,
  claimInvitation,
  cancellation,
  exOfficio,
  cover,
  caseReport,
};

export const formOf = (code: FormCode): Form => forms[code];
