/** Which store an installation uses: a folder by default, an S3 bucket where its address is given. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { processIdentity } from "@hagukumi/platform/tls/identity-files.ts";
import { openLink } from "@hagukumi/platform/tls/link.ts";
import { z } from "zod";

import { refuse } from "../refusal.ts";
import { folderStore, type ObjectStore } from "./object-store.ts";
import { s3Store } from "./s3-store.ts";

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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Opens the store at `place`: a path, or `https://host/bucket/folder` (S3 API, path style). Without one: the environment's `HAGUKUMI_STORE`, else
 * the folder `interchange` of the data folder. The key of a bucket lies in the file `HAGUKUMI_STORE_KEY_FILE` (0600), this side's certificate in
 * `HAGUKUMI_TLS_DIR`; the region is `HAGUKUMI_STORE_REGION`.
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
