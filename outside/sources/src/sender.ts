/**
 * How an office sends: numbered deliveries with a control file each, into the folder that stands for the object storage. On request it
 * sends as badly as real offices do, and answers requests to send again.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { headerOf, type InterfaceName, type Version } from "./layouts.ts";
import { writePlain } from "./plain-csv.ts";

/** What can go wrong with a sending. */
export const faults = {
  lost: "written down as sent, and never there (欠番)",
  twice: "the same delivery once more, under another name",
  cut: "the data file ends in the middle",
  flipped: "one character of the data file is another",
  counted: "the control file counts a row too many",
  extraItem: "one item more than agreed on",
  renumbered: "other content under a number that was sent before",
} as const;

export type Fault = keyof typeof faults;

export type SendOptions = {
  readonly kind?: "full" | "difference" | "reconciliation";
  readonly version?: Version;
  /** `YYYY-MM-DD` */
  readonly asOf: string;
  readonly fault?: Fault;
};

/** One sending as the office wrote it down. */
export type Sent = {
  readonly interfaceName: InterfaceName;
  readonly sequence: number;
  readonly attempt: number;
  readonly controlPath: string;
};

type Kept = {
  readonly options: SendOptions;
  readonly rows: readonly (readonly string[])[];
  readonly header: readonly string[];
  attempt: number;
};

export type Sender = {
  /** Sends rows (cells in the order of the layout) under the next number of the interface. */
  readonly send: (name: InterfaceName, rows: readonly (readonly string[])[], options: SendOptions) => Promise<Sent>;
  /** Answers the requests to send again that lie in `out/`. @returns what was sent */
  readonly answerResends: () => Promise<readonly Sent[]>;
  /** What was sent under a number, for REST */
  readonly sent: (name: string, after: number) => { readonly sequence: number; readonly kept: Kept } | undefined;
  /** The last number of an interface */
  readonly last: (name: InterfaceName) => number;
};

const MUNICIPALITY = "431001";

/**
 * Opens an office's sender on the folder `store`. One folder may hold many interfaces.
 *
 * @param lasts interface → the last number that was used, where it sent by another way before
 */
export function createSender(store: string, lasts: Readonly<Partial<Record<InterfaceName, number>>> = {}): Sender {
  const numbers = new Map<string, number>(Object.entries(lasts));
  const kept = new Map<string, Kept>();
  const answered = new Set<string>();

  const write = async (
    name: InterfaceName,
    sequence: number,
    delivery: Kept,
    fault: Fault | undefined,
    suffix = "",
  ): Promise<Sent> => {
    const { kind = "difference", version = "1.0", asOf } = delivery.options;
    const folder = join(store, "in", name);
    await mkdir(folder, { recursive: true });
    const attempt = delivery.attempt;
    const word = { full: "全件", difference: "差分", reconciliation: "照合" }[kind];
    const base = `${MUNICIPALITY}_${name}_${word}_${String(sequence).padStart(8, "0")}_${String(attempt).padStart(2, "0")}${suffix}`;
    const extra = fault === "extraItem";
    const header = extra ? [...delivery.header, "電話番号"] : delivery.header;
    const rows = extra ? delivery.rows.map((row) => [...row, "090-0000-0000"]) : delivery.rows;
    const text = writePlain([header, ...rows]);
    const whole = Buffer.from(text, "utf8");
    const said = {
      format: "hagukumi-interchange/1",
      municipality: MUNICIPALITY,
      interface: name,
      version,
      kind,
      sequence,
      attempt,
      asOf,
      sentAt: `${asOf}T23:00:00+09:00`,
      file: `${base}.csv`,
      rows: rows.length + (fault === "counted" ? 1 : 0),
      bytes: whole.length,
      sha256: createHash("sha256").update(whole).digest("hex"),
    };
    const controlPath = join(folder, `${base}.json`);
    if (fault !== "lost") {
      const bytes = Buffer.from(whole);
      if (fault === "flipped") bytes[bytes.length - 4] = (bytes.at(-4) ?? 0) ^ 1;
      await writeFile(join(folder, `${base}.csv`), fault === "cut" ? bytes.subarray(0, bytes.length - 5) : bytes);
      // Last: whoever sees the control file finds the data file complete.
      await writeFile(controlPath, `${JSON.stringify(said, null, 2)}\n`);
    }
    return { interfaceName: name, sequence, attempt, controlPath };
  };

  const send: Sender["send"] = async (name, rows, options) => {
    const { kind = "difference", version = "1.0", fault } = options;
    const header = headerOf(name, version);
    if (header === undefined) throw new Error(`${name} has no version ${version}`);
    const before = numbers.get(name) ?? 0;
    const same = kind === "reconciliation" || fault === "renumbered";
    const sequence = same ? before : before + 1;
    if (!same) numbers.set(name, sequence);
    const delivery: Kept = { options, rows, header, attempt: 1 };
    if (!same) kept.set(`${name}/${sequence}`, delivery);
    const suffix = fault === "renumbered" ? "_b" : kind === "reconciliation" ? `_${options.asOf}` : "";
    const sent = await write(name, sequence, delivery, fault, suffix);
    if (fault === "twice") await write(name, sequence, delivery, undefined, "_copy");
    return sent;
  };

  const answerResends: Sender["answerResends"] = async () => {
    const folder = join(store, "out");
    const sent: Sent[] = [];
    if (!existsSync(folder)) return sent;
    for (const file of (await readdir(folder)).filter((each) => each.startsWith("resend-")).toSorted()) {
      if (answered.has(file)) continue;
      answered.add(file);
      const asked = JSON.parse(await readFile(join(folder, file), "utf8")) as {
        interface: InterfaceName;
        from: number;
        to: number;
      };
      for (let sequence = asked.from; sequence <= asked.to; sequence++) {
        const delivery = kept.get(`${asked.interface}/${sequence}`);
        if (delivery === undefined) continue;
        delivery.attempt += 1;
        sent.push(await write(asked.interface, sequence, delivery, undefined));
      }
    }
    return sent;
  };

  return {
    send,
    answerResends,
    sent: (name, after) => {
      const found = kept.get(`${name}/${after + 1}`);
      return found === undefined ? undefined : { sequence: after + 1, kept: found };
    },
    last: (name) => numbers.get(name) ?? 0,
  };
}
