/** 事案の通知書: what was sent to the recipient, its words and pages, re-issue, certificates. */
import {
  drawLetter,
  readCaseLetters,
  readLetter,
  reissueLetter,
  requestCertificate,
} from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { addresseeOf } from "./case-entries.ts";
import { certificationNumber, reasonText } from "./inputs.ts";
import { caseLetterShape } from "./letter-shapes.ts";
import { requireApproved } from "./leaving-basis.ts";
import { fileOperation, operation } from "./operation.ts";
import { stepDone } from "./run-shapes.ts";

const params = z.strictObject({ recipientId: certificationNumber });
const one = z.strictObject({
  recipientId: certificationNumber,
  letterId: z
    .string()
    .regex(/^\d{9,10}$/, "封筒の番号は9桁か10桁です。")
    .transform(Number),
});
const monthText = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, "月分は YYYY-MM で指定してください。");

const list = operation({
  id: "readCaseLetters",
  method: "GET",
  path: "/cases/{recipientId}/letters",
  summary: "事案に送った通知書",
  access: { permission: "case.open", relation: "case" },
  params,
  response: z.object({ letters: z.array(caseLetterShape) }),
  handler: async (input, desk) => {
    const addressee = await addresseeOf(desk, input.params.recipientId);
    const found = await readCaseLetters(desk.reader(input.params, "letters"), addressee);
    return {
      letters: found.map(({ state, events, ...letter }) => ({
        ...letter,
        mailed: state === "mailed",
        events: [...events],
      })),
    };
  },
});

const words = operation({
  id: "readCaseLetter",
  method: "GET",
  path: "/cases/{recipientId}/letters/{letterId}",
  summary: "通知書の文面",
  access: { permission: "case.open", relation: "case" },
  params: one,
  response: z.object({ lines: z.array(z.string()), contentDigest: z.string() }),
  handler: async (input, desk) => {
    const addressee = await addresseeOf(desk, input.params.recipientId);
    const { lines, contentDigest } = await readLetter(
      desk.reader({ recipientId: input.params.recipientId }, "letter"),
      addressee,
      input.params.letterId,
    );
    return { lines: [...lines], contentDigest };
  },
});

const pages = fileOperation({
  id: "takeCaseLetter",
  method: "GET",
  path: "/cases/{recipientId}/letters/{letterId}/pages",
  summary: "通知書の頁（PDF）",
  access: { permission: "case.open", relation: "case" },
  leaving: { how: "print" },
  params: one,
  handler: async (input, desk) => {
    const addressee = await addresseeOf(desk, input.params.recipientId);
    const kept = await readLetter(
      desk.reader({ recipientId: input.params.recipientId }, "letter"),
      addressee,
      input.params.letterId,
      "print",
    );
    const basis = await desk.readAsSystem(async (client) => {
      // The reading of the letter is in the log already.
      return { response: await requireApproved(client, "letterRun", kept.runNo), log: [] };
    });
    return {
      taken: { basis, rows: 1 },
      fileName: `letter-${String(kept.letterId)}.pdf`,
      mediaType: "application/pdf",
      content: await drawLetter(kept),
    };
  },
});

const reissue = operation({
  id: "reissueLetter",
  method: "POST",
  path: "/cases/{recipientId}/letters/{letterId}/reissue",
  summary: "通知書の再発行",
  access: { permission: "letter.print", relation: "case" },
  command: true,
  params: one,
  body: z.strictObject({ reason: reasonText }),
  response: stepDone,
  handler: async ({ params: { recipientId, letterId }, body }, desk) => {
    const addresseeNumber = await addresseeOf(desk, recipientId);
    // Only a letter of the open case: another number is answered as one that does not exist.
    await readLetter(desk.reader({ recipientId }, "letter"), addresseeNumber, letterId);
    const { runNo } = await desk.command(
      { addresseeNumber, caseRef: String(recipientId) },
      async (context, key) => await reissueLetter(context, { key, letterId, reason: body.reason }),
    );
    return { message: `再発行を印刷処理 第${runNo}号として作りました。別の職員が見本を承認すると印刷できます。` };
  },
});

const certificate = operation({
  id: "requestCertificate",
  method: "POST",
  path: "/cases/{recipientId}/certificate",
  summary: "受給証明書の受付",
  access: { permission: "letter.print", relation: "case" },
  command: true,
  params,
  body: z.strictObject({ fromMonth: monthText, toMonth: monthText }),
  response: stepDone,
  handler: async ({ params: { recipientId }, body }, desk) => {
    const addresseeNumber = await addresseeOf(desk, recipientId);
    await desk.command(
      { addresseeNumber, caseRef: String(recipientId) },
      async (context, key) => await requestCertificate(context, { key, recipientId, ...body }),
    );
    return { message: "受給証明書を受け付けました。「通知書」の画面で印刷処理を作ってください。" };
  },
});

export const caseLetterOperations = [list, words, pages, reissue, certificate];
