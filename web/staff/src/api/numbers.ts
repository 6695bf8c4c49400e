/** 個人番号 on the pages: entered by one person, confirmed by another, shown for a minute. No answer but the display holds one. */
import { requireOpen } from "@hagukumi/platform/access/guard.ts";
import { withRole } from "@hagukumi/platform/database/transaction.ts";
import {
  ADDRESSEE_ROLE,
  changeNumber,
  confirmEntry,
  enterNumber,
  identityPaperLabels,
  IndividualNumber,
  numberPaperLabels,
  numberStateLabels,
  rejectEntry,
  REVEAL_SECONDS,
  revealNumber,
  statusOn,
} from "@hagukumi/unified-addressee/contract.ts";
import { z } from "zod";

import { addresseeContext, OWN_SYSTEM, requireService } from "./addressee-desk.ts";
import { dateText, reasonText } from "./inputs.ts";
import { operation } from "./operation.ts";

const params = z.strictObject({
  addresseeNumber: z
    .string()
    .regex(/^[0-9]{1,15}$/, "宛名番号は15桁までの数字です。")
    .transform(Number),
});

/** Read no further than the door: whatever is wrong with it is said without repeating it. */
const typedNumber = z.string().min(1, "個人番号を入力してください。").max(40, "個人番号は12桁です。");

const outcomeWords = {
  new: "登録しました。別の職員の確認を待ちます。",
  known: "登録しました（ほかの業務で付番済みの人です）。別の職員の確認を待ちます。",
  changed: "新しい個人番号を登録しました。別の職員の確認を待ちます。",
  same: "登録済みの個人番号と同じです。何も変えていません。",
} as const;

const read = operation({
  id: "readNumberStatus",
  method: "GET",
  path: "/persons/{addresseeNumber}/individual-number",
  summary: "個人番号の登録の有無",
  access: { permission: ["number.enter", "number.confirm", "number.reveal"], relation: "person" },
  params,
  response: z.object({
    state: z.enum(["none", "waiting", "unconfirmed", "confirmed"]),
    stateName: z.string(),
    entryId: z.int().nullable(),
    enteredBy: z.string().nullable(),
    enteredAt: z.string().nullable(),
    numberPaperName: z.string().nullable(),
    identityPaperName: z.string().nullable(),
    checkedOn: z.string().nullable(),
    confirmedBy: z.string().nullable(),
    confirmedAt: z.string().nullable(),
    enteredByMe: z.boolean(),
  }),
  handler: async ({ params: { addresseeNumber } }, desk) => {
    const status = await desk.read(async (client) => {
      await requireOpen(client, addresseeNumber);
      await withRole(client, ADDRESSEE_ROLE);
      const response = await statusOn(client, OWN_SYSTEM, addresseeNumber);
      return { response, log: [{ action: "read", addresseeNumber, rows: 1, columns: "numberState" }] };
    });
    const { numberPaper, identityPaper } = status;
    return {
      ...status,
      stateName: numberStateLabels[status.state],
      enteredAt: status.enteredAt?.toISOString() ?? null,
      confirmedAt: status.confirmedAt?.toISOString() ?? null,
      numberPaperName: numberPaper === null ? null : numberPaperLabels[numberPaper],
      identityPaperName: identityPaper === null ? null : identityPaperLabels[identityPaper],
      enteredByMe: status.enteredBy === desk.session().staffId,
    };
  },
});

const enter = operation({
  id: "enterIndividualNumber",
  method: "POST",
  path: "/persons/{addresseeNumber}/individual-number",
  summary: "個人番号の入力・変更",
  access: { permission: "number.enter", relation: "person" },
  command: true,
  params,
  body: z.strictObject({
    number: typedNumber,
    numberPaper: z.enum(["individualNumberCard", "residentCertificate", "notificationCard"]),
    identityPaper: z.enum([
      "individualNumberCard",
      "driversLicence",
      "passport",
      "residenceCard",
      "twoPapers",
      "knownPerson",
    ]),
    checkedOn: dateText,
    /** Whether the number of a person who has one was changed (番号法7条2項) */
    changed: z.boolean(),
  }),
  response: z.object({ message: z.string() }),
  handler: async ({ params: { addresseeNumber }, body }, desk) =>
    await desk.command({ addresseeNumber }, async (context, key) => {
      const { number: typed, changed, ...evidence } = body;
      const number = IndividualNumber.read(typed);
      const request = { key, systemCode: OWN_SYSTEM, addresseeNumber, number, evidence };
      const own = await addresseeContext(desk, context);
      const { outcome } = await (changed ? changeNumber(own, request) : enterNumber(own, request));
      number.wipe();
      return { message: outcomeWords[outcome] };
    }),
});

const confirm = operation({
  id: "confirmIndividualNumber",
  method: "POST",
  path: "/persons/{addresseeNumber}/individual-number/confirmation",
  summary: "個人番号の紐付けの確認",
  access: { permission: "number.confirm", relation: "person" },
  command: true,
  params,
  body: z.strictObject({ entryId: z.int().min(1), number: typedNumber }),
  response: z.object({ confirmed: z.boolean() }),
  handler: async ({ params: { addresseeNumber }, body }, desk) =>
    await desk.command({ addresseeNumber }, async (context, key) => {
      const number = IndividualNumber.read(body.number);
      await confirmEntry(await addresseeContext(desk, context), { key, entryId: body.entryId, number });
      number.wipe();
      return { confirmed: true };
    }),
});

const reject = operation({
  id: "rejectIndividualNumber",
  method: "POST",
  path: "/persons/{addresseeNumber}/individual-number/rejection",
  summary: "誤った個人番号の入力を戻す",
  access: { permission: "number.confirm", relation: "person" },
  command: true,
  params,
  body: z.strictObject({
    entryId: z.int().min(1),
    reason: reasonText.min(5, "わけは5文字以上で書いてください。").max(200),
  }),
  response: z.object({ rejected: z.boolean() }),
  handler: async ({ params: { addresseeNumber }, body }, desk) =>
    await desk.command({ addresseeNumber }, async (context, key) => {
      await rejectEntry(await addresseeContext(desk, context), { key, ...body });
      return { rejected: true };
    }),
});

const reveal = operation({
  id: "revealIndividualNumber",
  // A POST: each display is recorded, here and in the vault.
  method: "POST",
  path: "/persons/{addresseeNumber}/individual-number/reveal",
  summary: "個人番号の表示",
  access: { permission: "number.reveal", relation: "person", stepUp: true },
  params,
  body: z.strictObject({ purpose: z.enum(["identityCheck", "disclosure"]) }),
  response: z.object({
    number: z.string(),
    /** After so many seconds the screen hides it */
    seconds: z.int(),
  }),
  handler: async ({ params: { addresseeNumber }, body }, desk) => {
    const number = await desk.read(async (client, staff) => {
      await requireOpen(client, addresseeNumber);
      await withRole(client, ADDRESSEE_ROLE);
      const context = {
        ...requireService(desk),
        pool: desk.pool,
        operator: staff.staffId,
        purpose: "個人番号の表示",
        today: desk.options.today(),
        steppedUpAt: staff.steppedUpAt,
      };
      const response = await revealNumber(context, client, { systemCode: OWN_SYSTEM, addresseeNumber, ...body });
      // Written before it is handed out: without the row nothing is shown.
      return { response, log: [{ action: "read", addresseeNumber, rows: 1, columns: "individualNumber" }] };
    });
    const digits = number.exposeDigits();
    number.wipe();
    return { number: digits, seconds: REVEAL_SECONDS };
  },
});

export const numberOperations = [read, enter, confirm, reject, reveal];
