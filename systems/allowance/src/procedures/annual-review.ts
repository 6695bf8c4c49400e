/**
 * 現況届 (様式第6号・第7号, 施行規則4条): the reception for the year. Its approval lifts the 差止 that the missing report had caused, in the
 * same transaction: no second step that somebody could forget (I-43, I-53).
 */
import { civilDate, type CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { REVIEW_PAPERS, documentsOf } from "../annual-review/papers.ts";
import { heldFor, holdAgain, releaseReportHolds } from "../annual-review/report-holds.ts";
import type { Difference, FilingOf, Procedure } from "../filings/procedure.ts";
import { look, note, proposalOf, recordEffect, stop } from "./answers.ts";
import { addEntry, reviseEntry } from "./entries.ts";
import { checkRecipient } from "./recipient-check.ts";
import { personShape, recipientShape } from "./shapes.ts";
import { recordTakenBack, takeEntriesBack } from "./take-back.ts";

const base = {
  claimant: personShape,
  recipientId: recipientShape,
  /** 現況年度: the year whose 1 June it is about */
  year: z.int().min(2022).max(2100),
  /** Whether anything differs from what the office has on record: then the report of the change is asked for */
  unchanged: z.boolean(),
  /** Papers that go with the report, as the city asked for them */
  papers: z.array(z.enum(REVIEW_PAPERS)).max(REVIEW_PAPERS.length).default([]),
} as const;

const individualShape = z.strictObject({
  ...base,
  recipientKind: z.enum(["individual", "corporateGuardian"]).default("individual"),
});
const institutionShape = z.strictObject({ ...base, recipientKind: z.literal("institution").default("institution") });

type Content = z.infer<typeof individualShape> | z.infer<typeof institutionShape>;

/** 提出期限: 30 June of the year (施行規則4条). */
export const reviewDue = (year: number): CivilDate => civilDate(`${year}-06-30`);

/** Holds that `apply` says it released. */
const releasedShape = z.object({ released: z.array(z.int()) });

type Report = { readonly entry_id: number; readonly reception: string; readonly received_on: CivilDate | null };

async function reportOf(client: PoolClient, recipientId: number, year: number): Promise<Report | undefined> {
  const { rows } = await client.query<Report>(
    "SELECT entry_id, reception, received_on FROM allowance.annual_report_current WHERE recipient_id = $1 AND fiscal_year = $2",
    [recipientId, year],
  );
  return rows[0];
}

async function propose(client: PoolClient, filing: FilingOf<Content>) {
  const { content, receivedOn, judgedOn } = filing;
  const { recipient, differences: found } = await checkRecipient(client, content, judgedOn, "look");
  const differences: Difference[] = [...found];
  if (recipient !== undefined && (recipient.kind === "institution") !== (content.recipientKind === "institution")) {
    differences.push(stop("recipient.kind", "受給者の種類が、届書の様式と違います。"));
  }
  const held = await heldFor(client, content.recipientId, content.year);
  const known = await reportOf(client, content.recipientId, content.year);
  if (known?.reception === "submitted") {
    differences.push(
      stop("annualReport.known", `${content.year} 年度の現況届は、${known.received_on ?? ""} に受け付けています。`),
    );
  }
  if (receivedOn < civilDate(`${content.year}-06-01`)) {
    differences.push(
      look("annualReport.early", "現況届は、6月1日の状況を届け出るものです。受付日が6月1日より前です。"),
    );
  }
  if (receivedOn > reviewDue(content.year)) {
    differences.push(
      note(
        "annualReport.late",
        `提出期限（${reviewDue(content.year)}）を過ぎています。この年度の未提出による差止めは、決裁と同時に解除されます。`,
      ),
    );
  }
  if (!content.unchanged)
    differences.push(
      look("annualReport.changed", "記録と違うことがあると書かれています。変更届・額改定届などを求めてください。"),
    );
  return proposalOf({
    outcome: "acknowledge",
    reasons: [`${content.year} 年度の現況届を受け付けます（児童手当法26条、施行規則4条）。年度の審査は別に行います。`],
    differences,
    effects: [
      recordEffect("annualReport", `${content.year} 年度の現況届の受理`, {
        recipientId: content.recipientId,
        before: known === undefined ? "なし" : known.reception,
        after: `届出 ${receivedOn}`,
      }),
      ...held.map(({ fromMonth }) =>
        recordEffect(
          "holdReleased",
          `現況届の未提出による差止め（${fromMonth} 分から）の解除。差し止めた月分は、まとめて支払えます`,
          {
            recipientId: content.recipientId,
            fromMonth,
            before: "差止中",
            after: "解除",
          },
        ),
      ),
    ],
    // Months, not numbers of rows: a hold that a cancellation places again has another number each time it is tried.
    basis: { known: known?.entry_id ?? null, held: held.map(({ fromMonth }) => fromMonth) },
  });
}

function reviewProcedure<C extends Content>(
  fixed: Pick<Procedure<C>, "code" | "name" | "form" | "rule" | "shape">,
): Procedure<C> {
  return {
    ...fixed,
    subjectOf: ({ claimant, recipientId, recipientKind }) => ({ claimant, recipientKind, recipientId, children: [] }),
    documents: ({ papers }) => documentsOf(papers),
    dueDate: ({ year }) => reviewDue(year),
    propose: async (client, _context, filing) => await propose(client, filing),
    apply: async (client, _context, filing, _proposal, deciders) => {
      const { claimant, recipientId, year }: Content = filing.content;
      const known = await reportOf(client, recipientId, year);
      const received = { received_on: filing.receivedOn, reception: "submitted" };
      if (known === undefined) {
        const columns = { recipient_id: recipientId, fiscal_year: year, ...received, valid_from: filing.receivedOn };
        await addEntry(client, "annual_report", claimant, columns, deciders);
      } else {
        await reviseEntry(client, "annual_report", known.entry_id, { ...received, reason: "現況届の受理" }, deciders);
      }
      const about = { recipientId, number: claimant, year };
      const released = await releaseReportHolds(client, about, filing.receivedOn, deciders);
      return { recipients: [recipientId], decisions: [], detail: { year, released: [...released] } };
    },
    undo: async (client, _context, filing, applied, deciders) => {
      const { recipientId, year }: Content = filing.content;
      await takeEntriesBack(client, filing, deciders);
      const known = await reportOf(client, recipientId, year);
      const released = releasedShape.safeParse(applied.detail);
      const held = await holdAgain(client, released.success ? released.data.released : [], deciders);
      return recordTakenBack("annualReport", `${year} 年度の現況届の受理`, {
        recipientId,
        before: `届出 ${filing.receivedOn}`,
        after: known === undefined ? "なし" : known.reception,
        differences:
          held === 0
            ? []
            : [
                look(
                  "annualReport.hold",
                  "現況届が出ていない状態に戻るため、解除した差止めを、同じ月分からもう一度かけます。",
                ),
              ],
      });
    },
  };
}

export const annualReview = reviewProcedure<z.infer<typeof individualShape>>({
  code: "annualReview",
  name: "児童手当現況届",
  form: "様式第6号",
  rule: "児童手当法26条、施行規則4条1項",
  shape: individualShape,
});
export const institutionAnnualReview = reviewProcedure<z.infer<typeof institutionShape>>({
  code: "institutionAnnualReview",
  name: "児童手当現況届（施設等受給者用）",
  form: "様式第7号",
  rule: "児童手当法26条、施行規則4条4項",
  shape: institutionShape,
});
