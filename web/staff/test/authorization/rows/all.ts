/** The whole matrix. A new area adds its file here. */
import type { MatrixRow } from "../row.ts";
import { administrationRows } from "./administration.ts";
import { caseRows } from "./cases.ts";
import { filingRows } from "./filings.ts";
import { interchangeRows } from "./interchange.ts";
import { officeRows } from "./office.ts";
import { letterRows } from "./letters.ts";
import { logReviewRows } from "./log-review.ts";
import { massRows } from "./mass-work.ts";
import { nonResidentRows } from "./non-residents.ts";
import { numberRows } from "./numbers.ts";
import { protectionRows } from "./protection.ts";
import { parameterRows } from "./parameters.ts";
import { recoveryRows } from "./recoveries.ts";
import { reviewRows } from "./review.ts";
import { runRows } from "./runs.ts";
import { sessionRows } from "./session.ts";
import { statisticsRows } from "./statistics.ts";
import { twoPeopleRows } from "./two-people.ts";

export const matrix: readonly MatrixRow[] = [
  ...runRows,
  ...massRows,
  ...caseRows,
  ...filingRows,
  ...letterRows,
  ...interchangeRows,
  ...officeRows,
  ...protectionRows,
  ...numberRows,
  ...nonResidentRows,
  ...logReviewRows,
  ...administrationRows,
  ...parameterRows,
  ...reviewRows,
  ...recoveryRows,
  ...sessionRows,
  ...statisticsRows,
  ...twoPeopleRows,
];
