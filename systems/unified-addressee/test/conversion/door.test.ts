import { newClientKey, signerOf, signStatement } from "@hagukumi/vault/contract.ts";
import type { StatementSigner } from "@hagukumi/vault/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { createAddresseeDoor, type DoorQuestion, registerAddresseeClient } from "../../src/conversion/door.ts";
import { linksOf, useAddressee } from "../support/addressee.ts";

const made = useAddressee();
const refusedWith = (code: string): unknown => expect.objectContaining({ code });
const now = new Date("2026-11-23T01:00:00Z");
const signers = new Map<string, StatementSigner>();

async function client(
  clientId: string,
  systemCode: string | null,
  operations: readonly DoorQuestion["operation"][],
  validTo = "2027-11-01",
): Promise<void> {
  const { privatePem, publicKey } = newClientKey();
  signers.set(clientId, signerOf(clientId, privatePem));
  const registered = { clientId, systemCode, publicKey, operations, validTo: new Date(validTo), operator: "keys.one" };
  await registerAddresseeClient(made.it.database.pool, registered, new Date("2026-01-01T00:00:00Z"));
}

function say(clientId: string, operation: string, purpose = "informationExchange"): string {
  const signer = signers.get(clientId) ?? expect.unreachable();
  return signStatement(signer, { actor: "system.test", operation, purpose, subject: "test:1" }, now);
}

beforeAll(async () => {
  await client("intermediary", null, ["toUnified", "toAddressee"]);
  await client("allowance-desk", "allowance", ["numberState"]);
  await client("old-program", null, ["toUnified"], "2026-11-01");
  signers.set("stranger", signerOf("stranger", newClientKey().privatePem));
  signers.set("thief", signerOf("intermediary", newClientKey().privatePem));
});

describe("connections to the 団体内統合宛名システム", () => {
  it("[D206] of unknown clients are refused and logged, and so are expired ones, forged ones, wrong purposes, used and late statements", async () => {
    const { database, enter } = made.it;
    const door = createAddresseeDoor(database.pool, () => now);
    const { addresseeNumber } = await enter();
    const question = { operation: "toUnified", systemCode: "allowance", addresseeNumber } as const;
    const used = say("intermediary", "toUnified");
    await door.ask(used, question);
    const late = signStatement(
      signers.get("intermediary") ?? expect.unreachable(),
      { actor: "x", operation: "toUnified", purpose: "informationExchange", subject: "t" },
      new Date(now.getTime() - 61_000),
    );
    const cases: readonly (readonly [string, DoorQuestion, string])[] = [
      [say("stranger", "toUnified"), question, "clientUnknown"],
      [say("old-program", "toUnified"), question, "clientUnknown"],
      [say("thief", "toUnified"), question, "statementInvalid"],
      [say("intermediary", "toAddressee"), question, "statementInvalid"],
      [say("intermediary", "toUnified", "certification"), question, "purposeRefused"],
      [say("allowance-desk", "toUnified"), question, "purposeRefused"],
      [say("intermediary", "numberState"), { operation: "numberState", addresseeNumber }, "purposeRefused"],
      [used, question, "statementUsed"],
      [late, question, "statementExpired"],
      ["", question, "statementInvalid"],
    ];
    for (const [statement, asked, code] of cases)
      await expect(door.ask(statement, asked), code).rejects.toThrowError(refusedWith(code));
    const { rows } = await database.pool.query<{ code: string | null }>(
      "SELECT refusal_code AS code FROM unified.connection_log ORDER BY seq",
    );
    expect(rows.map(({ code }) => code)).toEqual([null, ...cases.map(([, , code]) => code)]);
  });

  it("a business system cannot even be registered for conversion", async () => {
    await expect(client("greedy", "residentTax", ["numberState", "toUnified"])).rejects.toThrowError(
      refusedWith("purposeRefused"),
    );
  });

  it("convert both ways for the 中間サーバー; a business system is told the state and never the number", async () => {
    const { database, enter, nextAddressee } = made.it;
    const door = createAddresseeDoor(database.pool, () => now);
    const { addresseeNumber } = await enter();
    const unifiedNumber = (await linksOf(made.it)).get(addresseeNumber) ?? 0;
    expect(
      await door.ask(say("intermediary", "toUnified"), {
        operation: "toUnified",
        systemCode: "allowance",
        addresseeNumber,
      }),
    ).toEqual({ unifiedNumber });
    expect(
      await door.ask(say("intermediary", "toAddressee"), {
        operation: "toAddressee",
        systemCode: "allowance",
        unifiedNumber,
      }),
    ).toEqual({ addresseeNumber });
    expect(
      await door.ask(say("intermediary", "toAddressee"), {
        operation: "toAddressee",
        systemCode: "residentTax",
        unifiedNumber,
      }),
    ).toEqual({ addresseeNumber: null });
    expect(
      await door.ask(say("intermediary", "toUnified"), {
        operation: "toUnified",
        systemCode: "allowance",
        addresseeNumber: nextAddressee(),
      }),
    ).toEqual({ unifiedNumber: null });
    expect(await door.ask(say("allowance-desk", "numberState"), { operation: "numberState", addresseeNumber })).toEqual(
      { state: "unconfirmed" },
    );
  });
});
