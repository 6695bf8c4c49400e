/**
 * 文言: the texts of letters that the city decides by two people, each from a day on: 教示, 問合せ先, 差出人, 職名と公印, 添え書き. What stood
 * in force on the day of the document is part of the letter and never changes afterwards.
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { readPng } from "@hagukumi/platform/print/png-picture.ts";
import { createHash } from "node:crypto";
import { z } from "zod";

import { refuse } from "../../refusal.ts";

const line = z.string().min(1).max(400);
const lines = z.array(line).min(1).max(12);
const paragraphs = z.strictObject({ title: z.string().max(60), lines });

const png = z
  .base64()
  .max(200_000)
  .refine((text) => readPng(Buffer.from(text, "base64")) !== undefined, {
    message: "公印の画像は、8ビット・透過なし・1200画素までの PNG にしてください。",
  });

const shapes = {
  /** 教示: against decisions of 法定受託事務 – the governor */
  "appeal.delegated": paragraphs,
  /** 教示: the city's own matters (児童手当法20条〜22条の2) – the mayor */
  "appeal.own": paragraphs,
  /** 教示: where the authority is delegated to the ward heads – the mayor, then the governor (再審査請求) */
  "appeal.wardHead": paragraphs,
  /** 誰の名でだれが決めるか: placeholders of the texts, and whether the ward heads decide in their own name */
  authority: z.strictObject({
    city: line,
    mayor: line,
    governor: line,
    wardHeadsDelegated: z.boolean(),
  }),
  /** 差出人（返還先） */
  sender: z.strictObject({ lines }),
  /** 問合せ先 */
  contact: paragraphs,
  /** 職名・氏名・電子公印. Without a seal, or with one that is switched off, 公印省略 is printed. */
  issuer: z.strictObject({ title: line, name: z.string().max(60), seal: png.nullable(), withSeal: z.boolean() }),
  /** 文書番号の頭 */
  numbering: z.strictObject({ prefix: z.string().max(30) }),
  /** 添え書き of a form, where the city wants one */
  note: z.strictObject({ lines }),
} as const;

export type TextKind = keyof typeof shapes;
export type TextContent<K extends TextKind> = z.infer<(typeof shapes)[K]>;

export const TEXT_KINDS = Object.keys(shapes) as readonly TextKind[];

export const textKindLabels: Readonly<Record<TextKind, string>> = {
  "appeal.delegated": "教示（法定受託事務：知事への審査請求）",
  "appeal.own": "教示（市の事務：市長への審査請求）",
  "appeal.wardHead": "教示（区長に委任した決定）",
  authority: "決定の名義と教示の宛先",
  sender: "差出人（返還先）",
  contact: "問合せ先",
  issuer: "職名・氏名・電子公印",
  numbering: "文書番号",
  note: "帳票ごとの添え書き",
};

/** Texts that every letter needs; without one of them nothing is printed. */
const NEEDED: readonly TextKind[] = [
  "appeal.delegated",
  "appeal.own",
  "appeal.wardHead",
  "authority",
  "sender",
  "contact",
  "issuer",
  "numbering",
];

/** A text is its kind, and a part of the city or a form where it is theirs alone: `contact` for 431010, `note` for a form. */
export type TextKey = { readonly kind: TextKind; readonly scope: string };

/** Checks and reads a content. @throws Refusal `letterTextInvalid` */
export function parseText<K extends TextKind>(kind: K, content: unknown): TextContent<K> {
  const parsed = shapes[kind].safeParse(content);
  if (parsed.success) return parsed.data as TextContent<K>;
  throw refuse(
    "letterTextInvalid",
    `文言「${textKindLabels[kind]}」の形が正しくありません: ${z.prettifyError(parsed.error)} 何も変えていません。`,
    { kind },
  );
}

/** The texts in force on one day. */
export type Texts = {
  /** Of the scope, else of the whole city. @throws Refusal `letterTextMissing` */
  readonly get: <K extends TextKind>(kind: K, scope?: string) => TextContent<K>;
  readonly find: <K extends TextKind>(kind: K, scope: string) => TextContent<K> | undefined;
  /** Pictures of the seals by digest, base64 */
  readonly seals: ReadonlyMap<string, string>;
};

export const sealDigest = (picture: string): string => createHash("sha256").update(picture, "base64").digest("hex");

const IN_FORCE = `
SELECT DISTINCT ON (t.kind, t.scope) t.kind, t.scope, t.content FROM allowance.letter_text t JOIN allowance.letter_text_approval a USING (text_id)
WHERE t.valid_from <= $1 ORDER BY t.kind, t.scope, t.valid_from DESC, t.text_id DESC`;

/**
 * Reads the approved texts in force on `day`.
 *
 * @throws Refusal `letterTextMissing` where one that every letter needs is not there – there is no default
 */
export async function readTexts(connection: Queryable, day: string): Promise<Texts> {
  const { rows } = await connection.query<{ kind: TextKind; scope: string; content: unknown }>(IN_FORCE, [day]);
  const found = new Map(rows.map(({ kind, scope, content }) => [`${kind}/${scope}`, { kind, content }]));
  const find = <K extends TextKind>(kind: K, scope: string): TextContent<K> | undefined => {
    const text = found.get(`${kind}/${scope}`);
    return text === undefined ? undefined : parseText(kind, text.content);
  };
  const get = <K extends TextKind>(kind: K, scope = ""): TextContent<K> => {
    const text = (scope === "" ? undefined : find(kind, scope)) ?? find(kind, "");
    if (text !== undefined) return text;
    throw refuse(
      "letterTextMissing",
      `${day} に効力のある文言「${textKindLabels[kind]}」がありません。文言を入力し、別の職員の承認を受けてから、もう一度実行してください。何も作っていません。`,
      { kind, day },
    );
  };
  for (const kind of NEEDED) get(kind);
  const seals = new Map(
    rows.flatMap(({ kind, content }) => {
      const seal = kind === "issuer" ? parseText("issuer", content).seal : null;
      return seal === null ? [] : [[sealDigest(seal), seal] as const];
    }),
  );
  return { get, find, seals };
}
