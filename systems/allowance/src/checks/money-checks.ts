/** The checks of accounts, donations, collections and unpaid allowance (口座・寄附・徴収・未支払). */
import type { CheckGroup } from "./check.ts";

export const accountChange = {
  where: "口座振替依頼書・公金受取口座の申出",
  files: ["procedures/account-change.ts"],
  stop: {
    "account.numberTwice": ["2回入力した口座番号が違う", "通帳の写しを見て入力し直す"],
    "account.holder": ["口座名義が受給者と違い、例外の理由がない", "本人の口座にするか、例外の理由を書く"],
    "account.invalid": ["口座が、銀行・支店・番号の検査を通らない", "通帳を確かめる"],
    "account.branchOnPayDay": ["支店が、最初の支払日にはない", "新しい支店名と口座番号を確かめる"],
    "account.answeredOn": ["公金受取口座の照会の日が、審査の日より後である", "日付を確かめる"],
  },
  look: {
    "account.holder": ["口座名義が受給者と違い、例外の理由がある", "理由が十分かを判断する"],
    "account.warning": ["口座の検査に、止めるほどでない指摘がある", "文のとおりに確かめる"],
    "account.shared": ["同じ口座が、別の受給者にも登録されている", "通帳の写しで確かめる"],
  },
  note: {
    "account.numberOnce": ["口座番号が1回しか入力されていない", "通帳の写しと照らすか、金融機関に照会する"],
    "account.cutOff": ["締切日を過ぎ、次の支払には間に合わない", "前の口座に振り込まれることを知らせる"],
    "account.paid": ["（取消）前の口座で作った支払処理は変わらない", "組戻しが要るかを確かめる"],
  },
} as const satisfies CheckGroup;

export const childAccount = {
  where: "児童の口座の届",
  files: ["procedures/child-account.ts"],
  stop: {
    recipient: ["認定番号の受給者がいないか、届け出た施設と違う", "認定番号を確かめる"],
    child: ["施設の支給対象の児童でない", "児童の番号を確かめる"],
    "childAccount.notPublic": ["国・地方公共団体の設置する施設でない", "施設の口座は、口座変更届による"],
    "childAccount.noGrant": ["児童に未支払を支給する決定がない", "未支払児童手当請求書を先に決裁する"],
    "account.holder": ["口座名義が児童と違い、預かる人と理由がない", "児童の口座にするか、預かる人と理由を書く"],
    "account.invalid": ["口座が、銀行・支店・番号の検査を通らない", "通帳を確かめる"],
    "account.numberTwice": ["2回入力した口座番号が違う", "通帳の写しを見て入力し直す"],
  },
  look: {
    "account.holder": ["児童の名義でない口座を、だれかが児童のために預かる", "預かる人と理由が十分かを判断する"],
    "account.warning": ["口座の検査に、止めるほどでない指摘がある", "文のとおりに確かめる"],
    "account.shared": ["同じ口座が、別の受給者にも登録されている", "通帳の写しで確かめる"],
  },
  note: {
    "account.numberOnce": ["口座番号が1回しか入力されていない", "通帳の写しと照らすか、金融機関に照会する"],
    "account.paid": ["（取消）前の口座で作った支払処理は変わらない", "組戻しが要るかを確かめる"],
  },
} as const satisfies CheckGroup;

export const donation = {
  where: "寄附の申出・変更・撤回",
  files: ["procedures/donation.ts"],
  stop: {
    "recipient.kind": ["施設等受給者の申出である", "受け付けられないことを知らせる"],
    "donation.exists": ["すでに寄附の申出がある", "変更の申出にする"],
    "donation.missing": ["効いている寄附の申出がない", "支払期と認定番号を確かめる"],
    "donation.toPayment": ["終わりの支払期月が、始まりより前である", "支払期月を確かめる"],
  },
  note: {
    "donation.cutOff": ["希望する支払期の締切日を過ぎている", "次の支払期からになることを知らせる"],
    "donation.paid": ["（取消）作った支払処理は変わらない", "受け入れた寄附の扱いを確かめる"],
  },
} as const satisfies CheckGroup;

export const feeCollection = {
  where: "学校給食費等・保育料の徴収の申出・変更・撤回",
  files: ["procedures/fee-collection.ts"],
  stop: {
    child: ["児童が、この受給者の支給対象の児童でない", "児童の番号を確かめる"],
    creditor: ["債権者が、その支払期に債権者台帳にない", "番号を確かめる"],
    "creditor.feeKind": ["債権者が、その費目を扱っていない", "債権者と費目を確かめる"],
    "fee.exists": ["同じ児童・債権者・費目の申出がある", "変更の申出にする"],
    "fee.missing": ["効いている申出がない", "支払期と費目を確かめる"],
    "fee.toPayment": ["終わりの支払期月が、始まりより前である", "支払期月を確かめる"],
  },
  note: {
    "fee.cutOff": ["希望する支払期の締切日を過ぎている", "次の支払期からになることを知らせる"],
    "fee.paid": ["（取消）作った支払処理は変わらない", "徴収した分の扱いを確かめる"],
  },
} as const satisfies CheckGroup;

export const unpaid = {
  where: "未支払の請求",
  files: ["procedures/unpaid.ts"],
  stop: {
    "account.invalid": ["口座が、銀行・支店・番号の検査を通らない", "通帳を確かめる"],
    "account.holder": ["口座名義が、請求した児童と違う", "児童の口座を届け出てもらう"],
    "person.unknown": ["児童の宛名番号の人がいない", "児童の番号を確かめる"],
    event: ["死亡または退所が記録されていない", "異動や措置解除の通知を先に記録する"],
    underway: ["その月分が、支払処理の途中にある", "支払処理が締まるか取り消されるのを待つ"],
    recipient: ["認定番号が、この様式の請求の相手でない", "認定番号と様式を確かめる"],
  },
  look: { "account.holder": ["児童のために受け取る人の口座である", "法定代理人であることを確かめる"] },
  note: { barred: ["2年の時効により、支払えない月分がある", "請求した人に知らせる"] },
} as const satisfies CheckGroup;
