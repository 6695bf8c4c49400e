import { mkdtemp, rm, stat } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { connectVault, serveVault, type VaultServer } from "../../src/server/serve.ts";
import { drawNumber, useVault } from "../support/vault.ts";

const made = useVault();
const refusedWith = (code: string): unknown => expect.objectContaining({ code });
let dir = "";
let server: VaultServer | undefined;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hagukumi-vault-"));
  server = await serveVault(made.it.vault, join(dir, "run/vault.sock"));
});
afterAll(async () => {
  await server?.close();
  await rm(dir, { recursive: true, force: true });
});

async function raw(method: string, path: string, body: string): Promise<number> {
  return await new Promise((done, fail) => {
    const sent = request({ socketPath: server?.socket ?? "", method, path }, (answer) => {
      answer.resume();
      done(answer.statusCode ?? 0);
    });
    sent.once("error", fail);
    sent.end(body);
  });
}

describe("the vault in a process of its own", () => {
  it("answers nothing to what is no call, refuses as in one process, and logs it", async () => {
    const remote = connectVault(server?.socket ?? "");
    expect(await raw("GET", "/v1/find", "")).toBe(404);
    expect(await raw("POST", "/v1/drop", "{}")).toBe(404);
    expect(await raw("POST", "/v1/find", "{}")).toBe(400);
    expect(await raw("POST", "/v1/find", "no json")).toBeGreaterThanOrEqual(400);
    const { say, database } = made.it;
    await expect(remote.call("find", "forged.statement", { number: drawNumber() })).rejects.toThrowError(
      refusedWith("statementInvalid"),
    );
    await expect(remote.call("find", say("find", { actor: "nobody" }), { number: drawNumber() })).rejects.toThrowError(
      refusedWith("rightMissing"),
    );
    await expect(remote.call("find", say("find"), { number: "123" } as never)).rejects.toThrowError(
      refusedWith("vaultInput"),
    );
    const used = say("find");
    await remote.call("find", used, { number: drawNumber() });
    await expect(remote.call("find", used, { number: drawNumber() })).rejects.toThrowError(
      refusedWith("statementUsed"),
    );
    const { rows } = await database.pool.query<{ code: string | null }>(
      "SELECT refusal_code AS code FROM vault.log WHERE operation = 'find' ORDER BY seq",
    );
    expect(rows.map(({ code }) => code)).toEqual([
      "statementInvalid",
      "rightMissing",
      "vaultInput",
      null,
      "statementUsed",
    ]);
  });

  it("gives the same answers as in one process, for entry, comparison, display and check", async () => {
    const remote = connectVault(server?.socket ?? "");
    const { say, ask } = made.it;
    const number = drawNumber();
    const [one] = await remote.call("register", say("register"), { entries: [{ entryKey: "remote", number }] });
    const personRef = one?.personRef ?? "";
    expect(await ask("find", { number })).toEqual({ personRef, former: false });
    expect(await remote.call("match", say("match"), { checks: [{ personRef, number }] })).toEqual([
      { personRef, result: "same" },
    ]);
    const shown = await remote.call("reveal", say("reveal"), { personRef });
    expect(shown.number.equals(number)).toBe(true);
    expect(String(shown.number)).toBe("個人番号（非表示）");
    expect(await remote.call("inspect", say("inspect"), { after: null, limit: 10 })).toEqual({
      persons: [personRef],
      faults: [],
      next: null,
    });
  });

  it("belongs to its account alone, and whoever finds nobody there is told so", async () => {
    expect((await stat(server?.socket ?? "")).mode & 0o777).toBe(0o600);
    const nobody = connectVault(join(dir, "nobody.sock"));
    await expect(nobody.call("find", made.it.say("find"), { number: drawNumber() })).rejects.toThrowError(
      refusedWith("vaultUnreachable"),
    );
  });
});
