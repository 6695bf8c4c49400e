/** `hagukumi addressee relay`: 副本 to the 中間サーバー with the results back, inquiries on their way, and what is not registered. */
import { replicaOverview } from "@hagukumi/allowance/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { basesOn } from "@hagukumi/unified-addressee/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { type Command, InvalidArgumentError } from "commander";

import { perform, withActor } from "../../context.ts";
import { reconcileReplicas, relayRound } from "../../relay.ts";
import { withAddressee } from "./with-addressee.ts";

function serverAddress(given: string | undefined): string {
  const address = given ?? process.env["HAGUKUMI_INTERMEDIARY"] ?? "";
  if (address !== "") return address;
  throw new Refusal(
    "invalidValue",
    "中間サーバー（接続端末）のアドレスを --server か HAGUKUMI_INTERMEDIARY で指定してください。何も渡していません。",
  );
}

const count = (value: number): string => value.toLocaleString("ja-JP");
const REASONS = {
  notRegistered: "登録が確かめられていない",
  refused: "断られた",
  changed: "新しい中身をまだ渡していない",
  differs: "全件照合で違っていた",
};
/** Lines of the list that are printed; `--json` gives all of them. */
const SHOWN = 50;

function day(text: string): string {
  if (parseCivilDate(text) !== undefined) return text;
  throw new InvalidArgumentError("日付は YYYY-MM-DD で、ある日を指定してください。");
}

const ROLES = { use: "利用", inquire: "照会", provide: "提供" };

/** Adds `hagukumi addressee basis`. */
export function addBasis(addressee: Command): void {
  withActor(
    addressee
      .command("basis")
      .description("番号法の根拠の表: その日に利用・照会・提供できるもの / what the My Number Act allows on a day"),
  )
    .option("--on <day>", "いつの表か YYYY-MM-DD（既定は業務日）", day)
    .action(async ({ on }: { readonly on?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => ({ on: on ?? context.today, rows: await basesOn(context, on ?? context.today) }),
        ({ on: shown, rows }) =>
          [
            `${shown} の根拠 ${rows.length}件`,
            ...rows.map(
              ({ role, law, item, partyName, officeName, information, confirmed }) =>
                `  ${ROLES[role]}  ${law} ${item}${confirmed ? "" : "（項は未確認）"}  ${partyName}  ${officeName}  ${information}`,
            ),
          ].join("\n"),
      );
    });
}

/** Adds `hagukumi addressee relay …`. */
export function addRelay(addressee: Command): void {
  const relay = addressee
    .command("relay")
    .description("中間サーバーとの中継: 副本の登録・情報照会 / relay to the intermediary server");
  withActor(
    relay
      .command("run")
      .description(
        "変わった副本を作って渡し、待っている依頼を中継し、結果を受け取る。くり返してよい / relay what waits",
      ),
  )
    .option("--server <url>", "中間サーバー（接続端末）のアドレス（既定は HAGUKUMI_INTERMEDIARY）")
    .action(async (options: { readonly server?: string }, command: Command) => {
      await perform(
        command,
        async (opened) => {
          const address = serverAddress(options.server);
          return await withAddressee(opened, async (context) => await relayRound(opened.context, context, address));
        },
        ({ made, relayed, registered, refused, superseded, waiting }) =>
          [
            `副本: 作った ${count(made)}件、登録を確かめた ${count(registered)}件、断られた ${count(refused)}件、新しい版に替わった ${count(superseded)}件、確かめられていない ${count(waiting)}件。`,
            `照会: 回答 ${count(relayed.answered)}件、回答待ち ${count(relayed.accepted)}件。`,
            ...Object.entries(relayed.later).map(([code, tried]) => `またやってみる ${code} ${count(tried)}件`),
          ].join("\n"),
      );
    });
  withActor(
    relay
      .command("reconcile")
      .description(
        "副本の全件照合: 中間サーバーにあるすべてと比べ、記録する。違いがあれば終了状態 1 / compare all replicas",
      ),
  )
    .option("--server <url>", "中間サーバー（接続端末）のアドレス（既定は HAGUKUMI_INTERMEDIARY）")
    .action(async (options: { readonly server?: string }, command: Command) => {
      await perform(
        command,
        async (opened) => {
          const address = serverAddress(options.server);
          const found = await withAddressee(
            opened,
            async (context) => await reconcileReplicas(opened.context, context, address, "asked"),
          );
          if (found.missing + found.extra + found.different > 0) process.exitCode = 1;
          return found;
        },
        ({ checkId, held, matched, missing, extra, different, underWay }) =>
          `全件照合 ${checkId}: 相手にある ${count(held)}件、同じ ${count(matched)}件、相手にない ${count(missing)}件、相手にだけある ${count(extra)}件、中身が違う ${count(different)}件、送っているところ ${count(underWay)}件。`,
      );
    });
  withActor(
    relay
      .command("list")
      .description("副本の突き合わせ: 登録が確かめられていない人。いれば終了状態 1 / what is not registered"),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => {
        const overview = await replicaOverview(context, context.today);
        if (overview.unmatchedCount > 0) process.exitCode = 1;
        return overview;
      },
      ({ people, registered, unmatched, unmatchedCount }) =>
        [
          `副本のある人 ${count(people)}人、登録を確かめた ${count(registered)}人、突き合わない ${count(unmatchedCount)}人。`,
          ...unmatched
            .slice(0, SHOWN)
            .map(
              ({ addresseeNumber, reason, version, message }) =>
                `  ${String(addresseeNumber).padStart(15, "0")}  ${REASONS[reason]}${version === null ? "" : `（第${version}版）`}${message}`,
            ),
          ...(unmatchedCount > SHOWN ? [`  ほか ${count(unmatchedCount - SHOWN)}人（--json ですべて）`] : []),
        ].join("\n"),
    );
  });
}
