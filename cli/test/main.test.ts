import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { describe, expect, it } from "vitest";

import { Refusal } from "@hagukumi/platform/database/problem.ts";

import { commandNames, registerCommand } from "../src/commands.ts";
import { problemText } from "../src/problem-text.ts";

type Run = { readonly status: number; readonly stdout: string; readonly stderr: string };

async function hagukumi(...args: string[]): Promise<Run> {
  return await new Promise((done) => {
    execFile(resolve(import.meta.dirname, "../bin/hagukumi"), args, (error, stdout, stderr) => {
      done({ status: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

describe("the command line", () => {
  it("refuses an unknown command, an unknown option and no command at all with status 2 and nothing on stdout", async () => {
    for (const args of [["nonsense"], ["--nonsense"], ["zengin", "--nonsense"], []]) {
      const run = await hagukumi(...args);
      expect(run, args.join(" ")).toMatchObject({ status: 2, stdout: "" });
      expect(run.stderr).toContain("使い方");
    }
  });

  it("gives machines a wrong usage as one JSON object", async () => {
    const { status, stderr } = await hagukumi("nonsense", "--json");
    expect(status).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ code: "usage" });
  });

  it("lists every command in its help, in Japanese and English", async () => {
    const { status, stdout } = await hagukumi("--help");
    expect(status).toBe(0);
    expect(stdout).toContain("使い方 Usage:");
    for (const name of await commandNames()) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
  });

  it("finds in each file of commands/ the command that its name promises, with a Japanese description", async () => {
    const files = await readdir(join(import.meta.dirname, "../src/commands"), { withFileTypes: true });
    expect(await commandNames()).toHaveLength(files.filter((file) => file.isFile()).length);
    for (const name of await commandNames()) {
      const program = new Command();
      await registerCommand(name, program);
      const command = program.commands.find((one) => one.name() === name);
      expect(command?.description(), name).toMatch(/[ぁ-んァ-ヶ一-龠]/);
    }
  });

  it("shows its version", async () => {
    expect(await hagukumi("--version")).toMatchObject({ status: 0, stdout: "0.1.0\n" });
  });
});

describe("problemText", () => {
  const refusal = new Refusal("paidAlready", "この月分はすでに支払われています。", { month: "2024-10" });

  it("does not show a person the inside of the program for an expected refusal", () => {
    expect(problemText(refusal, false)).toBe("この月分はすでに支払われています。（paidAlready）");
  });

  it("gives machines the code, the message and the details in one line", () => {
    expect(JSON.parse(problemText(refusal, true))).toEqual({
      code: "paidAlready",
      message: "この月分はすでに支払われています。",
      month: "2024-10",
    });
  });

  it("names the path of a file that is missing", async () => {
    const error: unknown = await readdir("架空のフォルダ").catch((thrown: unknown) => thrown);
    expect(problemText(error, false)).toMatch(/^架空のフォルダ: .*見つかりません/);
  });

  it("calls a defect a defect", () => {
    expect(problemText(new TypeError("x is not a function"), true)).toContain('"code":"internal"');
    expect(problemText("thrown text", false)).toContain("thrown text");
  });
});
