/** 役割と画面: which role has which pages, out of the pages' own rights and the role table; and the document that says so. */
import { permissions, roleCodes, roles } from "@hagukumi/platform/identity/permissions.ts";
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { PageDescriptor } from "../../app/pages/page.ts";

/** The list names components (JSX), which the types of the tests do not read: it is loaded by a name that they do not follow. */
const LIST: string = "../../app/pages/all-pages.ts";

const GROUPS = ["work", "payment", "administration"] as const;
const GROUP_NAMES = { work: "仕事", payment: "支払", administration: "管理" } as const;

async function menuPages(): Promise<readonly PageDescriptor[]> {
  const { allPages } = (await import(LIST)) as { readonly allPages: readonly PageDescriptor[] };
  return allPages;
}

/** Whether somebody of this role alone may open the page. */
export function roleMayOpen(role: Role, { permission }: PageDescriptor): boolean {
  const held: readonly string[] = roles[role].permissions;
  return permission === undefined || [permission].flat().some((right) => held.includes(right));
}

const rank = ({ menu }: PageDescriptor): number =>
  menu === undefined ? Number.MAX_SAFE_INTEGER : GROUPS.indexOf(menu.group) * 10_000 + menu.order;

const inWords = (page: PageDescriptor): string =>
  page.permission === undefined
    ? "ログインした職員"
    : [page.permission]
        .flat()
        .map((right) => Object.entries(permissions).find(([code]) => code === right)?.[1].name ?? right)
        .join("、または ");

/** `docs/役割と画面.md`, as it must be now. */
export async function roleMenuDocument(): Promise<string> {
  const pages = (await menuPages()).toSorted((a, b) => rank(a) - rank(b));
  const shown = pages.filter(({ menu }) => menu !== undefined);
  const menus = roleCodes.map((role) => {
    const titles = shown.filter((page) => roleMayOpen(role, page)).map(({ title }) => title);
    return `| ${roles[role].name} | ${role} | ${titles.join("、")} |`;
  });
  const lines = pages.map((page) => {
    const marks = roleCodes.map((role) => (roleMayOpen(role, page) ? "○" : ""));
    const place = page.menu === undefined ? "－" : GROUP_NAMES[page.menu.group];
    return `| ${page.title} | \`${page.path}\` | ${place} | ${inWords(page)} | ${marks.join(" | ")} |`;
  });
  return `# 役割と画面

役割ごとのメニューと、画面ごとの権限。プログラムの一覧（画面の権限と権限表）から \`npm run docs:checks\` が書く。手では直さない。
メニューに出ない画面は、アドレスを入れても「この画面はありません」になり、その画面の操作はサーバーも断る。役割を重ねて持つ職員には、合わせたものが出る。
権限表は期間つきでデータベースにあり、ここは設置の時の内容である。

## 役割ごとのメニュー

| 役割 | 符号 | メニュー（上から） |
|---|---|---|
${menus.join("\n")}

## 画面ごとの権限

「場所」が－の画面は、ほかの画面から開く。

| 画面 | アドレス | 場所 | 要る権限 | ${roleCodes.map((role) => roles[role].name).join(" | ")} |
|---|---|---|---|${roleCodes.map(() => "---|").join("")}
${lines.join("\n")}
`;
}

/** The menu of each role as the document says it, from top to bottom. */
export function menusIn(document: string): ReadonlyMap<string, string> {
  const rows = document.matchAll(/^\| [^|]+ \| ([A-Za-z]+) \| ([^|]*) \|$/gm);
  return new Map([...rows].map(([, role = "", menu = ""]) => [role, menu]));
}
