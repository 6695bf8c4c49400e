/** `because` in full mode: the reasons of the amount, and by which claim (or without one) the child is in or not. */
import { ABSENT } from "../articles/article6-amounts.ts";
import type { AssessmentCase, ClaimCauseKind, ClaimKind } from "../case/types.ts";
import { readDay, type MonthIndex } from "../dates/packed.ts";
import { covers } from "../dates/spans.ts";
import { defined } from "../defined.ts";
import type { Entitlement, Inclusion } from "./entitlement.ts";
import type { Family } from "./family.ts";
import type { Decided } from "./run.ts";
import type { Explain } from "./months.ts";
import { absence, CAUSE_TEXTS, dayText, monthText, presence } from "./reasons.ts";
import type { ExOfficioCause, Reason } from "./types.ts";

export const CLAIM_TEXTS: Readonly<Record<ClaimKind, string>> = {
  certification: "認定請求",
  increase: "額改定認定請求",
  supportConfirmation: "監護相当・生計費の負担についての確認書",
};

export const CLAIM_CAUSE_TEXTS: Readonly<Record<ClaimCauseKind, string>> = {
  birth: "出生",
  moveIn: "転入",
  moveInFromAbroad: "国外からの転入",
  recipientDeath: "受給者の死亡",
  leftPublicService: "公務員でなくなった",
  leftInstitution: "施設等の退所",
  enteredInstitution: "施設等への入所",
  livingTogetherPriority: "同居優先",
  guardianAppointed: "未成年後見人の選任",
  parentDesignation: "父母指定者の指定",
  incomeBelowUpperLimit: "所得が上限限度額を下回った",
  taxCorrection: "所得の更正",
  disaster: "災害その他やむを得ない理由",
  becameUniversityAge: "18歳年度末の到来",
  graduated: "卒業",
  other: "その他",
};

/** What the reasons need of the pass over the months. */
interface Seen {
  readonly incomeClass: number;
  readonly decided: readonly Decided[];
}

export const fullReasons =
  (line: AssessmentCase, family: Family, month: MonthIndex, seen: Seen, state: Entitlement): Explain =>
  (index, result) => {
    const child = defined(family.children[index]);
    if (result.part[index] !== ABSENT) {
      const reasons = presence(line, family, child, month, seen.incomeClass, index, result);
      const inclusion = state.asChild[index] ?? state.asSupported[index];
      return inclusion === undefined ? reasons : [...reasons, startReason(inclusion)];
    }
    const band = defined(result.band[index]);
    const meetsFacts = (band <= 3 ? child.spans : child.support).some((of) => covers(of, month));
    if (!meetsFacts || band > 4) return [absence(child, month, band)];
    return [state.certification === undefined ? notCertified(month, seen.decided) : notClaimed(band)];
  };

function startReason(of: Inclusion): Reason {
  if (of.by === "reform2024") {
    return {
      article: "児童手当法附則（令和6年法律第47号）13条4項",
      text: `令和6年9月分の受給者のため、請求がなくても${monthText(of.since)}分から額が改定されたものとみなします。`,
    };
  }
  const { given } = of.by;
  const cause = CLAIM_CAUSE_TEXTS[given.cause.kind];
  return {
    article: given.kind === "certification" ? "児童手当法8条2項・3項" : "児童手当法9条1項・2項",
    text: `${dayText(readDay(given.receivedOn))}に受け付けた${CLAIM_TEXTS[given.kind]}（${cause}）により、${monthText(of.since)}分からです。`,
  };
}

/** Whoever is certified no more was extinguished last: every other decision leaves somebody certified. */
function notCertified(month: MonthIndex, decided: readonly Decided[]): Reason {
  const last = decided.at(-1);
  if (last === undefined) {
    return {
      article: "児童手当法7条1項・8条2項",
      text: `${monthText(month)}分では、まだ認定の効力がありません。認定請求が必要です。`,
    };
  }
  const cause = CAUSE_TEXTS[last.cause as ExOfficioCause];
  return {
    article: "児童手当法8条2項",
    text: `${cause}ため、${monthText(last.month)}分から支給事由が消滅しています。再び受けるには認定請求が必要です。`,
  };
}

const notClaimed = (band: number): Reason =>
  band <= 3
    ? { article: "児童手当法9条1項", text: "この児童についての額改定認定請求の効力が、まだこの月に及びません。" }
    : {
        article: "児童手当法6条2項2号・施行規則3条",
        text: "監護相当・生計費の負担についての確認書の効力がこの月に及ばないため、数えません。",
      };
