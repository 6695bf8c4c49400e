import { describe, expect, it } from "vitest";

import { newClientKey, rawPublicKey, readStatement, signerOf, signStatement } from "../../src/statement/statement.ts";
import { endClient, endRight, registerClient, requestRight, approveRight } from "../../src/store/rights.ts";
import { drawNumber, useVault } from "../support/vault.ts";

const made = useVault();

const refusedWith = (code: string): unknown => expect.objectContaining({ code });

async function lastLog(): Promise<Record<string, unknown>> {
  const { rows } = await made.it.database.pool.query(
    "SELECT client_id, actor, operation, refusal_code FROM vault.log ORDER BY seq DESC LIMIT 1",
  );
  return rows[0] as Record<string, unknown>;
}

async function entered(): Promise<string> {
  const [one] = await made.it.ask("register", { entries: [{ entryKey: crypto.randomUUID(), number: drawNumber() }] });
  return one?.personRef ?? "";
}

describe("what the vault refuses, and logs", () => {
  it("[THR24] an unknown client, one whose registration has ended, a wrong purpose: refused and logged", async () => {
    const { vault, clock, work } = made.it;
    const said = { actor: "clerk.one", operation: "find", purpose: "identification", subject: "test:2" };
    const stranger = signerOf("stranger", newClientKey().privatePem);
    await expect(
      vault.call("find", signStatement(stranger, said, clock.now), { number: drawNumber() }),
    ).rejects.toThrowError(refusedWith("clientUnknown"));
    expect(await lastLog()).toEqual({
      client_id: "stranger",
      actor: "clerk.one",
      operation: "find",
      refusal_code: "clientUnknown",
    });

    // The right name with another key is not that client.
    const thief = signerOf("desk", newClientKey().privatePem);
    await expect(
      vault.call("find", signStatement(thief, said, clock.now), { number: drawNumber() }),
    ).rejects.toThrowError(refusedWith("statementInvalid"));
    expect(await lastLog()).toMatchObject({ refusal_code: "statementInvalid" });

    const short = signerOf("short", newClientKey().privatePem);
    await registerClient(work, {
      clientId: "short",
      name: "試験",
      publicKey: rawPublicKey(short.key),
      validTo: new Date("2027-01-01T00:00:00Z"),
    });
    await endClient(work, "short");
    await expect(
      vault.call("find", signStatement(short, said, clock.now), { number: drawNumber() }),
    ).rejects.toThrowError(refusedWith("clientUnknown"));

    await expect(
      made.it.ask("reveal", { personRef: crypto.randomUUID() }, { purpose: "consistencyCheck" }),
    ).rejects.toThrowError(refusedWith("purposeRefused"));
    expect(await lastLog()).toMatchObject({ operation: "reveal", refusal_code: "purposeRefused" });
  });

  it("a person without right, with an end of right of a moment ago, and before a second person approved it", async () => {
    const { work, ask, allow } = made.it;
    await expect(ask("find", { number: drawNumber() }, { actor: "nobody" })).rejects.toThrowError(
      refusedWith("rightMissing"),
    );
    const asked = await requestRight(work, {
      clientId: "desk",
      actor: "clerk.new",
      operations: ["find"],
      startsOn: "2026-11-01",
      endsOn: "2027-03-31",
      reason: "試験",
    });
    await expect(ask("find", { number: drawNumber() }, { actor: "clerk.new" })).rejects.toThrowError(
      refusedWith("rightMissing"),
    );
    await expect(approveRight(work, asked)).rejects.toThrowError(refusedWith("samePerson"));
    await expect(approveRight({ ...work, operator: "clerk.new" }, asked)).rejects.toThrowError(
      refusedWith("samePerson"),
    );
    await approveRight({ ...work, operator: "keys.two" }, asked);
    await expect(ask("find", { number: drawNumber() }, { actor: "clerk.new" })).resolves.toEqual({
      personRef: null,
      former: false,
    });
    await expect(
      ask("match", { checks: [{ personRef: crypto.randomUUID(), number: drawNumber() }] }, { actor: "clerk.new" }),
    ).rejects.toThrowError(refusedWith("rightMissing"));
    await endRight(work, asked, "異動");
    await expect(ask("find", { number: drawNumber() }, { actor: "clerk.new" })).rejects.toThrowError(
      refusedWith("rightMissing"),
    );
    await expect(
      requestRight(work, {
        clientId: "desk",
        actor: "x",
        operations: ["find"],
        startsOn: "2026-11-01",
        endsOn: "2027-11-02",
        reason: "長い",
      }),
    ).rejects.toThrowError(refusedWith("invalidValue"));
    expect(await allow("clerk.new")).toBeGreaterThan(asked);
  });

  it("a statement used before, too old, from the future, too long, altered, or for another operation", async () => {
    const { vault, say, clock, signer } = made.it;
    const input = { number: drawNumber() };
    const once = say("find");
    await vault.call("find", once, input);
    await expect(vault.call("find", once, input)).rejects.toThrowError(refusedWith("statementUsed"));
    // A refused call uses its statement up as well.
    const refused = say("find", { actor: "nobody" });
    await expect(vault.call("find", refused, input)).rejects.toThrowError(refusedWith("rightMissing"));
    await expect(vault.call("find", refused, input)).rejects.toThrowError(refusedWith("statementUsed"));
    const said = { actor: "clerk.one", operation: "find", purpose: "identification", subject: "test:3" };
    const at = (seconds: number): Date => new Date(clock.now.getTime() + seconds * 1000);
    await expect(vault.call("find", signStatement(signer, said, at(-60)), input)).rejects.toThrowError(
      refusedWith("statementExpired"),
    );
    await expect(vault.call("find", signStatement(signer, said, at(6)), input)).rejects.toThrowError(
      refusedWith("statementExpired"),
    );
    await expect(vault.call("find", signStatement(signer, said, clock.now, 61), input)).rejects.toThrowError(
      refusedWith("statementExpired"),
    );
    await expect(vault.call("find", signStatement(signer, said, at(-59)), input)).resolves.toBeDefined();
    await expect(vault.call("find", say("match"), input)).rejects.toThrowError(refusedWith("statementInvalid"));
    const [body = "", signature = ""] = say("find").split(".");
    const forged = Buffer.from(
      JSON.stringify({ ...readStatement(`${body}.${signature}`)?.payload, actor: "clerk.two" }),
    ).toString("base64url");
    for (const text of [
      `${forged}.${signature}`,
      `${body}.`,
      body,
      "",
      "a.b",
      `${body}.${signature}.x`,
      "x".repeat(4000),
    ]) {
      await expect(vault.call("find", text, input), text.slice(0, 20)).rejects.toThrowError(
        refusedWith("statementInvalid"),
      );
    }
  });

  it("nonsense as input, also behind a good statement; each is logged", async () => {
    for (const input of [{}, { number: "text" }, { number: drawNumber(), more: 1 }, null]) {
      await expect(made.it.ask("find", input as never)).rejects.toThrowError(refusedWith("vaultInput"));
      expect(await lastLog()).toMatchObject({ operation: "find", refusal_code: "vaultInput" });
    }
  });

  it("a display without re-authentication of the last five minutes, and the 31st in an hour", async () => {
    const { ask, clock, allow } = made.it;
    const personRef = await entered();
    await allow("clerk.many");
    const minutes = (count: number): Date => new Date(clock.now.getTime() - count * 60_000);
    await expect(ask("reveal", { personRef }, { steppedUpAt: null })).rejects.toThrowError(refusedWith("stepUpNeeded"));
    await expect(ask("reveal", { personRef }, { steppedUpAt: minutes(5.1) })).rejects.toThrowError(
      refusedWith("stepUpNeeded"),
    );
    await expect(ask("reveal", { personRef }, { steppedUpAt: minutes(-1) })).rejects.toThrowError(
      refusedWith("stepUpNeeded"),
    );
    await expect(ask("reveal", { personRef }, { steppedUpAt: minutes(4.9) })).resolves.toBeDefined();
    for (let count = 0; count < 30; count += 1) await ask("reveal", { personRef }, { actor: "clerk.many" });
    await expect(ask("reveal", { personRef }, { actor: "clerk.many" })).rejects.toThrowError(
      refusedWith("revealLimit"),
    );
    clock.now = new Date(clock.now.getTime() + 3_601_000);
    await expect(ask("reveal", { personRef }, { actor: "clerk.many" })).resolves.toBeDefined();
  });
});

describe("the vault's log", () => {
  it("is part of the call: where it cannot be written, nothing is answered and nothing is done", async () => {
    const { ask, database } = made.it;
    const personRef = await entered();
    await database.pool.query("ALTER TABLE vault.log ADD CONSTRAINT broken CHECK (false) NOT VALID");
    const number = drawNumber();
    try {
      await expect(ask("reveal", { personRef })).rejects.toThrowError(/broken/);
      await expect(ask("register", { entries: [{ entryKey: "log-broken", number }] })).rejects.toThrowError(/broken/);
      await expect(ask("find", { number }, { actor: "nobody" })).rejects.toThrowError(/broken/);
    } finally {
      await database.pool.query("ALTER TABLE vault.log DROP CONSTRAINT broken");
    }
    expect(await ask("find", { number })).toEqual({ personRef: null, former: false });
  });

  it("has a row for every call, with who, why, what and whom, and cannot be changed even by the owner of the database", async () => {
    const { ask, database } = made.it;
    const personRef = await entered();
    await ask("reveal", { personRef }, { subject: "addressee:000000000000123" });
    const { rows } = await database.pool.query(
      "SELECT client_id, actor, purpose, operation, subject, person_ref, rows, refusal_code FROM vault.log ORDER BY seq DESC LIMIT 1",
    );
    expect(rows[0]).toEqual({
      client_id: "desk",
      actor: "clerk.one",
      purpose: "identityCheck",
      operation: "reveal",
      subject: "addressee:000000000000123",
      person_ref: personRef,
      rows: 1,
      refusal_code: null,
    });
    for (const sql of [
      "UPDATE vault.log SET actor = 'x'",
      "DELETE FROM vault.log",
      "TRUNCATE vault.log",
      "DELETE FROM vault.erasure",
    ]) {
      await expect(database.pool.query(sql), sql).rejects.toMatchObject({ code: "42501" });
    }
  });

  it("roles of the business systems cannot even connect, and the vault's own roles have no more than they need", async () => {
    const { database } = made.it;
    const { rows } = await database.pool.query<{ role: string; may: boolean }>(
      `SELECT rolname AS role, has_database_privilege(rolname, current_database(), 'CONNECT') AS may FROM pg_roles
       WHERE rolname LIKE 'hagukumi\\_%' AND rolname NOT LIKE '%vault%'`,
    );
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter(({ may }) => may)).toEqual([]);
    const rights = await database.pool.query<{ line: string }>(
      `SELECT c.relname AS line FROM pg_class c CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
       WHERE c.relnamespace = 'vault'::regnamespace AND c.relkind = 'r' AND has_table_privilege('hagukumi_vault', c.oid, p)`,
    );
    const lines = new Set(rights.rows.map(({ line }) => line));
    for (const kept of ["key_version", "client", "right_request", "right_approval", "right_end", "purpose", "policy"])
      expect(lines).not.toContain(kept);
  });
});
