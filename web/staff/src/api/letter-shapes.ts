/** 通知書 as the API shows it. Amounts in yen, days `YYYY-MM-DD`, moments ISO. */
import { z } from "zod";

/** 印刷処理の番号 1–999999, as it stands in an address. */
export const letterRunNumber = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, "印刷処理の番号は1〜999999です。")
  .transform(Number);

export const waitingShape = z
  .object({ form: z.string(), number: z.string(), title: z.string(), waiting: z.int(), oldest: z.string().nullable() })
  .meta({ id: "WaitingForm", description: "印刷を待つ通知書（様式ごと）" });

export const letterRunHeading = z
  .object({
    runNo: z.int(),
    kind: z.enum(["first", "manual", "reissue"]),
    kindLabel: z.string(),
    formNumber: z.string(),
    title: z.string(),
    documentOn: z.string(),
    mailOn: z.string(),
    letters: z.int(),
    pages: z.int(),
    amount: z.int(),
    listDigest: z.string(),
    reason: z.string(),
    maker: z.string(),
    state: z.enum(["created", "approved", "printing", "printed", "mailed", "discarded"]),
    stateLabel: z.string(),
    printed: z.int(),
    takenOut: z.int(),
  })
  .meta({ id: "LetterRun", description: "通知書の印刷処理。金額は円。" });

export const letterRunView = z
  .object({
    run: letterRunHeading,
    approver: z.string().nullable(),
    leftOut: z.array(z.object({ route: z.enum(["tray", "leftOut"]), label: z.string(), count: z.int() })),
    issues: z.array(
      z.object({
        letterId: z.int(),
        seq: z.int(),
        kind: z.enum(["character", "overflow"]),
        codePoints: z.string(),
        printed: z.string(),
      }),
    ),
    files: z.array(z.object({ fileNo: z.int(), letters: z.int(), pages: z.int(), sha256: z.string() })),
    events: z.array(
      z.object({
        label: z.string(),
        by: z.string(),
        at: z.string(),
        terminal: z.string().nullable(),
        note: z.string(),
      }),
    ),
    protectedLetters: z.int(),
  })
  .meta({ id: "LetterRunView", description: "印刷処理の内容" });

export const sampleShape = z
  .object({ letterId: z.int(), seq: z.int(), why: z.string(), amount: z.int().nullable(), lines: z.array(z.string()) })
  .meta({ id: "LetterSample", description: "通知書の見本（文面）" });

export const trayShape = z
  .object({
    form: z.string(),
    number: z.string(),
    title: z.string(),
    sourceKey: z.string(),
    addressee: z.int().nullable(),
    label: z.string(),
    runNo: z.int(),
  })
  .meta({ id: "TrayLetter", description: "手作業トレイの通知書" });

export const caseLetterShape = z
  .object({
    letterId: z.int(),
    runNo: z.int(),
    number: z.string(),
    title: z.string(),
    documentOn: z.string(),
    pages: z.int(),
    amount: z.int().nullable(),
    stateLabel: z.string(),
    mailed: z.boolean(),
    reissue: z.boolean(),
    discarded: z.string(),
    events: z.array(z.object({ what: z.string(), by: z.string(), at: z.string(), terminal: z.string().nullable() })),
  })
  .meta({ id: "CaseLetter", description: "事案に送った通知書" });
