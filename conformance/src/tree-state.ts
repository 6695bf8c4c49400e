/** What exactly was tested: the commit and, where files differed from it, their contents by git's own digest. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

export type TreeState = {
  /** Full commit hash; empty outside a git checkout */
  readonly commit: string;
  /** Files that differed from the commit: digest of their content, or null where the file was gone */
  readonly uncommitted: Readonly<Record<string, string | null>>;
};

async function git(root: string, args: readonly string[]): Promise<string> {
  // quotepath off: Japanese file names arrive as they are
  const { stdout } = await execute("git", ["-c", "core.quotepath=off", ...args], { cwd: root, maxBuffer: 2 ** 28 });
  return stdout;
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

async function digests(root: string, paths: readonly string[]): Promise<Map<string, string | null>> {
  const present = paths.filter((path) => existsSync(join(root, path)));
  const found = present.length === 0 ? [] : lines(await git(root, ["hash-object", "--", ...present]));
  const byPath = new Map(present.map((path, index) => [path, found[index] ?? null]));
  return new Map(paths.map((path) => [path, byPath.get(path) ?? null]));
}

/** Tracked files that differ from `commit`, and files that git does not know. */
async function differing(root: string, commit: string): Promise<string[]> {
  const tracked = await git(root, ["diff", "--name-only", "--no-renames", commit]);
  const unknown = await git(root, ["ls-files", "--others", "--exclude-standard"]);
  return [...lines(tracked), ...lines(unknown)];
}

/** The state of the checkout at `root`; with an empty commit where there is no git. */
export async function readTreeState(root: string): Promise<TreeState> {
  try {
    const commit = (await git(root, ["rev-parse", "HEAD"])).trim();
    const uncommitted = Object.fromEntries(await digests(root, await differing(root, commit)));
    return { commit, uncommitted };
  } catch {
    return { commit: "", uncommitted: {} };
  }
}

/**
 * The files whose content is no longer what it was in `then`, or undefined where that cannot be known (no git, or the
 * commit is not in this checkout): then nothing that was tested counts any more.
 */
export async function changedSince(root: string, then: TreeState): Promise<ReadonlySet<string> | undefined> {
  if (then.commit === "") return undefined;
  try {
    const candidates = new Set([...(await differing(root, then.commit)), ...Object.keys(then.uncommitted)]);
    const paths = [...candidates];
    const now = await digests(root, paths);
    // What was not noted as uncommitted had the commit's own content; `differing` says that it now has another.
    return new Set(
      paths.filter((path) => !Object.hasOwn(then.uncommitted, path) || then.uncommitted[path] !== now.get(path)),
    );
  } catch {
    return undefined;
  }
}
