/**
 * 入手元・入手の方法 (評価書 II3①②): from whom a fact came, and by which way. Each take-in names both; every row of the register carries its take-in
 * (`batch_id`), so every row says it. The lists are closed and dated (`allowance.data_source`, `data_channel`): what is not on them can't be written.
 */
import type { FeedFile } from "./manifest.ts";

/** 入手元: a code of `allowance.data_source`. The list is data; the database refuses what is not on it. */
export type SourceCode = string;

/** 入手の方法: a code of `allowance.data_channel`. E-mail, flash memory and carried media are none (D102). */
export type ChannelCode = string;

export type Origin = {
  readonly source: SourceCode;
  readonly channel: ChannelCode;
  /** 庁内連携の連携 that brought it; null for the folder of the first migration */
  readonly interfaceCode: string | null;
};

const FROM_OFFICE: Origin = { source: "cityOffice", channel: "interchange", interfaceCode: null };
const FROM_PERSON: Origin = { source: "person", channel: "paper", interfaceCode: null };

/** Where the files of the first migration come from. */
export const FILE_ORIGINS: Readonly<Record<FeedFile, Origin>> = {
  "organizations.csv": { source: "privateBody", channel: "paper", interfaceCode: null },
  "residents.csv": FROM_OFFICE,
  "status_periods.csv": FROM_OFFICE,
  "incomes.csv": FROM_OFFICE,
  "tax_items.csv": FROM_OFFICE,
  "linked_periods.csv": FROM_OFFICE,
  "endorsements.csv": FROM_OFFICE,
  "claims.csv": FROM_PERSON,
  "claim_children.csv": FROM_PERSON,
};
