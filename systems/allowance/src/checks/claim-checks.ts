/** The checks of claims (請求), and those that every filing goes through. */
import type { CheckGroup } from "./check.ts";

export const everyFiling = {
  where: "すべての手続",
  files: ["filings/proposal.ts", "register-changes/feed-state.ts"],
  stop: { "document.*": ["手続に要る書類が、受領も省略もされていない", "受領を記録するか、返戻・保留にする"] },
  look: {
    "filing.same": ["同じ人の同じ手続が、ほかにも決裁前である", "出し直しなら、古い方を取下げる"],
    "feed.stale": ["住民記録・税などの連携が古い", "連携を確かめ、古いまま進めてよい理由を書く"],
    "feed.delayed": ["届いた連携に、取り込めない分がある", "この人の異動が含まれていないかを確かめる"],
  },
} as const satisfies CheckGroup;

export const cancellation = {
  where: "取消・再決定",
  files: ["filings/cancel.ts", "procedures/record-fact.ts"],
  stop: { cancellation: ["戻せないものが上に重なっている", "文のとおり、先にすることを済ませる"] },
  look: { "cancellation.later": ["あとの決定が、同じ人・児童についてある", "その決定がいまも正しいかを確かめる"] },
  note: {
    "cancellation.paid": ["取り消す月分が、支払処理に入っている", "差額の精算を元帳で確かめる"],
    "cancellation.dead": ["死亡を取り消すが、住民票では死亡のまま", "住民票の訂正を待って、保留を解く"],
  },
} as const satisfies CheckGroup;

export const claim = {
  where: "認定請求・額改定請求（増額）",
  files: [
    "claims/procedures/register-checks.ts",
    "claims/procedures/claim-account.ts",
    "claims/procedures/propose-claim.ts",
  ],
  stop: {
    "claimant.register": ["請求者が住民基本台帳の連携にない", "住民登録を確かめる"],
    "claimant.dead": ["請求者が死亡している", "死亡の処理と、未支払・養育する人の請求を案内する"],
    "claimant.residence": ["請求の日に、請求者の住所がこの市にない", "却下を検討し、住所の市区町村を案内する"],
    "child.register": ["児童が住民基本台帳の連携にない", "住民票などで確かめる"],
    "child.placedElsewhere": ["児童が、請求の日に別の施設等に入所・委託されている", "措置の内容を確かめる"],
    "child.attached": ["児童が、ほかの受給者の支給対象である", "先に、その受給者の消滅・減額を処理する"],
    "child.excluded": ["算定対象者が、算定から除かれる人である（延長者など）", "算定対象者から外す"],
    "cause.ground": ["15日の特例の根拠が、請求の事由と合わない", "事由か根拠を補正する"],
    "former.unconfirmed": ["前住所地の回答を、二人目が確認していない", "確認してから審査する"],
    "former.overlap": ["前住所地の支給と、認定の始まりが重なる", "始まりの月を確かめる"],
    "account.holder": ["口座名義が請求者と違い、例外の理由がない", "本人の口座にするか、理由を記録する"],
    "account.invalid": ["口座が、銀行・支店・番号の検査を通らない", "通帳を確かめて補正する"],
    "account.numberTwice": ["2回入力した口座番号が違う", "通帳の写しを見て入力し直す"],
    "person.unknown": ["宛名番号が台帳にない", "番号を確かめて補正する"],
    recipient: ["認定番号が請求者のものでない、または加える請求にならない", "認定番号と請求者を確かめて補正する"],
    "override.grant": ["却下の判定を、職員の判断だけで認めようとした", "日付や児童の入力を確かめる"],
    replaced: ["取り消す請求が開いた資格を引き継げない", "先に後の請求を取り消す"],
  },
  look: {
    "claimant.birthDate": ["請求書の請求者の生年月日が、台帳と違う", "本人に確かめ、誤記なら補正する"],
    "child.birthDate": ["請求書の児童の生年月日が、台帳と違う", "本人に確かめ、誤記なら補正する"],
    "claimant.protected": ["請求者が支援措置の対象者である", "送付先・通知・口座の扱いを確かめる"],
    "claimant.residenceException": ["住民票はこの市にないが、居住の特例がある", "居住が続いているかを確かめる"],
    "claimant.recipient": ["請求者がすでに受給者である", "額改定の請求でないかを確かめる"],
    "child.dead": ["児童が死亡している", "死亡の日と対象月を確かめる"],
    "child.residence": ["同居とされた児童の住所が、いまこの市にない", "居住の事実を確かめる"],
    "child.household": ["同居・別居の記載が、住民票の世帯と合わない", "別居監護申立書の要否を確かめる"],
    "child.pending": ["児童が、決裁前のほかの請求にもある", "先にそちらを確かめる"],
    "cause.birth": ["出生の日が、どの児童の生年月日とも違う", "出生の日を確かめる"],
    "spouse.mainEarner": ["配偶者が生計中心者と申告している", "配偶者の請求を案内し、却下を検討する"],
    "spouse.income": ["配偶者の所得の方が多い", "継続するものか、事情を確かめる"],
    "former.notAsked": ["前住所地の支給終了年月を照会していない", "照会して、回答を記録する"],
    "former.unanswered": ["前住所地の回答を待っている", "回答を待つか、督促する"],
    "account.holder": ["口座名義が請求者と違い、例外の理由がある", "理由が十分かを判断する"],
    "account.shared": ["同じ口座が、別の受給者の振込先である", "番号の誤りがないかを確かめる"],
    "account.public": ["公金受取口座を使う申出である", "照会の回答で口座を登録する"],
  },
  note: {
    "claimant.name": ["請求書の請求者の氏名が、台帳と違う", "本人に確かめ、誤記なら補正する"],
    "claimant.kana": ["請求書の請求者のカナ氏名が、台帳と違う", "本人に確かめ、誤記なら補正する"],
    "claimant.address": ["請求書の請求者の住所が、台帳と違う", "本人に確かめ、誤記なら補正する"],
    "child.name": ["請求書の児童の氏名が、台帳と違う", "本人に確かめ、誤記なら補正する"],
    "child.kana": ["請求書の児童のカナ氏名が、台帳と違う", "本人に確かめ、誤記なら補正する"],
    "child.address": ["請求書の児童の住所が、台帳と違う", "本人に確かめ、誤記なら補正する"],
    "cause.moveIn": ["転入による請求である", "転出証明書情報の転出予定日を確かめる"],
    "spouse.publicServant": ["配偶者が公務員である", "勤務先の受給を確かめる"],
    "former.answered": ["前住所地の支給が、認定の始まりより前に終わっている", "することはない"],
    "account.warning": ["口座の検査に、止めるほどでない指摘がある", "文のとおりに確かめる"],
    "account.numberOnce": ["口座番号が1回しか入力されていない", "通帳の写しと照らすか、金融機関に照会する"],
  },
} as const satisfies CheckGroup;

export const designation = {
  where: "認定請求（父母指定者）",
  files: ["procedures/designations.ts"],
  stop: {
    "designation.other": ["児童の父母指定者が、別の人である", "父母の指定届を確かめる"],
    "designation.expired": ["父母指定が、請求の日に効いていない", "新しい指定届を求める"],
    "designation.missing": ["父母指定者指定届がない", "先に指定届を受け付ける"],
  },
} as const satisfies CheckGroup;

export const report = {
  where: "額改定届（減額）・受給事由消滅届・職権",
  files: ["claims/procedures/reports.ts"],
  stop: {
    "register.movedOut": ["転出の記載が、まだ住民票にない", "連携で届くのを待って、審査し直す"],
    "register.recipientDeath": ["受給者の死亡の記載が、まだ住民票にない", "連携で届くのを待って、審査し直す"],
    "register.childDeath": ["児童の死亡の記載が、まだ住民票にない", "連携で届くのを待って、審査し直す"],
    recipient: ["認定番号が、届出をした人のものでない", "番号と氏名を確かめる"],
    "child.other": ["児童が、この受給者の児童・算定対象者でない", "児童の番号を確かめる"],
    events: ["届け出る事由が一つもない", "事由を入力する"],
    evidence: ["職権なのに、事実を確かめた資料がない", "公簿・照会の回答などの資料を入力する"],
  },
  look: {
    "register.movedOut": ["転出の日が、届出と住民票で違う", "住民票の日で決定してよいかを確かめる"],
    "register.recipientDeath": ["受給者の死亡の日が、届出と住民票で違う", "住民票の日で決定してよいかを確かめる"],
    "register.childDeath": ["児童の死亡の日が、届出と住民票で違う", "住民票の日で決定してよいかを確かめる"],
    "recipient.ended": ["受給者の資格が、すでに消滅している", "届出が要るかを確かめる"],
  },
  note: { unchanged: ["額も資格も変わらない", "届出の内容を確かめる"] },
} as const satisfies CheckGroup;

export const withdrawal = {
  where: "請求の取下げ",
  files: ["claims/procedures/withdrawal.ts"],
  stop: {
    target: ["その人に、その受付番号の受付がない", "番号を確かめる"],
    "target.ended": ["その受付は、もう決裁・取下げが済んでいる", "届出または取消・再決定による"],
  },
} as const satisfies CheckGroup;
