import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { CityError } from "../city-error.ts";
import type { CityManifest } from "./manifest.ts";
import { feedNames } from "./headers.ts";

const ours = new Set<string>([...feedNames, "manifest.json"]);

async function namesIn(directory: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new CityError("cityFolderUnwritable", `${directory} を開けません。フォルダの名前と権限を確かめてください。`, {
      cause: error,
    });
  }
}

/** Before the work starts: a folder with anything in it but a city is never touched, forced or not. */
export async function assertReplaceable(directory: string, force: boolean): Promise<void> {
  const names = await namesIn(directory);
  if (names === undefined || names.length === 0) return;
  const strange = names.find((name) => !ours.has(name));
  if (strange !== undefined || !names.includes("manifest.json")) {
    throw new CityError(
      "cityFolderForeign",
      `${directory} には合成都市ではないもの（${strange ?? names[0] ?? ""}）があるため、書き込みませんでした。空のフォルダか新しい名前を指定してください。`,
    );
  }
  if (!force && names.length !== ours.size) throw otherCity(directory);
}

const otherCity = (directory: string): CityError =>
  new CityError(
    "cityFolderTaken",
    `${directory} には別の合成都市があるため、書き込みませんでした。別のフォルダを指定するか、--force で置き換えてください。`,
  );

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) if (Buffer.isBuffer(chunk)) hash.update(chunk);
  return hash.digest("hex");
}

async function holdsSameCity(temporary: string, directory: string, manifest: CityManifest): Promise<boolean> {
  const names = await namesIn(directory);
  if (names === undefined || names.length !== ours.size) return false;
  const [present, wanted] = await Promise.all([
    readFile(join(directory, "manifest.json")),
    readFile(join(temporary, "manifest.json")),
  ]);
  if (!present.equals(wanted)) return false;
  for (const file of manifest.files) if ((await sha256Of(join(directory, file.name))) !== file.sha256) return false;
  return true;
}

/** The finished folder takes its name in one step; an equal city already there is left alone. */
export async function putInPlace(
  temporary: string,
  directory: string,
  manifest: CityManifest,
  force: boolean,
): Promise<void> {
  const names = await namesIn(directory);
  if (names !== undefined && names.length > 0) {
    if (await holdsSameCity(temporary, directory, manifest)) return;
    if (!force) throw otherCity(directory);
    // Looked at again: something else may have been put there while the city was being written.
    await assertReplaceable(directory, true);
    const aside = `${temporary}-old`;
    await rename(directory, aside);
    await rename(temporary, directory);
    await rm(aside, { recursive: true, force: true });
    return;
  }
  if (names === undefined) await mkdir(directory);
  await rename(temporary, directory);
}
