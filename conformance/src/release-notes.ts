/**
 * リリースノート: every change of behaviour and every setting, release by release, kept as data in `docs/リリースノート.json` and written out for
 * people. A migration, a setting or a version of the rules that no release names fails a test; while the newest release is not out yet, a
 * migration may speak for itself by the first words of its file, so that two people who add one do not write into the same list.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type ReleasedSetting = {
  /** Without it the work that asks for it is refused */
  readonly required: boolean;
  /** What it decides, in Japanese */
  readonly text: string;
};

export type Release = {
  readonly version: string;
  /** Day on which it was given out, `YYYY-MM-DD`; null: not yet */
  readonly released: string | null;
  /** What changes for the people of the city */
  readonly behaviour: readonly string[];
  /** Name of the setting → what it decides */
  readonly settings: Readonly<Record<string, ReleasedSetting>>;
  /** Version of the rules of the law → what is new in them */
  readonly rules: Readonly<Record<string, string>>;
  /** `room/file` without its ending → what it brings */
  readonly migrations: Readonly<Record<string, string>>;
};

export type ReleaseNotes = { readonly format: "hagukumi-releases/1"; readonly releases: readonly Release[] };

const JAPANESE = /[ぁ-んァ-ヶ一-龠]/;
const SOURCE = "docs/リリースノート.json";
const DOCUMENT = "docs/リリースノート.md";

/** Rooms with a `migrations` folder, and their names for people. */
const ROOMS = {
  platform: "共通の基盤",
  "systems/allowance": "児童手当（システム1）",
  "systems/interchange": "庁内連携（システム2）",
  "systems/unified-addressee": "団体内統合宛名（システム3）",
  vault: "個人番号の金庫",
} as const;

/** The first sentence of the comment at the head of a migration. */
function headOf(path: string): string {
  const comment: string[] = [];
  for (const line of readFileSync(path, "utf8").split("\n").slice(1)) {
    if (!line.startsWith("--")) break;
    comment.push(line.slice(2).trim());
  }
  return /^.*?(?:。|$)/.exec(comment.join(""))?.[0] ?? "";
}

/** Every migration of the tree, in its order. */
export function readMigrations(root: string): Present["migrations"] {
  const found = Object.keys(ROOMS).flatMap((room) => {
    const folder = join(root, room, "migrations");
    const files = readdirSync(folder).filter((file) => file.endsWith(".sql"));
    return files.toSorted().map((file) => [`${room}/${file.slice(0, -4)}`, headOf(join(folder, file))] as const);
  });
  return Object.fromEntries(found);
}

/** What the tree has: migrations by their files, names of the settings and the version of the rules out of the source. */
export function readPresent(root: string): Present {
  const source = (path: string): string => readFileSync(join(root, path), "utf8");
  const shapes =
    /^export const settingShapes = \{\n(.*?)^\}/ms.exec(source("systems/allowance/src/settings.ts"))?.[1] ?? "";
  const settings = [...shapes.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name ?? "");
  const rules = /^export const ruleVersion = "([^"]+)"/m.exec(source("law/src/parameters/catalogue.ts"))?.[1] ?? "";
  if (settings.length === 0 || rules === "")
    throw new Error("settings or version of the rules not found in the source");
  return { migrations: readMigrations(root), settings, ruleVersion: rules };
}

export const readReleaseNotes = (root: string): ReleaseNotes =>
  JSON.parse(readFileSync(join(root, SOURCE), "utf8")) as ReleaseNotes;

/** What the tree has, as the notes must name it. */
export type Present = {
  /** `room/file` → the first words at its head */
  readonly migrations: Readonly<Record<string, string>>;
  readonly settings: readonly string[];
  readonly ruleVersion: string;
};

/** What is there and named by no release, named twice, or named and not there. Each a sentence that says what to do. */
export function releaseFaults({ releases }: ReleaseNotes, present: Present): readonly string[] {
  const faults: string[] = [];
  const compare = (what: string, there: readonly string[], named: readonly string[]): void => {
    const known = new Set(named);
    for (const name of there)
      if (!known.has(name)) faults.push(`${what} ${name}: add it to the newest release in ${SOURCE}`);
    const wanted = new Set(there);
    for (const name of known) if (!wanted.has(name)) faults.push(`${what} ${name}: named in ${SOURCE}, but not there`);
  };
  const named = (of: (release: Release) => Readonly<Record<string, unknown>>): readonly string[] =>
    releases.flatMap((release) => Object.keys(of(release)));
  // What is not given out yet may be told by the file itself.
  const open = releases[0]?.released === null;
  const silent = Object.entries(present.migrations).filter(([, head]) => !open || !JAPANESE.test(head));
  const listed = named(({ migrations }) => migrations);
  const heard = Object.keys(present.migrations).filter((name) => listed.includes(name));
  compare("migration", [...new Set([...heard, ...silent.map(([name]) => name)])], listed);
  compare(
    "setting",
    present.settings,
    named(({ settings }) => settings),
  );
  if (!named(({ rules }) => rules).includes(present.ruleVersion))
    faults.push(`rules ${present.ruleVersion}: add them to the newest release in ${SOURCE}`);
  const migrations = named((release) => release.migrations);
  for (const [index, name] of migrations.entries())
    if (migrations.indexOf(name) !== index) faults.push(`migration ${name}: named twice in ${SOURCE}`);
  const texts = releases.flatMap(({ version, behaviour, settings, rules, migrations: brought }) => [
    ...behaviour.map((text, index) => [`${version} behaviour ${index + 1}`, text] as const),
    ...Object.entries(settings).map(([name, { text }]) => [name, text] as const),
    ...Object.entries({ ...rules, ...brought }),
  ]);
  for (const [name, text] of texts) if (!JAPANESE.test(text)) faults.push(`${name}: says nothing in Japanese`);
  return faults;
}

/** Names what is new in the release that is not out yet, by the words at the head of the migration. */
export function withNewMigrations(notes: ReleaseNotes, present: Present["migrations"]): ReleaseNotes {
  const [newest, ...earlier] = notes.releases;
  if (newest === undefined || newest.released !== null) return notes;
  const old = new Set(earlier.flatMap(({ migrations }) => Object.keys(migrations)));
  const own = Object.entries(present).filter(([name]) => !old.has(name));
  const migrations = Object.fromEntries(own.map(([name, head]) => [name, newest.migrations[name] ?? head]));
  return { ...notes, releases: [{ ...newest, migrations }, ...earlier] };
}

const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}\n`).join("");

function sectionOf(release: Release): string {
  const settings = Object.entries(release.settings).map(
    ([name, { required, text }]) => `| \`${name}\` | ${required ? "要る" : "なくてもよい"} | ${text} |\n`,
  );
  const rooms = Object.entries(ROOMS).map(([room, title]) => {
    const own = Object.entries(release.migrations).filter(([name]) => name.slice(0, name.lastIndexOf("/")) === room);
    if (own.length === 0) return "";
    return `#### ${title}\n\n${list(own.map(([name, text]) => `\`${name.slice(room.length + 1)}\` ${text}`))}\n`;
  });
  return [
    `## ${release.version}（${release.released ?? "まだ出していない"}）\n\n`,
    `### 変わること\n\n${list(release.behaviour)}\n`,
    settings.length === 0 ? "" : `### 要る設定\n\n| 設定 | 要否 | 決めること |\n|---|---|---|\n${settings.join("")}\n`,
    Object.keys(release.rules).length === 0
      ? ""
      : `### 法律の計算\n\n${list(Object.entries(release.rules).map(([version, text]) => `規則 ${version}: ${text}`))}\n`,
    rooms.some((text) => text !== "") ? `### データベース\n\n${rooms.join("")}` : "",
  ].join("");
}

/** The document for people. */
export function releaseDocument({ releases }: ReleaseNotes): string {
  return `# リリースノート

版ごとに、ふるまいの変わること、要る設定、法律の計算、データベースの変更を書く。元は \`${SOURCE.slice("docs/".length)}\` で、この文書は \`npm run docs:checks\` が書く。
書いていない変更（データベース・設定・規則の版）があると、試験が通らない。設定は日付つきで、年度が替わっても、次の値を二人で登録するまで変わらない。

${releases.map(sectionOf).join("")}`;
}

/** `npm run docs:checks`: the document out of its data. @param name also names the migrations that are new (`-- --migrations`) */
export function writeReleaseNotes(root: string, name: boolean): void {
  const known = readReleaseNotes(root);
  const notes = name ? withNewMigrations(known, readMigrations(root)) : known;
  if (name) writeFileSync(join(root, SOURCE), `${JSON.stringify(notes, undefined, 2)}\n`);
  writeFileSync(join(root, DOCUMENT), releaseDocument(notes));
}
