import { describe, expect, it } from "vitest";

import { checkConsistency } from "../../src/consistency/check.ts";
import { answerFinding, findingsCsv, listFindings } from "../../src/consistency/list.ts";
import { approveConsolidation, proposeConsolidation } from "../../src/consolidation/consolidate.ts";
import { rejectEntry } from "../../src/entries/confirm.ts";
import { individualNumberCheckDigit } from "@hagukumi/platform/text/check-digits.ts";
import { drawNumber } from "../../../../vault/test/support/vault.ts";
import { linksOf, useAddressee } from "../support/addressee.ts";

const made = useAddressee();
const refusedWith = (code: string): unknown => expect.objectContaining({ code });
const key = (): string => crypto.randomUUID();

describe("the consistency of 団体内統合宛名番号 and 個人番号", () => {
  it("[D33] [D34] each planted mismatch is reported by the next check, and the list holds exactly the planted cases, without any 個人番号", async () => {
    const { as, enter, vault, database } = made.it;
    const people: Awaited<ReturnType<typeof enter>>[] = [];
    for (let count = 0; count < 12; count += 1) people.push(await enter());
    const numbers = await linksOf(made.it);
    const of = (
      place: number,
    ): { readonly addresseeNumber: number; readonly unified: number; readonly entryId: number } => {
      const person = people[place] ?? expect.unreachable();
      return { ...person, unified: numbers.get(person.addresseeNumber) ?? 0 };
    };
    const clean = await checkConsistency(as());
    expect(clean).toMatchObject({ numbers: 12, persons: 12, findings: 0 });

    const refs = await database.pool.query<{ ref: string; n: number }>(
      "SELECT person_ref AS ref, unified_number AS n FROM unified.person",
    );
    const refOf = new Map(refs.rows.map(({ n, ref }) => [n, ref]));
    const inVault = async (sql: string, place: number): Promise<unknown> =>
      await vault.database.pool.query(sql, [refOf.get(of(place).unified)]);
    await inVault("DELETE FROM vault.person WHERE person_ref = $1", 0);
    await inVault(
      "UPDATE vault.record SET sealed = set_byte(sealed, 15, get_byte(sealed, 15) # 255) WHERE person_ref = $1",
      1,
    );
    await inVault(
      "DELETE FROM vault.number_index WHERE record_id = (SELECT record_id FROM vault.record WHERE person_ref = $1)",
      2,
    );
    await inVault(
      "UPDATE vault.number_index SET digest = sha256(digest) WHERE record_id = (SELECT record_id FROM vault.record WHERE person_ref = $1)",
      3,
    );
    await inVault("UPDATE vault.record SET state = 'former', ended_at = now() WHERE person_ref = $1", 4);
    // In the vault, but without a number here
    await vault.ask("register", { entries: [{ entryKey: "planted", number: drawNumber() }] });
    // Two addressees that were joined before both had numbers
    const { consolidationId } = await proposeConsolidation(as(), {
      key: key(),
      keptNumber: of(5).addresseeNumber,
      otherNumber: 88_001,
      reason: "同一人と確認",
    });
    await approveConsolidation(as("clerk.two"), { key: key(), consolidationId });
    await enter({ addresseeNumber: 88_001 });
    // Entered 31 days ago and never confirmed
    await database.pool.query(
      "UPDATE unified.entry SET entered_at = entered_at - interval '31 days' WHERE entry_id = $1",
      [of(6).entryId],
    );
    // No mismatch: an entry that was wrong, whose number was erased by right
    const { erasureRequest } = await rejectEntry(as("clerk.two"), {
      key: key(),
      entryId: of(7).entryId,
      reason: "誤入力だった",
    });
    await vault.ask("erase", { requestId: erasureRequest ?? 0 });

    const { runId, findings } = await checkConsistency(as());
    const list = await listFindings(as(), { runId });
    const lines = list.map(
      ({ kind, unifiedNumber, addresseeNumber }) => `${kind}/${unifiedNumber ?? "-"}/${addresseeNumber ?? "-"}`,
    );
    const second = (await linksOf(made.it)).get(88_001) ?? 0;
    const line = (kind: string, place: number): string => `${kind}/${of(place).unified}/${of(place).addresseeNumber}`;
    expect(lines.toSorted()).toEqual(
      [
        line("vaultMissing", 0),
        line("unreadable", 1),
        line("indexMissing", 2),
        line("indexMismatch", 3),
        line("noCurrent", 4),
        "numberMissing/-/-",
        line("consolidatedTwoNumbers", 5),
        `consolidatedTwoNumbers/${second}/88001`,
        line("unconfirmed", 6),
      ].toSorted(),
    );
    expect(findings).toBe(lines.length);

    const csv = findingsCsv(list);
    expect(csv.trimEnd().split("\r\n")).toHaveLength(1 + lines.length);
    const twelve = csv.match(/(?<!\d)\d{12}(?!\d)/g) ?? [];
    expect(twelve.filter((text) => individualNumberCheckDigit(text.slice(0, 11)) === Number(text[11]))).toEqual([]);

    const [first] = list;
    const answer = {
      key: key(),
      findingId: first?.findingId ?? 0,
      result: "corrected",
      note: "記録を調べて直した",
    } as const;
    await expect(answerFinding(as("clerk.two"), { ...answer, findingId: 99_999 })).rejects.toThrowError(
      refusedWith("findingUnknown"),
    );
    await answerFinding(as("clerk.two"), answer);
    await expect(answerFinding(as("clerk.two"), { ...answer, key: key() })).rejects.toThrowError(
      refusedWith("findingUnknown"),
    );
    expect(await listFindings(as(), { runId })).toHaveLength(lines.length - 1);
  });

  it("an entry that is on its way is no mismatch", async () => {
    const { as, vault, nextAddressee, database } = made.it;
    const before = (await checkConsistency(as())).findings;
    await database.pool.query(
      "INSERT INTO unified.entry (entry_key, kind, system_code, addressee_number, number_paper, identity_paper, checked_on, entered_by) VALUES ('entry:on-the-way', 'first', 'allowance', $1, 'register', 'register', '2026-11-20', 'clerk.one')",
      [nextAddressee()],
    );
    await vault.ask("register", { entries: [{ entryKey: "entry:on-the-way", number: drawNumber() }] });
    expect((await checkConsistency(as())).findings).toBe(before);
  });

  it("stops when asked and records nothing", async () => {
    const { as } = made.it;
    const abort = new AbortController();
    abort.abort();
    const runs = async (): Promise<unknown> =>
      (await made.it.database.pool.query("SELECT count(*) AS count FROM unified.check_run")).rows;
    const before = await runs();
    await expect(checkConsistency(as("clerk.one", { signal: abort.signal }))).rejects.toThrowError(
      refusedWith("cancelled"),
    );
    expect(await runs()).toEqual(before);
  });
});
