// Makes a checkout ready to run: before `npm start` and `npm test`. Plain JavaScript for the machine's own Node (20.19 or
// later), without any dependency. Does nothing and says nothing where all is in place. Safe to call several times at once.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const root = resolve(import.meta.dirname, "..");
const ownNode = join(root, "node_modules/.bin/node");

/** One line in Japanese, one in English. */
const say = (japanese, english) => process.stderr.write(`${japanese}\n  ${english}\n`);

const fail = (japanese, english) => {
  say(`はぐくみを準備できません: ${japanese}`, `Cannot set up: ${english}`);
  process.exit(1);
};

const output = (command, args) => {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return status === 0 ? stdout.trim() : undefined;
};

/** Two setups at once would install over each other. The kernel frees this lock when its holder ends, however it ends. */
const lock = async () => {
  if (process.platform !== "linux") return; // only Linux has such names; elsewhere the caller must not start two at once
  const name = `\0hagukumi-setup-${createHash("sha256").update(root).digest("hex").slice(0, 40)}`;
  for (let told = false; ; told = true) {
    const held = await new Promise((done) => {
      const server = createServer((socket) => socket.destroy());
      server.once("error", () => done(false)).listen(name, () => done(true));
      server.unref();
    });
    if (held) return;
    if (!told) say("別の準備が終わるのを待っています", "Waiting for another setup to finish");
    await sleep(500);
  }
};

/** Whether node_modules holds exactly what package-lock.json asks for, by npm's own record of what it installed. */
const installed = () => {
  try {
    const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
    // npm writes this record last, so an interrupted installation has none.
    const present = JSON.parse(readFileSync(join(root, "node_modules/.package-lock.json"), "utf8")).packages;
    return Object.entries(wanted).every(([path, { version, integrity, optional, link }]) => {
      if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) return true;
      const found = present[path];
      if (found === undefined) return optional === true;
      return link === true || (found.version === version && found.integrity === integrity);
    });
  } catch {
    return false;
  }
};

const install = () => {
  say("部品を入れています（npm ci、1分ほど）", "Installing packages (npm ci, about a minute)");
  // Without the project's own Node in the path: npm ci removes it while it works.
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !entry.endsWith(join("node_modules", ".bin")));
  const env = { ...process.env, PATH: path.join(delimiter) };
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0 || !installed()) {
    fail(
      "npm ci が失敗しました。通信と空き容量を確認し、もう一度実行してください。",
      "npm ci failed; check the network and the free space, then run this again.",
    );
  }
};

/** The Node that runs the product: 24 or later, out of the packages, or the machine's own where that is new enough. */
const productNode = () => {
  for (const candidate of [ownNode, process.execPath]) {
    if (Number(output(candidate, ["-p", "process.versions.node.split('.')[0]"])) >= 24) return candidate;
  }
  return fail(
    `この機械（${process.platform} ${process.arch}）用の Node 24 が部品にありません。Node 24 以上を入れてから実行してください。`,
    `no Node 24 among the packages for ${process.platform} ${process.arch}; install Node 24 or later and run this again.`,
  );
};

const checkEmbeddedDatabase = (node) => {
  if (process.env.DATABASE_URL) return;
  const check = `
    import { runPostgresProgram } from ${JSON.stringify(join(root, "platform/src/database/embedded-binaries.ts"))};
    const { status, output } = await runPostgresProgram("initdb", ["--version"], "self");
    if (status !== 0) throw new Error(output);`;
  const { status, stderr } = spawnSync(node, ["--input-type=module", "-e", check], { encoding: "utf8" });
  if (status === 0) return;
  process.stderr.write(stderr);
  fail(
    "内蔵データベースが動きません。上の記録を確認するか、DATABASE_URL に PostgreSQL 15 以上の接続先を設定してください。",
    "the embedded PostgreSQL does not run; see above, or set DATABASE_URL to a PostgreSQL 15 or later.",
  );
};

const chromiumPresent = () => existsSync(process.env.CHROMIUM_PATH || "/usr/bin/chromium");

/** The browser tests need a Chromium. Missing, they are skipped and say so; everything else is tested all the same. */
const ensureChromium = () => {
  if (chromiumPresent()) return;
  const apt = process.getuid?.() === 0 && output("apt-get", ["--version"]) !== undefined;
  if (apt && !process.env.CHROMIUM_PATH) {
    say("画面の試験に使う Chromium を入れています（apt-get）", "Installing Chromium for the browser tests (apt-get)");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const get = (...args) =>
      spawnSync("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=300", ...args], {
        env,
        stdio: "ignore",
        timeout: 600_000,
      });
    const chromium = ["install", "-y", "--no-install-recommends", "chromium"];
    get(...chromium);
    if (!chromiumPresent()) {
      get("update");
      get(...chromium);
    }
    if (chromiumPresent()) return;
  }
  say(
    "Chromium がないため、画面の試験を飛ばします。/usr/bin/chromium に入れるか、CHROMIUM_PATH に場所を設定してください。",
    "No Chromium: browser tests are skipped. Install it as /usr/bin/chromium or set CHROMIUM_PATH.",
  );
};

/** The pages of staff; says nothing where they are up to date. */
const buildWeb = () => {
  const { status } = spawnSync(process.execPath, [join(root, "scripts/build-web.mjs")], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
};

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(
    `Node ${process.versions.node} では動きません。Node 20.19 以上を入れてください。`,
    `Node ${process.versions.node} is too old; install Node 20.19 or later.`,
  );
}
if (output("npm", ["--version"]) === undefined) {
  fail(
    "npm がありません。Node に付属の npm を入れてください。",
    "npm is missing; install the npm that comes with Node.",
  );
}
await lock();
if (!installed()) install();
checkEmbeddedDatabase(productNode());
buildWeb();
if (process.env.npm_lifecycle_event === "test") ensureChromium();
