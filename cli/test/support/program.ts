/** Running `hagukumi` as a person would: a process of its own, with its own data folder and nothing of the test's environment. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";

const BIN = join(import.meta.dirname, "../../bin/hagukumi");

export type Ended = {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Running = {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard error holds `text`; fails when the program ends without it */
  readonly says: (text: string) => Promise<void>;
};

/** Environment of the program: `undefined` takes a variable away. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Programs that a test started and that still run: ended by the test's own `afterAll`. */
const alive = new Set<ChildProcess>();

/** Starts the program. `through` is put before it, for instance `["setpriv", "--reuid=65534", "--"]`. */
export function launch(args: readonly string[], environment: Environment, through: readonly string[] = []): Running {
  const { DATABASE_URL: _url, HAGUKUMI_DATA: _data, NODE_OPTIONS: _options, ...inherited } = process.env;
  const [command = BIN, ...rest] = [...through, BIN, ...args];
  const child = spawn(command, rest, { env: { ...inherited, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  alive.add(child);
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => {
      alive.delete(child);
      resolve({ status, signal, stdout, stderr });
    });
  });
  const says = async (text: string): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!stderr.includes(text)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      void ended.then(({ status }) => reject(new Error(`ended with ${status} before saying "${text}": ${stderr}`)));
    });
  };
  return { child, ended, says };
}

/** Runs the program to its end. */
export async function hagukumi(
  args: readonly string[],
  environment: Environment,
  through: readonly string[] = [],
): Promise<Ended> {
  return await launch(args, environment, through).ended;
}

/** Ends what a failed test left running. */
export function endAll(): void {
  for (const child of alive) child.kill("SIGKILL");
}

/** An expected refusal: status 1, Japanese for people, and nothing of the program's inside. */
export function refusalProblems(ended: Ended, status: readonly number[] = [1]): readonly string[] {
  const problems: string[] = [];
  if (!status.includes(ended.status ?? -1)) problems.push(`status ${ended.status} ${ended.signal ?? ""}`);
  if (!/[ぁ-んァ-ヶ一-龠]/.test(ended.stderr)) problems.push("no Japanese on standard error");
  if (/^ {4}at /m.test(ended.stderr)) problems.push("a stack trace");
  if (ended.stderr.includes("internal")) problems.push("called a defect of the program");
  return problems.map((problem) => `${problem}: ${ended.stderr.slice(-600)}`);
}
