/** What the registers say beside a claim: each item side by side, with its weight (A39–A43). Reads only. */
import { type CivilDate, type Month, monthOf } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { Difference, FilingOf } from "../../filings/procedure.ts";
import { look, note, stop } from "../../procedures/answers.ts";
import { checkDesignation } from "../../procedures/designations.ts";
import { type Person, personsOf } from "../../procedures/people.ts";
import type { ChildContent, ClaimContent } from "./content.ts";
import { type SIBLING_EXCLUSIONS, siblingExclusionLabels } from "./ground-codes.ts";

const RESIDENT = 1;
const DEAD = 3;

const squeezed = (text: string): string => text.normalize("NFKC").replaceAll(/[\s・-]/gu, "");

type Written = { readonly [K in "name" | "kana" | "birthDate" | "address"]?: string | undefined };

const LABELS = { name: "氏名", kana: "カナ氏名", birthDate: "生年月日", address: "住所" } as const;

/** Each item written on the paper that the register says otherwise. */
function writtenDifferences(
  written: Written | undefined,
  person: Person,
  prefix: "claimant" | "child",
  child: number | null,
): Difference[] {
  if (written === undefined) return [];
  return (["name", "kana", "birthDate", "address"] as const).flatMap((item) => {
    const filed = written[item];
    const registered = person[item];
    if (filed === undefined || squeezed(filed) === squeezed(registered)) return [];
    const text = `${LABELS[item]}が住民基本台帳と違います。本人に確かめ、誤記なら補正してください。`;
    const sides = { filed, registered, ...(child === null ? {} : { child }) };
    return [item === "birthDate" ? look(`${prefix}.${item}`, text, sides) : note(`${prefix}.${item}`, text, sides)];
  });
}

function claimantDifferences(
  content: ClaimContent,
  filing: FilingOf<unknown>,
  person: Person | undefined,
  exception: CivilDate | null,
): Difference[] {
  if (content.subject.recipientKind !== "individual") return [];
  if (person === undefined) {
    return [stop("claimant.register", "請求者が住民基本台帳の連携にありません。住民登録を確かめてください。")];
  }
  const found = writtenDifferences(content.declared?.written, person, "claimant", null);
  if (person.state === DEAD)
    found.push(stop("claimant.dead", "請求者は死亡しています。", { registered: person.since }));
  else if (person.state !== RESIDENT && person.since < filing.receivedOn && exception !== null) {
    const text =
      "住民票はこの市にありませんが、居住の特例（暴力からの避難・施設への入所）です。資料と、居住が続いていることを確かめてください。";
    found.push(look("claimant.residenceException", text, { registered: `${exception} から` }));
  } else if (person.state !== RESIDENT && person.since < filing.receivedOn) {
    found.push(
      stop("claimant.residence", "請求の日に、この市に住所がありません（児童手当法7条1項）。", {
        registered: `${person.since} 転出または消除`,
      }),
    );
  }
  if (person.protected) {
    found.push(look("claimant.protected", "支援措置の対象者です。送付先・通知・口座の扱いを確かめてください。"));
  }
  return found;
}

function childDifferences(child: ChildContent, person: Person | undefined, claimant: Person | undefined): Difference[] {
  const number = { child: child.number };
  if (person === undefined) {
    return [stop("child.register", "児童が住民基本台帳の連携にありません。住民票などで確かめてください。", number)];
  }
  const found = writtenDifferences(child.written, person, "child", child.number);
  if (person.state === DEAD) {
    found.push(look("child.dead", "児童は死亡しています。", { ...number, registered: person.since }));
  } else if (person.state !== RESIDENT && child.living === "together") {
    found.push(
      look("child.residence", "児童は、いまこの市に住所がありません。", {
        ...number,
        filed: "同居",
        registered: person.since,
      }),
    );
  }
  if (claimant !== undefined && person.state === RESIDENT) {
    const sameHousehold = person.household === claimant.household;
    if (child.living === "together" && !sameHousehold) {
      const text = "同居とありますが、住民基本台帳の世帯が違います。別居監護申立書の要否を確かめてください。";
      found.push(look("child.household", text, { ...number, filed: "同居", registered: "別世帯" }));
    }
    if (child.living === "apart" && sameHousehold) {
      const text = "別居とありますが、住民基本台帳では同じ世帯です。";
      found.push(look("child.household", text, { ...number, filed: "別居", registered: "同じ世帯" }));
    }
  }
  return found;
}

/** The cause and its day against the register. */
function causeDifferences(content: ClaimContent, persons: ReadonlyMap<number, Person>): Difference[] {
  const { cause, causeOn } = content;
  if (cause === "birth" && causeOn !== undefined) {
    const births = content.children.flatMap(({ number }) => persons.get(number)?.birthDate ?? []);
    if (births.includes(causeOn)) return [];
    const text = "事由の日が、どの児童の生年月日とも違います。出生の日を確かめてください。";
    return [look("cause.birth", text, { filed: causeOn, registered: births.join("・") })];
  }
  if (cause === "moveIn") {
    const text =
      "基準日は、転入した日ではなく、前住所地に届けた転出予定日です。転出証明書情報で確かめてください（児童手当法8条3項）。";
    return [note("cause.moveIn", text, { filed: causeOn ?? null })];
  }
  return [];
}

type OtherClaim = {
  readonly child: number;
  readonly reception_number: string;
  readonly received_on: CivilDate;
  readonly own: boolean;
};

// Undecided claims from the feed, and filings under way (drafts are seen by nobody).
const OTHERS = `
  SELECT k.child_number AS child, c.reception_number, c.received_on, c.claimant_number = $2 AS own
  FROM allowance.claim c JOIN allowance.claim_child k USING (claim_id)
  WHERE k.child_number = ANY($1::bigint[]) AND k.role = 'child'
    AND NOT EXISTS (SELECT FROM allowance.approval a WHERE a.claim_id = c.claim_id)
    AND NOT EXISTS (SELECT FROM allowance.claim_withdrawal w WHERE w.claim_id = c.claim_id)
  UNION
  SELECT n, f.reception_number, f.received_on, f.claimant_number = $2
  FROM allowance.filing_current f, unnest(f.named_numbers) n
  WHERE f.named_numbers && $1::bigint[] AND n = ANY($1::bigint[]) AND f.state IN ('submitted', 'returned', 'held', 'examined')
    AND f.filing_id IS DISTINCT FROM $3::bigint
    AND f.procedure_code IN ('certificationIndividual', 'certificationInstitution', 'increase', 'institutionIncrease')
  ORDER BY 1, 2`;

async function pendingDifferences(
  client: PoolClient,
  content: ClaimContent,
  filing: FilingOf<unknown>,
): Promise<Difference[]> {
  const children = content.children.filter(({ role }) => role === "child").map(({ number }) => number);
  const { rows } = await client.query<OtherClaim>(OTHERS, [children, content.subject.claimant, filing.filingId]);
  return rows.map(({ child, reception_number, received_on, own }) =>
    look(
      "child.pending",
      own
        ? `この児童は、同じ請求者の受付番号 ${reception_number}（受付日 ${received_on}）にもあります。`
        : `この児童は、別の人の受付番号 ${reception_number}（受付日 ${received_on}）で審査中です。先にそちらを確かめてください。`,
      { child, registered: reception_number },
    ),
  );
}

type LiveRight = { readonly recipient_id: number; readonly first_month: CivilDate | null };

async function ownRights(client: PoolClient, content: ClaimContent, replaces: number | null): Promise<Difference[]> {
  if (content.kind !== "certification") return [];
  const { rows } = await client.query<LiveRight>(
    `SELECT r.recipient_id, w.first_month FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id)
     WHERE r.addressee_number = $1 AND r.kind = $2 AND w.ended_from IS NULL
       -- A right that the replaced filing had opened is the one that is decided again.
       AND NOT EXISTS (SELECT FROM allowance.filing_approval a WHERE a.filing_id = $3 AND a.applied -> 'recipients' @> to_jsonb(r.recipient_id)) ORDER BY r.recipient_id`,
    [content.subject.claimant, content.subject.recipientKind, replaces],
  );
  return rows.map(({ recipient_id }) =>
    look(
      "claimant.recipient",
      `請求者は、もう受給者です（認定番号 ${recipient_id}）。額改定の請求ではないか確かめてください。`,
      {
        registered: String(recipient_id),
      },
    ),
  );
}

type Income = { readonly addressee_number: number; readonly income_year: number; readonly total: number };

/** The last year for which both parents' incomes are known (A39: 生計を維持する程度). */
async function spouseDifferences(client: PoolClient, content: ClaimContent): Promise<Difference[]> {
  const { declared, subject } = content;
  if (declared === null || declared.spouse === null) return [];
  const { spouse } = declared;
  const found: Difference[] = [];
  if (declared.spouseIsMainEarner) {
    const text =
      "配偶者の方が生計を維持する程度が高いと申告しています。配偶者の請求を案内し、この請求は却下を検討してください（児童手当法4条3項）。";
    found.push(look("spouse.mainEarner", text, { filed: "配偶者が生計中心者" }));
  }
  if (spouse.publicServant) {
    found.push(note("spouse.publicServant", "配偶者は公務員です。勤務先で児童手当を受けていないか確かめてください。"));
  }
  if (spouse.number === undefined) return found;
  const { rows } = await client.query<Income>(
    `SELECT addressee_number, income_year, employment + pension + other AS total FROM (
       SELECT DISTINCT ON (addressee_number, income_year) * FROM allowance.income_history WHERE addressee_number = ANY($1::bigint[])
       ORDER BY addressee_number, income_year, history_no DESC, revision DESC) i ORDER BY income_year DESC`,
    [[subject.claimant, spouse.number]],
  );
  const own = rows.filter(({ addressee_number }) => addressee_number === subject.claimant);
  for (const { income_year, total } of own) {
    const other = rows.find((row) => row.addressee_number === spouse.number && row.income_year === income_year);
    if (other === undefined) continue;
    if (other.total > total) {
      const text = `${income_year}年の所得は、配偶者の方が多くなっています。生計を維持する程度の高い方が受給者です（児童手当法4条3項）。継続するものか、事情を確かめてください。`;
      const sides = {
        filed: `請求者 ${total.toLocaleString("ja-JP")}円`,
        registered: `配偶者 ${other.total.toLocaleString("ja-JP")}円`,
      };
      found.push(look("spouse.income", text, sides));
    }
    break;
  }
  return found;
}

type Former = {
  readonly municipality_name: string;
  readonly paid: boolean | null;
  readonly last_paid_month: CivilDate | null;
  readonly confirmed: boolean;
};

/** 前住所地の支給終了年月 (A43): asked for, answered, and not overlapping with the start here. */
async function formerDifferences(
  client: PoolClient,
  content: ClaimContent,
  start: Month | null,
): Promise<Difference[]> {
  if (content.kind !== "certification" || content.cause !== "moveIn") return [];
  const { rows } = await client.query<Former>(
    `SELECT f.municipality_name, f.paid, f.last_paid_month, c.entry_id IS NOT NULL AS confirmed FROM allowance.former_inquiry_current f
     LEFT JOIN allowance.former_inquiry_confirmed c USING (entry_id, revision) WHERE f.addressee_number = $1 ORDER BY f.asked_on DESC`,
    [content.subject.claimant],
  );
  if (rows.length === 0) {
    const text =
      "前住所地の支給終了年月を、まだ照会していません。二重に支給しないよう、照会して回答を記録してください。";
    return [look("former.notAsked", text)];
  }
  return rows.flatMap(({ municipality_name, paid, last_paid_month, confirmed }): Difference[] => {
    if (paid !== null && !confirmed) {
      const text = `${municipality_name}の回答の記載を、二人目がまだ確認していません。確認してから審査してください。`;
      return [stop("former.unconfirmed", text)];
    }
    if (paid === null) return [look("former.unanswered", `${municipality_name}への照会の回答を待っています。`)];
    if (last_paid_month === null || start === null) return [];
    const last = monthOf(last_paid_month);
    const sides = { filed: `${start} 分から`, registered: `${last} 分まで` };
    if (last < start) return [note("former.answered", `${municipality_name}は ${last} 分まで支給しています。`, sides)];
    return [
      stop(
        "former.overlap",
        `${municipality_name}が ${last} 分まで支給しているため、${start} 分からは認定できません。`,
        sides,
      ),
    ];
  });
}

/** 父母指定者 (A44): every child must be designated to the claimant on the day of the claim. */
async function designationDifferences(
  client: PoolClient,
  { cause, subject, children }: ClaimContent,
  { receivedOn }: FilingOf<unknown>,
): Promise<readonly Difference[]> {
  if (cause !== "parentDesignation") return [];
  const numbers = children.filter(({ role }) => role === "child").map(({ number }) => number);
  return await checkDesignation(client, { claimant: subject.claimant, children: numbers, on: receivedOn });
}

const PLACED_ELSEWHERE = `
  SELECT p.addressee_number AS child, p.counterparty_number AS home FROM (
    SELECT DISTINCT ON (addressee_number, starts_on) * FROM allowance.status_period
    WHERE kind = 'institution' AND addressee_number = ANY ($1::bigint[]) ORDER BY addressee_number, starts_on, revision DESC) p
  WHERE NOT p.short_stay AND p.counterparty_number <> $2 AND p.starts_on <= $3 AND (p.ends_on IS NULL OR p.ends_on >= $3)
  ORDER BY child`;

/** 施設等 (3条3項): a child who is placed in another home belongs to that home, whether or not it has claimed. */
async function placementDifferences(
  client: PoolClient,
  { subject, children }: ClaimContent,
  { receivedOn }: FilingOf<unknown>,
): Promise<readonly Difference[]> {
  if (subject.recipientKind !== "institution") return [];
  const { rows } = await client.query<{ child: number; home: number }>(PLACED_ELSEWHERE, [
    children.map(({ number }) => number),
    subject.claimant,
    receivedOn,
  ]);
  return rows.map(({ child, home }) => ({
    ...stop(
      "child.placedElsewhere",
      "この児童は、請求の日に別の施設等に入所・委託されています。措置の内容を確かめてください（児童手当法3条3項・4条）。",
      { filed: String(subject.claimant).padStart(15, "0"), registered: String(home).padStart(15, "0") },
    ),
    child,
  }));
}

/** 居住の特例 of the claimant on the day of the claim: since when; null where none is confirmed. */
async function residenceException(
  client: PoolClient,
  { subject, declared }: ClaimContent,
  { receivedOn }: FilingOf<unknown>,
): Promise<CivilDate | null> {
  const typed = declared?.residence;
  if (typed !== undefined && typed.since <= receivedOn) return typed.since;
  const { rows } = await client.query<{ since: CivilDate }>(
    `SELECT valid_from AS since FROM allowance.residence_exception_confirmed
     WHERE addressee_number = $1 AND valid_from <= $2::date AND (valid_to IS NULL OR valid_to >= $2::date)`,
    [subject.claimant, receivedOn],
  );
  return rows[0]?.since ?? null;
}

/** 算定対象から除かれる人 (施行規則1条の3の2): by the paper, or by the confirmed entry of the case file. */
async function exclusionDifferences(
  client: PoolClient,
  { subject, children }: ClaimContent,
  { receivedOn }: FilingOf<unknown>,
): Promise<Difference[]> {
  const counted = children.filter(({ role }) => role === "counted");
  if (counted.length === 0) return [];
  const { rows } = await client.query<{ sibling: number; exclusion: (typeof SIBLING_EXCLUSIONS)[number] }>(
    `SELECT sibling_number AS sibling, exclusion FROM allowance.counted_sibling_confirmed
     WHERE addressee_number = $1 AND exclusion IS NOT NULL AND valid_from <= $2::date AND (valid_to IS NULL OR valid_to >= $2::date)`,
    [subject.claimant, receivedOn],
  );
  return counted.flatMap(({ number, exclusion }): Difference[] => {
    const known = exclusion ?? rows.find(({ sibling }) => sibling === number)?.exclusion;
    if (known === undefined) return [];
    const text = `算定対象から除かれる人です（${siblingExclusionLabels[known]}。施行規則1条の3の2）。算定対象者から外してください。`;
    return [stop("child.excluded", text, { child: number })];
  });
}

/** All differences of a claim. `start`: the first month that the law gives, null where it gives none. */
export async function registerDifferences(
  client: PoolClient,
  content: ClaimContent,
  filing: FilingOf<unknown>,
  start: Month | null,
): Promise<Difference[]> {
  const numbers = [content.subject.claimant, ...content.children.map(({ number }) => number)];
  const persons = await personsOf(client, numbers);
  const claimant = persons.get(content.subject.claimant);
  const individual = content.subject.recipientKind === "individual" ? claimant : undefined;
  return [
    ...claimantDifferences(content, filing, claimant, await residenceException(client, content, filing)),
    ...content.children.flatMap((child) => childDifferences(child, persons.get(child.number), individual)),
    ...causeDifferences(content, persons),
    ...(await pendingDifferences(client, content, filing)),
    ...(await ownRights(client, content, filing.replaces)),
    ...(await spouseDifferences(client, content)),
    ...(await formerDifferences(client, content, start)),
    ...(await designationDifferences(client, content, filing)),
    ...(await placementDifferences(client, content, filing)),
    ...(await exclusionDifferences(client, content, filing)),
  ];
}
