/**
 * 氏名・住所等変更届 (様式第8号, 施行規則5条・6条・6条の2): name, address within the city (a move between wards is a change of address
 * only), 被用区分 by insurance and pension, spouse, circumstances of the children. Every change is a new row; the old one stays.
 */
import { addDays, civilDate, type CivilDate, monthOf } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Deciders, Difference, Effect, FilingOf, Procedure } from "../filings/procedure.ts";
import { readSetting } from "../settings.ts";
import { look, note, proposalOf, recordEffect, shownNumber, stop } from "./answers.ts";
import { changeCircumstance } from "./child-circumstances.ts";
import { addEntry, closeBefore, openEntries } from "./entries.ts";
import { writeNotices } from "./notices.ts";
import { childrenOfRecipient, personOf, type RecipientRow, unknownNumbers } from "./people.ts";
import { checkRecipient } from "./recipient-check.ts";
import { addPicture, type HistoryRow, pictureOf, type RecipientPicture, restorePicture } from "./recipient-history.ts";
import { storedId } from "./results.ts";
import { childrenOnce, dayShape, NAMED_TWICE_PROBLEM, personShape, recipientShape, textShape } from "./shapes.ts";
import { recordTakenBack, takeEntriesBack } from "./take-back.ts";

const identifier = z.string().regex(/^[a-zA-Z]{1,40}$/);

const contentShape = z
  .strictObject({
    claimant: personShape,
    recipientId: recipientShape,
    /** Day of the change */
    on: dayShape,
    name: z.strictObject({ name: textShape(100), kana: textShape(100) }).optional(),
    address: z
      .strictObject({
        postalCode: z.string().regex(/^[0-9]{7}$/),
        address: textShape(200),
        wardCode: z.string().regex(/^[0-9]{6}$/),
      })
      .optional(),
    coverage: z
      .strictObject({
        employeeClass: z.enum(["employee", "nonEmployee"]),
        /** Identifiers of the code tables healthInsurance, pensionKind */
        healthInsurance: identifier.optional(),
        insuredOn: dayShape.optional(),
        /** 不詳: what the paper says where the day is not known */
        insuredOnText: z.string().trim().max(60).default(""),
        pensionKind: identifier.optional(),
        pensionOn: dayShape.optional(),
        pensionOnText: z.string().trim().max(60).default(""),
        evidence: z.enum([
          "claimForm",
          "insuranceCard",
          "insuranceInquiry",
          "pensionInquiry",
          "employerCertificate",
          "other",
        ]),
        /** Needed where only the pension was asked */
        fallbackReason: z.string().trim().max(200).default(""),
      })
      .optional(),
    spouse: z
      .strictObject({
        /** New spouse; null: there is none any more */
        now: z.strictObject({ number: personShape.optional(), name: textShape(100), kana: textShape(100) }).nullable(),
        cause: textShape(100),
      })
      .optional(),
    children: z
      .array(
        z.strictObject({
          child: personShape,
          relation: z
            .string()
            .regex(/^[0-9A-Z]{1,8}$/)
            .optional(),
          living: z.enum(["together", "apart"]).optional(),
          apartReason: z
            .enum(["work", "schooling", "divorceTalks", "violence", "medical", "studyAbroad", "other"])
            .optional(),
          livelihood: z.enum(["common", "maintained"]).optional(),
        }),
      )
      .max(20)
      .refine(childrenOnce, NAMED_TWICE_PROBLEM)
      .default([]),
  })
  .refine(({ name, address, coverage, spouse, children }) => name ?? address ?? coverage ?? spouse ?? children[0], {
    error: "変わったことを1つ以上入力してください。",
    path: ["name"],
  })
  .refine(({ coverage }) => coverage?.insuredOn === undefined || coverage.insuredOnText === "", {
    error: "資格取得日が分かるときは、不詳の記載を書かないでください。",
    path: ["coverage", "insuredOnText"],
  })
  .refine(({ coverage }) => coverage?.pensionOn === undefined || coverage.pensionOnText === "", {
    error: "加入日が分かるときは、不詳の記載を書かないでください。",
    path: ["coverage", "pensionOnText"],
  })
  .refine(({ coverage }) => coverage?.evidence !== "pensionInquiry" || coverage.fallbackReason !== "", {
    error: "年金だけで被用区分を確かめたときは、理由を書いてください。",
    path: ["coverage", "fallbackReason"],
  });

type Content = z.infer<typeof contentShape>;

/** A ward of this city: 政令市の区のコード shares the first three digits with the code of the city (431001 → 431010 …). */
async function inThisCity(client: PoolClient, wardCode: string, day: CivilDate): Promise<boolean> {
  try {
    return (await readSetting(client, "municipality", day)).code.slice(0, 3) === wardCode.slice(0, 3);
  } catch (error) {
    if (error instanceof Refusal && error.code === "settingMissing") return true;
    throw error;
  }
}

/** 被用区分 changes count from the next 1 August for the cost shares (18条6項); the amount never changes. */
export function classCountsFrom(on: CivilDate): CivilDate {
  const year = Number(on.slice(0, 4));
  // The class on 1 June holds from August: a change up to 1 June counts this August, a later one the next.
  return civilDate(`${on.slice(5) <= "06-01" ? year : year + 1}-08-01`);
}

async function differencesOf(
  client: PoolClient,
  filing: FilingOf<Content>,
  recipient: RecipientRow | undefined,
): Promise<readonly Difference[]> {
  const { content, judgedOn } = filing;
  const differences: Difference[] = [];
  if (content.on > judgedOn) differences.push(look("change.on", "変更の日が、審査の日より後です。"));
  const person = await personOf(client, content.claimant);
  if (content.name !== undefined && person !== undefined && person.name !== content.name.name) {
    const sides = { filed: content.name.name, registered: person.name };
    differences.push(
      look("name", "氏名が住民票と違います。住民票の異動がまだ届いていないか、届書の誤りかを確かめてください。", sides),
    );
  }
  if (content.address !== undefined) {
    const { wardCode, address } = content.address;
    if (!(await inThisCity(client, wardCode, judgedOn)) || (person !== undefined && person.state !== 1)) {
      const text =
        "市外への転出は、住所の変更ではなく受給事由の消滅です（児童手当法7条3項・8条2項）。消滅届を受け付けてください。";
      differences.push(stop("address.outside", text));
    } else if (person !== undefined && (person.ward !== wardCode || person.address !== address)) {
      const sides = { filed: address, registered: person.address };
      differences.push(
        look(
          "address",
          "住所が住民票と違います。転居の届出がまだ届いていないか、届書の誤りかを確かめてください。",
          sides,
        ),
      );
    }
    if (recipient !== undefined && recipient.ward !== wardCode) {
      differences.push(
        note("address.ward", "区が変わりますが、政令市の区の間の転居は住所の変更です。認定はそのまま続きます。"),
      );
    }
  }
  const spouse = content.spouse?.now?.number;
  if (spouse !== undefined && (await unknownNumbers(client, [spouse])).length > 0) {
    differences.push(
      stop("spouse.unknown", "配偶者の宛名番号がありません。番号を確かめるか、氏名だけを入力してください。"),
    );
  }
  if (spouse === content.claimant)
    differences.push(stop("spouse.self", "配偶者の宛名番号が、届出をした人のものです。"));
  const own = recipient === undefined ? [] : await childrenOfRecipient(client, recipient);
  for (const { child, living } of content.children) {
    if (recipient !== undefined && !own.some((each) => each.child === child)) {
      differences.push(
        stop("child", `児童（宛名番号 ${shownNumber(child)}）は、この受給者の児童ではありません。`, { child }),
      );
    }
    if (living === "apart")
      differences.push(note("child.apart", "別居のときは、別居監護申立書も要ります。", { child }));
  }
  return differences;
}

function pictureAfter(before: RecipientPicture, { name, address, coverage }: Content): RecipientPicture {
  return {
    ...before,
    ...name,
    ...address,
    employeeClass: coverage?.employeeClass ?? before.employeeClass,
  };
}

function causeOf({ name, address, coverage }: Content, wardChanges: boolean): HistoryRow["cause"] {
  const causes: HistoryRow["cause"][] = [
    ...(name === undefined ? [] : ["name" as const]),
    ...(address === undefined ? [] : [wardChanges ? ("ward" as const) : ("address" as const)]),
    ...(coverage === undefined ? [] : ["employeeClass" as const]),
  ];
  return causes.length > 1 ? "several" : (causes[0] ?? "several");
}

const classNames = { employee: "被用者", nonEmployee: "被用者等でない者" } as const;

function effectsOf(content: Content, before: RecipientPicture): readonly Effect[] {
  const { recipientId, on, name, address, coverage, spouse, children } = content;
  return [
    ...(name === undefined
      ? []
      : [recordEffect("name", "氏名の変更", { recipientId, before: before.name, after: name.name })]),
    ...(address === undefined
      ? []
      : [
          recordEffect(
            "address",
            address.wardCode === before.wardCode ? "住所の変更" : "住所の変更（区の間の転居。認定は続く）",
            {
              recipientId,
              before: before.address,
              after: address.address,
            },
          ),
        ]),
    ...(coverage === undefined
      ? []
      : [
          recordEffect(
            "employeeClass",
            `被用区分の変更（費用負担の区分。額は変わらない。${monthOf(classCountsFrom(on))} 分から）`,
            {
              recipientId,
              before: before.employeeClass === null ? "なし" : classNames[before.employeeClass],
              after: classNames[coverage.employeeClass],
            },
          ),
        ]),
    ...(spouse === undefined
      ? []
      : [
          recordEffect("spouse", `配偶者の変更（${spouse.cause}）`, {
            recipientId,
            after: spouse.now === null ? "なし" : spouse.now.name,
          }),
        ]),
    ...children.map(({ child, living, relation, livelihood }) =>
      recordEffect("child", `児童の状況の変更（${shownNumber(child)}）`, {
        recipientId,
        after: [living === undefined ? "" : living === "apart" ? "別居" : "同居", relation ?? "", livelihood ?? ""]
          .filter((each) => each !== "")
          .join("・"),
      }),
    ),
  ];
}

async function changeSpouse(
  client: PoolClient,
  content: Content,
  spouse: NonNullable<Content["spouse"]>,
  deciders: Deciders,
): Promise<void> {
  for (const entry of await openEntries(client, "related_person", content.claimant, content.on)) {
    if (entry["role"] !== "spouse" || entry["valid_to"] !== null) continue;
    await closeBefore(client, "related_person", entry, content.on, spouse.cause, deciders);
  }
  if (spouse.now === null) return;
  const { number, name, kana } = spouse.now;
  const columns =
    number === undefined
      ? { role: "spouse", name, kana, evidence: "変更届", valid_from: content.on }
      : { role: "spouse", related_number: number, evidence: "変更届", valid_from: content.on };
  await addEntry(client, "related_person", content.claimant, columns, deciders);
}

async function changeCoverage(
  client: PoolClient,
  content: Content,
  coverage: NonNullable<Content["coverage"]>,
  deciders: Deciders,
): Promise<void> {
  for (const entry of await openEntries(client, "coverage", content.claimant, content.on)) {
    if (entry["valid_to"] !== null) continue;
    await closeBefore(client, "coverage", entry, content.on, "変更届", deciders);
  }
  const columns = {
    health_insurance: coverage.healthInsurance ?? null,
    insured_on: coverage.insuredOn ?? null,
    insured_on_text: coverage.insuredOnText,
    pension_kind: coverage.pensionKind ?? null,
    pension_on: coverage.pensionOn ?? null,
    pension_on_text: coverage.pensionOnText,
    employee_class: coverage.employeeClass,
    evidence: coverage.evidence,
    fallback_reason: coverage.fallbackReason,
    valid_from: content.on,
  };
  await addEntry(client, "coverage", content.claimant, columns, deciders);
}

export const change: Procedure<Content> = {
  code: "change",
  name: "氏名・住所等変更届",
  form: "様式第8号",
  rule: "児童手当法施行規則5条1項・6条1項・6条の2",
  shape: contentShape,
  subjectOf: ({ claimant, recipientId, children, spouse }) => ({
    claimant,
    recipientKind: "individual",
    recipientId,
    children: [
      ...children.map(({ child }) => child),
      ...(spouse?.now?.number === undefined ? [] : [spouse.now.number]),
    ],
  }),
  documents: ({ name, address, coverage }) => [
    ...(name === undefined && address === undefined
      ? []
      : [
          {
            code: "residence",
            name: "住民票の写し",
            why: "氏名・住所の変更を確かめるため（施行規則5条・6条）",
            waivable: true,
          },
        ]),
    ...(coverage === undefined
      ? []
      : [
          {
            code: "insurance",
            name: "健康保険・年金の加入が分かるもの",
            why: "被用区分を確かめるため（施行規則6条の2）",
            waivable: true,
          },
        ]),
  ],
  // 14日以内 (5条1項, 6条1項); a change of class is due 速やかに, without a day.
  dueDate: ({ on, name, address }) => (name === undefined && address === undefined ? null : addDays(on, 14)),
  propose: async (client, _context, filing) => {
    const { content } = filing;
    const { recipient, differences: found } = await checkRecipient(client, content, filing.judgedOn, "stop");
    const before = recipient === undefined ? undefined : await pictureOf(client, recipient);
    const missing = recipient !== undefined && before === undefined;
    const differences = [
      ...found,
      ...(missing ? [stop("person", "受給者が住民基本台帳の連携にありません。")] : []),
      ...(await differencesOf(client, filing, recipient)),
    ];
    return proposalOf({
      outcome: "acknowledge",
      reasons: ["届出のとおり記録します。前の記録は残ります（施行規則5条・6条・6条の2）。"],
      differences,
      effects: before === undefined ? [] : effectsOf(content, before),
      basis: before === undefined ? null : { before: { ...before } },
    });
  },
  apply: async (client, _context, filing, _proposal, deciders) => {
    const { content } = filing;
    const filingId = storedId(filing);
    const { recipient } = await checkRecipient(client, content, filing.judgedOn, "stop");
    const before = recipient === undefined ? undefined : await pictureOf(client, recipient);
    if (recipient === undefined || before === undefined) throw new Error("approved without a recipient");
    if (content.name !== undefined || content.address !== undefined || content.coverage !== undefined) {
      const cause = causeOf(content, content.address !== undefined && content.address.wardCode !== before.wardCode);
      const picture = pictureAfter(before, content);
      await addPicture(client, recipient, { validFrom: content.on, picture, cause }, filingId, deciders);
    }
    if (content.coverage !== undefined) {
      await changeCoverage(client, content, content.coverage, deciders);
      const facts = {
        recipientId: content.recipientId,
        employeeClass: content.coverage.employeeClass,
        on: content.on,
        countsFrom: classCountsFrom(content.on),
      };
      await writeNotices(client, filingId, deciders, [{ kind: "employeeClassChanged", to: content.claimant, facts }]);
    }
    if (content.spouse !== undefined) await changeSpouse(client, content, content.spouse, deciders);
    const own = await childrenOfRecipient(client, recipient);
    for (const { child, ...changed } of content.children) {
      const relation = own.find((each) => each.child === child)?.relation ?? "20";
      await changeCircumstance(client, content.claimant, { child, relation }, content.on, changed, deciders);
    }
    return { recipients: [content.recipientId], decisions: [], detail: { on: content.on } };
  },
  undo: async (client, _context, filing, _applied, deciders) => {
    const { recipientId } = filing.content;
    const after = await restorePicture(client, filing, recipientId, deciders);
    await takeEntriesBack(client, filing, deciders);
    return recordTakenBack("change", "氏名・住所等の変更", {
      recipientId,
      before: "届出のとおり",
      after: after === null ? "届出の前の記載" : `届出の前の記載（${after.name}・${after.address}）`,
    });
  },
};
