/**
 * `npm run docs:checks`: writes `docs/検査一覧.md` out of the list of checks and the sources, `docs/役割と画面.md` out of the
 * pages and the role table, and `docs/リリースノート.md` out of its data
 * (`-- --migrations` names what is new in it, before a release). Tests say when they are out of date.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { writeReleaseNotes } from "../conformance/src/release-notes.ts";
import { checksDocument } from "../systems/allowance/test/checks/checks-document.ts";
import { roleMenuDocument } from "../web/staff/test/support/role-menu.ts";
import { checkGroups } from "../systems/allowance/src/checks/list.ts";

const ROOT = resolve(import.meta.dirname, "..");
writeFileSync(join(ROOT, "docs/検査一覧.md"), checksDocument(ROOT, checkGroups));
writeFileSync(join(ROOT, "docs/役割と画面.md"), await roleMenuDocument());
writeReleaseNotes(ROOT, process.argv.includes("--migrations"));
