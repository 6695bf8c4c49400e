/** The end of a right: by every cause with its code, ex officio with what showed it, and with a month that a person sets otherwise. */
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { overrideProposal } from "../../src/filings/examine.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, decisionsOf, exOfficio, onDay, recipientIdOf } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { birthClaim, bring, decided, examined, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };

beforeAll(async () => await prepare(database.pool));

/** The last standing line of the register (別添1): state, last month, cause code and mark of 職権. */
async function lastLine(number: number): Promise<unknown> {
  const { rows } = await database.pool.query(
    `SELECT "状態コード" AS state, "支給開始年月" AS first, "支給終了年月" AS last, "消滅事由コード" AS cause, "消滅職権フラグ" AS office
     FROM annex1."新児童手当資格情報" WHERE "福祉台帳番号" = $1 AND "最新フラグ" = '1' AND "認定番号" IS NOT NULL ORDER BY "申請番号"::bigint DESC LIMIT 1`,
    [number],
  );
  return rows[0];
}

const changed = (number: number, birth: string, state: string, event: string, on: string) =>
  resident(number, birth, {
    世帯番号: number15(number),
    履歴番号: "2",
    住民状態: state,
    異動年月日: on,
    異動事由コード: event,
  });

const extinction = (base: number, recipientId: number, event: Record<string, unknown>) =>
  form("extinction", "2026-11-18", { claimant: base, recipientId, events: [event] });

type End = {
  readonly cause: string;
  readonly code: string;
  readonly born?: string;
  /** Ends the right of the family `base` with the child `base + 1` */
  readonly end: (base: number, recipientId: number) => Promise<unknown>;
};

const byReport =
  (event: (base: number) => Record<string, unknown>) =>
  async (base: number, recipientId: number): Promise<unknown> =>
    await decided(clerk, approver, extinction(base, recipientId, event(base)));

const ENDS: readonly End[] = [
  {
    cause: "recipientDeath",
    code: "04",
    end: async (base, recipientId) => {
      await bring(clerk, { residents: [changed(base, "1990-01-01", "3", "21", "2026-10-20")] });
      await byReport(() => ({ cause: "recipientDeath", on: "2026-10-20" }))(base, recipientId);
    },
  },
  {
    cause: "movedOut",
    code: "26",
    end: async (base, recipientId) => {
      await bring(clerk, { residents: [changed(base, "1990-01-01", "2", "20", "2026-10-20")] });
      await byReport(() => ({ cause: "movedOut", on: "2026-10-20" }))(base, recipientId);
    },
  },
  {
    cause: "childDeath",
    code: "21",
    end: async (base, recipientId) => {
      await bring(clerk, { residents: [changed(base + 1, "2016-05-10", "3", "21", "2026-10-20")] });
      await byReport(() => ({ cause: "childDeath", child: base + 1, on: "2026-10-20" }))(base, recipientId);
    },
  },
  {
    cause: "careEnded",
    code: "22",
    end: byReport((base) => ({ cause: "careEnded", child: base + 1, on: "2026-10-20" })),
  },
  {
    cause: "childAbroad",
    code: "23",
    end: byReport((base) => ({ cause: "childAbroad", child: base + 1, on: "2026-10-20" })),
  },
  {
    cause: "enteredInstitution",
    code: "07",
    end: byReport((base) => ({ cause: "enteredInstitution", child: base + 1, on: "2026-10-20" })),
  },
  {
    cause: "becamePublicServant",
    code: "27",
    end: byReport(() => ({ cause: "becamePublicServant", on: "2026-10-20" })),
  },
  { cause: "detained", code: "28", end: byReport(() => ({ cause: "detained", on: "2026-10-20" })) },
  { cause: "declined", code: "33", end: byReport(() => ({ cause: "declined", on: "2026-10-20" })) },
  {
    cause: "otherRecipient",
    code: "32",
    end: async (base) => {
      await bring(clerk, { residents: [resident(base + 3, "1991-01-01")] });
      const statement = {
        claimant: base + 3,
        children: [{ child: base + 1, livesHereSince: "2026-10-20" }],
        other: { number: base, name: "架空　他親" },
        otherPaidBy: "city",
        evidence: { kind: "courtSummons", on: "2026-10-16" },
        apartSince: "2026-10-15",
      };
      await decided(clerk, approver, form("livingTogetherPriority", "2026-11-18", statement));
    },
  },
  {
    // 18 on 2026-04-30: to March 2027. Decided in bulk when the time has come.
    cause: "fiscalYearEnd18",
    code: "19",
    born: "2008-05-01",
    end: async (_base, recipientId) => {
      const scope = { recipients: [recipientId] };
      await reexamine(onDay(clerk, "2027-04-05"), scope);
      await approveReexamined(onDay(approver, "2027-04-06"), scope);
    },
  },
];

it("[A60] a right ends by death, move, loss of the child, public service, another recipient, declining and age, each with its code; a refusal has one too", async () => {
  for (const [index, { cause, code, born = "2016-05-10", end }] of ENDS.entries()) {
    const base = 83_000 + index * 10;
    const recipientId = await certifiedFamily(clerks, base, [born]);
    expect(await lastLine(base), cause).toMatchObject({ state: "02", last: null, cause: null });
    await end(base, recipientId);
    // October is the last month, of the child of 2008 March: 10,000 until then, nothing after.
    const [last, next] = cause === "fiscalYearEnd18" ? ["2027-03", "2027-04"] : ["2026-10", "2026-11"];
    expect(await decisionsOf(database.pool, recipientId), cause).toEqual([
      { kind: "certify", month: "2026-06", total: 10_000, cause: "other" },
      { kind: "extinguish", month: next, total: 0, cause },
    ]);
    expect(await lastLine(base), cause).toMatchObject({ state: "05", first: "2026-06", last, cause: code });
  }

  // 訂正: the child was born in 2024 by the corrected register, so the amount was wrong from the start (15,000). Decided anew, the end
  // still says that another person became the recipient, and not that the care ended.
  const other = 83_000 + ENDS.findIndex(({ cause }) => cause === "otherRecipient") * 10;
  const recipientId = await recipientIdOf(database.pool, other);
  await bring(clerk, { residents: [resident(other + 1, "2024-05-10", { 世帯番号: number15(other) })] });
  await reexamine(clerk, { recipients: [recipientId] });
  await approveReexamined(approver, { recipients: [recipientId] });
  expect((await decisionsOf(database.pool, recipientId)).slice(2)).toEqual([
    { kind: "correct", month: "2026-06", total: 15_000, cause: "factsChanged" },
    { kind: "certify", month: "2026-06", total: 15_000, cause: "other" },
    { kind: "extinguish", month: "2026-11", total: 0, cause: "otherRecipient" },
  ]);
  expect(await lastLine(other)).toMatchObject({ state: "05", last: "2026-10", cause: "32" });

  // 却下: the child is already paid for to somebody else.
  await certifiedFamily(clerks, 83_200, ["2016-05-10"]);
  await bring(clerk, { residents: [resident(83_205, "1990-01-01")] });
  await decided(clerk, approver, birthClaim(83_205, 83_201, "2016-05-10", "2026-11-10", { cause: "other" }));
  const { rows } = await database.pool.query(
    `SELECT d.kind, y.reason_code AS reason, v.code FROM allowance.decision d JOIN allowance.refusal_reason y USING (decision_id)
     JOIN allowance.claim c USING (claim_id) JOIN allowance.code_last v ON v.domain = 'refusalCause' AND v.identifier = y.reason_code
     WHERE c.claimant_number = 83205`,
  );
  expect(rows).toEqual([{ kind: "refuse", reason: "alreadyPaid", code: "03" }]);
});

const ownEnd = (base: number, recipientId: number, more: object = {}) => ({
  claimant: base,
  recipientId,
  events: [{ cause: "careEnded", child: base + 1, on: "2026-10-20" }],
  ...more,
});

it("[A61] an end that the office makes by itself carries the mark of 職権 and what showed the fact; without that it is not decided", async () => {
  const office = await certifiedFamily(clerks, 83_300, ["2016-05-10"]);
  const reported = await certifiedFamily(clerks, 83_310, ["2016-05-10"]);
  const bare = await examined(clerk, exOfficio("extinction", "2026-11-18", ownEnd(83_300, office)));
  expect(bare.proposal).toMatchObject({ outcome: "impossible", differences: [{ item: "evidence", weight: "stop" }] });
  await expect(approveFiling(approver, { filingId: bare.filingId, digest: bare.digest })).rejects.toMatchObject({
    code: "filingStopped",
  });
  expect(await lastLine(83_300)).toMatchObject({ state: "02" });

  const evidence = "架空児童相談所の回答（2026-11-16）";
  const shown = await examined(clerk, exOfficio("extinction", "2026-11-18", ownEnd(83_300, office, { evidence })));
  expect(shown.proposal.reasons).toContain(`確かめた資料: ${evidence}`);
  await approveFiling(approver, { filingId: shown.filingId, digest: shown.digest });
  await decided(clerk, approver, form("extinction", "2026-11-18", ownEnd(83_310, reported)));
  expect(await lastLine(83_300)).toMatchObject({ state: "05", cause: "22", office: "1" });
  expect(await lastLine(83_310)).toMatchObject({ state: "05", cause: "22", office: "0" });
  // What showed it stays with the very version that was decided.
  const { rows } = await database.pool.query(
    `SELECT f.channel, c.content ->> 'evidence' AS evidence FROM allowance.filing_approval a
     JOIN allowance.filing_content c ON c.filing_id = a.filing_id AND c.revision = a.revision
     JOIN LATERAL (SELECT c.channel) f ON true WHERE a.filing_id = $1`,
    [shown.filingId],
  );
  expect(rows).toEqual([{ channel: "exOfficio", evidence }]);
});

it("[D151] first and last month are computed from the facts; a person sets them otherwise only with a reason, and another decides on both", async () => {
  // Born on 2026-10-31, claimed on 2026-11-20, after the 15 days: computed from December.
  await bring(clerk, { residents: [resident(83_400, "1990-01-01"), resident(83_401, "2026-10-31")] });
  const late = await examined(clerk, birthClaim(83_400, 83_401, "2026-10-31", "2026-11-20"));
  expect(late.proposal.effects).toMatchObject([{ kind: "certify", fromMonth: "2026-12" }, { kind: "account" }]);
  const change = { filingId: late.filingId, reasonCode: "dateCorrected", adjust: { obstacleEndedOn: "2026-11-10" } };
  await expect(overrideProposal(clerk, { ...change, reason: " " })).rejects.toMatchObject({ code: "filingInvalid" });
  const start = await overrideProposal(clerk, { ...change, reason: "11月10日まで入院していたため" });
  expect(start.proposal.effects).toMatchObject([{ kind: "certify", fromMonth: "2026-11" }, { kind: "account" }]);
  await approveFiling(approver, { filingId: late.filingId, digest: start.digest });
  const recipientId = await recipientIdOf(database.pool, 83_400);
  expect(await lastLine(83_400)).toMatchObject({ first: "2026-11", last: null });

  // The report says 20 December; the office found that the child had left on 28 November: the last month is November.
  const days = { clerk: onDay(clerk, "2026-12-22"), approver: onDay(approver, "2026-12-23") };
  const report = form("extinction", "2026-12-21", {
    claimant: 83_400,
    recipientId,
    events: [{ cause: "careEnded", child: 83_401, on: "2026-12-20" }],
  });
  const computed = await examined(days.clerk, report);
  expect(computed.proposal.effects).toMatchObject([{ kind: "extinguish", fromMonth: "2027-01" }]);
  const earlier = { filingId: computed.filingId, reasonCode: "dateCorrected", adjust: { endOn: "2026-11-28" } };
  await expect(overrideProposal(days.clerk, { ...earlier, reason: "" })).rejects.toMatchObject({
    code: "filingInvalid",
  });
  const moved = await overrideProposal(days.clerk, { ...earlier, reason: "学校の回答では11月28日から別の家にいる" });
  expect(moved.proposal.effects).toMatchObject([{ kind: "extinguish", fromMonth: "2026-12" }]);
  expect(moved.proposal.reasons.join("")).toContain("案の変更により、事由の日を");
  // What was examined before the change is not what is decided, and whoever changed it does not decide.
  await expect(
    approveFiling(days.approver, { filingId: computed.filingId, digest: computed.digest }),
  ).rejects.toMatchObject({ code: "contentChanged" });
  await expect(approveFiling(days.clerk, { filingId: computed.filingId, digest: moved.digest })).rejects.toMatchObject({
    code: "samePerson",
  });
  await approveFiling(days.approver, { filingId: computed.filingId, digest: moved.digest });
  expect(await decisionsOf(database.pool, recipientId)).toEqual([
    { kind: "certify", month: "2026-11", total: 15_000, cause: "birth" },
    { kind: "extinguish", month: "2026-12", total: 0, cause: "careEnded" },
  ]);
  expect(await lastLine(83_400)).toMatchObject({ state: "05", first: "2026-11", last: "2026-11" });
});
