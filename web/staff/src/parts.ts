/** Small pieces that several pages share. */
import { yenText } from "@hagukumi/allowance/contract.ts";
import type { TotalRow } from "@hagukumi/allowance/contract.ts";

import { html } from "./html.ts";
import type { Html, Piece } from "./html.ts";
import { purposes } from "./purposes.ts";
import type { PurposeCode } from "./purposes.ts";

export const count = (value: number): string => value.toLocaleString("ja-JP");

/** A table that scrolls inside itself on a narrow screen, reachable by keyboard. */
export function tableOf(caption: string, head: Piece, rows: Piece): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        ${head}
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** A bar beside a figure; the figure says the same in words, so the bar is hidden from screen readers. */
function bar(share: number): Html {
  const width = Math.max(0.5, Math.min(100, share * 100)).toFixed(1);
  return html`<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect class="share-ground" width="100" height="8"></rect>
    <rect class="share-value" width="${width}" height="8"></rect>
  </svg>`;
}

/** Control totals as a table with bars; the last row is the sum. */
export function totalsTable(caption: string, rows: readonly TotalRow[], showCode: boolean): Html {
  const perLine = rows[0]?.lines !== null;
  const amount = rows.reduce((sum, row) => sum + row.amount, 0);
  const months = rows.reduce((sum, row) => sum + row.childMonths, 0);
  const lines = rows.reduce((sum, row) => sum + (row.lines ?? 0), 0);
  return tableOf(
    caption,
    html`<tr>
      <th scope="col">区分</th>
      ${perLine && html`<th scope="col" class="n">件数</th>`}
      <th scope="col" class="n">児童×月</th>
      <th scope="col" class="n">金額</th>
      <th scope="col" class="n">割合</th>
    </tr>`,
    [
      rows.map(
        (row) =>
          html`<tr>
            <th scope="row">${showCode && html`<span class="code">${row.code}</span> `}${row.label}</th>
            ${perLine && html`<td class="n">${count(row.lines ?? 0)}</td>`}
            <td class="n">${count(row.childMonths)}</td>
            <td class="n">${yenText(row.amount)}</td>
            <td class="n with-bar">${((100 * row.amount) / amount).toFixed(1)}%${bar(row.amount / amount)}</td>
          </tr>`,
      ),
      html`<tr class="sum">
        <th scope="row">合計</th>
        ${perLine && html`<td class="n">${count(lines)}</td>`}
        <td class="n">${count(months)}</td>
        <td class="n">${yenText(amount)}</td>
        <td class="n">100.0%</td>
      </tr>`,
    ],
  );
}

/** The search form; `typed` is shown again so that it can be corrected. */
export function searchForm(typed: string, purpose: PurposeCode): Html {
  return html`<form class="search" method="post" action="/search" role="search" autocomplete="off">
    <div class="field">
      <label for="q">認定番号・宛名番号・カナ・氏名</label>
      <input id="q" name="q" type="search" maxlength="100" value="${typed}" aria-describedby="q-help" />
      <p class="help" id="q-help">カナはひらがな・半角でも探せます。氏名は前から一致するものを探します。</p>
    </div>
    <div class="field">
      <label for="purpose">処理事由</label>
      <select id="purpose" name="purpose">
        ${Object.entries(purposes).map(([code, name]) => html`<option value="${code}" ${code === purpose && html`selected`}>${name}</option>`)}
      </select>
    </div>
    <button type="submit">検索</button>
  </form>`;
}

export type NoticeKind = "info" | "warning" | "error";

/** A notice with its kind in words, not in colour alone. */
export function notice(kind: NoticeKind, title: string, body: Piece): Html {
  const word = { info: "お知らせ", warning: "注意", error: "エラー" }[kind];
  return html`<div class="notice ${kind}">
    <p class="notice-title"><span>${word}</span> ${title}</p>
    <div>${body}</div>
  </div>`;
}
