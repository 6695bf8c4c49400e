/** `npm run docs:checks`: writes `docs/検査一覧.md` out of the list of checks and the sources. A test says when it is out of date. */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { checksDocument } from "../systems/allowance/test/checks/checks-document.ts";
import { checkGroups } from "../systems/allowance/src/checks/list.ts";

const ROOT = resolve(import.meta.dirname, "..");
writeFileSync(join(ROOT, "docs/検査一覧.md"), checksDocument(ROOT, checkGroups));
