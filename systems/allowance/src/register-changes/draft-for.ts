/** The form that a change would be answered with, as far as the register knows it. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { FilingForm } from "../filings/form.ts";
import { personOf } from "../procedures/people.ts";
import type { ChangeKind } from "./kinds.ts";

/** A change as far as a form needs it. */
export type ChangeRow = {
  readonly changeId: number;
  readonly kind: ChangeKind;
  /** 宛名番号 of who changed */
  readonly number: number;
  readonly recipientId: number | null;
  /** 宛名番号 of the recipient */
  readonly recipientNumber: number | null;
  readonly happenedOn: CivilDate;
  readonly wardCode: string;
};

/**
 * The form, or undefined where no procedure can be prefilled: somebody has to look first.
 *
 * @param reportedOn the day that counts as 受付日
 */
export async function draftFor(
  connection: Queryable,
  change: ChangeRow,
  reportedOn: CivilDate,
): Promise<FilingForm | undefined> {
  const { kind, number, recipientId, recipientNumber, happenedOn } = change;
  const form = (procedure: FilingForm["procedure"], content: FilingForm["content"]): FilingForm => ({
    procedure,
    receivedOn: reportedOn,
    channel: "exOfficio",
    wardCode: change.wardCode,
    content,
  });
  switch (kind) {
    case "death":
      return form("death", { claimant: number, diedOn: happenedOn, evidence: "住民票" });
    case "moveOut":
      return form("moveOut", { state: "planned", claimant: number, plannedOn: happenedOn });
    case "removed":
      return form("moveOut", { state: "removed", claimant: number, plannedOn: happenedOn });
    case "birth": {
      if (recipientId === null || recipientNumber === null) return undefined;
      const children = [{ number, role: "child", relation: "子" }];
      return form("increase", {
        claimant: recipientNumber,
        recipientId,
        cause: "birth",
        causeOn: happenedOn,
        children,
      });
    }
    case "moveWithin":
    case "nameChange": {
      if (recipientId === null || recipientNumber !== number) return undefined;
      const person = await personOf(connection, number);
      if (person === undefined) return undefined;
      const { name, kana, postalCode, address, ward } = person;
      const changed =
        kind === "nameChange"
          ? { name: { name, kana } }
          : {
              address: { postalCode: /^[0-9]{7}$/.test(postalCode) ? postalCode : "0000000", address, wardCode: ward },
            };
      return form("change", { claimant: number, recipientId, on: happenedOn, ...changed });
    }
    // Somebody has to look first: there is nothing that the register alone could fill a form with.
    case "moveIn":
    case "relation":
    case "marriage":
    case "separation":
    case "household":
    case "protection":
    case "correction":
    case "taxCorrection":
    case "insurance":
    case "pension":
    case "welfare":
    case "childRearingAllowance":
    case "residenceStatus":
    case "publicService":
      break;
  }
  return undefined;
}
