/** A tiny model of payments: which months of which recipient are free, in a run, or sent back (see `properties.test.ts`). */
import type { RunState } from "../../src/payments/states.ts";

export type Step = {
  readonly kind:
    | "next"
    | "create"
    | "inspect"
    | "approve"
    | "freeze"
    | "handOver"
    | "resolve"
    | "results"
    | "confirmReturn"
    | "close"
    | "cancel"
    | "hold"
    | "release"
    | "endRight";
  readonly one: number;
  readonly two: number;
};

/** Yen a month by law, recipient 1, 2, 3: 15,000; 10,000 + 10,000 + 30,000; 10,000 (no child changes its band here). */
export const MONTHLY = [15_000, 50_000, 10_000] as const;
/** Yen a month by law for each child of `threeFamilies`. */
export const BY_CHILD: Readonly<Record<string, number>> = {
  "900000000000201": 15_000,
  "900000000000202": 10_000,
  "900000000000203": 10_000,
  "900000000000204": 30_000,
  "900000000000205": 10_000,
};
export const MONTHS = ["2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03"] as const;
/** 支払期月 and how many of MONTHS it pays up to */
export const PAYMENTS = [
  ["2026-12", 2],
  ["2027-02", 4],
  ["2027-04", 6],
] as const;

type Cell = { status: "free" | "inRun" | "returned"; everReturned: boolean };
export type ModelRun = {
  state: RunState;
  /** recipient → months (positions in MONTHS) */
  readonly content: ReadonlyMap<number, readonly number[]>;
  atBank: boolean;
  readonly returnedOf: Set<number>;
  readonly confirmedOf: Set<number>;
};
type Hold = { readonly id: number; readonly recipient: number; readonly from: number; active: boolean };

export class PaymentModel {
  readonly cells: readonly (readonly Cell[])[] = MONTHLY.map(() =>
    MONTHS.map(() => ({ status: "free", everReturned: false })),
  );
  readonly ended: (number | undefined)[] = MONTHLY.map(() => undefined);
  readonly holds: Hold[] = [];
  readonly runs: ModelRun[] = [];

  get last(): ModelRun | undefined {
    return this.runs.at(-1);
  }

  held(recipient: number, at: number): boolean {
    return this.holds.some((hold) => hold.active && hold.recipient === recipient && hold.from <= at);
  }

  entitled(recipient: number, at: number): boolean {
    return at < (this.ended[recipient] ?? MONTHS.length);
  }

  /** What a new run would take. */
  candidates(kind: "regular" | "retransfer", months: number): Map<number, number[]> {
    const content = new Map<number, number[]>();
    for (const [recipient, row] of this.cells.entries()) {
      const free = row.flatMap((cell, at) =>
        at < months &&
        cell.status === "free" &&
        (kind === "regular" || cell.everReturned) &&
        this.entitled(recipient, at) &&
        !this.held(recipient, at)
          ? [at]
          : [],
      );
      if (free.length > 0) content.set(recipient, free);
    }
    return content;
  }

  mark(run: ModelRun, recipients: Iterable<number>, status: Cell["status"]): void {
    for (const recipient of recipients) {
      for (const at of run.content.get(recipient) ?? []) {
        const cell = this.cells[recipient]?.[at];
        if (cell === undefined) continue;
        cell.status = status;
        if (status === "returned") cell.everReturned = true;
      }
    }
  }
}

export const yenOf = (recipient: number, months: readonly number[]): number =>
  (MONTHLY[recipient] ?? 0) * months.length;

export function totalOf(content: ReadonlyMap<number, readonly number[]>): number {
  return [...content].reduce((sum, [recipient, months]) => sum + yenOf(recipient, months), 0);
}

/** What must come out of a step: done, or refused with one of these codes. */
export type Expected = "done" | readonly string[];

export const inState = (run: ModelRun | undefined, ...states: readonly RunState[]): Expected =>
  run === undefined ? ["runMissing"] : states.includes(run.state) ? "done" : ["wrongState", "handOverUnknown"];
