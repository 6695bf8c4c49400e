/** The built browser application: its page for every address of the application, and its scripts, styles and typefaces. */
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where `scripts/build-web.mjs` puts the application. */
export const APP_FOLDER = join(import.meta.dirname, "../../dist");

const YEAR = "public, max-age=31536000, immutable";

const NOT_BUILT = `<!doctype html><html lang="ja"><meta charset="utf-8"><title>はぐくみ</title>
<h1>画面がまだ組み立てられていません</h1><p>npm start で起動すると組み立てます。すでに動かしているときは、node scripts/build-web.mjs を実行してから開き直してください。</p></html>`;

/** Addresses that the application itself reads: words with hyphens, numbers. Everything else is not found. */
const PAGE = /^\/(?:[a-z][A-Za-z0-9-]*(?:\/[A-Za-z0-9-]+)*\/?)?$/;

/** Adds `/assets/*` and, for every other address outside `/api`, the application's page. */
export async function registerAppFiles(app: FastifyInstance): Promise<void> {
  // Made where it is missing, so that a server that was started before the first build finds the files afterwards.
  await mkdir(join(APP_FOLDER, "assets"), { recursive: true });
  await app.register(fastifyStatic, {
    root: join(APP_FOLDER, "assets"),
    prefix: "/assets/",
    decorateReply: false,
    index: false,
    cacheControl: false,
    // The name of each file carries the digest of its content.
    setHeaders: (reply) => void reply.header("cache-control", YEAR),
  });
  app.get("/*", async (request, reply) => {
    const path = request.url.split("?")[0] ?? "";
    if (!PAGE.test(path) || /^\/(?:api|assets)(?:\/|$)/.test(path)) return reply.callNotFound();
    // Read each time: a build during the service brings other names of scripts, and the old ones are gone.
    const page = await readFile(join(APP_FOLDER, "index.html"), "utf8").catch(() => undefined);
    return await reply
      .type("text/html; charset=utf-8")
      .status(page === undefined ? 503 : 200)
      .send(page ?? NOT_BUILT);
  });
}
