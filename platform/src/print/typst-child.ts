/**
 * The process that makes PDFs. Compiling blocks its process and takes hundreds of MB, so it never happens in a process that
 * serves people. Runs one job at a time, forgets everything after each.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";

import { writeFileAtomic } from "../files/atomic.ts";
import { printFontFiles } from "./fonts.ts";
import type { PrintAnswer, PrintJob } from "./jobs.ts";

type TypstDocument = { readonly numOfPages: number };
type CompileResult = {
  readonly result: TypstDocument | null;
  hasError: () => boolean;
  takeDiagnostics: () => { readonly shortDiagnostics: readonly unknown[] } | null;
};
type Compiler = {
  compile: (options: { mainFileContent: string; inputs: Readonly<Record<string, string>> }) => CompileResult;
  pdf: (document: TypstDocument, options: { pdfTags: boolean }) => Uint8Array;
  evictCache: (maxAge: number) => void;
};
type TypstModule = {
  readonly NodeCompiler: {
    create: (options: { workspace: string; fontArgs: readonly { fontBlobs: readonly Buffer[] }[] }) => Compiler;
  };
};

let compiler: Compiler | undefined;

class EngineMissing extends Error {}

function openCompiler(): Compiler {
  const require = createRequire(import.meta.url);
  let typst: TypstModule;
  try {
    // The package is a bare native module: a plain import of it fails.
    typst = require("@myriaddreamin/typst-ts-node-compiler-linux-x64-gnu") as TypstModule;
  } catch (error) {
    throw new EngineMissing(String(error));
  }
  const fontBlobs = printFontFiles().map((path) => readFileSync(path));
  return typst.NodeCompiler.create({ workspace: tmpdir(), fontArgs: [{ fontBlobs }] });
}

async function print(job: PrintJob): Promise<PrintAnswer> {
  compiler ??= openCompiler();
  const compiled = compiler.compile({ mainFileContent: job.template, inputs: { data: job.data } });
  const document = compiled.result;
  if (compiled.hasError() || document === null) {
    const problem = JSON.stringify(compiled.takeDiagnostics()?.shortDiagnostics ?? []).slice(0, 2000);
    return { id: job.id, ok: false, engineMissing: false, problem };
  }
  const pages = document.numOfPages;
  if (job.path === null) return { id: job.id, ok: true, file: { pages, bytes: 0, sha256: "" } };
  const pdf = compiler.pdf(document, { pdfTags: job.tagged });
  const written = await writeFileAtomic(job.path, pdf);
  return { id: job.id, ok: true, file: { pages, ...written } };
}

async function answer(job: PrintJob): Promise<void> {
  let message: PrintAnswer;
  try {
    message = await print(job);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    message = { id: job.id, ok: false, engineMissing: error instanceof EngineMissing, problem };
  }
  // The engine keeps what it laid out, and its documents live until the garbage of this process is collected, which knows
  // nothing of their size: without both lines a list of 2,500 pages grew to 2.8 GB and every file took longer.
  compiler?.evictCache(0);
  globalThis.gc?.();
  process.send?.(message);
}

process.on("message", (job) => void answer(job as PrintJob));
process.on("disconnect", () => process.exit(0));
