/** `hagukumi vault …`: making the vault, its keys and shares, its callers and rights, erasure, its log. Nothing here prints a number. */
import {
  approveRight,
  changeKeeper,
  drill,
  endClient,
  endRight,
  keepEnvelope,
  listVaultRights,
  readShare,
  registerClient,
  requestRight,
  type RightLine,
  ringFromShares,
  rotateEncryption,
  rotateIndex,
  rotateMaster,
  type Rotation,
  serveVault,
  serveVaultSecurely,
  shareText,
  signStatement,
  splitMaster,
  type Vault,
  VAULT_LOG,
  type VaultOperation,
  type VaultServer,
  verifyVaultLog,
  witnessVaultLog,
} from "@hagukumi/vault/contract.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { readHead } from "@hagukumi/platform/access/seal/head.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { processEnd } from "@hagukumi/platform/tls/identity-files.ts";
import { checkLinkAddress } from "@hagukumi/platform/tls/link.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { type OpenContext, perform, withActor } from "../context.ts";
import { keptHead, logText } from "../log-text.ts";
import {
  type InstallationVault,
  openInstallationVault,
  openVaultStore,
  registerStaffClient,
  STAFF_CLIENT,
} from "../installation-vault.ts";

const OPERATIONS: readonly VaultOperation[] = [
  "register",
  "entries",
  "change",
  "undoChange",
  "match",
  "find",
  "reveal",
  "inspect",
  "requestErasure",
  "erase",
];

function operationNames(text: string): readonly VaultOperation[] {
  const found = text.split(",").map((name) => OPERATIONS.find((each) => each === name.trim()));
  const known = found.filter((each) => each !== undefined);
  if (known.length === found.length && known.length > 0) return known;
  throw new InvalidArgumentError(`操作は次の名前を , で区切って指定してください: ${OPERATIONS.join(" ")}`);
}

function whole(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("1以上の整数を指定してください。");
}

/** @throws Refusal `operatorInvalid`: whatever is done with keys has a name */
function operatorOf({ context }: OpenContext): string {
  if (context.operator !== "") return context.operator;
  throw new Refusal(
    "operatorInvalid",
    "処理する人（--operator または HAGUKUMI_OPERATOR）を指定してください。何も変えていません。",
  );
}

/** Opens the vault for one piece of work and closes it. */
async function withVault<T>(opened: OpenContext, work: (vault: InstallationVault) => Promise<T>): Promise<T> {
  const { context } = opened;
  const vault = await openInstallationVault(opened.database.url, opened.dataDir, operatorOf(opened));
  try {
    const { onProgress, signal } = context;
    const own = {
      ...vault.work,
      ...(onProgress === undefined
        ? {}
        : { onProgress: (done: number, total: number) => onProgress("鍵の更新", done, total) }),
      ...(signal === undefined ? {} : { signal }),
    };
    return await work({ ...vault, work: own });
  } finally {
    await vault.close();
  }
}

function rotationText({ version, changed, finished }: Rotation): string {
  return finished
    ? `版 ${version} に更新しました（${changed.toLocaleString("ja-JP")}件）。前の鍵は消しました。`
    : `途中で止めました（${changed.toLocaleString("ja-JP")}件）。もう一度実行すると続きから始まります。`;
}

const STATES = { requested: "承認待ち", approved: "有効", ended: "失効" } as const;

function rightText(lines: readonly RightLine[]): string {
  if (lines.length === 0) return "権限はありません。";
  return lines
    .map(
      ({ rightId, clientId, actor, operations, startsOn, endsOn, state }) =>
        `${String(rightId).padStart(4)}  ${STATES[state]}  ${clientId}  ${actor}  ${operations.join(",")}  ${startsOn}〜${endsOn}`,
    )
    .join("\n");
}

function registerKeys(vault: Command): void {
  withActor(vault.command("init").description("金庫を作り、職員の画面を接続元に登録する / make the vault")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async (opened) =>
          await withVault(opened, async (made) => {
            await registerStaffClient(made);
            return { envelope: made.envelopePath };
          }),
        ({ envelope }) =>
          `金庫を用意しました。親鍵の封筒: ${envelope}\n次に、親鍵を分けて預けてください（hagukumi vault escrow）。`,
      );
    },
  );
  withActor(
    vault.command("rotate").description("鍵暗号鍵、または索引の鍵を、動かしたまま更新する / rotate keys online"),
  )
    .argument("<kind>", "encryption | index | master")
    .action(async (kind: string, _options: unknown, command: Command) => {
      await perform(
        command,
        async (opened) =>
          await withVault(opened, async ({ work, vault: { ring }, keeper, envelopePath }) => {
            if (kind === "encryption") return await rotateEncryption(work, ring);
            if (kind === "index") return await rotateIndex(work, ring);
            if (kind !== "master")
              throw new Refusal("invalidValue", "encryption、index、master のどれかを指定してください。");
            const next = await rotateMaster(
              work,
              ring,
              keeper,
              async (envelope) => await keepEnvelope(envelopePath, envelope),
            );
            next.wipe();
            return { version: 1, changed: 0, finished: true };
          }),
        (result) =>
          kind === "master"
            ? "親鍵を更新しました。前の封筒と、前に配った鍵のかけらは使えません。画面のサーバーを起動し直し、親鍵を分けて預け直してください。"
            : rotationText(result),
      );
    });
  withActor(
    vault
      .command("escrow")
      .description("親鍵を分け、かけらを1つずつファイルに書く（1人に1つ渡し、ファイルは消す） / split the master key"),
  )
    .argument("<folder>", "かけらを書くフォルダ / where the shares go")
    .option("--threshold <n>", "復元に要る数 / shares needed", whole, 3)
    .option("--shares <n>", "配る数 / shares made", whole, 5)
    .action(
      async (folder: string, options: { readonly threshold: number; readonly shares: number }, command: Command) => {
        await perform(
          command,
          async (opened) =>
            await withVault(opened, async ({ work, vault: { ring } }) => {
              const shares = await splitMaster(work, ring, options.threshold, options.shares);
              await mkdir(folder, { recursive: true, mode: 0o700 });
              const files: string[] = [];
              for (const share of shares) {
                const file = join(folder, `share-${share.setId}-${share.index}.txt`);
                await writeFileAtomic(file, `${shareText(share)}\n`, { exclusive: true });
                files.push(file);
              }
              return { setId: shares[0]?.setId ?? "", threshold: options.threshold, files };
            }),
          ({ setId, threshold, files }) =>
            `親鍵を${files.length}つに分けました（組 ${setId}、${threshold}つで復元）。1人に1つ渡し、受け取りを記録してからファイルを消してください。\n${files.join("\n")}`,
        );
      },
    );
  withActor(
    vault
      .command("rebuild")
      .description(
        "鍵のかけらから親鍵を戻し、全件を読んでみる。--keep で封筒を作り直す / rebuild from shares, or drill",
      ),
  )
    .argument("<files...>", "かけらのファイル / files with one share each")
    .option("--keep", "いまの鍵の番人で、封筒を作り直す（訓練でなく復元のとき）")
    .action(async (files: readonly string[], options: { readonly keep?: boolean }, command: Command) => {
      await perform(
        command,
        async (opened) => {
          const operator = operatorOf(opened);
          const { pool, keeper, work, envelopePath } = await openVaultStore(
            opened.database.url,
            opened.dataDir,
            operator,
          );
          try {
            const shares = await Promise.all(files.map(async (file) => readShare(await readFile(file, "utf8"))));
            const ring = await ringFromShares(pool, shares);
            const result = await drill(work, ring, shares[0]?.setId ?? "");
            if (options.keep === true) await keepEnvelope(envelopePath, await changeKeeper(work, ring, keeper));
            ring.wipe();
            return { ...result, kept: options.keep === true };
          } finally {
            await pool.end();
          }
        },
        ({ readable, damaged, kept }) =>
          `${readable.toLocaleString("ja-JP")}件を読めました。読めないもの ${damaged}件。${kept ? "封筒を作り直しました。" : "訓練として記録しました。封筒は変えていません。"}`,
      );
    });
}

function registerRights(vault: Command): void {
  const client = vault.command("client").description("接続元 / programs that may call");
  withActor(client.command("add").description("接続元を登録する（公開鍵は32バイトの16進） / register a program"))
    .argument("<id>", "接続元の識別子")
    .argument("<name>", "名前")
    .argument("<publicKey>", "Ed25519 の公開鍵（16進64桁）")
    .action(async (clientId: string, name: string, hex: string, _options: unknown, command: Command) => {
      await perform(
        command,
        async (opened) =>
          await withVault(opened, async ({ work }) => {
            const validTo = new Date(work.now().getTime() + 365 * 86_400_000);
            await registerClient(work, { clientId, name, publicKey: Buffer.from(hex, "hex"), validTo });
            return { clientId, validTo: validTo.toISOString() };
          }),
        (result) => `接続元 ${result.clientId} を登録しました（${result.validTo} まで）。`,
      );
    });
  withActor(client.command("end").description("接続元の登録を直ちに終える / end a program's registration"))
    .argument("<id>", "接続元の識別子")
    .action(async (clientId: string, _options: unknown, command: Command) => {
      await perform(
        command,
        async (opened) =>
          await withVault(opened, async ({ work }) => {
            await endClient(work, clientId);
            return { clientId };
          }),
        (result) => `接続元 ${result.clientId} の登録を終えました。`,
      );
    });
  const right = vault.command("right").description("金庫の権限（二人で決める） / rights, by two people");
  withActor(right.command("request").description("権限を申請する（1年以内） / ask for a right"))
    .argument("<actor>", "権限を受ける人")
    .argument("<operations>", `操作: ${OPERATIONS.join(",")}`, operationNames)
    .requiredOption("--from <date>", "初めの日 YYYY-MM-DD")
    .requiredOption("--to <date>", "終わりの日 YYYY-MM-DD")
    .requiredOption("--reason <text>", "わけ")
    .option("--client <id>", "接続元", STAFF_CLIENT)
    .action(
      async (
        actor: string,
        operations: readonly VaultOperation[],
        options: { readonly from: string; readonly to: string; readonly reason: string; readonly client: string },
        command: Command,
      ) => {
        await perform(
          command,
          async (opened) =>
            await withVault(opened, async ({ work }) => ({
              rightId: await requestRight(work, {
                clientId: options.client,
                actor,
                operations,
                startsOn: options.from,
                endsOn: options.to,
                reason: options.reason,
              }),
            })),
          ({ rightId }) =>
            `権限 ${rightId} を申請しました。別の人が承認すると効きます（hagukumi vault right approve ${rightId}）。`,
        );
      },
    );
  withActor(right.command("approve").description("権限を承認する / approve a right"))
    .argument("<id>", "権限の番号", whole)
    .action(async (rightId: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async (opened) =>
          await withVault(opened, async ({ work }) => {
            await approveRight(work, rightId);
            return { rightId };
          }),
        (result) => `権限 ${result.rightId} を承認しました。`,
      );
    });
  withActor(right.command("end").description("権限を失効させる / end a right"))
    .argument("<id>", "権限の番号", whole)
    .requiredOption("--reason <text>", "わけ")
    .action(async (rightId: number, options: { readonly reason: string }, command: Command) => {
      await perform(
        command,
        async (opened) =>
          await withVault(opened, async ({ work }) => {
            await endRight(work, rightId, options.reason);
            return { rightId };
          }),
        (result) => `権限 ${result.rightId} を失効させました。`,
      );
    });
  withActor(right.command("list").description("権限の一覧 / list of rights")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async (opened) => await withVault(opened, async ({ work }) => await listVaultRights(work)),
        rightText,
      );
    },
  );
}

function registerRecords(vault: Command): void {
  withActor(
    vault
      .command("erase")
      .description("申し出のある消去を、別の人が行う / carry out an erasure that somebody else asked for"),
  )
    .argument("<request>", "消去の申出の番号", whole)
    .action(async (requestId: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async (opened) =>
          await withVault(opened, async ({ vault: made, signer }) => {
            const said = {
              actor: operatorOf(opened),
              operation: "erase",
              purpose: "erasure",
              subject: `erasure:${requestId}`,
            };
            return await made.call("erase", signStatement(signer, said, new Date()), { requestId });
          }),
        ({ records, backupsExpireOn }) =>
          `消去しました（${records}件）。バックアップからも ${backupsExpireOn} に無くなります。`,
      );
    });
  withActor(vault.command("erasures").description("消去の申出と記録 / erasures asked for and done")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async (opened) =>
          await withVault(opened, async ({ work }) => {
            const { rows } = await work.pool.query<{
              id: number;
              rule: string;
              by: string;
              at: Date;
              erased: Date | null;
              until: string | null;
            }>(
              `SELECT q.request_id AS id, q.rule, q.requested_by AS by, q.requested_at AS at, e.erased_at AS erased, e.backups_expire_on AS until
           FROM vault.erasure_request q LEFT JOIN vault.erasure e USING (request_id) ORDER BY 1 DESC LIMIT 200`,
            );
            return rows;
          }),
        (rows) =>
          rows.length === 0
            ? "消去の申出はありません。"
            : rows
                .map(
                  ({ id, rule, by, erased, until }) =>
                    `${String(id).padStart(5)}  ${rule}  ${by}  ${erased === null ? "消去待ち" : `消去済み（バックアップ ${until ?? ""} まで）`}`,
                )
                .join("\n"),
      );
    },
  );
  withActor(
    vault
      .command("log")
      .description(
        "金庫の記録を封と照らし合わせ、新しい順に200行を示す / the vault's log against its seals, newest first",
      )
      .option("--head <file...>", "別の場所に控えた封 / heads kept elsewhere"),
  ).action(async (options: { readonly head?: readonly string[] }, command: Command) => {
    await perform(
      command,
      async (opened) =>
        await withVault(opened, async ({ work }) => {
          const { rows } = await work.pool.query<{
            seq: number;
            at: Date;
            client: string;
            actor: string;
            purpose: string;
            operation: string;
            subject: string;
            code: string | null;
          }>(
            "SELECT seq, processed_at AS at, client_id AS client, actor, purpose, operation, subject, refusal_code AS code FROM vault.log ORDER BY seq DESC LIMIT 200",
          );
          const kept = await Promise.all((options.head ?? []).map(keptHead));
          const check = await verifyVaultLog(work.pool, opened.dataDir, kept);
          if (check.found > 0) process.exitCode = 1;
          return { check, rows };
        }),
      ({ check, rows }) =>
        [
          logText(check, VAULT_LOG.label),
          ...rows.map(({ seq, at, client, actor, purpose, operation, subject, code }) =>
            `${String(seq).padStart(7)}  ${at.toISOString()}  ${client}  ${actor}  ${purpose}  ${operation}  ${subject}  ${code ?? ""}`.trimEnd(),
          ),
        ].join("\n"),
    );
  });
  withActor(
    vault
      .command("witness")
      .description("控えから金庫の記録の最新の封まで、つながりと署名を確かめて控えを進める / the witness's step")
      .argument("<file>", "控えのファイル（初めはなくてよい） / the kept head"),
  ).action(async (file: string, _options: unknown, command: Command) => {
    await perform(
      command,
      async (opened) =>
        await withVault(opened, async ({ work }) => {
          const head = await witnessVaultLog(work.pool, opened.dataDir, await readHead(file));
          if (head !== undefined) await writeFileAtomic(file, `${JSON.stringify(head)}\n`, { mode: 0o644 });
          return head;
        }),
      (head) =>
        head === undefined ? "封はまだありません。" : `封 ${head.blockNo}（${head.sealedAt}）${head.blockHash}`,
    );
  });
}

/** @throws Refusal `tlsInvalid`, `linkInsecure`: over a net with certificates on both sides, or not at all */
async function serveAt(vault: Vault, place: string): Promise<VaultServer> {
  if (!/^https?:/.test(place)) return await serveVault(vault, place);
  const end = processEnd();
  const address = checkLinkAddress(place, end?.identity());
  if (end === undefined || address.protocol !== "https:")
    throw new Refusal("linkInsecure", "金庫は、ソケットか https:// でだけ動かします。何も始めていません。");
  return await serveVaultSecurely(vault, { host: address.hostname, port: Number(address.port || "443") }, end);
}

function registerServer(vault: Command): void {
  withActor(
    vault
      .command("serve")
      .description(
        "金庫だけを、別の過程として動かす（画面の側は HAGUKUMI_VAULT_SOCKET で指す） / serve the vault alone, at a UNIX socket or by TLS",
      ),
  )
    .argument(
      "<socket>",
      "ソケットの場所、または https://アドレス:ポート（証明書は HAGUKUMI_TLS_DIR） / path of the socket, or https://address:port",
    )
    .action(async (socket: string, _options: unknown, command: Command) => {
      await perform(
        command,
        async (opened) =>
          await withVault(opened, async ({ vault: made }) => {
            const server = await serveAt(made, socket);
            process.stderr.write(`金庫: ${server.socket} （終了は Ctrl-C）\n`);
            await new Promise<void>((resolve) => {
              for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
            });
            await server.close();
            return {};
          }),
        () => "終了しました。",
      );
    });
}

/** Adds `hagukumi vault …`. */
export function registerVault(program: Command): void {
  const vault = program
    .command("vault")
    .description("個人番号の金庫: 鍵・預託・復元訓練・権限・消去・記録 / the vault of 個人番号");
  registerKeys(vault);
  registerRights(vault);
  registerRecords(vault);
  registerServer(vault);
}
