/** Who stands in the 受給者台帳 was identified in the residents' register: nobody else is certified, and no other child is paid for. */
import { civilDate } from "@hagukumi/law/contract.ts";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { examineAll } from "../../src/claims/examine.ts";
import { approveAll } from "../../src/decisions/decide.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { examineFiling, overrideProposal } from "../../src/filings/examine.ts";
import type { FilingForm } from "../../src/filings/form.ts";
import { submitFiling } from "../../src/filings/receive.ts";
import { readPerson } from "../../src/inquiry/person-view.ts";
import { recordFeedStates } from "../../src/register-changes/feed-state.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { recipientIdOf } from "../support/families.ts";
import { testContext, testFolder } from "../support/context.ts";
import { claim, claimChild, resident, writeDelivery } from "../support/feeds.ts";
import { birthClaim, bring, decided, examined, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");
const [GHOST, PARENT, GHOST_CHILD, CHILD, NOBODY] = [52_001, 52_011, 52_002, 52_012, 52_099] as const;

beforeAll(async () => {
  await prepare(database.pool);
  await bring(ito, { residents: [resident(PARENT, "1990-01-01"), resident(CHILD, "2026-10-31")] });
  // Numbers that somebody made: they are in the list of 宛名, but no entry of the residents' register stands behind them.
  await database.pool.query("INSERT INTO allowance.addressee VALUES ($1, 'person'), ($2, 'person')", [
    GHOST,
    GHOST_CHILD,
  ]);
});

const certified = async (): Promise<unknown> =>
  (
    await database.pool.query(
      `SELECT (SELECT count(*) FROM allowance.recipient) AS recipients, (SELECT count(*) FROM allowance.decision) AS decisions,
         (SELECT count(*) FROM allowance.due_item) AS due, (SELECT count(*) FROM allowance.ledger_entry) AS entries`,
    )
  ).rows[0];

const born = (parent: number, child: number): FilingForm => birthClaim(parent, child, "2026-10-31", "2026-11-13");

/** 宛名管理 of 別添1: the newest line of a person */
async function lineOf(number: number): Promise<Record<string, unknown> | undefined> {
  const { rows } = await database.pool.query<Record<string, unknown>>(
    `SELECT * FROM annex1."宛名管理" WHERE "福祉台帳番号" = $1 AND "事業最新フラグ" = '1'`,
    [number],
  );
  return rows[0];
}

describe("a recipient or a child without a match in the residents' register", () => {
  it.each([
    ["a claimant without an entry", GHOST, CHILD, "claimant.register"],
    ["a child without an entry", PARENT, GHOST_CHILD, "child.register"],
    ["a child with a number that nobody has", PARENT, NOBODY, "person.unknown"],
  ])(
    "[THR82] %s does not reach 認定: neither as proposed nor by an override, by one person or by two",
    async (_what, parent, child, item) => {
      const before = await certified();
      const { filingId, digest, proposal } = await examined(ito, born(parent, child));
      expect(proposal.differences).toContainEqual(expect.objectContaining({ item, weight: "stop" }));
      await expect(approveFiling(ito, { filingId, digest })).rejects.toMatchObject({ code: "samePerson" });
      await expect(approveFiling(sato, { filingId, digest })).rejects.toMatchObject({ code: "filingStopped" });
      const grant = { filingId, outcome: "grant" as const, reasonCode: "other", reason: "架空の理由で認める" };
      const overridden = await overrideProposal(ito, grant).catch((error: unknown) => error);
      if (!(overridden instanceof Error)) {
        const { digest: wanted } = overridden as { readonly digest: string };
        await expect(approveFiling(sato, { filingId, digest: wanted })).rejects.toMatchObject({
          code: "filingStopped",
        });
      }
      expect(await certified()).toEqual(before);
    },
  );

  it("[THR82] a claimant whom nobody knows can't even be typed, and a claim of the counter names how the person was identified", async () => {
    const before = await certified();
    await expect(submitFiling(ito, { form: born(NOBODY, CHILD) })).rejects.toMatchObject({ code: "filingInvalid" });
    const { identity: _nobodyLooked, ...unseen } = born(PARENT, CHILD);
    await expect(submitFiling(ito, { form: unseen })).rejects.toMatchObject({ code: "identityNeeded" });
    expect(await certified()).toEqual(before);
  });

  it("[THR82] the way of the first migration is closed as well: claims of a file for people who are not in the register are refused or not decided", async () => {
    const before = await certified();
    const delivery = await writeDelivery(join(dir, "ghosts"), {
      claims: [
        claim(7_520_001, NOBODY, "2026-11-05"),
        claim(7_520_002, GHOST, "2026-11-05"),
        claim(7_520_003, PARENT, "2026-11-05"),
      ],
      claimChildren: [
        claimChild(7_520_001, CHILD, 1),
        claimChild(7_520_002, CHILD, 1),
        claimChild(7_520_003, GHOST_CHILD, 1),
      ],
    });
    await importFeeds(ito, delivery).catch(() => undefined);
    await examineAll(ito);
    await approveAll(sato);
    expect(await certified()).toEqual(before);
  });
});

describe("受給者台帳", () => {
  it("[D83] is built from the residents' register: identified people alone, their 4情報 as registered with the day, each further entry beside the one before", async () => {
    // Stopped while nobody stands behind the number; the same filing goes on once the register has the person.
    const { filingId } = await examined(ito, born(GHOST, GHOST_CHILD));
    await bring(ito, {
      residents: [
        resident(GHOST, "1991-02-03", { 氏名: "架空　台帳", 氏名フリガナ: "カクウ　タロウ", 住所: "架空町２丁目" }),
        resident(GHOST_CHILD, "2026-10-31"),
      ],
    });
    const { digest } = await examineFiling(ito, { filingId });
    await approveFiling(sato, { filingId, digest });
    expect(await recipientIdOf(database.pool, GHOST)).toBeGreaterThan(0);

    // 4情報: name, address, birth and sex, word for word those of the register; and since when.
    const registered = { 氏名漢字: "架空　台帳", 氏名カナ: "カクウ　タロウ", 生年月日: "1991-02-03", 性別コード: 2 };
    const line = await lineOf(GHOST);
    expect(line).toMatchObject({ ...registered, 住所方書: "架空町２丁目", 宛名履歴番号: 1 });
    const today = (await database.pool.query<{ day: string }>("SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date AS day"))
      .rows[0]?.day;
    expect(line).toMatchObject({ 登録年月日: today });
    const reader = { pool: database.pool, operator: "staff.sato", purpose: "台帳の照会" };
    const before = await readPerson(reader, GHOST);
    expect(before).toMatchObject({
      person: {
        name: "架空　台帳",
        birthDate: "1991-02-03",
        sex: 2,
        address: "架空町２丁目",
        since: "1991-02-03",
        registeredOn: today,
      },
      registerAsOf: null,
    });

    await bring(ito, {
      residents: [
        resident(GHOST, "1991-02-03", {
          履歴番号: "2",
          異動年月日: "2026-11-10",
          異動事由コード: "22",
          氏名: "架空　台帳",
          住所: "架空町３丁目",
        }),
      ],
    });
    await recordFeedStates(
      ito,
      [{ interfaceCode: "residents", name: "住民", asOf: civilDate("2026-11-20"), staleAfter: 2, delayed: false }],
      "residents-1120",
    );
    expect(await readPerson(reader, GHOST)).toMatchObject({
      person: { address: "架空町３丁目", since: "2026-11-10" },
      registerAsOf: "2026-11-20",
    });
    const { rows } = await database.pool.query<{ address: string }>(
      `SELECT "住所方書" AS address FROM annex1."宛名管理" WHERE "福祉台帳番号" = $1 ORDER BY "宛名履歴番号"`,
      [GHOST],
    );
    expect(rows.map(({ address }) => address)).toEqual(["架空町２丁目", "架空町３丁目"]);
  });

  it("[D83] every recipient and every child that is paid for has an entry of the register, and no table of the office has a place for a 個人番号", async () => {
    await decided(ito, sato, born(PARENT, CHILD));
    const { rows } = await database.pool.query<{ all: number; without: number }>(
      `SELECT count(*)::int AS all, (count(*) FILTER (WHERE NOT EXISTS (SELECT FROM allowance.person_history h WHERE h.addressee_number = n)
         AND NOT EXISTS (SELECT FROM allowance.organization_history o WHERE o.addressee_number = n)))::int AS without
       FROM (SELECT addressee_number AS n FROM allowance.recipient 
         UNION SELECT (child ->> 'id')::bigint FROM allowance.decision d JOIN allowance.facts f USING (facts_digest), jsonb_array_elements(f.facts -> 'children') x(child)) y`,
    );
    expect(rows[0]?.all).toBeGreaterThanOrEqual(4);
    expect(rows[0]?.without).toBe(0);
    // The number lies in the vault; what links it to the person is the random 団体内統合宛名番号 of the system beside this one.
    const { rows: places } = await database.pool.query<{ place: string }>(
      `SELECT c.relname || '.' || a.attname AS place FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       WHERE c.relnamespace IN ('allowance'::regnamespace, 'annex1'::regnamespace) AND c.relkind IN ('r', 'v', 'm') AND a.attnum > 0
         AND (a.attname ~* '(individual|my)_?number|個人番号' OR (a.atttypid = 'bpchar'::regtype AND a.atttypmod - 4 = 12))`,
    );
    expect(places).toEqual([]);
  });
});
