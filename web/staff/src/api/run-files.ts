/** Files of a run that lie in the data folder: only names of a known form, never a path from outside. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

const NAME = /^payee-list-(\d{4})(?:-\d{1,3}of\d{1,3})?\.(csv|pdf)$/;

/** Names of the payee list of the run, CSV first; empty when there is none. */
export async function listFiles(dataDir: string, runNo: number): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    names = await readdir(join(dataDir, "files"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return names.filter((name) => Number(NAME.exec(name)?.[1]) === runNo).toSorted();
}
