/** ファイルの持出し: what can be taken as a file at all, by which roles, and what a browser may keep of any answer. */
import { roleCodes } from "@hagukumi/platform/identity/permissions.ts";
import type { Role } from "@hagukumi/platform/identity/permissions.ts";
import { globSync, readFileSync } from "node:fs";
import { z } from "zod";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { operations } from "../../src/api/operations.ts";
import { matrix } from "../authorization/rows/all.ts";
import { makeActor } from "../support/actors.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { Answer, ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
const FILES = operations.filter(({ response }) => response === "file");

/** The roles that may take each file, in whatever relation: as the authorization matrix decides it, by hand and once. */
const TAKERS: ReadonlyMap<string, readonly Role[]> = new Map(
  matrix
    .filter(({ operation }) => FILES.some(({ id }) => id === operation))
    .map(({ operation, allow }) => [
      operation,
      typeof allow === "string" ? [...roleCodes] : [...new Set(Object.values(allow).flat())],
    ]),
);
/** A letter that was already sent to this one person: whoever may open the case may print it again. */
const OF_ONE_CASE: readonly string[] = ["takeCaseLetter"];
const PARAMETERS = {
  recipientId: 1,
  letterId: 1,
  runNo: 1,
  fileNo: 1,
  massRunNo: 1,
  requestId: 1,
  erasureId: 1,
  file: "evidence.csv",
  name: "x.csv",
  kind: "month",
  at: "2026-10",
  format: "csv",
};
let desk: ServedDesk;

beforeAll(async () => {
  desk = await serveDesk(database.pool);
});
afterAll(async () => await desk.end());

const takes = async (role: Role | undefined): Promise<readonly (readonly [string, Answer])[]> => {
  const actor = role === undefined ? undefined : await makeActor(database.pool, `f.${role.toLowerCase()}`, role);
  return await Promise.all(
    FILES.map(
      async (operation) => [operation.id, await call(desk.server, actor, operation, { path: PARAMETERS })] as const,
    ),
  );
};
const isFile = ({ headers }: Answer): boolean =>
  headers.get("content-disposition") !== null || headers.get("hagukumi-leaving") !== null;

describe("files", () => {
  it("[D230] are handed out by these operations to these roles alone: every other role, and whoever is nobody, is refused without a byte of one", async () => {
    expect(FILES.map(({ id }) => id).toSorted()).toEqual([...TAKERS.keys()].toSorted());
    const wrong: string[] = [];
    for (const [id, answer] of await takes(undefined))
      if (answer.status !== 401 || isFile(answer)) wrong.push(`nobody ${id}`);
    for (const role of roleCodes) {
      for (const [id, answer] of await takes(role)) {
        const refused = answer.code === "permissionMissing" && answer.status === 403 && !isFile(answer);
        if (refused === (TAKERS.get(id) ?? []).includes(role))
          wrong.push(`${role} ${id}: ${answer.status} ${answer.code}`);
      }
    }
    expect(wrong).toEqual([]);
    // The fewest: of thirteen roles at most three take a list, and nobody at a counter, in a ward, of a contractor or of the IT office.
    const lists = [...TAKERS].filter(([id]) => !OF_ONE_CASE.includes(id));
    expect(lists.length).toBeGreaterThan(9);
    expect(lists.filter(([, takers]) => takers.length > 3)).toEqual([]);
    for (const role of ["clerk", "wardClerk", "contractor", "transferOffice", "itOfficer", "rightsApprover"] as const)
      expect(lists.filter(([, takers]) => takers.includes(role))).toEqual([]);
  });

  it("leave sealed or by the printer; only what tells of nobody may be plain, and says why; a window, frame or picture gets none", async () => {
    const by = (how: string): string[] => FILES.filter(({ leaving }) => leaving?.how === how).map(({ id }) => id);
    expect(by("plain").toSorted()).toEqual(["takeBudgetOrder", "takeStatistics", "takeTransferSlip"]);
    expect(by("print").toSorted()).toEqual([
      "takeCaseLetter",
      "takeConsignmentErasureCertificate",
      "takeCounterReceipts",
      "takeErasureCertificate",
      "takeLetterFile",
    ]);
    expect(by("container").length + 8).toBe(FILES.length);
    for (const { leaving } of FILES) if (leaving?.how === "plain") expect(leaving.reason).toMatch(/。$/);
    const actor = await makeActor(database.pool, "f.shiharai", "treasurer");
    for (const operation of FILES) {
      for (const destination of ["document", "iframe", "image", "embed", "object", ""]) {
        const headers = destination === "" ? {} : { "sec-fetch-dest": destination };
        const answer = await call(desk.server, actor, operation, { path: PARAMETERS, headers });
        const refused = answer.status === 403 && answer.code === "crossOrigin" && !isFile(answer);
        expect([operation.id, destination, refused]).toEqual([operation.id, destination, destination !== ""]);
      }
    }
  });

  it("[D102] nothing is obtained by e-mail, flash memory or another medium: no page takes a file but the answers of bank and collection, and no program here reads mail", () => {
    const taking = operations.filter(
      ({ body }) =>
        body !== undefined &&
        JSON.stringify(z.toJSONSchema(body, { io: "input", unrepresentable: "any" })).includes("base64"),
    );
    expect(taking.map(({ id }) => id).toSorted()).toEqual(["importPaymentResults", "importRepayments"]);
    const app = resolve(import.meta.dirname, "../../app");
    const choosing = globSync("**/*.tsx", { cwd: app }).filter((file) =>
      /type="file"|webkitdirectory|getAsFile|dataTransfer|showOpenFilePicker|navigator\.usb/.test(
        readFileSync(join(app, file), "utf8"),
      ),
    );
    expect(choosing.toSorted()).toEqual(["pages/recoveries/ReceiptFile.tsx", "pages/runs/Results.tsx"]);
    const root = resolve(import.meta.dirname, "../../../..");
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { readonly packages: object };
    const mail = Object.keys(lock.packages).filter((name) =>
      /nodemailer|imap|pop3|mailparser|smtp|sendmail/i.test(name),
    );
    expect(mail).toEqual([]);
  });

  it("[D228] nothing of an answer stays at the terminal: no-store on each, nothing kept by the scripts, no file without the right", async () => {
    const actor = await makeActor(database.pool, "f.kyaku", "clerk");
    const kept: string[] = [];
    let asked = 0;
    for (const operation of operations) {
      const answer = await call(desk.server, operation.id === "endSession" ? undefined : actor, operation, {
        path: PARAMETERS,
      });
      asked += 1;
      if (answer.headers.get("cache-control") !== "no-store") kept.push(`${operation.id} is kept`);
      if (isFile(answer) && !(TAKERS.get(operation.id) ?? []).includes("clerk")) kept.push(`${operation.id} is a file`);
    }
    expect(asked).toBeGreaterThan(200);
    expect(kept).toEqual([]);
    for (const path of ["/", "/search", "/cases/0000000001"]) {
      const answer = await fetch(`${desk.server.url}${path}`);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
    // What scripts of a page can keep at the terminal, none of them uses; files are saved in one place, by `useDownload` alone.
    const app = resolve(import.meta.dirname, "../../app");
    const sources = globSync("**/*.{ts,tsx}", { cwd: app }).map(
      (file) => [file, readFileSync(join(app, file), "utf8")] as const,
    );
    const using = (words: RegExp): string[] => sources.filter(([, text]) => words.test(text)).map(([file]) => file);
    expect(using(/\bindexedDB\b|\bcaches\.|serviceWorker|showSaveFilePicker|document\.cookie\s*=/)).toEqual([]);
    expect(using(/createObjectURL|\.download\b\s*=/)).toEqual(["api/download.ts"]);
  });
});
