/** `hagukumi payment counter`: 窓口払, from the account of the fund to the last receipt. */
import {
  answerRequest,
  counterList,
  counterReceiptNumber,
  counterStageLabels,
  getRun,
  printCounterReceipts,
  putRequest,
  readCounter,
  readCounterList,
  waitingRequests,
} from "@hagukumi/allowance/contract.ts";
import type { Context, RequestContent } from "@hagukumi/allowance/contract.ts";
import { csvLine } from "@hagukumi/platform/csv/write.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";

import { perform, withActor } from "../../context.ts";
import { leaveByCommand, type ApprovalOption, withApproval } from "../../leaving.ts";

const yen = (amount: number): string => `${amount.toLocaleString("ja-JP")}円`;

function whole(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError("1以上の整数を指定してください。");
  return Number(text);
}

/** Puts the request and lets the other person approve exactly it. */
async function byTwo(context: Context, approvedBy: string, content: RequestContent): Promise<void> {
  // Before anything is put: a request that its own author would approve must not stay behind, waiting.
  if (approvedBy === context.operator) {
    throw new Refusal(
      "samePerson",
      "認める人・立ち会う人は、入れる人と別の人でなければなりません（--approved-by）。何も変えていません。",
    );
  }
  const requestId = await putRequest(context, { content });
  const waiting = (await waitingRequests(context.pool)).find((each) => each.requestId === requestId);
  const answer = { outcome: "approved", contentDigest: waiting?.contentDigest ?? "" } as const;
  await answerRequest({ ...context, operator: approvedBy }, { requestId, answer });
}

const APPROVED_BY = ["--approved-by <operator>", "認める人・立ち会う人（別の人）/ the other person"] as const;
const done = (words: string) => (): string => words;

function registerDecisions(counter: Command): void {
  withActor(counter.command("fund").description("資金前渡の口座を決める / the account of the fund"))
    .requiredOption("--keeper <text>", "資金前渡職員の職と氏名 / who keeps the fund")
    .requiredOption("--bank <code>", "金融機関コード4桁 / bank")
    .requiredOption("--branch <code>", "支店コード3桁 / branch")
    .addOption(new Option("--type <type>", "1 普通、2 当座、4 貯蓄 / kind").choices(["1", "2", "4"]).default("1"))
    .requiredOption("--number <digits>", "口座番号 / account number")
    .requiredOption("--holder <kana>", "カナ名義 / holder")
    .requiredOption("--from <day>", "使い始める支払日 / first pay day")
    .requiredOption(...APPROVED_BY)
    .action(async (options: Record<string, string>, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const type = options["type"];
          await byTwo(context, options["approvedBy"] ?? "", {
            kind: "counterFund",
            keeper: options["keeper"] ?? "",
            bank: options["bank"] ?? "",
            branch: options["branch"] ?? "",
            accountType: type === "2" ? "2" : type === "4" ? "4" : "1",
            accountNumber: options["number"] ?? "",
            holder: options["holder"] ?? "",
            validFrom: options["from"] ?? "",
          });
        },
        done("資金前渡の口座を決めました。"),
      );
    });
  withActor(counter.command("payee").description("受給者を窓口払にする・やめる / who is paid at the counter"))
    .argument("<recipient>", "認定番号 / certification number", whole)
    .addOption(new Option("--stop", "窓口払をやめて口座に払う / back to the account"))
    .requiredOption("--from <day>", "どの支払日から / from which pay day")
    .requiredOption("--reason <text>", "理由 / reason")
    .requiredOption(...APPROVED_BY)
    .action(
      async (
        recipientId: number,
        options: { stop?: boolean; from: string; reason: string; approvedBy: string },
        command: Command,
      ) => {
        await perform(
          command,
          async ({ context }) =>
            await byTwo(context, options.approvedBy, {
              kind: "counterPayment",
              recipientId,
              atCounter: options.stop !== true,
              fromPayOn: options.from,
              reason: options.reason,
            }),
          done("決めました。次に作る支払処理から効きます。"),
        );
      },
    );
}

function registerCash(counter: Command): void {
  withActor(counter.command("pay").description("窓口で渡した / handed out, by two people"))
    .argument("<run>", "支払処理の番号 / run number", whole)
    .argument("<line>", "明細の番号 / line", whole)
    .requiredOption("--amount <yen>", "額（明細の全額）/ yen", whole)
    .requiredOption("--on <day>", "渡した日 / day")
    .requiredOption("--paper <text>", "本人を確かめた書類（番号は書かない）/ what showed who it is")
    .option("--agent <name>", "代理人の氏名 / name of an agent")
    .requiredOption(...APPROVED_BY)
    .action(
      async (
        runNo: number,
        lineNo: number,
        options: { amount: number; on: string; paper: string; agent?: string; approvedBy: string },
        command: Command,
      ) => {
        await perform(
          command,
          async ({ context }) =>
            await byTwo(context, options.approvedBy, {
              kind: "counterPayout",
              runNo,
              lineNo,
              amount: options.amount,
              receiver: options.agent === undefined ? "self" : "agent",
              agentName: options.agent ?? null,
              identityPaper: options.paper,
              receiptNumber: counterReceiptNumber(runNo, lineNo),
              handedOutOn: options.on,
            }),
          done("渡した記録を、現金出納簿に載せました。"),
        );
      },
    );
  withActor(counter.command("return").description("受け取られない分を戻し入れる / what nobody fetched goes back"))
    .argument("<run>", "支払処理の番号 / run number", whole)
    .argument("<line>", "明細の番号 / line", whole)
    .requiredOption("--amount <yen>", "額（明細の全額）/ yen", whole)
    .requiredOption("--on <day>", "戻した日 / day")
    .requiredOption("--evidence <text>", "戻入の書類 / paper")
    .requiredOption(...APPROVED_BY)
    .action(
      async (
        runNo: number,
        lineNo: number,
        options: { amount: number; on: string; evidence: string; approvedBy: string },
        command: Command,
      ) => {
        await perform(
          command,
          async ({ context }) =>
            await byTwo(context, options.approvedBy, {
              kind: "counterReturn",
              runNo,
              lineNo,
              amount: options.amount,
              returnedOn: options.on,
              evidence: options.evidence,
            }),
          done("戻し入れました。その月分は未払に戻りました。"),
        );
      },
    );
}

function registerReading(counter: Command): void {
  withActor(counter.command("show").description("窓口で払う明細と、前渡・渡した・戻した・手元 / lines and sums"))
    .argument("<run>", "支払処理の番号 / run number", whole)
    .action(async (runNo: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context: { pool } }) => {
          await getRun(pool, runNo);
          return await readCounter(pool, runNo);
        },
        ({ window, sums, lines }) =>
          [
            window === null
              ? `支払処理 ${runNo} に窓口払はありません。`
              : `${window.place}（${window.hours}）${window.opensOn} から ${window.closesOn} まで`,
            `前渡 ${yen(sums.advanced)} = 渡した ${yen(sums.handedOut)} + 戻した ${yen(sums.returned)} + 手元 ${yen(sums.inHand)}`,
            ...lines.map(
              (line) =>
                `  明細 ${line.lineNo} 認定番号 ${line.recipientId} ${yen(line.amount)} ${counterStageLabels[line.stage]} 領収書 ${line.receiptNumber}`,
            ),
          ].join("\n"),
      );
    });
  withApproval(withActor(counter.command("list").description("窓口払の一覧（CSV）/ the list as a file")))
    .argument("<run>", "支払処理の番号 / run number", whole)
    .requiredOption("--out <file>", "書き出すファイル / file")
    .action(async (runNo: number, { out, approval }: { out: string } & ApprovalOption, command: Command) => {
      await perform(
        command,
        async ({ context }) =>
          await leaveByCommand(
            context,
            { route: "counterList", object: { kind: "paymentRun", no: runNo }, approval },
            async () => {
              const lines = await readCounterList(context.pool, runNo);
              const rows = [counterList.header, ...lines.map((line) => counterList.cells(line))];
              const content = Buffer.from(`\uFEFF${rows.map((cells) => csvLine([...cells], true)).join("")}`);
              return { rows: lines.length, content };
            },
            async (content) => {
              await writeFileAtomic(out, content);
              return { file: out };
            },
          ),
        () => `一覧を ${out} に書きました。`,
      );
    });
  withApproval(withActor(counter.command("receipts").description("署名を受ける領収書（PDF）/ receipts to be signed")))
    .argument("<run>", "支払処理の番号 / run number", whole)
    .requiredOption("--out <file>", "書き出すファイル / file")
    .action(async (runNo: number, { out, approval }: { out: string } & ApprovalOption, command: Command) => {
      await perform(
        command,
        async ({ context }) =>
          await leaveByCommand(
            context,
            { route: "counterReceipts", object: { kind: "paymentRun", no: runNo }, approval },
            async () => {
              const { content, pages } = await printCounterReceipts(context.pool, runNo, null);
              return { rows: pages, content };
            },
            async (content) => {
              await writeFileAtomic(out, content);
              return { file: out };
            },
          ),
        () => `領収書を ${out} に書きました。`,
      );
    });
}

/** Adds the commands to `hagukumi payment`. */
export function registerPaymentCounter(payment: Command): void {
  const counter = payment.command("counter").description("窓口払（資金前渡）/ payment in cash at the counter");
  registerDecisions(counter);
  registerCash(counter);
  registerReading(counter);
}
