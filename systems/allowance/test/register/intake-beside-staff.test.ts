/** A delivery of many rows is taken in while staff read people and write: it is not given up because of their commands. */
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { withRole } from "@hagukumi/platform/database/transaction.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { expect, it } from "vitest";

const database = useDatabase();
const role = "hagukumi_allowance";
const said = { role, actor: "test.staff", purpose: "test", request: {} };

/** How often the long command ran, when another read what it writes and was recorded under a key beside its own. */
async function runsOf(key: string, keyBefore: boolean): Promise<number> {
  let runs = 0;
  const { response } = await runCommand(
    database.pool,
    { ...said, key, name: "test.intake", keyBefore },
    async (client) => {
      runs += 1;
      const number = 700_000 + (keyBefore ? 1 : 0);
      await client.query("INSERT INTO allowance.addressee (addressee_number, kind) VALUES ($1, 'person')", [number]);
      if (runs === 1) {
        const beside = { ...said, key: `${key}/beside`, name: "test.note" };
        await runCommand(database.pool, beside, async (other) => {
          await withRole(other, role);
          await other.query("SELECT count(*) FROM allowance.addressee");
          return { response: null, audit: [] };
        });
      }
      return { response: "taken", audit: [] };
    },
  );
  expect(response).toBe("taken");
  return runs;
}

it("is tried again where its key is looked up inside of its transaction, and is not where it is looked up before", async () => {
  expect(await runsOf("intake/inside", false)).toBe(2);
  expect(await runsOf("intake/before", true)).toBe(1);
});

const work = async (): Promise<{ response: string; audit: [] }> =>
  await Promise.resolve({ response: "one", audit: [] });
const never = async (): Promise<never> => await Promise.reject(new Error("ran again"));

it("answers a repeated key with its first answer, and refuses the key for anything else", async () => {
  const command = { ...said, key: "intake/again", name: "test.intake", keyBefore: true };
  expect(await runCommand(database.pool, command, work)).toEqual({ response: "one", repeated: false });
  expect(await runCommand(database.pool, command, never)).toEqual({ response: "one", repeated: true });
  await expect(runCommand(database.pool, { ...command, request: { other: 1 } }, never)).rejects.toMatchObject({
    code: "commandKeyReused",
  });
});
