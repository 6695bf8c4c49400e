/** Finds the commands: each is one file of `commands/`, loaded only when it is needed. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";

type Register = (program: Command) => void;

const FOLDER = join(import.meta.dirname, "commands");

/** `payment` → `registerPayment`, `annual-review` → `registerAnnualReview` */
function registerName(name: string): string {
  const words = name.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `register${words.join("")}`;
}

/** The names of all commands, in order. Only files count: a folder beside them holds what several commands share. */
export async function commandNames(): Promise<string[]> {
  const files = await readdir(FOLDER, { withFileTypes: true }).catch(() => []);
  return files
    .filter((file) => file.isFile() && file.name.endsWith(".ts"))
    .map((file) => file.name.slice(0, -".ts".length))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

/**
 * Loads the command `name` and adds it to `program`.
 *
 * @throws TypeError where its file does not export the function that its name promises
 */
export async function registerCommand(name: string, program: Command): Promise<void> {
  const exported = registerName(name);
  const module = (await import(`./commands/${name}.ts`)) as Readonly<Record<string, unknown>>;
  const register = module[exported];
  if (typeof register !== "function") throw new TypeError(`commands/${name}.ts does not export ${exported}`);
  (register as Register)(program);
}
