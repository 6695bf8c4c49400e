/**
 * How far a long step is: a bar on a terminal, a line every five seconds in a log, nothing for machines. The step asks
 * here whether it may go on, so that one Ctrl-C stops it between two slices and leaves nothing half done.
 */
import { Refusal } from "../database/problem.ts";

/** What a long step is given. Both calls are cheap enough for every slice (not for every row). */
export type Progress = {
  /**
   * `done` of `total` are done; a total of 0 means that it is not known. `at` is shown behind the title: where the work is just now.
   *
   * @throws Refusal `cancelled` once the step was asked to stop
   */
  readonly update: (done: number, total: number, at?: string) => void;
  /** The step has ended: leaves the bar or line as it stands and frees the terminal. May be called more than once. */
  readonly finish: () => void;
};

export type ProgressOptions = {
  /** What is being done, in Japanese: 「住民の取込」 */
  readonly title: string;
  /** `silent` for `--json` and for tests */
  readonly silent?: boolean;
  /** What an earlier start has done already; it took none of this start's time. Default 0 */
  readonly from?: number;
  /** Asks the step to stop */
  readonly signal?: AbortSignal;
  /** Where it is shown; default standard error, because standard output belongs to results */
  readonly stream?: { readonly isTTY?: boolean; readonly write: (text: string) => unknown };
  /** Milliseconds on a clock that only goes forward; for tests */
  readonly now?: () => number;
};

const BAR_INTERVAL_MS = 100;
const LINE_INTERVAL_MS = 5000;
const BAR_CELLS = 24;

function remaining(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 60 ? `残り約${seconds}秒` : `残り約${Math.ceil(seconds / 60)}分`;
}

function count(value: number): string {
  return value.toLocaleString("ja-JP");
}

/** 「住民の取込 45% 12,000/26,000件 残り約8秒」 */
function describe(title: string, done: number, total: number, perItem: number): string {
  if (total <= 0) return `${title} ${count(done)}件`;
  const percent = Math.min(100, Math.floor((done / total) * 100)); // 100 is shown only when all is done
  const rest = perItem > 0 && done < total ? ` ${remaining(perItem * (total - done))}` : "";
  return `${title} ${percent}% ${count(done)}/${count(total)}件${rest}`;
}

function bar(done: number, total: number): string {
  const filled = total > 0 ? Math.min(BAR_CELLS, Math.floor((done / total) * BAR_CELLS)) : 0;
  return `[${"#".repeat(filled)}${"-".repeat(BAR_CELLS - filled)}] `;
}

/** Shows the progress of one step. */
export function createProgress(options: ProgressOptions): Progress {
  const { title, signal, silent = false, from = 0, now = () => performance.now() } = options;
  const stream = options.stream ?? process.stderr;
  const onTerminal = stream.isTTY === true;
  const interval = onTerminal ? BAR_INTERVAL_MS : LINE_INTERVAL_MS;
  const begun = now();
  let shownAt = Number.NEGATIVE_INFINITY;
  type Seen = readonly [done: number, total: number, at: string | undefined];
  let last: Seen | undefined;
  let shown: Seen | undefined;
  let finished = false;
  const show = (seen: Seen): void => {
    const [done, total, at] = seen;
    const perItem = done > from ? (now() - begun) / (done - from) : 0;
    const text = describe(at === undefined ? title : `${title} ${at}`, done, total, perItem);
    // \x1b[K clears what a longer text left behind
    stream.write(onTerminal ? `\r${bar(done, total)}${text}\x1b[K` : `${text}\n`);
    shown = seen;
    shownAt = now();
  };
  return {
    update: (done, total, at) => {
      if (signal?.aborted === true) {
        throw new Refusal("cancelled", `${title}を中止しました。途中までの結果は残していません。`, { done, total });
      }
      last = [done, total, at];
      if (!silent && now() - shownAt >= interval) show(last);
    },
    finish: () => {
      if (finished || silent || last === undefined) return;
      finished = true;
      if (shown?.[0] !== last[0] || shown[1] !== last[1]) show(last);
      if (onTerminal) stream.write("\n");
    },
  };
}
