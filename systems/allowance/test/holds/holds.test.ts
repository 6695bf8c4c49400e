import { month } from "@hagukumi/law/contract.ts";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { listHolds, placeHold, releaseHold } from "../../src/holds/holds.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { approveLaw } from "../support/parameters.ts";
import { testContext, testFolder } from "../support/context.ts";
import { claim, claimChild, resident, writeDelivery } from "../support/feeds.ts";

const database = useDatabase();
beforeAll(async () => await approveLaw(database.pool));
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");
let recipientId = 0;

beforeAll(async () => {
  const delivery = await writeDelivery(join(dir, "city"), {
    residents: [resident(1, "1990-01-01"), resident(2, "2026-05-10")],
    claims: [claim(1, 1, "2026-05-20")],
    claimChildren: [claimChild(1, 2, 1)],
  });
  await importFeeds(ito, delivery);
  await examineClaims(ito, ["1"]);
  await approveClaims(sato, ["1"]);
  const { rows } = await database.pool.query<{ id: number }>("SELECT recipient_id AS id FROM allowance.recipient");
  recipientId = rows[0]?.id ?? 0;
});

it("a hold is refused without a recipient or a reason, and a release without a hold", async () => {
  const hold = { recipientId, kind: "hold", fromMonth: month("2026-10"), cause: "現況届が未提出" } as const;
  await expect(placeHold(ito, { ...hold, recipientId: 999_999 })).rejects.toMatchObject({ code: "recipientUnknown" });
  await expect(placeHold(ito, { ...hold, cause: " " })).rejects.toMatchObject({ code: "holdInvalid" });
  await expect(releaseHold(ito, 999_999, "届いた")).rejects.toMatchObject({ code: "holdUnknown" });
  expect(await listHolds(database.pool)).toEqual([]);
});

it("a hold is in force until it is released, once; the same key places it once", async () => {
  const hold = {
    recipientId,
    kind: "hold",
    fromMonth: month("2026-10"),
    cause: "現況届が未提出",
    key: "hold-1",
  } as const;
  const holdId = await placeHold(ito, hold);
  expect(await placeHold(ito, hold)).toBe(holdId);
  await expect(placeHold(ito, { ...hold, cause: "別の理由" })).rejects.toMatchObject({ code: "commandKeyReused" });
  expect(await listHolds(database.pool)).toMatchObject([
    { holdId, recipientId, fromMonth: "2026-10", placedBy: "staff.ito" },
  ]);
  await releaseHold(sato, holdId, "現況届が届いた");
  await expect(releaseHold(sato, holdId, "もう一度")).rejects.toMatchObject({ code: "holdReleased" });
  expect(await listHolds(database.pool)).toEqual([]);
});
