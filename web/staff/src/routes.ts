/** Addresses of the staff pages. No personal data is ever part of one: names are posted, numbers are the city's own. */
import {
  downloadRecorded,
  downloadTransferFile,
  listRuns,
  openRecipient,
  readRunSummary,
  searchRecipients,
  snapshotRead,
  transferFileName,
} from "@hagukumi/allowance/contract.ts";
import type { Reader, RunRecord } from "@hagukumi/allowance/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { FastifyInstance, FastifyReply } from "fastify";
import { createReadStream } from "node:fs";
import { join } from "node:path";

import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { renderPage } from "./layout.ts";
import type { Frame, Page } from "./layout.ts";
import { listFiles } from "./list-files.ts";
import { renderRecipient } from "./pages/recipient.ts";
import { renderOtherRuns, renderRun, runTitle } from "./pages/run.ts";
import type { FileLink } from "./pages/run.ts";
import { renderSearch } from "./pages/search.ts";
import { searchForm } from "./parts.ts";
import { purposeOf, purposes } from "./purposes.ts";
import type { StaffServerOptions } from "./old-options.ts";

const SENT = "この形の番号はありません。";

/** A number out of the address. @throws Refusal `badInput` */
function numberIn(text: string, pattern: RegExp, what: string): number {
  if (pattern.test(text) && Number(text) > 0) return Number(text);
  throw new Refusal("badInput", `${SENT}${what}を確かめてください。`);
}

const runNumber = (text: string): number => numberIn(text, /^\d{1,4}$/, "支払処理の番号（1〜9999）");
const certificationNumber = (text: string): number => numberIn(text, /^\d{1,10}$/, "認定番号（10桁までの数字）");

async function fileLinks(dataDir: string, run: RunRecord, frozen: boolean): Promise<readonly FileLink[]> {
  const names = await listFiles(dataDir, run.runNo);
  const links = names.map((name) => ({
    href: `/runs/${run.runNo}/files/${name}`,
    name,
    what: name.endsWith(".csv") ? "支払対象者一覧（CSV）" : "支払対象者一覧（PDF）",
  }));
  const transfer = transferFileName(run.runNo, run.payOn);
  return frozen
    ? [...links, { href: `/runs/${run.runNo}/transfer`, name: transfer, what: "振込ファイル（全銀）" }]
    : links;
}

/** Adds all routes. */
export function registerRoutes(app: FastifyInstance, options: StaffServerOptions, frame: Frame): void {
  const { context, dataDir } = options;
  const { pool } = context;
  const readerFor = (purpose: string): Reader => ({ pool, operator: context.operator, purpose });
  const send = async (reply: FastifyReply, page: Page): Promise<void> => {
    await reply.type("text/html; charset=utf-8").send(renderPage(frame, page));
  };
  const runBody = async (runNo: number): Promise<Html> => {
    const summary = await snapshotRead(pool, async (client) => await readRunSummary(client, runNo));
    return renderRun(summary, await fileLinks(dataDir, summary.run, summary.fileSha256 !== null));
  };

  app.get("/healthz", async (_request, reply) => {
    await pool.query("SELECT 1");
    return await reply.send({ status: "ok" });
  });

  app.get("/", async (_request, reply) => {
    const runs = await listRuns(pool);
    const newest = runs[0];
    const first =
      newest === undefined
        ? html`<h1>支払処理</h1>
            <p>支払処理はまだありません。<code>hagukumi payment create</code> で作成すると、ここに出ます。</p>`
        : await runBody(newest.runNo);
    const body = html`<section class="find" aria-label="受給者の検索">${searchForm("", "inquiry")}</section>
      ${first}
      <section aria-labelledby="others">
        <h2 id="others">ほかの支払処理</h2>
        ${renderOtherRuns(runs, newest?.runNo ?? null)}
      </section>`;
    await send(reply, { title: "支払処理", current: "home", body });
  });

  app.get<{ Params: { runNo: string } }>("/runs/:runNo", async (request, reply) => {
    const runNo = runNumber(request.params.runNo);
    const body = await runBody(runNo);
    const run = (await listRuns(pool)).find((each) => each.runNo === runNo);
    await send(reply, { title: run === undefined ? "支払処理" : runTitle(run), current: "other", body });
  });

  app.get<{ Params: { runNo: string } }>("/runs/:runNo/transfer", async (request, reply) => {
    const runNo = runNumber(request.params.runNo);
    const run = (await listRuns(pool)).find((each) => each.runNo === runNo);
    const name = transferFileName(runNo, run?.payOn ?? "");
    const bytes = await downloadTransferFile(readerFor(purposes.payment), runNo, name);
    await reply
      .type("application/octet-stream")
      .header("content-disposition", `attachment; filename="${name}"`)
      .send(bytes);
  });

  app.get<{ Params: { runNo: string; name: string } }>("/runs/:runNo/files/:name", async (request, reply) => {
    const runNo = runNumber(request.params.runNo);
    const { name } = request.params;
    // Compared with what is there, so that no name from outside ever becomes part of a path.
    if (!(await listFiles(dataDir, runNo)).includes(name)) {
      throw new Refusal("pageMissing", "このファイルはありません。支払処理の画面から選び直してください。");
    }
    await downloadRecorded(readerFor(purposes.payment), runNo, name);
    await reply
      .type(name.endsWith(".csv") ? "text/csv; charset=utf-8" : "application/pdf")
      .header("content-disposition", `attachment; filename="${name}"`)
      .send(createReadStream(join(dataDir, "files", name)));
  });

  app.get("/search", async (_request, reply) => {
    await send(reply, { title: "受給者の検索", current: "search", body: renderSearch("", "inquiry", null) });
  });

  app.post("/search", async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const typed = (form.get("q") ?? "").slice(0, 100);
    const purpose = purposeOf(form.get("purpose") ?? undefined);
    const answer = await searchRecipients(readerFor(purposes[purpose]), typed);
    await send(reply, { title: "検索の結果", current: "search", body: renderSearch(typed, purpose, answer) });
  });

  app.get<{ Params: { number: string }; Querystring: { purpose?: string | string[] } }>(
    "/recipients/:number",
    async (request, reply) => {
      const recipientId = certificationNumber(request.params.number);
      const asked = request.query.purpose;
      const purpose = purposeOf(typeof asked === "string" ? asked : undefined);
      const question = { recipientId, calendar: context.calendar, today: context.today };
      const page = await openRecipient(readerFor(purposes[purpose]), question);
      await send(reply, {
        title: `認定番号 ${recipientId}`,
        current: "other",
        body: renderRecipient(page, purpose, context.today),
      });
    },
  );
}
