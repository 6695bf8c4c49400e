/** Pieces of input that several operations share. */
import { z } from "zod";

/** 支払処理の番号 1–9999, as it stands in an address. */
export const runNumber = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, "支払処理の番号は1〜9999です。")
  .transform(Number);

/** 認定番号, up to 10 digits, as it stands in an address. */
export const certificationNumber = z
  .string()
  .regex(/^\d{1,10}$/, "認定番号は10桁までの数字です。")
  .transform(Number);

/** 職員の識別子. */
export const staffIdentifier = z
  .string()
  .regex(/^[A-Za-z0-9._-]{3,32}$/, "職員の識別子は半角の英数字と . _ - の3〜32文字です。");

/** A civil date, YYYY-MM-DD. */
export const dateText = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "日付は YYYY-MM-DD で指定してください。");

/** Words that a person writes as a reason: 1–500 characters, no control characters. */
export const reasonText = z
  .string()
  .trim()
  .min(1, "理由を書いてください。")
  .max(500, "理由は500文字までです。")
  // oxlint-disable-next-line no-control-regex -- that is what is refused here
  .regex(/^[^\u0000-\u0009\u000b-\u001f\u007f]*$/, "使えない文字が入っています。");
