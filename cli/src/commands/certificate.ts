/** `hagukumi certificate`: the internal authority (内部認証局) for the links between the product's own processes. */
import {
  allowPeers,
  type CertificateEntry,
  initAuthority,
  issueInto,
  listCertificates,
  renewList,
  revokeCertificate,
} from "@hagukumi/platform/tls/authority-folder.ts";
import type { CertificateUse } from "@hagukumi/platform/tls/authority.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { join } from "node:path";

import { dataFolder } from "../context.ts";

type Common = { readonly authority?: string; readonly json?: boolean };

const authorityOf = ({ authority }: Common): string => authority ?? join(dataFolder(), "secrets", "authority");

function uses(text: string): readonly CertificateUse[] {
  const found = text.split(",");
  if (found.every((use): use is CertificateUse => use === "server" || use === "client")) return found;
  throw new InvalidArgumentError("server、client、または server,client を指定してください。");
}

function print(options: Common, value: unknown, text: string): void {
  process.stdout.write(`${options.json === true ? JSON.stringify(value) : text}\n`);
}

const line = ({ serial, names, uses: held, notAfter, revokedAt, fingerprint }: CertificateEntry): string =>
  `${serial}  ${held.join(",")}  ${names.join(" ")}  ${notAfter.slice(0, 10)} まで${revokedAt === null ? "" : `  失効 ${revokedAt.slice(0, 10)}`}\n    指紋 ${fingerprint}`;

/** Adds `hagukumi certificate …`. */
export function registerCertificate(program: Command): void {
  const certificate = program
    .command("certificate")
    .description("内部認証局: 証明書の発行・失効・一覧 / certificates of the links between processes");
  const step = (name: string, description: string): Command =>
    certificate
      .command(name)
      .description(description)
      .option(
        "--authority <dir>",
        "認証局のフォルダ（既定はデータフォルダの secrets/authority） / folder of the authority",
      )
      .option("--json", "JSON で出力する / JSON output");

  step("init", "内部認証局を作る / make the authority")
    .option("--name <text>", "認証局の名前 / its name", "はぐくみ内部認証局")
    .action(async (options: Common & { readonly name: string }) => {
      await initAuthority(authorityOf(options), options.name);
      print(options, { authority: authorityOf(options) }, `内部認証局を ${authorityOf(options)} に作りました。`);
    });
  step("issue", "証明書を発行し、フォルダ（HAGUKUMI_TLS_DIR にするもの）に置く / issue into a folder")
    .argument("<folder>", "置くフォルダ / where to")
    .argument("<names...>", "ホスト名、または呼ぶ側の名前 / names")
    .option("--use <uses>", "server（呼ばれる）・client（呼ぶ） / server, client", uses, ["server", "client"])
    .option("--days <n>", "有効期間（日、1〜398） / validity", Number, 365)
    .action(
      async (
        folder: string,
        names: readonly string[],
        options: Common & { readonly use: readonly CertificateUse[]; readonly days: number },
      ) => {
        const entry = await issueInto(authorityOf(options), folder, { names, uses: options.use, days: options.days });
        print(options, entry, `発行しました（${folder}）。\n${line(entry)}`);
      },
    );
  step("allow", "このフォルダの側を呼んでよい証明書を、番号で並べる（ほかは通さない） / who may call an end")
    .argument("<folder>", "呼ばれる側のフォルダ / folder of the end that is called")
    .argument("<serials...>", "証明書の番号 / serial numbers")
    .action(async (folder: string, serials: readonly string[], options: Common) => {
      const lines = await allowPeers(authorityOf(options), folder, serials);
      print(options, lines, `${lines.length}枚の証明書を通します（10秒以内に効きます）。`);
    });
  step("revoke", "証明書を失効させ、失効リストを配る / revoke a certificate")
    .argument("<serial>", "証明書の番号 / serial number")
    .option("--to <folders...>", "失効リストを置くフォルダ / folders that get the list", [])
    .action(async (serial: string, options: Common & { readonly to: readonly string[] }) => {
      const entry = await revokeCertificate(authorityOf(options), serial, options.to);
      print(options, entry, `失効させました。\n${line(entry)}`);
    });
  step("renew-list", "失効リストを作り直して配る（35日ごとまでに） / renew the revocation list")
    .option("--to <folders...>", "失効リストを置くフォルダ / folders that get the list", [])
    .action(async (options: Common & { readonly to: readonly string[] }) => {
      const revoked = await renewList(authorityOf(options), options.to);
      print(options, { revoked }, `失効リスト（${revoked}枚）を作り直しました。35日以内にもう一度行ってください。`);
    });
  step("list", "証明書の台帳 / every certificate that was issued").action(async (options: Common) => {
    const entries = await listCertificates(authorityOf(options));
    print(options, entries, entries.length === 0 ? "証明書はまだありません。" : entries.map(line).join("\n"));
  });
}
