/** Drives cells of the authorization matrix over HTTP. */
import { roleCodes } from "@hagukumi/platform/identity/permissions.ts";
import type { Role } from "@hagukumi/platform/identity/permissions.ts";
import type { Pool } from "pg";

import type { Operation } from "../../src/api/operation.ts";
import { makeActor, OTHER_SECTION } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { keysBeyond } from "../support/answer-keys.ts";
import { call } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { relationCases } from "./row.ts";
import type { MatrixRow, RelationCase, Target } from "./row.ts";

/** What a caller can be told about the authorization alone; everything else that comes back means it was passed. */
export type Outcome = "allowed" | "refused" | "unauthenticated" | "broken";

const REFUSED: ReadonlySet<string> = new Set([
  "permissionMissing",
  "purposeNeeded",
  "notFound",
  "notPermitted",
  "stepUpNeeded",
]);

function outcomeOf(answer: { readonly status: number; readonly code: string }): Outcome {
  if (answer.code === "sessionNeeded") return "unauthenticated";
  if (REFUSED.has(answer.code)) return "refused";
  // `badInput` would hide whether the authorization was passed: the row's input is wrong then.
  return answer.status >= 500 || answer.code === "badInput" ? "broken" : "allowed";
}

export type Actors = {
  readonly of: (role: Role, relation: RelationCase) => Actor;
  /** Signed in, without any right */
  readonly stranger: Actor;
};

/** One signed-in person for each role and each way of being related. */
export async function makeActors(pool: Pool): Promise<Actors> {
  const made = new Map<string, Actor>();
  for (const role of roleCodes) {
    made.set(`${role}/here`, await makeActor(pool, `m.${role}.here`, role));
    made.set(`${role}/otherWard`, await makeActor(pool, `m.${role}.ward`, role, { wards: ["431028"] }));
    const other = await makeActor(pool, `m.${role}.other`, role, { section: OTHER_SECTION });
    made.set(`${role}/otherSection`, other);
  }
  const stranger = await makeActor(pool, "m.stranger", undefined);
  return {
    stranger,
    of: (role, relation) => {
      const way = relation === "otherWard" || relation === "otherSection" ? relation : "here";
      const actor = made.get(`${role}/${way}`);
      if (actor === undefined) throw new Error(`no actor for ${role} ${relation}`);
      return actor;
    },
  };
}

/** The relations in which an operation is driven. */
export function relationsOf(operation: Operation): readonly RelationCase[] {
  const { relation } = operation.access;
  return relation === "none" || relation === "run" ? ["ownWard", "otherSection"] : relationCases;
}

/** Whether the matrix says that the cell is allowed. */
export function expected(row: MatrixRow, role: Role | undefined, relation: RelationCase): boolean {
  if (row.allow === "everybody" || row.allow === "signedIn") return true;
  return role !== undefined && (row.allow[relation] ?? []).includes(role);
}

/** Who was tried to be opened already: it lasts for 15 minutes, and a refusal is as lasting. */
const tried = new Set<string>();

const OPEN = { method: "POST", path: "/openings" } as const;

/** One cell: opens the person where the operation needs it, then calls. */
export async function drive(
  desk: ServedDesk,
  operation: Operation,
  row: MatrixRow,
  actor: Actor | undefined,
  target: Target,
): Promise<{ readonly outcome: Outcome; readonly said: string; readonly beyond: readonly string[] }> {
  const attempt = `${actor?.staffId ?? ""}/${target.addresseeNumber}`;
  if (row.opens === true && actor !== undefined && !tried.has(attempt)) {
    tried.add(attempt);
    await call(desk.server, actor, OPEN, {
      body: {
        target: { kind: "addressee", number: String(target.addresseeNumber) },
        purpose: "certification",
        origin: "search",
      },
    });
  }
  const answer = await call(desk.server, actor, operation, row.input?.(target) ?? {});
  const said = `${answer.status} ${answer.code} ${answer.text.slice(0, 200)}`;
  const { response } = operation;
  const beyond = answer.status === 200 && response !== "file" ? keysBeyond(answer.json, response) : [];
  return { outcome: outcomeOf(answer), said, beyond };
}
