/**
 * A test runner for Stryker that keeps the law and its tests in one process: they are pure functions, so a mutant costs the
 * tests that reach it and nothing else. The general runner takes about a second a mutant, this one some milliseconds.
 *
 * A test that fails under a mutant is run again without it: were it to fail then too, some state had outlived an earlier
 * mutant, and the run is repeated on freshly loaded modules. No file of the law keeps results from call to call.
 */
import { globSync } from "node:fs";
import { registerHooks } from "node:module";
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { INSTRUMENTER_CONSTANTS, type MutantCoverage } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
  DryRunStatus,
  MutantRunStatus,
  TestStatus,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
} from "@stryker-mutator/api/test-runner";
import { collect, type Collected } from "./collect.ts";

/**
 * Left out: child processes (they run other code than the mutated one), the count of the vectors (it reads files outside the room), the plain calculator's own tests (they never reach it),
 * and the broad sweeps over random families, which cost a surviving mutant seconds. The score is therefore a lower bound.
 */
const LEFT_OUT = /(?:zones|coverage|golden|properties|plain|second-implementation)\.test|[\\/]mutation[\\/]/;
const COLLECT = new URL("./collect.ts", import.meta.url).href;

/** What the instrumented code reads and writes. */
interface Namespace {
  activeMutant: string | undefined;
  currentTestId: string | undefined;
  hitCount: number | undefined;
  hitLimit: number | undefined;
  mutantCoverage?: MutantCoverage;
}

interface Failure {
  readonly test: Collected;
  readonly message: string;
}

const namespace: Namespace = {
  activeMutant: undefined,
  currentTestId: undefined,
  hitCount: undefined,
  hitLimit: undefined,
};

class LawRunner implements TestRunner {
  private tests: readonly Collected[] = [];
  private readonly took = new Map<string, number>();
  private loads = 0;

  capabilities(): { reloadEnvironment: boolean } {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    process.env["HAGUKUMI_RUNS"] ??= "20";
    Reflect.set(globalThis, INSTRUMENTER_CONSTANTS.NAMESPACE, namespace);
    const root = pathToFileURL(`${resolve("law")}/`).href;
    registerHooks({
      resolve: (specifier, context, next) => {
        if (specifier === "vitest" && context.parentURL !== COLLECT) return { url: COLLECT, shortCircuit: true };
        const found = next(specifier, context);
        // Each load of the room is a set of modules of its own.
        const isOurs = found.url.startsWith(root) && found.url !== COLLECT && !found.url.includes("?");
        return isOurs ? { ...found, url: `${found.url}?load=${String(this.loads)}` } : found;
      },
    });
    await import(pathToFileURL(resolve("vitest.setup.ts")).href);
  }

  async dryRun(): Promise<DryRunResult> {
    await this.load();
    const tests: TestResult[] = [];
    for (const test of this.tests) {
      namespace.currentTestId = test.id;
      const begun = performance.now();
      const message = failureOf(test);
      const timeSpentMs = performance.now() - begun;
      this.took.set(test.id, timeSpentMs);
      const common = { id: test.id, name: test.id, timeSpentMs };
      tests.push(
        message === undefined
          ? { ...common, status: TestStatus.Success }
          : { ...common, status: TestStatus.Failed, failureMessage: message },
      );
    }
    namespace.currentTestId = undefined;
    return {
      status: DryRunStatus.Complete,
      tests,
      ...(namespace.mutantCoverage === undefined ? {} : { mutantCoverage: namespace.mutantCoverage }),
    };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    namespace.activeMutant = undefined;
    [namespace.hitCount, namespace.hitLimit] = [0, options.hitLimit];
    const isStatic = options.mutantActivation === "static";
    try {
      if (isStatic) namespace.activeMutant = options.activeMutant.id;
      if (isStatic || options.reloadEnvironment || this.tests.length === 0) await this.load();
    } catch (error) {
      // Not one test can run on a law that does not load.
      return { status: MutantRunStatus.Killed, killedBy: ["load"], failureMessage: String(error), nrOfTests: 0 };
    }
    const first = this.run(options);
    if (isStatic || options.reloadEnvironment) return first.result;
    const outlived = first.failure !== undefined && failureOf(first.failure.test) !== undefined;
    if (!outlived) return first.result;
    await this.load();
    return this.run(options).result;
  }

  private run({ activeMutant, testFilter, hitLimit }: MutantRunOptions): {
    result: MutantRunResult;
    failure?: Failure;
  } {
    const wanted = testFilter === undefined ? undefined : new Set(testFilter);
    const tests = this.tests.filter((test) => wanted?.has(test.id) ?? true);
    let nrOfTests = 0;
    for (const test of tests) {
      nrOfTests += 1;
      namespace.activeMutant = activeMutant.id;
      const message = failureOf(test);
      namespace.activeMutant = undefined;
      if (hitLimit !== undefined && (namespace.hitCount ?? 0) > hitLimit)
        return { result: { status: MutantRunStatus.Timeout, reason: `Hit limit reached (${String(hitLimit)})` } };
      if (message === undefined) continue;
      const killedBy = [test.id];
      return {
        failure: { test, message },
        result: { status: MutantRunStatus.Killed, killedBy, failureMessage: message, nrOfTests },
      };
    }
    return { result: { status: MutantRunStatus.Survived, nrOfTests } };
  }

  /** Loads the law and its tests anew; the quickest tests come first, since the first failure ends a run. */
  private async load(): Promise<void> {
    this.loads += 1;
    const files = globSync("law/test/**/*.test.ts").filter((file) => !LEFT_OUT.test(file));
    const tests: Collected[] = [];
    for (const file of files.toSorted())
      tests.push(...(await collect(file, () => import(pathToFileURL(resolve(file)).href))));
    this.tests = tests.toSorted((one, other) => (this.took.get(one.id) ?? 0) - (this.took.get(other.id) ?? 0));
  }
}

function failureOf({ run }: Collected): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "law", LawRunner)];
