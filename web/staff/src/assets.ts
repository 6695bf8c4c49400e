/** Style sheets, typeface and icon: everything a page loads comes from this server. */
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";

const require = createRequire(import.meta.url);
const HOUR = "public, max-age=3600";

/** Routes under `/assets/`. Nothing there is about a person, so browsers may keep it for an hour. */
export async function registerAssets(app: FastifyInstance): Promise<void> {
  const fontFolder = dirname(require.resolve("@fontsource-variable/noto-sans-jp/wght.css"));
  const texts = {
    "tokens.css": await readFile(require.resolve("@digital-go-jp/design-tokens/dist/tokens.css"), "utf8"),
    "base.css": await readFile(new URL("assets/base.css", import.meta.url), "utf8"),
    "parts.css": await readFile(new URL("assets/parts.css", import.meta.url), "utf8"),
    "media.css": await readFile(new URL("assets/media.css", import.meta.url), "utf8"),
    "icon.svg": await readFile(new URL("assets/icon.svg", import.meta.url), "utf8"),
    "fonts/wght.css": await readFile(`${fontFolder}/wght.css`, "utf8"),
  };
  for (const [name, text] of Object.entries(texts)) {
    const type = name.endsWith(".svg") ? "image/svg+xml" : "text/css; charset=utf-8";
    app.get(`/assets/${name}`, async (_request, reply) => reply.header("cache-control", HOUR).type(type).send(text));
  }
  await app.register(fastifyStatic, {
    root: `${fontFolder}/files`,
    prefix: "/assets/fonts/files/",
    decorateReply: false,
    index: false,
    maxAge: "1h",
    allowedPath: (path) => /^\/?[a-z0-9-]+\.woff2$/.test(path),
  });
}
