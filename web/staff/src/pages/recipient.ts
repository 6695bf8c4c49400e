/** 受給者の画面: the family, and month by month what is due, where the money is and why. */
import {
  accountTypeName,
  addresseeNumberText,
  bandName,
  causeName,
  certificationNumberText,
  dayText,
  decisionName,
  holdLabels,
  momentText,
  monthText,
  MONTHS_SHOWN,
  moneyStateLabels,
  wardName,
  yenText,
} from "@hagukumi/allowance/contract.ts";
import type { MoneyState, MonthView, PersonView, RecipientPage } from "@hagukumi/allowance/contract.ts";

import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { notice, tableOf } from "../parts.ts";
import { purposes } from "../purposes.ts";
import type { PurposeCode } from "../purposes.ts";

const STATES = Object.keys(moneyStateLabels) as readonly MoneyState[];

/** Sums by state, in the order of the labels, without the empty ones. */
function sumsOf(months: readonly MonthView[]): readonly (readonly [MoneyState, number])[] {
  const parts = months.flatMap((month) => month.parts);
  return STATES.map(
    (state) =>
      [state, parts.filter((part) => part.state === state).reduce((sum, part) => sum + part.amount, 0)] as const,
  ).filter(([, amount]) => amount > 0);
}

function stateMarks(month: MonthView): Html {
  const sums = sumsOf([month]);
  return html`${sums.map(([state, amount]) => html`<span class="money ${state}">${moneyStateLabels[state]}${sums.length > 1 && ` ${yenText(amount)}`}</span>`)}`;
}

/** `15,000 + 10,000 + 30,000 = 55,000円` */
function sumLine(month: MonthView): string {
  const amounts = month.children.filter((child) => (child.amount ?? 0) > 0).map((child) => child.amount ?? 0);
  if (amounts.length === 0) return "支給の対象になる児童はいません。";
  const figures = amounts.map((amount) => amount.toLocaleString("ja-JP")).join(" ＋ ");
  return amounts.length === 1
    ? `${figures}円`
    : `${figures} ＝ ${yenText(amounts.reduce((sum, amount) => sum + amount, 0))}`;
}

function moneyLine(parts: MonthView["parts"]): Html | false {
  if (parts.length === 0) return false;
  const texts = parts.map((part, index) => {
    const run =
      part.runNo !== null &&
      html`（<a href="/runs/${part.runNo}">支払処理 第${part.runNo}号</a
        >${part.payOn !== null && `、支払日 ${dayText(part.payOn)}`}）`;
    return html`${index > 0 && "、"}${yenText(part.amount)} ${moneyStateLabels[part.state]}${run}`;
  });
  return html`<p class="where-money">お金の状態: ${texts}</p>`;
}

function childBlock(month: MonthView, children: ReadonlyMap<number, PersonView>): Html {
  const explained = new Set(month.children.map((child) => child.childNumber));
  // Money that went out for a child whom the facts of today no longer know.
  const rest = month.parts.filter((part) => !explained.has(part.childNumber));
  return html`${month.children.map(
    (child) =>
      html`<li>
        <p class="child">
          <strong>${children.get(child.childNumber)?.name ?? "（児童）"}</strong>
          ${bandName(child.band)}${child.position !== null && html`・第${child.position}子`}
          <span class="amount">${child.amount === null ? "支給なし" : yenText(child.amount)}</span>
        </p>
        <ul class="reasons">
          ${child.because.map((reason) => html`<li><span class="article">${reason.article}</span> ${reason.text}</li>`)}
        </ul>
        ${moneyLine(month.parts.filter((part) => part.childNumber === child.childNumber))}
      </li>`,
  )}${
    rest.length > 0 &&
    html`<li>
      <p class="child"><strong>最後の決定では対象でない児童の分</strong></p>
      ${moneyLine(rest)}
    </li>`
  }`;
}

/** Where the ledger does not stand where the last decision wants it, and when that will change. */
function difference(month: MonthView): Html | false {
  const standing = month.due - month.receivable;
  if (month.currentTotal === null || standing === month.currentTotal) return false;
  if (month.beforeOpening) {
    return html`<p class="difference">このシステムの稼働より前の月分です。支払は前のシステムの記録を見てください。</p>`;
  }
  const words =
    month.due === 0
      ? `この月分は、まだ台帳に計上していません。支払期月の ${monthText(month.paymentMonth)} の支払処理で計上します。`
      : `台帳に立っている額は ${yenText(standing)} で、最後の決定による額 ${yenText(month.currentTotal)} と違います。次の支払処理で差額を計上します。`;
  return html`<p class="difference">${words}</p>`;
}

function monthBlock(month: MonthView, children: ReadonlyMap<number, PersonView>): Html {
  const shown = month.parts.length > 0 ? month.due : (month.lawTotal ?? 0);
  return html`<li>
    <details>
      <summary>
        <span class="month">${monthText(month.month)}分</span><span class="amount">${yenText(shown)}</span
        ><span class="states"
          >${month.parts.length > 0 ? stateMarks(month) : html`<span class="money">${shown === 0 ? "支給なし" : month.beforeOpening ? "稼働前" : "計上前"}</span>`}</span
        ><span class="why">なぜ？</span>
      </summary>
      ${
        month.problem === ""
          ? html`<p class="sum-line">${sumLine(month)}</p>
              ${difference(month)}
              <ol class="children">
                ${childBlock(month, children)}
              </ol>`
          : notice("warning", "計算できません", html`<p>${month.problem}</p>`)
      }
      <p class="basis">
        根拠: ${month.decisionSeq !== null && `決定 ${month.decisionSeq} の事実`}（<span class="code"
          >${month.factsDigest.slice(0, 12)}</span
        >）、計算の規則 <span class="code">${month.ruleVersion}</span>
      </p>
    </details>
  </li>`;
}

function familyTable(page: RecipientPage, today: string): Html {
  const present = page.months.find((month) => month.month === today.slice(0, 7));
  return tableOf(
    "受給者と児童",
    html`<tr>
      <th scope="col">氏名</th>
      <th scope="col">カナ</th>
      <th scope="col">生年月日</th>
      <th scope="col">今月の区分</th>
      <th scope="col">順位</th>
      <th scope="col" class="n">今月の額</th>
    </tr>`,
    [
      html`<tr>
        <th scope="row">
          ${page.person.name}${page.person.protected && html` <span class="mark protected">保護</span>`}
        </th>
        <td>${page.person.kana}</td>
        <td>${page.person.birthDate === null ? "—" : dayText(page.person.birthDate)}</td>
        <td>受給者</td>
        <td>—</td>
        <td class="n">—</td>
      </tr>`,
      page.children.map((child) => {
        const result = present?.children.find((each) => each.childNumber === child.addresseeNumber);
        return html`<tr>
          <th scope="row">${child.name}${child.protected && html` <span class="mark protected">保護</span>`}</th>
          <td>${child.kana}</td>
          <td>${child.birthDate === null ? "—" : dayText(child.birthDate)}</td>
          <td>${result === undefined ? "—" : bandName(result.band)}</td>
          <td>${result?.position === null || result === undefined ? "—" : `第${result.position}子`}</td>
          <td class="n">
            ${result === undefined ? "—" : result.amount === null ? "支給なし" : yenText(result.amount)}
          </td>
        </tr>`;
      }),
    ],
  );
}

function accounts(page: RecipientPage): Html {
  if (page.accounts.length === 0) return html`<p>口座が登録されていません。登録されるまで支払に入りません。</p>`;
  const sources = { claim: "請求書", change: "口座変更届", publicAccount: "公金受取口座" };
  return tableOf(
    "振込先口座（新しい順。番号は下3桁だけ）",
    html`<tr>
      <th scope="col">金融機関</th>
      <th scope="col">支店</th>
      <th scope="col">種目</th>
      <th scope="col">口座番号</th>
      <th scope="col">名義</th>
      <th scope="col">もと</th>
      <th scope="col">登録</th>
    </tr>`,
    page.accounts.map(
      (each) =>
        html`<tr>
          <td>${each.bank} ${each.bankName}</td>
          <td>${each.branch} ${each.branchName}</td>
          <td>${accountTypeName(each.accountType)}</td>
          <td>${each.maskedNumber}</td>
          <td>${each.holder}</td>
          <td>${sources[each.source]}</td>
          <td>${momentText(each.since)}</td>
        </tr>`,
    ),
  );
}

function decisions(page: RecipientPage): Html {
  return tableOf(
    "決定（新しい順）",
    html`<tr>
      <th scope="col" class="n">番号</th>
      <th scope="col">種類</th>
      <th scope="col">はじめの月分</th>
      <th scope="col">事由</th>
      <th scope="col" class="n">月額</th>
      <th scope="col">決定日</th>
      <th scope="col">審査</th>
      <th scope="col">決裁</th>
    </tr>`,
    page.decisions.map(
      (each) =>
        html`<tr>
          <td class="n">${each.seq}</td>
          <td>${decisionName(each.kind)}</td>
          <td>${monthText(each.effectiveMonth)}</td>
          <td>
            ${causeName(each.cause)}${each.exOfficio ? "（職権）" : each.receptionNumber !== null && `（受付 ${each.receptionNumber}）`}
          </td>
          <td class="n">${each.monthlyTotal === null ? "—" : yenText(each.monthlyTotal)}</td>
          <td>${dayText(each.decidedOn)}</td>
          <td>${each.examinedBy}</td>
          <td>${each.approvedBy}</td>
        </tr>`,
    ),
  );
}

function marks(page: RecipientPage): Html {
  const held = page.holds.find((hold) => !hold.released);
  return html`${page.person.protected && notice("warning", "支援措置の対象です", html`<p>住所は、どの画面・どの一覧にも出しません。居場所が分かることを、電話でも窓口でも伝えないでください。</p>`)}
  ${held !== undefined && notice("warning", `${holdLabels[held.kind]}中です`, html`<p>${monthText(held.fromMonth)}分から支払に入りません。理由: ${held.cause}</p>`)}
  ${page.receivable > 0 && notice("warning", "過払があります", html`<p>返納すべき額 ${yenText(page.receivable)}</p>`)}
  ${page.endedFrom !== null && notice("info", "支給は終わっています", html`<p>${monthText(page.endedFrom)}分から支給されません。</p>`)}`;
}

function moneyTable(page: RecipientPage): Html {
  const due = page.months.reduce((sum, month) => sum + month.due, 0);
  const sums = sumsOf(page.months);
  if (due === 0) return html`<p>台帳に計上した月分はまだありません。</p>`;
  const right = sums.map(([state, amount]) => `${moneyStateLabels[state]} ${yenText(amount)}`).join(" ＋ ");
  return html`<p class="verdict">計上した額 ${yenText(due)} ＝ ${right}</p>`;
}

/** The body of the page. `today` decides which month is "now". */
export function renderRecipient(page: RecipientPage, purpose: PurposeCode, today: string): Html {
  const children = new Map(page.children.map((child) => [child.addresseeNumber, child]));
  const full = page.months.length === MONTHS_SHOWN;
  return html`<h1>${page.person.name} <span class="kana">${page.person.kana}</span></h1>
    <p class="recorded">処理事由「${purposes[purpose]}」で開きました。この閲覧は記録されています。</p>
    ${marks(page)}
    <dl class="facts">
      <div>
        <dt>認定番号</dt>
        <dd>${certificationNumberText(page.recipientId)}</dd>
      </div>
      <div>
        <dt>宛名番号</dt>
        <dd>${addresseeNumberText(page.person.addresseeNumber)}</dd>
      </div>
      <div>
        <dt>所管区</dt>
        <dd>${wardName(page.wardCode)}</dd>
      </div>
      <div>
        <dt>支給開始</dt>
        <dd>${page.firstMonth === null ? "—" : `${monthText(page.firstMonth)}分`}</dd>
      </div>
    </dl>
    <section aria-labelledby="family">
      <h2 id="family">家族</h2>
      ${familyTable(page, today)}
    </section>
    <section aria-labelledby="months">
      <h2 id="months">月ごとの額と理由</h2>
      ${full && html`<p>新しい${MONTHS_SHOWN}か月を示しています。</p>`} ${moneyTable(page)}
      ${
        page.months.length === 0
          ? html`<p>支給する月分がありません。</p>`
          : html`<ol class="months">
              ${page.months.map((month) => monthBlock(month, children))}
            </ol>`
      }
    </section>
    <section aria-labelledby="accounts">
      <h2 id="accounts">口座</h2>
      ${accounts(page)}
    </section>
    <section aria-labelledby="decisions">
      <h2 id="decisions">決定</h2>
      ${decisions(page)}
    </section>`;
}
