/** 添付書類 of claims (施行規則1条の4第2項・2条2項): asked for only where the case needs them. Pure. */
import type { RequiredDocument } from "../../filings/procedure.ts";
import type { ClaimContent } from "./content.ts";

const paper = (code: string, name: string, why: string, waivable: boolean): RequiredDocument => ({
  code,
  name,
  why,
  waivable,
});

/**
 * The papers that this content calls for. Whether a child lives in another municipality is told by `living: apart`; the
 * register may show it and waive the 住民票 (11条).
 */
export function papersOf(content: ClaimContent): RequiredDocument[] {
  const { children, declared, account, cause, kind } = content;
  const papers: RequiredDocument[] = [];
  const payable = children.filter(({ role }) => role === "child");
  const counted = children.filter(({ role }) => role === "counted");
  if (payable.some(({ living }) => living === "apart")) {
    papers.push(paper("careApart", "別居監護申立書", "児童と別居しているため（規則1条の4第2項3号）", false));
    papers.push(paper("childResidence", "児童の住民票", "児童の住所を確かめるため（規則1条の4第2項1号）", true));
  }
  if (children.some(({ studyAbroad }) => studyAbroad)) {
    papers.push(
      paper("studyAbroad", "海外留学申立書と在学証明", "児童が留学しているため（規則1条の4第2項2号）", false),
    );
  }
  if (declared?.capacity === "guardian") {
    papers.push(
      paper("guardian", "未成年後見人であることの書類", "未成年後見人の請求のため（規則1条の4第2項4号）", true),
    );
  }
  if (declared?.capacity === "designated") {
    papers.push(paper("parentDesignation", "父母指定者指定届", "父母指定者の請求のため（規則1条の4第2項5号）", false));
  }
  if (declared?.capacity === "carer") {
    papers.push(paper("carer", "養育の申立書", "父母以外の人が養育しているため（規則1条の4第2項6号）", false));
  }
  if (cause === "livingTogetherPriority") {
    papers.push(
      paper("livingTogether", "同居父母申立書と離婚協議の証明", "同居優先のため（規則1条の4第2項7号）", false),
    );
  }
  if (counted.length > 0) {
    papers.push(
      paper(
        "support",
        "監護相当・生計費の負担についての確認書",
        "大学生年代の子を数えるため（規則1条の4第2項10号）",
        false,
      ),
    );
  }
  if (kind === "certification" && account !== null && !("publicAccount" in account)) {
    papers.push(paper("passbook", "口座の分かるもの（通帳など）", "振込先を確かめるため", true));
  }
  return papers;
}
