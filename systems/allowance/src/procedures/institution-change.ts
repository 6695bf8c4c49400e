/** 氏名・住所等変更届（施設等受給者）(様式第9号, 施行規則5条3項・6条6項): name, address, founder of a home. A new row; the old one stays. */
import { addDays } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Procedure } from "../filings/procedure.ts";
import { rowDigest } from "../register/feed.ts";
import { proposalOf, recordEffect, stop } from "./answers.ts";
import { checkRecipient } from "./recipient-check.ts";
import { addPicture, pictureOf, restorePicture } from "./recipient-history.ts";
import { storedId } from "./results.ts";
import { dayShape, personShape, recipientShape, textShape } from "./shapes.ts";
import { cannotTakeBack, recordTakenBack } from "./take-back.ts";

const contentShape = z
  .strictObject({
    claimant: personShape,
    recipientKind: z.literal("institution").default("institution"),
    recipientId: recipientShape,
    on: dayShape,
    name: z.strictObject({ name: textShape(100), kana: textShape(100) }).optional(),
    address: z
      .strictObject({
        postalCode: z.string().regex(/^[0-9]{7}$/),
        address: textShape(200),
        wardCode: z.string().regex(/^[0-9]{6}$/),
      })
      .optional(),
  })
  .refine(({ name, address }) => name ?? address, { error: "変わったことを1つ以上入力してください。", path: ["name"] });

type Content = z.infer<typeof contentShape>;

/** What `apply` says that it wrote. */
const writtenShape = z.object({ revision: z.int().min(2) });

type Organization = {
  readonly name: string;
  readonly kana: string;
  readonly kind: string;
  readonly ward_code: string;
  readonly postal_code: string;
  readonly address: string;
  readonly founder: string;
};

async function organizationOf(client: PoolClient, number: number): Promise<Organization | undefined> {
  const { rows } = await client.query<Organization>(
    `SELECT name, kana, kind, ward_code, postal_code, address, founder FROM allowance.organization_history
     WHERE addressee_number = $1 ORDER BY revision DESC LIMIT 1`,
    [number],
  );
  return rows[0];
}

function after(before: Organization, { name, address }: Content): Organization {
  return {
    ...before,
    ...name,
    ...(address === undefined
      ? {}
      : { postal_code: address.postalCode, address: address.address, ward_code: address.wardCode }),
  };
}

export const institutionChange: Procedure<Content> = {
  code: "institutionChange",
  name: "氏名・住所等変更届（施設等受給者用）",
  form: "様式第9号",
  rule: "児童手当法施行規則5条3項・6条6項",
  shape: contentShape,
  subjectOf: ({ claimant, recipientId }) => ({ claimant, recipientKind: "institution", recipientId, children: [] }),
  documents: () => [],
  dueDate: ({ on }) => addDays(on, 14),
  propose: async (client, _context, filing) => {
    const { content } = filing;
    const { recipient, differences } = await checkRecipient(client, content, filing.judgedOn, "stop");
    const before = await organizationOf(client, content.claimant);
    const wrong = recipient !== undefined && recipient.kind !== "institution";
    const stops = [
      ...(wrong
        ? [stop("recipient.kind", "この認定番号は、施設等受給者のものではありません。様式第8号で受け付けてください。")]
        : []),
      ...(before === undefined ? [stop("institution", "この施設等は、法人・施設等の台帳にありません。")] : []),
    ];
    const changed = before === undefined ? undefined : after(before, content);
    return proposalOf({
      outcome: "acknowledge",
      reasons: ["届出のとおり記録します。前の記録は残ります（施行規則5条3項・6条6項）。"],
      differences: [...differences, ...stops],
      effects:
        before === undefined || changed === undefined
          ? []
          : [
              recordEffect("institution", "施設等受給者の名称・所在地の変更", {
                recipientId: content.recipientId,
                before: `${before.name} ${before.address}`,
                after: `${changed.name} ${changed.address}`,
              }),
            ],
      basis: before === undefined ? null : { before: { ...before } },
    });
  },
  apply: async (client, _context, filing, _proposal, deciders) => {
    const { content } = filing;
    const filingId = storedId(filing);
    const { recipient } = await checkRecipient(client, content, filing.judgedOn, "stop");
    const before = await organizationOf(client, content.claimant);
    const picture = recipient === undefined ? undefined : await pictureOf(client, recipient);
    if (recipient === undefined || before === undefined || picture === undefined)
      throw new Error("approved without an institution");
    const changed = after(before, content);
    const values = [
      changed.name,
      changed.kana,
      changed.kind,
      changed.ward_code,
      changed.postal_code,
      changed.address,
      changed.founder,
    ];
    const next = {
      ...picture,
      name: changed.name,
      kana: changed.kana,
      postalCode: changed.postal_code,
      address: changed.address,
      wardCode: changed.ward_code,
    };
    const cause =
      content.name !== undefined && content.address !== undefined
        ? "several"
        : content.name === undefined
          ? "address"
          : "name";
    await addPicture(client, recipient, { validFrom: content.on, picture: next, cause }, filingId, deciders);
    // After the history row: its first row is the picture before this change.
    const written = await client.query<{ revision: number }>(
      `INSERT INTO allowance.organization_history (addressee_number, revision, name, kana, kind, ward_code, postal_code, address, founder, row_digest, batch_id)
       SELECT $1::bigint, max(revision) + 1, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text, 0
       FROM allowance.organization_history WHERE addressee_number = $1 RETURNING revision`,
      [content.claimant, ...values, rowDigest([String(content.claimant), ...values])],
    );
    const revision = written.rows[0]?.revision ?? 0;
    return { recipients: [content.recipientId], decisions: [], detail: { on: content.on, revision } };
  },
  undo: async (client, _context, filing, applied, deciders) => {
    const { claimant, recipientId } = filing.content;
    await restorePicture(client, filing, recipientId, deciders);
    const { revision } = writtenShape.parse(applied.detail);
    const restored = await client.query<{ name: string; address: string }>(
      `INSERT INTO allowance.organization_history (addressee_number, revision, name, kana, kind, ward_code, postal_code, address, founder, row_digest, batch_id)
       SELECT addressee_number, (SELECT max(l.revision) + 1 FROM allowance.organization_history l WHERE l.addressee_number = $1), name, kana, kind, ward_code, postal_code, address, founder, row_digest, 0
       FROM allowance.organization_history h WHERE addressee_number = $1 AND revision = $2::int - 1
         AND (SELECT o.row_digest FROM allowance.organization_history o WHERE o.addressee_number = $1 AND o.revision = $2::int)
           = (SELECT l.row_digest FROM allowance.organization_history l WHERE l.addressee_number = $1 ORDER BY l.revision DESC LIMIT 1) RETURNING name, address`,
      [claimant, revision],
    );
    const before = restored.rows[0];
    if (before === undefined) {
      throw cannotTakeBack(
        filing,
        "施設等の台帳が、この決定のあとでまた変えられています（連携または後の届出）。",
        "いまの状態からの変更届によってください。",
      );
    }
    return recordTakenBack("institution", "施設等受給者の名称・所在地の変更", {
      recipientId,
      before: "届出のとおり",
      after: `${before.name} ${before.address}`,
    });
  },
};
