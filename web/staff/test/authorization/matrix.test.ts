import { roleCodes } from "@hagukumi/platform/identity/permissions.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { birthClaim } from "../../../../systems/allowance/test/support/filings.ts";
import { create } from "../../../../systems/allowance/test/support/runs.ts";
import { submitFiling } from "@hagukumi/allowance/contract.ts";
import { operations } from "../../src/api/operations.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { drive, expected, makeActors, relationsOf } from "./drive.ts";
import type { Actors } from "./drive.ts";
import type { RelationCase, Target } from "./row.ts";
import { matrix } from "./rows/all.ts";

const database = useDatabase();
let desk: ServedDesk | undefined;
let actors: Actors | undefined;
const targets = new Map<RelationCase, Target>();

beforeAll(async () => {
  desk = await serveDesk(database.pool);
  const { runNo } = await create(database.pool);
  actors = await makeActors(database.pool);
  const target = async (recipientId: number, addresseeNumber: number): Promise<Target> => {
    const form = birthClaim(addresseeNumber, 900000000001201, "2026-11-01", "2026-11-20");
    // Registered: a draft is there for nobody but who types it.
    const { filingId, receptionNumber } = await submitFiling(contextOf(database.pool, "uketsuke.hanako"), { form });
    return { recipientId, addresseeNumber, filingId, receptionNumber, runNo };
  };
  const hanako = await target(desk.hanako, 900000000001101);
  for (const relation of ["ownWard", "otherWard", "otherSection"] as const) targets.set(relation, hanako);
  targets.set("protected", await target(desk.protectedPerson, 900000000001104));
  targets.set("none", {
    recipientId: 9_999_999,
    addresseeNumber: 999999999999999,
    filingId: 9_999_999,
    receptionNumber: "9999999999",
    runNo,
  });
});
afterAll(async () => await desk?.end());

const rowOf = new Map(matrix.map((row) => [row.operation, row]));

describe("the matrix and the API say the same", () => {
  it("each operation of the API has one row, and no row is of an operation that is not there", () => {
    const ids = operations.map(({ id }) => id);
    expect(matrix.map(({ operation }) => operation).toSorted()).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("a row that lets everybody in, or every member of staff, is of an operation that says so itself", () => {
    const open = operations.filter(({ id }) => typeof rowOf.get(id)?.allow === "string");
    expect(open.map(({ id, access }) => [id, access.permission])).toEqual(
      open.map(({ id }) => [id, rowOf.get(id)?.allow === "everybody" ? "public" : "signedIn"]),
    );
  });
});

// Direct calls, not menus: what a role can reach is exactly what its rows permit, and an answer has no key but its schema's.
describe("every cell of role × operation × relation, over HTTP", () => {
  // Re-authentication lasts 5 minutes and an opening 15; on a slow machine the walk takes longer, and people would renew them.
  beforeEach(async () => {
    await database.pool.query(
      "UPDATE identity.session SET stepped_up_at = identity.clock() WHERE staff_id LIKE 'm.%' AND stepped_up_at IS NOT NULL",
    );
    await database.pool.query(
      `UPDATE access.opening o SET opened_at = identity.clock(), expires_at = identity.clock() + interval '15 minutes'
       FROM identity.session s WHERE s.session_id = o.session_id AND s.staff_id LIKE 'm.%'`,
    );
  });

  it.each(operations.map((operation) => [operation.id, operation] as const))(
    "[D193][THR19][THR20] %s",
    async (id, operation) => {
      const row = rowOf.get(id);
      if (desk === undefined || actors === undefined || row === undefined) throw new Error(`no row for ${id}`);
      const wrong: string[] = [];
      let cells = 0;
      const check = async (
        who: string,
        actor: Parameters<typeof drive>[3],
        relation: RelationCase,
        wanted: string,
      ): Promise<void> => {
        const target = targets.get(relation);
        if (desk === undefined || target === undefined) throw new Error(`no target for ${relation}`);
        const { outcome, said, beyond } = await drive(desk, operation, row, actor, target);
        cells += 1;
        if (beyond.length > 0)
          wrong.push(`${who} ${relation}: answered more than its schema names: ${beyond.join(" ")}`);
        if (outcome !== wanted) wrong.push(`${who} ${relation}: ${outcome}, the matrix says ${wanted} (${said})`);
      };
      const isPublic = row.allow === "everybody";
      await check("nobody", undefined, "ownWard", isPublic ? "allowed" : "unauthenticated");
      if (!isPublic) {
        await check("stranger", actors.stranger, "ownWard", row.allow === "signedIn" ? "allowed" : "refused");
        for (const role of roleCodes) {
          for (const relation of relationsOf(operation)) {
            const wanted = expected(row, role, relation) ? "allowed" : "refused";
            await check(role, actors.of(role, relation), relation, wanted);
          }
        }
      }
      expect(wrong).toEqual([]);
      expect(cells).toBe(isPublic ? 1 : 2 + roleCodes.length * relationsOf(operation).length);
    },
  );
});
