/** The dated values of the law that this program computes with, as one set that a city can approve (法のパラメータの一式). */
import { parameterEntries, parameters, ruleVersion, type ParameterEntry } from "@hagukumi/law/contract.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash } from "node:crypto";

/** One dated value with the digest of its whole content (name, months, value, source). */
export type DatedValue = ParameterEntry & { readonly digest: string };

/** A set: its digest is made of the digests of all its values, in their order. */
export type ParameterSet = {
  readonly ruleVersion: string;
  readonly digest: string;
  readonly entries: readonly DatedValue[];
};

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Seals values into a set. */
export function sealSet(values: readonly ParameterEntry[], version: string): ParameterSet {
  const entries = values.map(({ set, id, title, months, value, source }) => {
    const content = { set, id, title, months, value, source };
    return { ...content, digest: sha256(canonicalJson(content)) };
  });
  const digest = sha256(entries.map((each) => `${each.set}/${each.id} ${each.digest}`).join("\n"));
  return { ruleVersion: version, digest, entries };
}

let sealed: ParameterSet | undefined;

/** The set of this program. */
export function programSet(): ParameterSet {
  sealed ??= sealSet(parameterEntries(), ruleVersion);
  return sealed;
}

/** Names of the kinds of values, for screens and messages; a kind that is not here is shown as it is. */
export function kindName(kind: string): string {
  return parameters.find(({ name }) => name === kind)?.title ?? (kind === "rules" ? "法の規則の版" : kind);
}

/**
 * Kinds that a payment or decision asks for each benefit month, with the first month (`YYYY-MM`) for which the program has no
 * value. The kinds of rules that have ended (所得の判定) and the shares of the costs are asked elsewhere.
 */
export function missingFrom(set: ParameterSet, from: string, to: string): readonly { kind: string; month: string }[] {
  const asked = ["regimes", "amounts", "ages", "terms", "paymentMonths"];
  return asked.flatMap((kind) => {
    const rows = set.entries.filter((each) => each.set === kind);
    const covered = (month: string): boolean => rows.some(({ months }) => months[0] <= month && month <= months[1]);
    for (let month = from; month <= to; month = following(month)) if (!covered(month)) return [{ kind, month }];
    return [];
  });
}

function following(month: string): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}
