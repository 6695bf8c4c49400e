import { assert as check, property, string } from "fast-check";
import { describe, expect, it } from "vitest";

import { escapeHtml, html } from "../src/html.ts";

describe("the template", () => {
  it("never lets a text open a tag, an entity or an attribute", () => {
    check(
      property(string({ unit: "binary" }), (text) => {
        const markup = html`<p title="${text}">${text}</p>`.toString();
        const inner = markup.slice('<p title="'.length, -"</p>".length);
        expect(inner.replace('">', "")).not.toMatch(/[<>"']/);
        expect(escapeHtml(text).replaceAll(/&(amp|lt|gt|quot|#39);/g, "")).not.toContain("&");
      }),
    );
  });

  it("gives back the text when a browser undoes the escapes", () => {
    const undo: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
    check(
      property(string(), (text) => {
        const back = escapeHtml(text).replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => undo[name] ?? "");
        expect(back).toBe(text);
      }),
    );
  });

  it("keeps what it made itself, writes lists one after another, and leaves nothing for null, undefined and false", () => {
    const names = ["<a>", "葛\u{E0100}"].map((name) => html`<b>${name}</b>`);
    expect(html`${names}`.toString()).toBe("<b>&lt;a&gt;</b><b>葛\u{E0100}</b>");
    expect(html`${null}${undefined}${false}${0}`.toString()).toBe("0");
  });
});
