/** Keys of a search (検索の鍵): what may be typed, what is too wide to be asked, and the form in which the database gets it. */
import { refuse } from "../refusal.ts";

/** What is searched for. Numbers, telephone and account are exact; names match from their beginning. Several keys must all fit. */
export type SearchKeys = {
  /** 宛名番号, up to 15 digits */
  readonly addresseeNumber?: string;
  /** 認定番号, up to 10 digits */
  readonly recipientNumber?: string;
  /** 受付番号, up to 10 digits */
  readonly receptionNumber?: string;
  /** Telephone, 10 or 11 digits, whatever stands between them */
  readonly phone?: string;
  /** Account, all three parts (needs the right to see accounts) */
  readonly account?: { readonly bank: string; readonly branch: string; readonly number: string };
  /** Reading: one word (family or given name) or two with a space */
  readonly kana?: string;
  /** Name: one word or two with a space */
  readonly name?: string;
  /** `YYYY-MM-DD`; only beside another key */
  readonly birthDate?: string;
  /** Part of the present address; only beside another key */
  readonly address?: string;
};

/** The keys as the function of the database takes them. */
export type DatabaseKeys = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

const LONGEST = 100;

/** Half-width, without spaces at the ends, at most 100 characters; nothing where nothing is left. */
function plain(typed: string | undefined): string | undefined {
  const text = (typed ?? "").normalize("NFKC").trim().slice(0, LONGEST);
  return text === "" ? undefined : text;
}

function digits(typed: string | undefined, least: number, most: number, label: string): string | undefined {
  const text = plain(typed);
  if (text === undefined) return undefined;
  if (/^[0-9]+$/.test(text) && text.length >= least && text.length <= most) return text;
  const length = least === most ? `${most}桁` : `${least}〜${most}桁`;
  throw refuse("searchKeyInvalid", `${label}は数字${length}で入力してください。検索していません。`, { key: label });
}

function number(typed: string | undefined, most: number, label: string): string | undefined {
  const text = digits(typed, 1, most, label);
  return text === undefined ? undefined : String(BigInt(text));
}

/** Digits of a Japanese telephone number, `+81` as the leading 0: as the register folds its contacts. */
function phone(typed: string | undefined): string | undefined {
  const text = plain(typed);
  if (text === undefined) return undefined;
  const national = text.replace(/^\+\s*81[\s-]*0?/, "0").replaceAll(/[\s()‐‑–—―−ー-]/g, "");
  return digits(national, 10, 11, "電話番号");
}

/** Whether the calendar has this day (`2025-02-29` it has not). */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function birthDate(typed: string | undefined): string | undefined {
  const text = plain(typed);
  if (text === undefined) return undefined;
  if (/^(?:18[5-9]|19\d|20\d)\d-\d{2}-\d{2}$/.test(text) && isDay(text)) return text;
  throw refuse("searchKeyInvalid", "生年月日は西暦の年月日（例 1990-04-05）で入力してください。検索していません。", {
    key: "生年月日",
  });
}

function account(typed: SearchKeys["account"]): Readonly<Record<string, string>> | undefined {
  if (typed === undefined) return undefined;
  const bank = digits(typed.bank, 4, 4, "金融機関コード");
  const branch = digits(typed.branch, 3, 3, "支店コード");
  const accountNumber = digits(typed.number, 1, 7, "口座番号")?.padStart(7, "0");
  if (bank !== undefined && branch !== undefined && accountNumber !== undefined) {
    return { bank, branch, number: accountNumber };
  }
  throw refuse("searchKeyInvalid", "口座は、金融機関・支店・口座番号のすべてを入力してください。検索していません。", {
    key: "口座",
  });
}

/**
 * Checks what was typed. A birth date or an address alone is refused, and so is nothing at all: they find people by chance,
 * not a person. What is too short shows itself only when folded; the database refuses that.
 *
 * @throws Refusal `searchKeyInvalid`, `searchTooWide`
 */
export function databaseKeys(keys: SearchKeys): DatabaseKeys {
  const all = {
    addresseeNumber: number(keys.addresseeNumber, 15, "宛名番号"),
    recipientId: number(keys.recipientNumber, 10, "認定番号"),
    receptionNumber: digits(keys.receptionNumber, 1, 10, "受付番号"),
    phone: phone(keys.phone),
    account: account(keys.account),
    kana: plain(keys.kana),
    name: plain(keys.name),
    birthDate: birthDate(keys.birthDate),
    address: plain(keys.address),
  };
  const given = Object.entries(all).filter((entry): entry is [string, NonNullable<(typeof entry)[1]>] => {
    return entry[1] !== undefined;
  });
  if (given.every(([key]) => key === "birthDate" || key === "address")) throw tooWide();
  return Object.fromEntries(given);
}

/** The refusal of a search that would find people by chance. */
export function tooWide(): Error {
  return refuse(
    "searchTooWide",
    "検索の条件が広すぎます。氏名かカナを2文字以上（生年月日を添えるときは1文字以上）、または番号・電話番号・口座を入力してください。生年月日や住所だけでは検索できません。",
  );
}
