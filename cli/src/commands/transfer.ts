/** `hagukumi transfer`: 移転 – who may be told what, applications for data, each transfer with its receipt and return. */
import { changedRecipients } from "@hagukumi/allowance/contract.ts";
import {
  applyForDataUse,
  closeTransfer,
  type DataUse,
  type DataUseForm,
  decideDataUse,
  endDataUse,
  type ListedTransfer,
  leavingNumber,
  listDataUses,
  listTransfers,
  openStore,
  makeTransfer,
  outletsOn,
  placeCopies,
  recordReceipt,
  seedOutlets,
  traceLine,
  transferNumber,
} from "@hagukumi/interchange/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Command } from "commander";
import { readFile } from "node:fs/promises";

import { type OpenContext, perform, withActor } from "../context.ts";

const storeOf = async ({ dataDir }: OpenContext, place: string | undefined) => await openStore(dataDir, place);

const dataUseLine = (use: DataUse): string => {
  const state = use.granted === null ? "決定待ち" : use.granted ? `承認 ${use.decidedBy ?? ""}` : "不承認";
  const ended = use.endedOn === null ? "" : `、${use.endedOn} に終わり`;
  return `${String(use.dataUseId)} ${use.outletCode} ${use.purpose} ${use.validFrom}〜${use.validTo} 項目 ${use.items.join("・")} ${state}${ended}（中身 ${use.digest}）`;
};

const transferLine = (made: ListedTransfer): string => {
  const received = made.receivedAt === null ? "受領の記録なし" : `受領 ${made.receivedAt.toISOString()}`;
  const end = made.closed === null ? `期限 ${made.dueOn}${made.overdue ? "（過ぎた）" : ""}` : made.closed;
  return `${String(made.transferId)} ${made.outletName} ${made.purpose} ${made.channel} ${made.inquiryRef} ${String(made.people)}人 送付 ${made.sentAt.toISOString()} ${received} ${end}`;
};

/** 宛名番号, one a line. */
async function readNumbers(path: string): Promise<readonly number[]> {
  const lines = (await readFile(path, "utf8")).split(/\r?\n/).filter((line) => line.trim() !== "");
  const wrong = lines.findIndex((line) => !/^\d{1,15}$/.test(line.trim()));
  if (wrong === -1) return lines.map(Number);
  throw new Refusal(
    "fileInvalid",
    `${path} の ${String(wrong + 1)}行目は宛名番号ではありません。1行に一つ、15桁までの数字を書いてください。何も渡していません。`,
  );
}

async function readForm(path: string): Promise<DataUseForm> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as DataUseForm;
  } catch (error) {
    throw new Refusal(
      "fileInvalid",
      `承認願のファイル ${path} を読めません。JSON で書いたファイルを指定してください。何も変えていません。`,
      {},
      { cause: error },
    );
  }
}

function momentOf(text: string): Date {
  const moment = new Date(text);
  if (!Number.isNaN(moment.getTime())) return moment;
  throw new Refusal("dateInvalid", "日時は 2026-11-24T10:00:00+09:00 のように書いてください。何も変えていません。");
}

/** `YYYY-MM-DD..YYYY-MM-DD` */
async function changed(opened: OpenContext, range: string): Promise<readonly number[]> {
  const [from, to] = range.split("..").map((text) => parseCivilDate(text));
  if (from === undefined || to === undefined) {
    throw new Refusal("dateInvalid", "期間は 2026-04-01..2026-04-30 のように書いてください。何も渡していません。");
  }
  return await changedRecipients(opened.context.pool, from, to);
}

type Store = { readonly store?: string };

export function registerTransfer(program: Command): void {
  const transfer = program.command("transfer").description("提供・移転 / what leaves, to whom, on what ground");

  withActor(
    transfer.command("outlets").description("提供先・移転先の一覧。--seed <人> で評価書の5件を入れる / receivers"),
  )
    .option("--seed <approver>", "承認する人 / who approves")
    .action(async ({ seed }: { readonly seed?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          if (seed !== undefined) await seedOutlets(context, seed);
          return await outletsOn(context.pool, context.today);
        },
        (outlets) =>
          outlets
            .map((each) => `${each.outletCode} ${each.name}（${each.channels.join("・")}）根拠 ${each.ground}`)
            .join("\n"),
      );
    });

  withActor(transfer.command("apply").description("データ使用承認願の受付 / take in an application"))
    .requiredOption("--file <path>", "承認願（JSON）/ application as JSON")
    .action(async ({ file }: { readonly file: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => await applyForDataUse(context, await readForm(file)),
        ({ dataUseId, digest }) => `承認願 ${String(dataUseId)} を受け付けました。中身 ${digest}。別の人が決めます。`,
      );
    });

  withActor(transfer.command("decide <id>").description("データ使用の承認・不承認 / grant or refuse"))
    .requiredOption("--digest <digest>", "見た中身のハッシュ / digest of what was seen")
    .option("--refuse <reason>", "承認しないわけ / reason of a refusal")
    .action(
      async (
        id: string,
        { digest, refuse }: { readonly digest: string; readonly refuse?: string },
        command: Command,
      ) => {
        await perform(
          command,
          async ({ context }) => {
            const decision = { dataUseId: Number(id), digest, granted: refuse === undefined };
            await decideDataUse(context, refuse === undefined ? decision : { ...decision, reason: refuse });
          },
          () => (refuse === undefined ? "承認しました。" : "承認しないことを記録しました。"),
        );
      },
    );

  withActor(transfer.command("end <id>").description("承認を期間の前に終える / end an approval"))
    .requiredOption("--reason <text>", "わけ / reason")
    .action(async (id: string, { reason }: { readonly reason: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => await endDataUse(context, Number(id), reason),
        () => "承認を終えました。",
      );
    });

  withActor(transfer.command("uses").description("承認願の一覧 / applications")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await listDataUses(context.pool),
        (uses) => uses.map(dataUseLine).join("\n"),
      );
    },
  );

  withActor(transfer.command("make <dataUseId>").description("移転する / make a transfer"))
    .requiredOption("--inquiry <text>", "相手の照会の番号 / number of the inquiry")
    .option("--numbers <path>", "宛名番号の一覧（1行に一つ）/ people asked for")
    .option("--changed <range>", "この期間に決定のあった受給者 / recipients decided on in these days")
    .option("--channel <channel>", "linkage・paper・medium", "linkage")
    .option("--store <dir>", "置き場所のフォルダ / folder of the store")
    .action(
      async (
        id: string,
        options: Store & {
          readonly inquiry: string;
          readonly numbers?: string;
          readonly changed?: string;
          readonly channel: string;
        },
        command: Command,
      ) => {
        await perform(
          command,
          async (opened) => {
            const numbers =
              options.numbers === undefined
                ? await changed(opened, options.changed ?? "")
                : await readNumbers(options.numbers);
            const channel = (["linkage", "paper", "medium"] as const).find((each) => each === options.channel);
            if (channel === undefined) {
              throw new Refusal("channelInvalid", "方法は linkage・paper・medium のどれかです。何も渡していません。");
            }
            const asked = { dataUseId: Number(id), inquiryRef: options.inquiry, numbers, channel };
            return await makeTransfer(opened.context, asked, await storeOf(opened, options.store));
          },
          (made) =>
            made.printed ??
            `移転 ${String(made.transferId)}: ${String(made.rows)}行、置き場所 ${made.objectKey ?? ""}、SHA-256 ${made.sha256}`,
        );
      },
    );

  withActor(transfer.command("list").description("移転の記録 / record of transfers"))
    .option("--outlet <code>", "移転先 / receiver")
    .action(async ({ outlet }: { readonly outlet?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => await listTransfers(context.pool, context.today, outlet),
        (list) => list.map(transferLine).join("\n"),
      );
    });

  withActor(transfer.command("receipt <id>").description("受領の記録 / the receiver's receipt"))
    .requiredOption("--at <time>", "受け取った時刻（相手の時計）/ when")
    .requiredOption("--sha256 <digest>", "相手が計算したハッシュ / the receiver's hash")
    .requiredOption("--by <name>", "受け取った人 / who")
    .action(
      async (
        id: string,
        { at, sha256, by }: { readonly at: string; readonly sha256: string; readonly by: string },
        command: Command,
      ) => {
        await perform(
          command,
          async ({ context }) =>
            await recordReceipt(context, {
              transferId: Number(id),
              receivedAt: momentOf(at),
              sha256,
              receivedBy: by,
            }),
          () => "受領を記録しました。",
        );
      },
    );

  withActor(transfer.command("close <id>").description("返却・消去の報告 / return or erasure"))
    .requiredOption("--how <how>", "returned・erased")
    .requiredOption("--medium <text>", "媒体 / medium")
    .option("--quantity <n>", "数量 / quantity", "1")
    .requiredOption("--method <text>", "方法 / method")
    .requiredOption("--at <time>", "日時 / when")
    .requiredOption("--by <name>", "行った人 / who")
    .option("--witness <name>", "立ち会った人 / witness", "")
    .action(
      async (
        id: string,
        options: Readonly<Record<"how" | "medium" | "quantity" | "method" | "at" | "by" | "witness", string>>,
        command: Command,
      ) => {
        await perform(
          command,
          async ({ context }) =>
            await closeTransfer(context, {
              transferId: Number(id),
              how: options.how === "returned" ? "returned" : "erased",
              medium: options.medium,
              quantity: Number(options.quantity),
              method: options.method,
              doneAt: momentOf(options.at),
              doneBy: options.by,
              witness: options.witness,
            }),
          () => "返却・消去を記録しました。",
        );
      },
    );

  withActor(transfer.command("place").description("置かれていない写しを置く / lay down copies that are missing"))
    .option("--store <dir>", "置き場所のフォルダ / folder of the store")
    .action(async ({ store }: Store, command: Command) => {
      await perform(
        command,
        async (opened) => await placeCopies(opened.context, await storeOf(opened, store)),
        (placed) => `${String(placed)}件の写しを置きました。`,
      );
    });

  withActor(
    transfer.command("trace <line>").description("漏れた1行の写しを調べる / which copy a line came from"),
  ).action(async (line: string, _options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => (await traceLine(context.pool, line)) ?? null,
      (found) => {
        if (found === null) return "どの写しにも当たりません（抽出の写しは、宛名番号のある行の全体が要ります）。";
        if (found.kind === "transfer") return `移転 ${transferNumber(found.transferId)} の写しです。`;
        const { extractionId, leavingId, takenBy, takenOn } = found;
        return `抽出（承認願 ${String(extractionId)}、持出し ${leavingNumber(leavingId)}）の写しです。${takenOn} に ${takenBy} が取り出しました。`;
      },
    );
  });
}
