/** 消去証明書 of what a contractor erased (評価書 III-4 規定⑨): approval, erasure and report on one page, to be signed by who did it. */
import { approvedObject, erasureMethods, listErasures } from "@hagukumi/interchange/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { formatWareki } from "@hagukumi/platform/calendar/wareki.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { printCertificate } from "@hagukumi/platform/print/certificate.ts";
import { z } from "zod";

import { proposalNumber, readInterchangeTables } from "./interchange-settings.ts";
import { issuerOf } from "./number-erasures.ts";
import { fileOperation } from "./operation.ts";

const dayText = (text: string): string => {
  const date = parseCivilDate(text.slice(0, 10));
  return date === undefined ? text : formatWareki(date);
};
/** Day and time of a moment in Japan. */
const momentText = (at: string): string => {
  const japan = new Date(new Date(at).getTime() + 9 * 3_600_000).toISOString();
  return `${dayText(japan)} ${japan.slice(11, 16)}`;
};

const certificate = fileOperation({
  id: "takeConsignmentErasureCertificate",
  method: "GET",
  path: "/consignments/erasures/{erasureId}/certificate",
  summary: "委託の消去・廃棄の証明書",
  access: { permission: ["parameter.change", "parameter.approve", "log.view"], relation: "none" },
  leaving: { how: "print" },
  params: z.strictObject({ erasureId: proposalNumber }),
  handler: async ({ params: { erasureId } }, desk) => {
    const found = await readInterchangeTables(desk, async (client) =>
      (await listErasures(client)).find((each) => each.erasureId === erasureId),
    );
    if (found === undefined || found.report === null) {
      throw new Refusal(
        "handOverUnknown",
        "この消去の記録がないか、まだ報告がありません。報告を記録すると証明書を出せます。一覧を読み直してください。",
      );
    }
    const { report } = found;
    const content = await printCertificate({
      title: "消去・廃棄証明書",
      number: `委託 消去 第${String(erasureId)}号`,
      issuedOn: dayText(desk.options.today()),
      to: (await issuerOf(desk))[0] ?? "",
      statement: "委託された業務のデータを、承認を受けたとおり、復元できない方法で消去・廃棄したことを証明します。",
      facts: [
        ["委託", `${found.consignmentCode ?? ""}　${found.contractor ?? ""}`],
        ["消したもの", found.items],
        ["媒体・数量", `${found.medium}　${found.quantity}`],
        ["方法", erasureMethods[found.method]],
        ["市の承認", `${dayText(found.approvedOn)}　${found.enteredBy}・${found.approvedBy}`],
        ["行った日時・人", `${momentText(report.doneAt)}　${report.doneBy}`],
        ["立会い", report.witness === "" ? "なし" : report.witness],
        ["報告の内容", report.content],
        ["報告を受けた日・人", `${dayText(report.reportedOn)}　${report.recordedBy}`],
      ],
      notes: ["市の記録から作りました。委託先が内容を確かめて署名し、市に出します。"],
      issuer: [],
      signatures: ["委託先", "消去した者", "立会人"],
    });
    const taken = { basis: approvedObject("erasure", erasureId, found.approvedBy), rows: 1 };
    return { taken, fileName: `consignment-erasure-${String(erasureId)}.pdf`, mediaType: "application/pdf", content };
  },
});

export const consignmentCertificateOperations = [certificate];
