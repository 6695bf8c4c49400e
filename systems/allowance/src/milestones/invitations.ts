/**
 * 18歳年度末の確認書の案内 (F18): in March the office asks those recipients whose amount depends on whether a child that leaves the school
 * year of 18 goes on to be counted (監護相当・生計費の負担についての確認書). Whether it depends is asked of the law itself: April with the person
 * counted beside April without.
 */
import {
  addMonths,
  type AssessmentCase,
  type Calendar,
  civilDate,
  claimDeadline,
  type Claim,
  firstDayOfMonth,
  type Month,
  parseMonth,
} from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { amountsIn } from "../decisions/effects.ts";
import { closedDays } from "../claims/examine.ts";
import { yenText } from "../inquiry/dates.ts";
import { type Applied, defineMassJob, type MassItem } from "../mass-work/mass-job.ts";
import { type Milestone, milestonesIn } from "./events.ts";
import { invitationsBack } from "./invitations-back.ts";
import { writeMassNotices } from "./notices.ts";
import { type CasePlan, hasEnded, plansFor } from "./plan.ts";

const parameters = z.strictObject({
  month: z
    .string()
    .refine((text) => parseMonth(text) !== undefined && text.endsWith("-03"), {
      error: "年度末の月（YYYY-03）を指定してください",
    })
    .transform((text) => text as Month)
    .describe("18歳の年度末の月（3月）"),
});

const kinds = {
  invited: "確認書の案内",
  noEffect: "数えても額は変わらない",
  confirmed: "確認書が出ている",
  ended: "資格が終わっている",
};

/** The facts with the person counted from April on, as a 確認書 received in March would make them. */
export function countedFrom(facts: AssessmentCase, child: number, at: Month): AssessmentCase {
  const april = firstDayOfMonth(addMonths(at, 1));
  const confirmation: Claim = {
    kind: "supportConfirmation",
    receivedOn: civilDate(`${at}-01`),
    children: [String(child)],
    cause: { kind: "becameUniversityAge", on: april },
  };
  return {
    ...facts,
    children: facts.children.map((each) =>
      Number(each.id) === child ? { ...each, supported: [...(each.supported ?? []), { from: april, to: null }] } : each,
    ),
    claims: [...(facts.claims ?? []), confirmation],
  };
}

const shown = (number: number): string => String(number).padStart(15, "0");

type Told = Omit<MassItem, "subject" | "part" | "addresseeNumber" | "recipientId">;

async function invited(client: PoolClient, recipients: readonly number[], at: Month): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ told: string }>(
    `SELECT (facts ->> 'recipientId') || '/' || (facts ->> 'child') AS told FROM allowance.case_notice
     WHERE kind = 'supportConfirmationInvited' AND facts ->> 'month' = $2 AND (facts ->> 'recipientId')::bigint = ANY ($1)
       AND NOT EXISTS (SELECT FROM allowance.mass_letter_back b WHERE b.source_key = 'caseNotice:' || notice_id)`,
    [recipients, at],
  );
  return new Set(rows.map(({ told }) => told));
}

function lineOf(
  plan: CasePlan,
  { child }: Milestone,
  at: Month,
  calendar: Calendar,
  told: ReadonlySet<string>,
  dueOn: string,
): Told {
  const april = addMonths(at, 1);
  const facts = plan.episode?.facts;
  const who = `児童 ${shown(child)}`;
  const base = { before: null, after: null, yenBefore: null, yenAfter: null, effectiveMonth: april };
  const still = (kind: keyof typeof kinds, reason: string, outcome: "noChange" | "cannot" = "noChange"): Told => ({
    ...base,
    kind,
    outcome,
    reason: `${reason}（${who}）`,
    content: { child, facts: facts?.digest ?? null },
  });
  if (hasEnded(plan)) return still("ended", "資格は終わっています");
  if (facts === undefined)
    return still("noEffect", "事実がそろわず、法の判断ができません。事案を開いて確かめてください", "cannot");
  const without = amountsIn(facts.json, april, calendar);
  const already = without?.children.find(({ id }) => Number(id) === child)?.counted === true;
  if (already) return still("confirmed", "4月からも算定対象者として数える確認書が、もう出ています");
  const counted = amountsIn(countedFrom(facts.json, child, at), april, calendar);
  if (without === null || counted === null) {
    return still("noEffect", "4月分の額が計算できません。事案を開いて確かめてください", "cannot");
  }
  if (counted.total <= without.total) {
    return still("noEffect", `確認書が出ても、4月分からの額は月額${yenText(without.total)}のままです`);
  }
  if (told.has(`${plan.recipientId}/${child}`)) return still("invited", "案内はもう出ています");
  return {
    ...base,
    kind: "invited",
    outcome: "change",
    reason: `18歳の年度末のあとも数えると額が変わるので、確認書を案内します（${who}、${dueOn} まで。児童手当法6条2項2号、施行規則1条の3の2）。金額は、確認書が出ないときと出たときの4月分。`,
    before: `月額${yenText(without.total)}`,
    after: `月額${yenText(counted.total)}`,
    yenBefore: without.total,
    yenAfter: counted.total,
    content: {
      child,
      facts: facts.digest,
      dueOn,
      monthlyWithout: without.total,
      monthlyWith: counted.total,
    },
  };
}

async function recipientsOf(connection: Queryable, at: Month): Promise<readonly number[]> {
  const events = (await milestonesIn(connection, at, at)).filter(({ kind }) => kind === "fiscalYearEnd18");
  return [...new Set(events.map(({ recipientId }) => recipientId))];
}

export const supportInvitations = defineMassJob<z.infer<typeof parameters>>({
  code: "supportInvitations",
  name: "18歳年度末の確認書の案内",
  description:
    "18歳の年度末を迎える子を4月からも算定対象者として数えると額が変わる受給者に、監護相当・生計費の負担についての確認書を案内する（通知の材料を作る）",
  lane: "letters",
  subjectKind: "recipient",
  kinds,
  parameters,
  // 年度 of the March
  periodOf: ({ month }) => String(Number(month.slice(0, 4)) - 1),
  count: async (connection, { parameters: { month } }) => (await recipientsOf(connection, month)).length,
  subjects: async (connection, { parameters: { month } }, after, limit) =>
    (await recipientsOf(connection, month)).filter((id) => id > after).slice(0, limit),
  judge: async (client, { parameters: { month }, context }, subjects) => {
    const plans = await plansFor(client, context, month, subjects);
    const told = await invited(client, subjects, month);
    const april = firstDayOfMonth(addMonths(month, 1));
    const deadline = claimDeadline(april, context.calendar, await closedDays(client));
    // A year that the table of holidays does not reach: the 16th, as the Act counts, without closed days.
    const dueOn = deadline.ok ? deadline.value : `${addMonths(month, 1)}-16`;
    return plans.flatMap((plan) =>
      plan.events
        .filter(({ kind }) => kind === "fiscalYearEnd18")
        .map((event, index) => ({
          subject: plan.recipientId,
          part: index + 1,
          addresseeNumber: plan.addresseeNumber,
          recipientId: plan.recipientId,
          ...lineOf(plan, event, month, context.calendar, told, dueOn),
        })),
    );
  },
  apply: async (client, work, items): Promise<readonly Applied[]> => {
    const notices = items.map((item) => {
      const content = item.content as Readonly<Record<string, string | number>>;
      return {
        kind: "supportConfirmationInvited" as const,
        to: item.addresseeNumber,
        facts: {
          recipientId: item.recipientId ?? 0,
          child: content["child"] ?? 0,
          month: work.parameters.month,
          fromMonth: addMonths(work.parameters.month, 1),
          dueOn: content["dueOn"] ?? "",
          monthlyWithout: content["monthlyWithout"] ?? 0,
          monthlyWith: content["monthlyWith"] ?? 0,
        },
      };
    });
    await writeMassNotices(client, work.runNo, { on: work.decidedOn, by: work.approver }, notices);
    return items.map(() => ({ notice: "supportConfirmationInvited" }));
  },
  takeBack: invitationsBack,
});
