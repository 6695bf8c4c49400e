/** Which store an installation uses: a folder by default, an S3 bucket or a folder of an SFTP server where its address is given. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { processIdentity } from "@hagukumi/platform/tls/identity-files.ts";
import { openLink } from "@hagukumi/platform/tls/link.ts";
import ssh2 from "ssh2";
import { z } from "zod";

import { refuse } from "../refusal.ts";
import { folderStore, type ObjectStore } from "./object-store.ts";
import { s3Store } from "./s3-store.ts";
import { sftpStore } from "./sftp-store.ts";

const keyShape = z.strictObject({
  accessKeyId: z.string().regex(/^[\w+=,.@/-]{4,128}$/),
  secretAccessKey: z.string().min(16).max(256),
});

async function storeKey(path: string): Promise<z.infer<typeof keyShape>> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  const mode = (await stat(path).catch(() => undefined))?.mode ?? 0;
  const read = text === undefined || (mode & 0o077) !== 0 ? undefined : keyShape.safeParse(parsed(text));
  if (read?.success === true) return read.data;
  throw refuse(
    "storeInvalid",
    `置き場所の鍵のファイル（HAGUKUMI_STORE_KEY_FILE、いまは「${path}」）を使えません。accessKeyId と secretAccessKey を持つ JSON とし、chmod 600 にしてください。何も読んでいません。`,
  );
}

const noSftp = (why: string): Error =>
  refuse("storeInvalid", `置き場所（SFTP）を使えません。${why}何も読んでいません。`);

/** A folder of a file server: `sftp://user@host:port/folder`, our key pair, the pinned key of the host. */
async function sftpStoreAt(at: string, environment: NodeJS.ProcessEnv): Promise<ObjectStore> {
  const url = URL.canParse(at) ? new URL(at) : undefined;
  if (url === undefined || url.hostname === "" || url.username === "" || url.search !== "" || url.hash !== "")
    throw noSftp("アドレスは sftp://利用者@ホスト:ポート/フォルダ の形で指定してください。");
  if (url.password !== "")
    throw noSftp("パスワードは使えません。アドレスから除き、鍵（HAGUKUMI_STORE_KEY_FILE）を相手に登録してください。");
  const path = environment["HAGUKUMI_STORE_KEY_FILE"] ?? "";
  const privateKey = await readFile(path, "utf8").catch(() => "");
  const mode = (await stat(path).catch(() => undefined))?.mode ?? 0;
  if ((mode & 0o077) !== 0 || ssh2.utils.parseKey(privateKey) instanceof Error) {
    throw noSftp(
      `鍵のファイル（HAGUKUMI_STORE_KEY_FILE、いまは「${path}」）は、パスフレーズのない OpenSSH か PEM の秘密鍵とし、chmod 600 にしてください。`,
    );
  }
  const hostKeys = (environment["HAGUKUMI_STORE_HOST_KEY"] ?? "").split(",").map((print) => print.trim());
  if (!hostKeys.every((print) => /^SHA256:[A-Za-z0-9+/]{43}$/.test(print))) {
    throw noSftp(
      "相手の機械の鍵の指紋（HAGUKUMI_STORE_HOST_KEY）を、ssh-keygen -lf が示す SHA256:… の形で指定してください。",
    );
  }
  const folder = decodeURIComponent(url.pathname).replace(/\/+$/, "");
  const port = url.port === "" ? 22 : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return sftpStore({ host, port, user: decodeURIComponent(url.username), folder, privateKey, hostKeys });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Opens the store at `place`: a path, `https://host/bucket/folder` (S3 API, path style) or `sftp://user@host:port/folder`. Without one: the
 * environment's `HAGUKUMI_STORE`, else the folder `interchange` of the data folder. The key of a bucket or of an SFTP user lies in the file
 * `HAGUKUMI_STORE_KEY_FILE` (0600); for a bucket this side's certificate in `HAGUKUMI_TLS_DIR` and the region in `HAGUKUMI_STORE_REGION`, for SFTP
 * the fingerprint of the host's key in `HAGUKUMI_STORE_HOST_KEY`.
 *
 * @throws Refusal `storeInvalid`, `linkInsecure`, `tlsInvalid`
 */
export async function openStore(
  dataDir: string,
  place?: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ObjectStore> {
  const set = environment["HAGUKUMI_STORE"] ?? "";
  const at = place ?? (set === "" ? join(dataDir, "interchange") : set);
  if (at.startsWith("sftp://")) return await sftpStoreAt(at, environment);
  if (!/^https?:\/\//.test(at)) return folderStore(at);
  const url = URL.canParse(at) ? new URL(at) : undefined;
  const [bucket = "", ...folder] = (url?.pathname ?? "").split("/").filter((part) => part !== "");
  if (url === undefined || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || url.search !== "") {
    throw refuse(
      "storeInvalid",
      "置き場所のアドレスは https://ホスト/バケット/フォルダ の形で指定してください。何も読んでいません。",
    );
  }
  const key = await storeKey(environment["HAGUKUMI_STORE_KEY_FILE"] ?? "");
  const region = environment["HAGUKUMI_STORE_REGION"] ?? "ap-northeast-1";
  const link = openLink(processIdentity(environment));
  return s3Store(link, {
    endpoint: url.origin,
    region,
    bucket,
    folder: folder.map(decodeURIComponent).join("/"),
    ...key,
  });
}
