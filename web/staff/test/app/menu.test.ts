/** The menu: only permitted work, from the same rights that the operations ask for. */
import { roleCodes, roles } from "@hagukumi/platform/identity/permissions.ts";
import type { Role } from "@hagukumi/platform/identity/permissions.ts";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

import { operations } from "../../src/api/operations.ts";
import { menusIn, roleMenuDocument } from "../support/role-menu.ts";

type Page = {
  readonly path: string;
  readonly permission?: string | readonly string[];
  readonly menu?: { readonly group: string };
};

// Named at run time: the application has its own compiler options (JSX), which the tests do not share.
const app = async (path: string): Promise<unknown> => await import(new URL(`../../app/${path}`, import.meta.url).href);
const { permittedPages } = (await app("frame/pages-here.ts")) as {
  readonly permittedPages: (held: readonly string[]) => readonly Page[];
};
const { allPages } = (await app("pages/all-pages.ts")) as { readonly allPages: readonly Page[] };

const menuOf = (held: readonly string[]): string[] =>
  permittedPages(held)
    .filter(({ menu }) => menu !== undefined)
    .map(({ path }) => path);
const rightsOf = (role: Role): readonly string[] => roles[role].permissions;
const rolesWith = (path: string): Role[] => roleCodes.filter((role) => menuOf(rightsOf(role)).includes(path));

const listed = (permission: string | readonly string[] | undefined): readonly string[] =>
  typeof permission === "string" ? [permission] : (permission ?? []);

describe("the menu", () => {
  it("docs/役割と画面.md is what `npm run docs:checks` writes: the menu of every role, as it was looked at", async () => {
    const written = readFileSync(resolve(import.meta.dirname, "../../../../docs/役割と画面.md"), "utf8");
    expect(written).toBe(await roleMenuDocument());
    const menus = menusIn(written);
    expect([...menus.keys()]).toEqual([...roleCodes]);
    // The receiving office asks for itself, and says what it got and gave back; it sees nothing of the allowance.
    expect(menus.get("transferOffice")).toBe("わたしの仕事、提供・移転");
    // Who pays, and who looks after rights, looks for no person and takes in no claim.
    for (const role of ["treasurer", "paymentReleaser", "itOfficer", "rightsApprover"] as const)
      expect(menus.get(role)).not.toMatch(/対象者の検索|受付/);
  });

  it("nobody sees the work of another role; who has no right sees the first page alone", () => {
    expect(menuOf([])).toEqual(["/"]);
    // Receiving is for the counter and those who examine, deciding the approver's, the logs the auditor's, terminals the IT
    // office's, lifts the protection officer's.
    expect(rolesWith("/counter").toSorted()).toEqual(["clerk", "examiner", "wardClerk"]);
    expect(rolesWith("/lists/toExamine")).toEqual(["examiner"]);
    expect(rolesWith("/lists/toApprove")).toEqual(["approver"]);
    expect(rolesWith("/audit/access-log")).toEqual(["auditor"]);
    expect(rolesWith("/audit/log-review")).toEqual(["auditor"]);
    expect(rolesWith("/administration/terminals")).toEqual(["itOfficer"]);
    expect(rolesWith("/protection/lifts")).toEqual(["protectionOfficer"]);
    expect(rolesWith("/numbers").toSorted()).toEqual(["approver", "examiner"]);
    // Money and search: those who pay need no person, those who look after the machines and the logs neither.
    for (const role of [
      "treasurer",
      "paymentReleaser",
      "itOfficer",
      "rightsApprover",
      "auditor",
      "transferOffice",
    ] as const) {
      expect(menuOf(rightsOf(role))).not.toContain("/search");
    }
    for (const role of ["itOfficer", "rightsApprover", "auditor", "contractor", "protectionOfficer"] as const) {
      expect(menuOf(rightsOf(role))).not.toContain("/runs");
    }
  });

  it("[D108] payment is a use of its own in the menu: whoever looks after machines, rights, logs or protection has no 支払処理, whoever prepares, releases or follows payments has", () => {
    expect(rolesWith("/runs").toSorted()).toEqual(
      ["approver", "clerk", "examiner", "paymentReleaser", "treasurer", "wardClerk"].toSorted(),
    );
    expect(allPages.find(({ path }) => path === "/runs")?.menu?.group).toBe("payment");
    expect(menuOf(["payment.view"])).toContain("/runs");
    expect(menuOf(["case.open", "case.search", "claim.receive"])).not.toContain("/runs");
  });

  it("every right of a page is asked for by the server too: a page in the menu leads to an operation that its reader may call", () => {
    const asked = operations.map(({ access }) => listed(access.permission));
    const unknown = allPages.flatMap(({ path, permission }) =>
      listed(permission)
        .filter((right) => !asked.some((rights) => rights.includes(right)))
        .map((right) => `${path}: ${right}`),
    );
    expect(unknown).toEqual([]);
    for (const role of roleCodes) {
      for (const page of permittedPages(rightsOf(role))) {
        if (page.permission === undefined) continue;
        const mine = listed(page.permission).filter((right) => rightsOf(role).includes(right));
        expect(asked.some((rights) => rights.some((right) => mine.includes(right)))).toBe(true);
      }
    }
  });
});
