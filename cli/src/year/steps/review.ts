/** 現況: forms out, reports in by barcode, reminders, differences of July and August looked at one by one, late reports. */
import {
  approveFiling,
  callForReport,
  clearDifference,
  examineFiling,
  listDifferences,
  openReviewYear,
  procedureOf,
  readDifferences,
  receiveDocuments,
  receiveReport,
  requestDocuments,
} from "@hagukumi/allowance/contract.ts";
import { addDays } from "@hagukumi/law/contract.ts";

import { as, type Figures, percent, type YearStep, type YearWork } from "../work.ts";
import { massJob } from "./mass.ts";

/** Of a hundred recipients so many are asked for a report although the registers would do. */
const CALLED = 6;

/** The year begins: base day, settings, whom the city wants to hear itself, the judgement of everybody. */
export async function beginReview(work: YearWork, step: YearStep, year: number): Promise<Figures> {
  await openReviewYear(as(work, "examiner", step), year, `year/${step.id}/open`);
  const { rows } = await work.context.pool.query<{ id: number }>(
    "SELECT recipient_id AS id FROM allowance.recipient_window WHERE ended_from IS NULL OR ended_from > $1 ORDER BY 1",
    [`${year}-08-01`],
  );
  for (const { id } of rows) {
    if (percent(work.seed, "called", id) >= CALLED) continue;
    const key = `year/${step.id}/call/${id}`;
    const reason = "演習: 家計の主な負担を確かめる";
    await callForReport(as(work, "examiner", step), { recipientId: id, year, reason, key });
  }
  return await massJob(work, step, { jobCode: "reviewCheck", parameters: { year } });
}

type Form = {
  readonly recipientId: number;
  readonly barcode: string;
  readonly filingId: number | null;
  readonly state: string | null;
};

/** Forms that were sent out, with the report that came of each. */
const FORMS = `
  SELECT DISTINCT ON (f.recipient_id) f.recipient_id AS "recipientId", f.barcode, c.filing_id AS "filingId", c.state
  FROM allowance.review_form f
  LEFT JOIN allowance.review_receipt r ON (r.recipient_id, r.fiscal_year) = (f.recipient_id, f.fiscal_year)
  LEFT JOIN allowance.filing_current c ON c.filing_id = r.filing_id
  WHERE f.fiscal_year = $1 ORDER BY f.recipient_id, f.no DESC, c.filing_id DESC`;

/** How many of a hundred have sent the form back by the end of each round; the rest never does. */
const FILED_BY = { inTime: 62, reminded: 82, late: 95 } as const;
export type Round = keyof typeof FILED_BY;
/** Of a hundred reports so many come without a paper. */
const DEFECTS = 12;

async function receive(work: YearWork, step: YearStep, form: Form): Promise<number> {
  if (form.filingId !== null) return form.filingId;
  const { filingId } = await receiveReport(as(work, "register", step), {
    barcode: form.barcode,
    receivedOn: step.on,
    channel: "post",
    unchanged: true,
    key: `year/${step.id}/receive/${form.recipientId}`,
  });
  return filingId;
}

type Filed = {
  readonly state: string;
  readonly procedure: string;
  readonly content: Readonly<Record<string, unknown>>;
};

async function filed(work: YearWork, filingId: number): Promise<Filed | undefined> {
  const { rows } = await work.context.pool.query<Filed>(
    `SELECT f.state, f.procedure_code AS procedure, c.content FROM allowance.filing_current f
     JOIN allowance.filing_content c ON c.filing_id = f.filing_id AND c.revision = f.revision WHERE f.filing_id = $1`,
    [filingId],
  );
  return rows[0];
}

/** From the receipt to the decision; a defect waits for its paper until the next round. */
async function process(work: YearWork, step: YearStep, form: Form, round: Round): Promise<boolean> {
  const filingId = await receive(work, step, form);
  const found = await filed(work, filingId);
  if (found === undefined || found.state === "decided") return false;
  const key = (name: string): string => `year/${step.id}/${name}/${filingId}`;
  const isReview = found.procedure === "annualReview" || found.procedure === "institutionAnnualReview";
  const papers = isReview
    ? procedureOf(found.procedure)
        .documents(found.content)
        .map(({ code }) => code)
    : [];
  const fresh = form.filingId === null;
  if (fresh && papers.length > 0 && percent(work.seed, "defect", form.recipientId) < DEFECTS) {
    const reason = "演習: 書類が入っていない";
    const dueOn = addDays(step.on, 21);
    const defect = {
      filingId,
      how: "returned" as const,
      documents: papers,
      reason,
      dueOn,
      key: key(`defect/${round}`),
    };
    await requestDocuments(as(work, "register", step), defect);
    return false;
  }
  if (papers.length > 0 && found.state !== "examined") {
    const received = papers.map((code) => ({ code }));
    await receiveDocuments(as(work, "register", step), { filingId, received, key: key("papers") });
  }
  const { digest } = await examineFiling(as(work, "examiner", step), { filingId, key: key("examine") });
  await approveFiling(as(work, "decider", step), { filingId, digest, key: key("approve") });
  return true;
}

/** The reports of one round. */
export async function takeReports(work: YearWork, step: YearStep, year: number, round: Round): Promise<Figures> {
  const { rows } = await work.context.pool.query<Form>(FORMS, [year]);
  let reports = 0;
  for (const form of rows) {
    if (percent(work.seed, "files", form.recipientId) >= FILED_BY[round] || form.state === "decided") continue;
    if (await process(work, step, form, round)) reports += 1;
  }
  return { reports };
}

/** 7月分と8月分の違い: each looked at by a person, until none is left. */
export async function clearDifferences(work: YearWork, step: YearStep, year: number): Promise<Figures> {
  await listDifferences(as(work, "examiner", step), year);
  let differences = 0;
  for (const { differenceId, cleared } of await readDifferences(work.context.pool, year)) {
    if (cleared) continue;
    await clearDifference(as(work, "examiner", step), {
      differenceId,
      reason: "演習: 7月分までの決定と、8月分からの年齢・区分を確かめた",
      key: `year/${step.id}/clear/${differenceId}`,
    });
    differences += 1;
  }
  return { differences };
}
