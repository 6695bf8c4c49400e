/**
 * `npm run api:types`: writes the types of the browser application (`web/staff/app/api`) out of the OpenAPI document.
 * A test says when they are out of date.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { openApiDocument } from "../web/staff/src/api/open-api.ts";
import { operations } from "../web/staff/src/api/operations.ts";
import { addressesFile, documentDigest } from "../web/staff/src/api/client-files.ts";

const ROOT = resolve(import.meta.dirname, "..");
const TARGET = join(ROOT, "web/staff/app/api");

const folder = mkdtempSync(join(tmpdir(), "hagukumi-api-"));
try {
  const document = openApiDocument(operations);
  const source = join(folder, "openapi.json");
  const target = join(folder, "schema.d.ts");
  writeFileSync(source, JSON.stringify(document));
  // The generator needs TypeScript 5, which lives in its own workspace.
  const generator = join(ROOT, "tools/codegen/node_modules/openapi-typescript/bin/cli.js");
  const { status, stderr } = spawnSync(process.execPath, [generator, source, "--output", target, "--root-types"], {
    encoding: "utf8",
    cwd: join(ROOT, "tools/codegen"),
  });
  if (status !== 0) throw new Error(stderr);
  const head = `// OpenAPI SHA-256: ${documentDigest(document)}\n`;
  writeFileSync(join(TARGET, "schema.d.ts"), head + readFileSync(target, "utf8"));
  writeFileSync(join(TARGET, "addresses.ts"), addressesFile(operations));
  spawnSync(join(ROOT, "node_modules/.bin/oxfmt"), [join(TARGET, "schema.d.ts"), join(TARGET, "addresses.ts")]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
