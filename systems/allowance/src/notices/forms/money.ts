/** お金の通知: F6 支払, F10 未支払, F14 寄附, F15 徴収. Amounts come from the ledger and confirmed runs alone. */
import { deductionLabels } from "../../deductions/planned.ts";
import { bandName, certificationNumberText } from "../../inquiry/names.ts";
import { monthsText } from "../../payments/payee-list/lines.ts";
import { listOf, numberOf, recordOf, type SourceRow, textOf } from "../content/source-row.ts";
import { type Composed, defineForm } from "./form.ts";
import { dayOf, fiscalYearText, inWareki, monthOfText, text, yen } from "./parts.ts";

const children = {
  childName: { kind: "personal", label: "児童の氏名", item: "name", of: "児童" },
  certificationNumber: { kind: "plain", label: "認定番号" },
} as const;

const numberText = (source: SourceRow): string =>
  source.recipientId === null ? "―" : certificationNumberText(source.recipientId);

const labelOf = (kind: string): string =>
  Object.hasOwn(deductionLabels, kind) ? (deductionLabels[kind as keyof typeof deductionLabels] ?? kind) : kind;

/** `2026-08、2026-10〜2026-11` in 和暦 */
const monthsInWareki = (months: readonly string[]): string =>
  monthsText(months)
    .replaceAll(/\d{4}-\d{2}/g, (found) => `${monthOfText(found)}分`)
    // The year once: 令和8年10月分〜11月分
    .replaceAll(/([^0-9、〜]+[0-9]+年)([0-9]+月分)〜\1([0-9]+月分)/g, "$1$2〜$3");

export const payment = defineForm({
  code: "payment",
  number: "F6",
  edition: "2026-11",
  title: "児童手当支払通知書",
  institutionTitle: "児童手当支払通知書（施設等受給者用）",
  matter: "none",
  purpose: "decision",
  fields: {
    ...children,
    payOn: { kind: "plain", label: "支払日" },
    kind: { kind: "plain", label: "支払の種類" },
    months: { kind: "plain", label: "支払う月分" },
    account: { kind: "plain", label: "振込先（口座番号は末尾3桁のほかを伏せる）" },
    counter: { kind: "plain", label: "窓口払のとき、受け取る場所・時間・期間" },
    childAmount: { kind: "amount", label: "児童ごとの支払額" },
    gross: { kind: "amount", label: "支払うべき額" },
    deduction: { kind: "amount", label: "差し引く額" },
    net: { kind: "amount", label: "振り込む額" },
  },
  compose: (f, source): Composed => {
    const { facts } = source;
    const items = listOf(facts, "items").map((item) => ({
      child: numberOf(item, "child") ?? 0,
      month: textOf(item, "month"),
      amount: numberOf(item, "amount") ?? 0,
      band: textOf(item, "band"),
      order: numberOf(item, "order"),
    }));
    const gross = items.reduce((sum, { amount }) => sum + amount, 0);
    const net = numberOf(facts, "amount") ?? 0;
    const deductions = listOf(facts, "deductions").map((each) => ({
      label: labelOf(textOf(each, "kind")),
      amount: numberOf(each, "amount") ?? 0,
    }));
    const grouped = Map.groupBy(items, ({ child, amount, band, order }) => `${child}/${amount}/${band}/${order ?? ""}`);
    const rows = [...grouped.values()].map((group) => {
      const first = group[0] ?? { child: 0, month: "", amount: 0, band: "", order: null };
      const months = group.map(({ month }) => month).toSorted();
      const why = `${bandName(first.band)}${first.order === null ? "" : ` 第${first.order >= 3 ? "3子以降" : `${first.order}子`}`} 月額${yen(first.amount)}×${months.length}か月`;
      const sum = f.amount(
        "childAmount",
        group.reduce((total, { amount }) => total + amount, 0),
        why,
      );
      return [f.person("childName", first.child), monthsInWareki(months), sum.because, sum.text];
    });
    const all = f.amount("gross", gross, "児童ごとの支払額の合計");
    const paid = f.amount("net", net, "支払うべき額から差し引く額を引いた額");
    const taken = deductions.map(({ label, amount }) => {
      const shown = f.amount("deduction", amount, label);
      return [shown.because, "", "", `−${shown.text}`];
    });
    const months = [...new Set(items.map(({ month }) => month))].toSorted();
    const counter = recordOf(facts, "counter");
    const paidLabel = counter === null ? "振り込む額" : "窓口で渡す額";
    const days = (key: string): string => dayOf(textOf(counter ?? {}, key));
    const where: readonly (readonly [string, string])[] =
      counter === null
        ? [["振込先", f.plain("account", textOf(facts, "account"))]]
        : [
            ["受け取る場所", f.plain("counter", textOf(counter, "place"))],
            ["受け取る時間", f.plain("counter", textOf(counter, "hours"))],
            ["受け取る期間", f.plain("counter", `${days("opensOn")}から${days("closesOn")}まで`)],
          ];
    return {
      amount: net,
      blocks: [
        text("あなたの児童手当を、次のとおり支払いますので通知します。"),
        {
          kind: "facts",
          rows: [
            ["認定番号", f.plain("certificationNumber", numberText(source))],
            ["支払日", f.plain("payOn", dayOf(textOf(facts, "payOn")))],
            [
              "支払の種類",
              f.plain(
                "kind",
                `${textOf(facts, "kind") === "regular" ? "定時" : "随時"}（${monthOfText(textOf(facts, "paymentMonth"))}の支払期）`,
              ),
            ],
            ["支払う月分", f.plain("months", monthsInWareki(months))],
            [paidLabel, paid.text],
            ...where,
          ],
        },
        {
          kind: "table",
          title: "支払額の内訳",
          columns: [
            { title: "児童の氏名", width: 44, align: "left" },
            { title: "月分", width: 44, align: "left" },
            { title: "金額のわけ", width: 54, align: "left" },
            { title: "金額", width: 28, align: "right" },
          ],
          rows: [...rows, ...(taken.length === 0 ? [] : [["支払うべき額", "", all.because, all.text], ...taken])],
          foot: [paidLabel, "", "", paid.text],
        },
        text(
          counter === null
            ? "振込先の口座を変えるときは、支払日の前月の締切日までに届け出てください。金融機関により、入金の時刻は異なります。"
            : "口座への振込でなく、窓口で現金でお渡しします。この通知書と、本人であることを確かめる書類（個人番号カード、運転免許証など）をお持ちください。代理の人が受け取るときは、委任状と代理の人の書類も要ります。領収書に署名をいただきます。期間を過ぎて受け取りのないときは、次の支払で改めてお渡しします。",
        ),
      ],
    };
  },
});

export const unpaidBenefit = defineForm({
  code: "unpaidBenefit",
  number: "F10",
  edition: "2026-11",
  title: "未支払児童手当支給決定通知書",
  institutionTitle: "未支払児童手当支給決定通知書（施設等受給者用）",
  matter: "delegated",
  purpose: "decision",
  fields: {
    ...children,
    claimedOn: { kind: "plain", label: "請求年月日" },
    months: { kind: "plain", label: "支給する月分" },
    reason: { kind: "plain", label: "理由" },
    total: { kind: "amount", label: "支給する額" },
  },
  compose: (f, source): Composed => {
    const { facts } = source;
    const granted = textOf(facts, "outcome") === "grant";
    const child = f.person("childName", numberOf(facts, "child") ?? 0);
    const common: readonly (readonly [string, string])[] = [
      ["請求年月日", f.plain("claimedOn", dayOf(textOf(facts, "claimedOn")))],
      ["児童の氏名", child],
    ];
    const reason = f.plain("reason", inWareki(textOf(facts, "reason")));
    if (!granted) {
      return {
        title: "未支払児童手当請求却下通知書",
        blocks: [
          text("未支払児童手当の請求について、次の理由により却下しましたので通知します。"),
          { kind: "facts", rows: common },
          { kind: "list", title: "却下の理由", items: [reason] },
        ],
      };
    }
    const total = numberOf(facts, "total") ?? 0;
    const sum = f.amount("total", total, "児童手当法12条により、児童に支払う未支払の月分の合計");
    return {
      amount: total,
      blocks: [
        text("未支払児童手当の請求について、次のとおり支給を決定しましたので通知します。"),
        {
          kind: "facts",
          rows: [
            ...common,
            [
              "支給する月分",
              f.plain(
                "months",
                `${monthOfText(textOf(facts, "fromMonth"))}分から${monthOfText(textOf(facts, "toMonth"))}分まで`,
              ),
            ],
            ["支給する額", `${sum.text}（${sum.because}）`],
            ["理由", reason],
          ],
        },
      ],
    };
  },
});

export const donation = defineForm({
  code: "donation",
  number: "F14",
  edition: "2026-11",
  title: "児童手当寄附受付通知書",
  institutionTitle: "児童手当寄附受付通知書（施設等受給者用）",
  matter: "none",
  purpose: "decision",
  fields: {
    donorName: { kind: "personal", label: "寄附をした者の氏名", item: "name", of: "宛名の人" },
    donorAddress: { kind: "personal", label: "寄附をした者の住所", item: "address", of: "宛名の人" },
    scope: { kind: "plain", label: "寄附の範囲" },
    on: { kind: "plain", label: "寄附を受領した年月日" },
    amount: { kind: "amount", label: "寄附の額" },
  },
  compose: (f, source): Composed => {
    const { facts, addressee } = source;
    const amount = numberOf(facts, "amount");
    const donor = addressee ?? 0;
    if (textOf(facts, "receivedOn") !== "" && amount !== null) {
      const sum = f.amount("amount", amount, "支払うべき手当の額のうち、寄附として受領した額");
      return {
        title: "児童手当寄附受領書",
        amount,
        blocks: [
          text(
            "児童手当法20条1項の規定による寄附として、支払うべき児童手当のうち次の額を受領しました（施行規則12条の9）。",
          ),
          {
            kind: "facts",
            rows: [
              ["氏名", f.person("donorName", donor)],
              ["住所", f.person("donorAddress", donor)],
              ["寄附の額", `${sum.text}（${sum.because}）`],
              ["受領年月日", f.plain("on", dayOf(textOf(facts, "receivedOn")))],
            ],
          },
        ],
      };
    }
    const kind = textOf(facts, "kind");
    const scope = textOf(facts, "scope");
    const wanted = amount === null ? null : f.amount("amount", amount, "1回の支払から寄附する額");
    return {
      ...(kind === "withdrawal"
        ? { title: "児童手当寄附撤回受付通知書" }
        : kind === "change"
          ? { title: "児童手当寄附変更受付通知書" }
          : {}),
      blocks: [
        text(
          kind === "withdrawal"
            ? "寄附の申出の撤回を受け付けました（児童手当法20条）。"
            : "次のとおり、寄附の申出を受け付けました（児童手当法20条、施行規則12条の9）。",
        ),
        {
          kind: "facts",
          rows: [
            ["申出をした人", f.person("donorName", donor)],
            [
              "寄附の範囲",
              f.plain(
                "scope",
                scope === "all"
                  ? "支払う額の全部"
                  : scope === "none"
                    ? "なし（撤回）"
                    : `1回の支払につき ${wanted?.text ?? ""}`,
              ),
            ],
            ["初めの支払期月", f.plain("on", monthOfText(textOf(facts, "fromPayment")))],
          ],
        },
        text("寄附を受領したときは、そのつど受領書をお送りします。"),
      ],
    };
  },
});

const FEES: Readonly<Record<string, string>> = {
  schoolLunch: "学校給食費",
  schoolFees: "学用品費等",
  afterSchool: "放課後児童クラブの利用料",
  nursery: "保育料",
  nurseryLunch: "保育所等の給食費",
  other: "その他の費用",
};

export const feeCollection = defineForm({
  code: "feeCollection",
  number: "F15",
  edition: "2026-11",
  title: "児童手当からの特別徴収通知書",
  institutionTitle: "児童手当からの特別徴収通知書（施設等受給者用）",
  matter: "own",
  purpose: "decision",
  fields: {
    ...children,
    payerName: { kind: "personal", label: "保育料等を支払う者の氏名", item: "name", of: "宛名の人" },
    payerAddress: { kind: "personal", label: "保育料等を支払う者の住所", item: "address", of: "宛名の人" },
    fee: { kind: "plain", label: "費目・年度" },
    creditor: { kind: "plain", label: "徴収の相手先" },
    payment: { kind: "plain", label: "支払期月" },
    amount: { kind: "amount", label: "徴収する額" },
  },
  compose: (f, source): Composed => {
    const { facts, addressee } = source;
    const special = textOf(facts, "basis") === "special";
    const amount = numberOf(facts, "amount");
    const fee = FEES[textOf(facts, "feeKind")] ?? "費用";
    const year = textOf(facts, "feeYear");
    const sum =
      amount === null
        ? null
        : f.amount(
            "amount",
            amount,
            special ? "児童手当法22条1項により支払の前に徴収する額" : "1回の支払から差し引く額の上限（児童手当法21条）",
          );
    const titles: Readonly<Record<string, string>> = {
      request: "児童手当からの徴収等申出受付通知書",
      change: "児童手当からの徴収額変更通知書",
      withdrawal: "児童手当からの徴収等申出撤回受付通知書",
    };
    const title = special ? undefined : titles[textOf(facts, "kind")];
    return {
      ...(title === undefined ? {} : { title }),
      ...(special && amount !== null ? { amount } : {}),
      blocks: [
        text(
          special
            ? "児童手当法22条1項の規定により、支払うべき児童手当から次のとおり保育料等を徴収しますので、あらかじめ通知します（施行規則12条の11）。"
            : "児童手当法21条の規定による申出について、次のとおり受け付けましたので通知します（施行規則12条の10）。",
        ),
        {
          kind: "facts",
          rows: [
            ["支払う人の氏名", f.person("payerName", addressee ?? 0)],
            ["支払う人の住所", f.person("payerAddress", addressee ?? 0)],
            ["児童の氏名", f.person("childName", numberOf(facts, "child") ?? 0)],
            ["費目", f.plain("fee", year === "" ? fee : `${fee}（${fiscalYearText(year)}分）`)],
            ["徴収の相手先", f.plain("creditor", textOf(facts, "creditor"))],
            ["支払期月", f.plain("payment", monthOfText(textOf(facts, "payment")))],
            ["徴収する額", sum === null ? "差し引きません" : `${sum.text}（${sum.because}）`],
          ],
        },
      ],
    };
  },
});
