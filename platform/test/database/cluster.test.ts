import { expect, it } from "vitest";

import { connectClient } from "../../src/database/pool.ts";
import { freshDatabase } from "../support/cluster.ts";

it("a test that leaves a connection open fails, naming it", async () => {
  const database = await freshDatabase({ empty: true });
  const forgotten = await connectClient(database.url, "forgotten client");
  await expect(database.drop()).rejects.toThrow("forgotten client");
  await forgotten.end().catch(() => {});
});

it("two tests never see each other's rows", async () => {
  const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
  await one.pool.query("CREATE TABLE mine (n int)");
  await expect(other.pool.query("SELECT FROM mine")).rejects.toMatchObject({ code: "42P01" });
  await one.drop();
  await other.drop();
});
