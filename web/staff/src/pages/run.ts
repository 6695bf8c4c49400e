/** 支払処理の画面: how far the run has come, whether its figures agree, who is in it and who is not. */
import {
  certificationNumberText,
  dayText,
  exclusionLabels,
  momentText,
  monthText,
  runKindLabels,
  stateLabels,
  yenText,
} from "@hagukumi/allowance/contract.ts";
import type { EquationSide, RunRecord, RunState, RunSummary } from "@hagukumi/allowance/contract.ts";

import { html } from "../html.ts";
import type { Html, Piece } from "../html.ts";
import { count, notice, tableOf, totalsTable } from "../parts.ts";

/** The way of a run without trouble; trouble is shown where it happened. */
const WAY: readonly RunState[] = [
  "created",
  "inspected",
  "approved",
  "frozen",
  "handingOver",
  "handedOver",
  "settled",
  "closed",
];

export function runTitle(run: RunRecord): string {
  return `支払処理 第${run.runNo}号（${runKindLabels[run.kind]}）`;
}

function track(summary: RunSummary): Html {
  const done = summary.steps.map(
    (step, index) =>
      html`<li
        class="${index === summary.steps.length - 1 ? "now" : "done"}"
        ${index === summary.steps.length - 1 && html`aria-current="step"`}
      >
        <span class="state">${stateLabels[step.state]}</span><span class="who">${step.actor}</span
        ><time datetime="${step.at.toISOString()}">${momentText(step.at)}</time>
      </li>`,
  );
  const last = summary.steps.at(-1)?.state;
  const ended = last === "closed" || last === "cancelled" || last === "voided";
  const reached = WAY.reduce(
    (best, state, index) => (summary.steps.some((step) => step.state === state) ? index : best),
    -1,
  );
  const rest = ended ? [] : WAY.slice(reached + 1);
  return html`<ol class="track" aria-label="支払処理の進み">
    ${done}${rest.map((state, index) => html`<li class="todo"><span class="state">${stateLabels[state]}</span><span class="who">${index === 0 ? "次の段階" : "まだ"}</span></li>`)}
  </ol>`;
}

function side(name: string, value: EquationSide | null): Html {
  return html`<li>
    <span class="side">${name}</span>${
      value === null
        ? html`<span class="none">まだありません</span>`
        : html`<strong>${yenText(value.amount)}</strong><span>${count(value.lines)}件</span>`
    }
  </li>`;
}

function equation(summary: RunSummary): Html {
  const { selected, ledger, approved, file } = summary.totals.equation;
  const complete = approved !== null && file !== null;
  return html`<ul class="equation">
      ${side("対象", selected)}${side("台帳", ledger)}${side("承認", approved)}${side("ファイル", file)}
    </ul>
    <p class="verdict">
      ${complete ? "対象 ＝ 台帳 ＝ 承認 ＝ ファイル。件数も金額も一致しています。" : "ここまでの件数と金額は一致しています。"}
    </p>`;
}

function recipientLinks(ids: readonly number[], purpose: string): Piece {
  return ids.map(
    (id) =>
      html`<li>
        <a href="/recipients/${certificationNumberText(id)}?purpose=${purpose}">${certificationNumberText(id)}</a>
      </li>`,
  );
}

function exclusions(summary: RunSummary): Html {
  if (summary.exclusions.length === 0) return html`<p>この支払から外れた受給者はいません。</p>`;
  return html`${summary.exclusions.map(
    (group) =>
      html`<details>
        <summary>${exclusionLabels[group.reason]}　${count(group.recipients)}人　${yenText(group.amount)}</summary>
        <p>
          児童×月
          ${count(group.childMonths)}。${group.recipients > group.recipientIds.length && `はじめの${count(group.recipientIds.length)}人を示します。`}
        </p>
        <ul class="numbers">
          ${recipientLinks(group.recipientIds, "payment")}
        </ul>
      </details>`,
  )}`;
}

function troubles(summary: RunSummary): Html {
  return html`${
    summary.conflicts.length > 0 &&
    html`<section aria-labelledby="conflicts">
      <h2 id="conflicts">受給者の重なり</h2>
      <p>同じ児童の同じ月分が、別の受給者に決まっています。先の受給者のままにし、二重には払っていません。</p>
      ${tableOf(
        "重なっている受給者",
        html`<tr>
          <th scope="col">後の受給者</th>
          <th scope="col">先の受給者</th>
          <th scope="col" class="n">児童×月</th>
        </tr>`,
        summary.conflicts.map(
          (each) =>
            html`<tr>
              <td>
                <a href="/recipients/${certificationNumberText(each.recipientId)}?purpose=payment"
                  >${certificationNumberText(each.recipientId)}</a
                >
              </td>
              <td>
                <a href="/recipients/${certificationNumberText(each.otherRecipientId)}?purpose=payment"
                  >${certificationNumberText(each.otherRecipientId)}</a
                >
              </td>
              <td class="n">${count(each.months)}</td>
            </tr>`,
        ),
      )}
    </section>`
  }${
    summary.uncomputed.length > 0 &&
    html`<section aria-labelledby="uncomputed">
      <h2 id="uncomputed">計算できなかった受給者</h2>
      ${tableOf(
        "事実が足りない、または合わない受給者",
        html`<tr>
          <th scope="col">認定番号</th>
          <th scope="col">理由</th>
        </tr>`,
        summary.uncomputed.map(
          (each) =>
            html`<tr>
              <td>
                <a href="/recipients/${certificationNumberText(each.recipientId)}?purpose=payment"
                  >${certificationNumberText(each.recipientId)}</a
                >
              </td>
              <td class="long">${each.message}</td>
            </tr>`,
        ),
      )}
    </section>`
  }`;
}

function returned(summary: RunSummary): Html {
  if (summary.returned.length === 0) {
    const waiting = ["settled", "closed"].includes(summary.run.state)
      ? "振込不能はありません。"
      : "銀行の結果はまだ届いていません。";
    return html`<p>${waiting}</p>`;
  }
  return tableOf(
    "銀行から戻った振込",
    html`<tr>
      <th scope="col" class="n">行</th>
      <th scope="col">認定番号</th>
      <th scope="col" class="n">金額</th>
      <th scope="col">理由コード</th>
      <th scope="col">状態</th>
    </tr>`,
    summary.returned.map(
      (row) =>
        html`<tr>
          <td class="n">${row.lineNo ?? "—"}</td>
          <td>
            ${
              row.recipientId === null
                ? "当たる明細がありません"
                : html`<a href="/recipients/${certificationNumberText(row.recipientId)}?purpose=returned"
                    >${certificationNumberText(row.recipientId)}</a
                  >`
            }
          </td>
          <td class="n">${yenText(row.amount)}</td>
          <td>${row.reason}</td>
          <td>${row.confirmed ? "口座を確かめ、未払に戻した" : "確認待ち"}</td>
        </tr>`,
    ),
  );
}

/** A file that can be taken from the page. */
export type FileLink = { readonly href: string; readonly name: string; readonly what: string };

function files(links: readonly FileLink[], summary: RunSummary): Html {
  return html`${
    links.length === 0
      ? html`<p>ファイルはまだありません。支払対象者一覧は、確認のあとに作れます。</p>`
      : html`<ul class="files">
            ${links.map((link) => html`<li><a href="${link.href}" download>${link.what}</a> <span class="code">${link.name}</span></li>`)}
          </ul>
          <p class="help">取り出すと、だれが・いつ・どのファイルを 取り出したかを記録します。</p>`
  }${summary.fileSha256 !== null && html`<p class="hash">振込ファイルの SHA-256 <span class="code">${summary.fileSha256}</span></p>`}`;
}

/** The body of a run's page. */
export function renderRun(summary: RunSummary, links: readonly FileLink[]): Html {
  const { run, totals } = summary;
  return html`<h1>${runTitle(run)}</h1>
    <dl class="facts">
      <div>
        <dt>いまの状態</dt>
        <dd>${stateLabels[run.state]}</dd>
      </div>
      <div>
        <dt>支払期月</dt>
        <dd>${monthText(run.paymentMonth)}</dd>
      </div>
      <div>
        <dt>支払日</dt>
        <dd>${dayText(run.payOn)}</dd>
      </div>
      <div>
        <dt>月分</dt>
        <dd>${run.monthsFrom.slice(0, 7)} から ${run.monthsTo.slice(0, 7)} まで</dd>
      </div>
      <div>
        <dt>振込</dt>
        <dd>${count(run.lineCount)}件</dd>
      </div>
      <div>
        <dt>金額</dt>
        <dd class="amount">${yenText(run.total)}</dd>
      </div>
    </dl>
    ${run.state === "unknown" && notice("warning", "銀行に届いたかどうか分かりません", html`<p>もう一度送ることはできません。銀行に受付の有無を確かめ、その回答を登録してください。</p>`)}
    <section aria-labelledby="track">
      <h2 id="track">進み</h2>
      ${track(summary)}
    </section>
    <section aria-labelledby="equation">
      <h2 id="equation">照合</h2>
      ${equation(summary)}
    </section>
    <section aria-labelledby="totals">
      <h2 id="totals">合計表</h2>
      <p>どの表も、合計は同じ ${yenText(totals.amount)} です。</p>
      <div class="tables">
        ${totalsTable("年齢区分・出生順位別", totals.byBand, false)} ${totalsTable("区別", totals.byWard, false)}
        ${totalsTable("被用区分別", totals.byClass, false)} ${totalsTable("金融機関別", totals.byBank, true)}
      </div>
    </section>
    <section aria-labelledby="exclusions">
      <h2 id="exclusions">この支払に入っていない人</h2>
      ${exclusions(summary)}
    </section>
    ${troubles(summary)}
    <section aria-labelledby="returned">
      <h2 id="returned">振込不能</h2>
      ${returned(summary)}
    </section>
    <section aria-labelledby="files">
      <h2 id="files">ファイル</h2>
      ${files(links, summary)}
    </section>`;
}

/** The list of the other runs. */
export function renderOtherRuns(runs: readonly RunRecord[], shown: number | null): Html {
  const others = runs.filter((run) => run.runNo !== shown);
  if (others.length === 0) return html`<p>ほかの支払処理はありません。</p>`;
  return tableOf(
    "新しい順",
    html`<tr>
      <th scope="col">支払処理</th>
      <th scope="col">支払期月</th>
      <th scope="col">状態</th>
      <th scope="col" class="n">件数</th>
      <th scope="col" class="n">金額</th>
    </tr>`,
    others.map(
      (run) =>
        html`<tr>
          <th scope="row"><a href="/runs/${run.runNo}">第${run.runNo}号（${runKindLabels[run.kind]}）</a></th>
          <td>${monthText(run.paymentMonth)}</td>
          <td>${stateLabels[run.state]}</td>
          <td class="n">${count(run.lineCount)}</td>
          <td class="n">${yenText(run.total)}</td>
        </tr>`,
    ),
  );
}
