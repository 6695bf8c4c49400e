/** The checks of reports and of what the office learns itself (届出・申立て・職権). */
import type { CheckGroup } from "./check.ts";

export const recipientNamed = {
  where: "認定番号を書く届出・申出",
  files: ["procedures/recipient-check.ts"],
  stop: {
    recipient: ["認定番号が、この人のものでない", "届書の氏名と認定番号を確かめる"],
    "recipient.ended": ["資格が消滅していて、受けられない", "受けられないことを知らせる"],
  },
  look: { "recipient.ended": ["資格が消滅している", "残りの支払があるかを確かめる"] },
} as const satisfies CheckGroup;

export const consequences = {
  where: "資格・額が変わる届出・職権",
  files: ["procedures/consequences.ts"],
  stop: { case: ["記録されている受給者の計算ができない", "足りない事実を記録してから審査し直す"] },
} as const satisfies CheckGroup;

export const annualReview = {
  where: "現況届",
  files: ["procedures/annual-review.ts"],
  stop: {
    "recipient.kind": ["受給者の種類が、様式と違う", "様式を確かめる"],
    "annualReport.known": ["その年度の現況届を、もう受け付けている", "二重の受付でないかを確かめる"],
  },
  look: {
    "annualReport.early": ["受付日が、6月1日より前である", "6月1日の状況かを確かめる"],
    "annualReport.changed": ["記録と違うことがあると書かれている", "変更届・額改定届などを求める"],
    "annualReport.hold": ["（取消）解除した差止めを、もう一度かけることになる", "取消の理由を確かめる"],
  },
  note: { "annualReport.late": ["提出期限を過ぎている", "差止めの解除を確かめる"] },
} as const satisfies CheckGroup;

export const change = {
  where: "氏名・住所等変更届",
  files: ["procedures/change.ts"],
  stop: {
    "address.outside": ["変更後の住所が、市の外である", "消滅届を受け付ける"],
    "spouse.unknown": ["配偶者の宛名番号がない", "番号を確かめるか、氏名だけを入力する"],
    "spouse.self": ["配偶者の宛名番号が、届出をした人のものである", "番号を確かめる"],
    child: ["児童が、この受給者の児童でない", "児童の番号を確かめる"],
    person: ["受給者が住民基本台帳の連携にない", "住民登録を確かめる"],
  },
  look: {
    "change.on": ["変更の日が、審査の日より後である", "日付を確かめる"],
    name: ["氏名が住民票と違う", "異動がまだか、届書の誤りかを確かめる"],
    address: ["住所が住民票と違う", "異動がまだか、届書の誤りかを確かめる"],
  },
  note: {
    "address.ward": ["区が変わる", "所管の区が変わることを知らせる"],
    "child.apart": ["児童と別居になる", "別居監護申立書を求める"],
  },
} as const satisfies CheckGroup;

export const institutionChange = {
  where: "施設等受給者の変更届",
  files: ["procedures/institution-change.ts"],
  stop: {
    "recipient.kind": ["認定番号が、施設等受給者のものでない", "様式第8号で受け付ける"],
    institution: ["施設等が、法人・施設等の台帳にない", "先に登録する"],
  },
} as const satisfies CheckGroup;

export const parentDesignation = {
  where: "父母指定者指定届・指定の終了",
  files: ["procedures/parent-designation.ts"],
  stop: {
    "parent.resident": ["指定をした父母の住所が、この市にある", "父母の認定請求を案内する"],
    "child.residence": ["児童の住所が、この市にない", "児童の住所の市区町村を案内する"],
    "child.age": ["児童が、18歳の年度末を過ぎている", "児童の番号を確かめる"],
    "designation.period": ["指定の終わりが、始まりより前である", "日付を確かめる"],
    "designation.exists": ["効いている父母指定がある", "先に指定の終了を届け出てもらう"],
    "designation.missing": ["終わらせる父母指定がない", "児童と指定者を確かめる"],
  },
  look: {
    "designee.residence": ["指定された人の住所が、この市にない", "住所の市区町村を案内する"],
    "designation.signed": ["署名の日が、指定の始まりより後である", "指定の始まりを確かめる"],
    "child.household": ["児童と指定された人が、別の世帯である", "同居が困難な事情を確かめる"],
  },
  note: { "parent.claim": ["父母が帰国した", "住所の市区町村での認定請求を案内する"] },
} as const satisfies CheckGroup;

export const separateCare = {
  where: "別居監護申立書",
  files: ["procedures/separate-care.ts"],
  stop: { child: ["児童が、この受給者の児童でない", "先に請求をしてもらう"] },
  look: {
    "child.since": ["別居の日が、受付日より後である", "日付を確かめる"],
    "child.household": ["児童が、住民票では同じ世帯である", "異動がまだか、別居でないかを確かめる"],
    "child.register": ["児童が、この市の住民票にない", "児童の住民票を確かめる"],
  },
} as const satisfies CheckGroup;

export const studyAbroad = {
  where: "海外留学に関する申立書",
  files: ["procedures/study-abroad.ts"],
  stop: { child: ["児童が、この受給者の児童・算定対象者でない", "児童の番号を確かめる"] },
  look: {
    "study.residence": ["日本に住所があった期間が、引き続き3年を超えない", "住所の履歴を確かめる"],
    "study.parents": ["国外で父母等と同居している", "留学として数えないことを確かめる"],
  },
  note: { "study.limit": ["留学として数える期限がある", "毎年確かめる"] },
} as const satisfies CheckGroup;

export const livingTogetherPriority = {
  where: "同居父母（離婚協議中等）の申立て",
  files: ["procedures/living-together-priority.ts"],
  stop: {
    "person.unknown": ["宛名番号の人がいない", "番号を確かめる"],
    "other.household": ["父母が、住民票で同じ世帯のままである", "別居（別世帯）になってから受け付ける"],
    child: ["児童が住民基本台帳の連携にない", "児童の番号を確かめる"],
    evidence: ["離婚協議中を確かめられない書類である", "調停の呼出状・係属証明書などを求める"],
  },
  look: {
    "claimant.residence": ["申立てをする人の住所が、この市にない", "居住の事実を確かめる"],
    "child.household": ["児童が、申立てをする人の世帯にいない", "同居の事実を確かめる"],
    "other.recipient": ["もう一方の親が、この市の受給者でない", "支給している者を確かめる"],
  },
  note: { event: ["条件が揃った日と、請求の期限", "期限を知らせる"] },
} as const satisfies CheckGroup;

export const guardian = {
  where: "未成年後見人の選任・終了",
  files: ["procedures/guardian.ts"],
  stop: {
    guardian: ["未成年後見人の宛名番号がない", "先に登録する"],
    "guardian.kind": ["個人と法人の区分が、宛名番号と違う", "区分と番号を確かめる"],
    child: ["児童が住民基本台帳の連携にない", "児童の番号を確かめる"],
    "guardian.known": ["この後見人は、すでに記録されている", "二重の届出でないかを確かめる"],
    "guardian.missing": ["この後見人は、記録されていない", "番号を確かめる"],
  },
  look: { "guardian.others": ["ほかにも未成年後見人がいる", "生計を維持する程度を確かめる"] },
  note: { "guardian.claim": ["未成年後見人の認定請求が要る", "期限を知らせる"] },
} as const satisfies CheckGroup;

export const placement = {
  where: "措置の通知（入所・退所）",
  files: ["procedures/placement.ts"],
  stop: {
    institution: ["施設等の宛名番号がない", "先に登録する"],
    child: ["児童が住民基本台帳の連携にない", "児童の番号を確かめる"],
  },
  look: { "institution.kind": ["施設の宛名番号が、個人のものである", "番号を確かめる"] },
  note: {
    "placement.short": ["通所または2か月以内の措置である", "父母等の受給が続くことを確かめる"],
    "placement.claim": ["施設等受給者の請求が要る", "期限を知らせる"],
    "placement.leftClaim": ["退所の後に養育する人の請求が要る", "期限を知らせる"],
  },
} as const satisfies CheckGroup;

export const publicService = {
  where: "公務員の任用・退職",
  files: ["procedures/public-service.ts"],
  stop: {
    person: ["宛名番号の人が、住民基本台帳の連携にない", "番号を確かめる"],
    "publicService.known": ["同じ任用の期間が、すでに記録されている", "二重の届出でないかを確かめる"],
  },
  look: { "publicService.overlap": ["記録されている公務員の期間と重なる", "任用の日を確かめる"] },
  note: { "publicService.claim": ["退職の後に認定請求が要る", "期限を知らせる"] },
} as const satisfies CheckGroup;

export const death = {
  where: "死亡",
  files: ["procedures/death.ts"],
  stop: {
    person: ["宛名番号の人が、住民基本台帳の連携にない", "番号を確かめる"],
    diedOn: ["死亡の日が、住民票と違う", "日付を確かめる"],
    register: ["住民票では、死亡になっていない", "異動を待つ。急ぐときは支払を保留にする"],
  },
  look: { "recipient.none": ["受給者でも支給対象の児童でもない", "番号を確かめる"] },
  note: {
    "survivor.claim": ["養育する人の認定請求が要る", "期限と、未支払の請求を知らせる"],
    "death.register": ["（取消）住民票の死亡はそのままである", "住民票の訂正を待つ"],
  },
} as const satisfies CheckGroup;

export const detention = {
  where: "拘禁",
  files: ["procedures/detention.ts"],
  stop: { person: ["宛名番号の人が、住民基本台帳の連携にない", "番号を確かめる"] },
  note: { "detention.claim": ["釈放の後に認定請求が要る", "期限を知らせる"] },
} as const satisfies CheckGroup;

export const moveOut = {
  where: "転出・職権消除",
  files: ["procedures/move-out.ts"],
  stop: {
    person: ["宛名番号の人が、住民基本台帳の連携にない", "番号を確かめる"],
    register: ["転出・消除・その取消しが、住民票に届いていない", "異動が届いてから決裁する"],
    plannedOn: ["転出予定日（消除の日）が、住民票と違う", "日付を確かめる"],
  },
  look: { movedInOn: ["転出予定日と実際の転入日の月が違う", "二重にも空白にもならないか、転入先に確かめる"] },
  note: {
    "moveOut.guide": ["転出先での認定請求が要る", "期限を知らせる"],
    "moveOut.register": ["（取消）決定の取消は、住民票の異動による", "住民票の異動を待つ"],
  },
} as const satisfies CheckGroup;

export const numberChange = {
  where: "個人番号の変更",
  files: ["procedures/number-change.ts"],
  stop: {
    person: ["宛名番号の人が、住民基本台帳の連携にない", "番号を確かめる"],
    changedOn: ["番号が変わった日が、審査の日より後である", "日付を確かめる"],
  },
  note: { number: ["番号そのものは、ここには記録しない", "番号の保管庫を扱う係に伝える"] },
} as const satisfies CheckGroup;
