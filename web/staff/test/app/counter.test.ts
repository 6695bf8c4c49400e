/** The counter: which forms it offers to whom, and how a filing is read back to those who did not type it. */
import { describe, expect, it } from "vitest";

type Claimant = {
  readonly kind: string;
  readonly recipients: readonly { readonly kind: string; readonly ended: boolean; readonly recipientId: number }[];
};
type Line = { readonly name: string; readonly value: string };

// Named at run time: the application has its own compiler options (JSX), which the tests do not share.
const app = async (path: string): Promise<unknown> => await import(new URL(`../../app/${path}`, import.meta.url).href);
const { firstProcedure, inOrder } = (await app("pages/counter/offered.ts")) as {
  readonly firstProcedure: (claimant: Claimant) => string;
  readonly inOrder: (claimant: Claimant, all: readonly { code: string }[]) => readonly { code: string }[];
};
const { contentLines } = (await app("pages/counter/content-lines.ts")) as {
  readonly contentLines: (value: unknown, names: { people: Map<number, string>; wards: Map<string, string> }) => Line[];
};

const right = (kind: string, ended = false): Claimant["recipients"][number] => ({ kind, ended, recipientId: 1 });
const who = (kind: string, ...recipients: Claimant["recipients"]): Claimant => ({ kind, recipients });

describe("what the counter offers", () => {
  const forms = [
    "certificationInstitution",
    "certificationIndividual",
    "institutionIncrease",
    "increase",
    "accountChange",
  ];
  const order = (claimant: Claimant): string[] =>
    inOrder(
      claimant,
      forms.map((code) => ({ code })),
    ).map(({ code }) => code);

  it("never starts with the form of the other kind of recipient", () => {
    const person = who("resident");
    const home = who("organization");
    expect(firstProcedure(person)).toBe("certificationIndividual");
    expect(firstProcedure(home)).toBe("certificationInstitution");
    expect(order(person).slice(-2)).toEqual(["certificationInstitution", "institutionIncrease"]);
    expect(order(home).slice(-2)).toEqual(["certificationIndividual", "increase"]);
  });

  it("goes by the certification that stands: 額改定 of its kind; an ended one starts anew", () => {
    expect(firstProcedure(who("resident", right("individual")))).toBe("increase");
    expect(firstProcedure(who("organization", right("institution")))).toBe("institutionIncrease");
    // 里親: a person whose only certification is an institution's
    expect(firstProcedure(who("resident", right("institution")))).toBe("institutionIncrease");
    // A parent who is a foster parent too: the forms of a parent first, the others still there
    const both = who("resident", right("individual"), right("institution"));
    expect(firstProcedure(both)).toBe("increase");
    expect(order(both)).toHaveLength(forms.length);
    expect(firstProcedure(who("resident", right("individual", true)))).toBe("certificationIndividual");
    expect(firstProcedure(who("resident", right("institution", true)))).toBe("certificationIndividual");
  });
});

describe("a filing read back", () => {
  const names = { people: new Map([[100, "架空　花子"]]), wards: new Map([["431010", "中央区"]]) };
  const lines = (content: unknown): Record<string, string> =>
    Object.fromEntries(contentLines(content, names).map(({ name, value }) => [name, value]));

  it("shows no code where there is a word: 続柄, 行政区, 認定番号, people; nothing twice", () => {
    expect(
      lines({
        recipient: 100,
        recipientId: 160,
        address: { address: "架空町7丁目21番19号", wardCode: "431010" },
        children: [{ number: 101, relation: "2012" }, { relation: "子" }],
        account: { accountNumber: "1234567", numberAgain: "1234567" },
        causeOn: "2026-12-03",
      }),
    ).toEqual({
      受給者: "架空　花子（宛名番号 100）",
      認定番号: "0000000160",
      住所: "架空町7丁目21番19号",
      住所の所管区: "中央区",
      "児童・算定対象者1の対象の人": "101",
      "児童・算定対象者1の続柄": "子の妻",
      "児童・算定対象者2の続柄": "子",
      "振込先口座の口座番号（7桁）": "1234567",
      事由の発生日: "令和8年12月3日",
    });
  });
});
