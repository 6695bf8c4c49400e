/** 検索の画面. */
import { addresseeNumberText, certificationNumberText, SEARCH_LIMIT, wardName } from "@hagukumi/allowance/contract.ts";
import type { SearchAnswer } from "@hagukumi/allowance/contract.ts";

import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { notice, searchForm, tableOf } from "../parts.ts";
import type { PurposeCode } from "../purposes.ts";

function birth(month: string | null): string {
  return month === null ? "—" : `${month.slice(0, 4)}年${Number(month.slice(5))}月`;
}

function results(answer: SearchAnswer, purpose: PurposeCode): Html {
  if (answer.by === "nothing") {
    return notice(
      "error",
      "探す言葉がありません",
      html`<p>認定番号・宛名番号・カナ・氏名のどれかを入れて、もう一度「検索」を押してください。</p>`,
    );
  }
  if (answer.found.length === 0) {
    return notice(
      "info",
      "見つかりませんでした",
      html`<p>
        ${answer.by === "number" ? "番号を確かめてください。認定番号は10桁まで、宛名番号は15桁です。" : "姓だけ、またはカナの初めの数文字で探してみてください。"}
      </p>`,
    );
  }
  return html`${answer.more && notice("warning", `${SEARCH_LIMIT}件より多く見つかりました`, html`<p>はじめの${SEARCH_LIMIT}件だけを示しています。言葉を長くして絞り込んでください。</p>`)}
  ${tableOf(
    answer.more ? `見つかった受給者（はじめの${SEARCH_LIMIT}件）` : `見つかった受給者 ${answer.found.length}件`,
    html`<tr>
      <th scope="col">氏名</th>
      <th scope="col">カナ</th>
      <th scope="col">生年月</th>
      <th scope="col">区</th>
      <th scope="col">認定番号</th>
      <th scope="col">宛名番号</th>
    </tr>`,
    answer.found.map(
      (each) =>
        html`<tr>
          <th scope="row">
            <a href="/recipients/${certificationNumberText(each.recipientId)}?purpose=${purpose}">${each.name}</a
            >${each.protected && html` <span class="mark protected">保護</span>`}${each.ended && html` <span class="mark">消滅</span>`}
          </th>
          <td>${each.kana}</td>
          <td>${birth(each.birthMonth)}</td>
          <td>${wardName(each.wardCode)}</td>
          <td>${certificationNumberText(each.recipientId)}</td>
          <td>${addresseeNumberText(each.addresseeNumber)}</td>
        </tr>`,
    ),
  )}`;
}

/** The search page; `answer` is null before anything was asked. */
export function renderSearch(typed: string, purpose: PurposeCode, answer: SearchAnswer | null): Html {
  return html`<h1>受給者の検索</h1>
    ${searchForm(typed, purpose)}
    <div aria-live="polite">${answer !== null && results(answer, purpose)}</div>`;
}
