import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { endAll, hagukumi, refusalProblems } from "./support/program.ts";
import type { Ended } from "./support/program.ts";

const staff = async (
  folder: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  await hagukumi(["staff", ...args], {
    HAGUKUMI_DATA: folder,
    HAGUKUMI_OPERATOR: undefined,
    HAGUKUMI_ENV: undefined,
    ...more,
  });

describe("hagukumi staff", () => {
  let base = "";
  let city = "";
  let demo = "";

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "cli-staff-"));
    city = join(base, "city");
    demo = join(base, "demo");
  });
  afterAll(async () => {
    endAll();
    await rm(base, { recursive: true, force: true });
  });

  const first = [
    "init", "--city", "架空市", "--officer", "it.1:架空 情報", "--approver", "ap.1:架空 承認", "--applicant", "ap.2:架空 申請",
    "--trained-on", "2026-11-01",
  ]; // prettier-ignore

  it("wrong usage is status 2; nobody named, the same person twice and unknown staff are refused with status 1", async () => {
    expect(await staff(city, ["init"])).toMatchObject({ status: 2, stdout: "" });
    expect(await staff(city, [...first.slice(0, -1), "2026-02-30"])).toMatchObject({ status: 2, stdout: "" });
    expect(await staff(city, ["terminal", "T-1", "--operator", "kanri"])).toMatchObject({ status: 2, stdout: "" });
    const nobody = await staff(city, first);
    expect(refusalProblems(nobody)).toEqual([]);
    expect(nobody.stderr).toContain("operatorInvalid");
    const same = await staff(city, [...first, "--approver", "it.1:架空 情報", "--operator", "kanri"]);
    expect(refusalProblems(same)).toEqual([]);
    expect(same.stderr).toContain("samePerson");
    const unknown = await staff(city, ["enrol", "no.body", "--operator", "kanri", "--json"]);
    expect(refusalProblems(unknown)).toEqual([]);
    expect(JSON.parse(unknown.stderr)).toMatchObject({ code: "staffNotFound" });
    expect((await staff(city, ["list"])).stdout).toContain("職員は登録されていません");
  });

  it("sets a city up, registers a terminal, imports moves, records training, lists and switches off; the demo stays out", async () => {
    const init = await staff(city, [...first, "--operator", "kanri", "--json"]);
    expect(init.status).toBe(0);
    const codes = JSON.parse(init.stdout) as { staffId: string; code: string }[];
    expect(codes.map(({ staffId }) => staffId)).toEqual(["it.1", "ap.1", "ap.2"]);
    for (const { code } of codes) expect(code).toMatch(/^[A-Z2-9]{5}(?:-[A-Z2-9]{5}){4}$/);

    const refusedDemo = await staff(city, ["demo"]);
    expect(refusalProblems(refusedDemo)).toEqual([]);
    expect(refusedDemo.stderr).toContain("productionSettings");

    const terminal = await staff(city, [
      "terminal",
      "MADO-1",
      "--name",
      "窓口1",
      "--section",
      "chuo",
      "--operator",
      "kanri",
      "--json",
    ]);
    expect(JSON.parse(terminal.stdout)).toEqual({
      terminalCode: "MADO-1",
      secret: expect.stringMatching(/^[\w-]{43}$/),
    });

    const file = join(base, "moves.csv");
    await writeFile(
      file,
      "職員番号,氏名,氏名カナ,部署コード,異動種別,開始日,終了日\nkaku.1,架空 新人,カクウ シンジン,chuo,採用,2026-04-01,\nkaku.2,架空 誤り,,nowhere,採用,2026-04-01,\n",
    );
    const moves = await staff(city, ["import", file, "--operator", "kanri"]);
    expect(moves.status).toBe(0);
    expect(moves.stdout).toContain("3行目: その日にこの部署コードの部署はありません。");
    expect((await staff(city, ["import", file, "--operator", "kanri"])).stdout).toContain("何も変えていません");
    expect((await staff(city, ["train", "kaku.1", "--on", "2026-11-01", "--operator", "kanri"])).status).toBe(0);
    expect((await staff(city, ["list"])).stdout).toMatch(
      /kaku\.1 {2}架空 新人 {2}chuo {2}権限なし {2}［未登録（職員証・パスワード）］/,
    );
    const revoke = await staff(city, ["revoke", "kaku.1", "--reason", "試験", "--operator", "kanri"]);
    expect(revoke.stdout).toContain("利用を止めました");
    expect((await staff(city, ["list"])).stdout).toMatch(/kaku\.1 .*利用停止/);
  });

  it("makes the demo's staff where it may, keeps keys and passwords off the screen, and not with production settings", async () => {
    const made = await staff(demo, ["demo", "--json"]);
    expect(made.status).toBe(0);
    const result = JSON.parse(made.stdout) as { terminal: string; staff: unknown[] };
    expect(result.terminal).toBe("DEMO-1");
    expect(result.staff).toHaveLength(14);
    const kept = JSON.parse(await readFile(join(demo, "demo-staff.json"), "utf8")) as {
      staff: { password: string; key: { privateKey: string } }[];
    };
    for (const { password, key } of kept.staff) {
      expect(made.stdout).not.toContain(password);
      expect(made.stdout).not.toContain(key.privateKey);
    }
    const refused = await staff(demo, ["demo"], {
      HAGUKUMI_ENV: "production",
      HAGUKUMI_ORIGIN: "https://staff.example.jp",
    });
    expect(refusalProblems(refused)).toEqual([]);
    expect(refused.stderr).toContain("productionSettings");
    const days = await staff(demo, ["demo"], { HAGUKUMI_PASSWORD_DAYS: "181" });
    expect(refusalProblems(days)).toEqual([]);
    expect(days.stderr).toContain("passwordDaysTooLong");
  });
});
