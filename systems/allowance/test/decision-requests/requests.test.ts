/** 二人で決めること: put by one, approved by another on the same content, and only then there is an effect – once. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { answerRequest, putRequest, waitingRequests } from "../../src/decision-requests/requests.ts";
import type { RequestContent } from "../../src/decision-requests/kinds.ts";
import { contextOf, seedCases, threeFamilies } from "../support/cases.ts";

const database = useDatabase();
let recipientId = 0;
const by = (operator: string) => contextOf(database.pool, operator, "2027-01-20");
const KAKARI = "kakari.ichiro";
const KACHO = "kacho.jiro";
const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });

const event = (more: object = {}): RequestContent => ({
  kind: "limitationEvent",
  recipientId,
  fromMonth: "2026-10",
  toMonth: "2026-11",
  event: "requestFiled",
  happenedOn: "2027-01-10",
  evidence: "審査請求書（架空第1号）",
  ...more,
});

const recorded = async (): Promise<unknown[]> =>
  (
    await database.pool.query(
      "SELECT kind, happened_on, entered_by, approved_by FROM allowance.limitation_event ORDER BY event_id",
    )
  ).rows;

beforeAll(async () => {
  [recipientId = 0] = await seedCases(database.pool, threeFamilies);
});

describe("a request", () => {
  it("that can't be is refused when it is put: the day, the months, the words, nobody's number, no such letter, no such correction", async () => {
    const wrong: readonly [RequestContent, string][] = [
      [event({ happenedOn: "2027-01-21" }), "limitationInvalid"],
      [event({ toMonth: "2026-09" }), "limitationInvalid"],
      [event({ evidence: " " }), "limitationInvalid"],
      [event({ recipientId: 9_999_999 }), "recipientUnknown"],
      [{ kind: "letterWithheld", form: "payment", sourceKey: "runLine:9/9", reason: "窓口で渡した" }, "letterUnknown"],
      [{ kind: "letterWithheld", form: "payment", sourceKey: "runLine:9/9", reason: "" }, "letterInvalid"],
      [
        {
          kind: "taxResolution",
          number: 900_000_000_000_101,
          year: 2025,
          historyNo: 1,
          revision: 2,
          outcome: "mainEarnerKept",
          reason: "架空",
        },
        "reviewChanged",
      ],
    ];
    for (const [content, code] of wrong) {
      await expect(putRequest(by(KAKARI), { content }), JSON.stringify(content)).rejects.toEqual(refusal(code));
    }
    expect(await waitingRequests(database.pool)).toEqual([]);
  });

  it("has no effect until another person approves exactly that content, and takes effect once", async () => {
    const requestId = await putRequest(by(KAKARI), { content: event() });
    await expect(putRequest(by(KACHO), { content: event() })).rejects.toEqual(refusal("requestInvalid"));
    expect(await recorded()).toEqual([]);
    const [waiting] = await waitingRequests(database.pool);
    expect(waiting).toMatchObject({ requestId, kind: "limitationEvent", recipientId, requestedBy: KAKARI });
    const contentDigest = waiting?.contentDigest ?? "";
    const approved = { outcome: "approved", contentDigest } as const;
    await expect(answerRequest(by(KAKARI), { requestId, answer: approved })).rejects.toEqual(refusal("samePerson"));
    const other = { outcome: "approved", contentDigest: "0".repeat(64) } as const;
    await expect(answerRequest(by(KACHO), { requestId, answer: other })).rejects.toEqual(refusal("requestInvalid"));
    const silent = { outcome: "returned", contentDigest, reason: " " } as const;
    await expect(answerRequest(by(KACHO), { requestId, answer: silent })).rejects.toEqual(refusal("requestInvalid"));
    expect(await recorded()).toEqual([]);
    const pressed = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, index) =>
        answerRequest(by(KACHO), { requestId, answer: approved, key: `press/${String(index)}` }),
      ),
    );
    expect(pressed.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await recorded()).toEqual([
      { kind: "requestFiled", happened_on: "2027-01-10", entered_by: KAKARI, approved_by: KACHO },
    ]);
    expect(await waitingRequests(database.pool)).toEqual([]);
  });

  it("that is sent back with words has no effect, and may be put again", async () => {
    const content = event({ event: "requestWithdrawn", happenedOn: "2027-01-15" });
    const requestId = await putRequest(by(KAKARI), { content });
    const contentDigest = (await waitingRequests(database.pool))[0]?.contentDigest ?? "";
    await answerRequest(by(KACHO), { requestId, answer: { outcome: "returned", contentDigest, reason: "日付が違う" } });
    expect(await recorded()).toHaveLength(1);
    expect(await putRequest(by(KAKARI), { content })).toBeGreaterThan(requestId);
  });
});
