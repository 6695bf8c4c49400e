/** The OpenAPI 3.1 document, made of the operations alone, so that it cannot say anything else than the server does. */
import { permissions } from "@hagukumi/platform/identity/permissions.ts";
import { z } from "zod";

import { SESSION_COOKIE } from "../http/cookies.ts";
import type { Leaving } from "../http/leaving.ts";
import { API_BASE } from "./mount.ts";
import type { Operation } from "./operation.ts";

type Json = Record<string, unknown>;

const problemSchema = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    errors: z.array(z.object({ at: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem", description: "RFC 9457。detail は人に見せる文、code は機械のための符号。" });

/** JSON Schema of a zod schema; named parts go to `components`. */
function schemaJson(schema: z.ZodType, io: "input" | "output", components: Map<string, Json>): Json {
  const {
    $defs,
    $schema: _dialect,
    ...json
  } = z.toJSONSchema(schema, { io }) as Json & { $defs?: Record<string, Json> };
  const rewritten = (part: Json): Json =>
    JSON.parse(JSON.stringify(part).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
  for (const [name, part] of Object.entries($defs ?? {})) components.set(name, rewritten(part));
  if (typeof json["id"] === "string") {
    const name = json["id"];
    const { id: _id, ...rest } = json;
    components.set(name, rewritten(rest));
    return { $ref: `#/components/schemas/${name}` };
  }
  return rewritten(json);
}

function parametersOf(operation: Operation): Json[] {
  const parts = [
    ["path", operation.params],
    ["query", operation.query],
  ] as const;
  const fields = parts.flatMap(([place, schema]) => {
    const json = z.toJSONSchema(schema, { io: "input" }) as {
      properties?: Record<string, Json>;
      required?: readonly string[];
    };
    return Object.entries(json.properties ?? {}).map(([name, property]) => ({
      name,
      in: place,
      required: place === "path" || (json.required ?? []).includes(name),
      schema: property,
    }));
  });
  if (!operation.command) return fields;
  const key = {
    name: "Idempotency-Key",
    in: "header",
    required: true,
    description: "呼ぶ側が初めの試みの前に作る鍵。同じ鍵と同じ内容は、何度送っても一度だけ行われる。",
    schema: { type: "string", pattern: "^[A-Za-z0-9_-]{8,100}$" },
  };
  return [...fields, key];
}

function accessJson({ access }: Operation): Json {
  const { permission, stepUp = false, relation } = access;
  const names = (typeof permission === "string" ? [permission] : permission).map((each) => {
    if (each === "public") return "だれでも（ログインの前）";
    return each === "signedIn" ? "ログインした職員" : permissions[each].name;
  });
  return { permission, name: names.join("または"), stepUp, relation };
}

/** What a file comes in. Of a container: itself, and the password that is told this once. */
function fileContent(leaving: Leaving | undefined): Json {
  const binary = { type: "string", format: "binary" };
  if (leaving?.how === "print") return { "application/pdf": { schema: binary } };
  if (leaving?.how === "plain") return { "application/octet-stream": { schema: binary } };
  const properties = { password: { type: "string" }, container: binary };
  return { "multipart/form-data": { schema: { type: "object", required: ["password", "container"], properties } } };
}

function operationJson(operation: Operation, components: Map<string, Json>): Json {
  const parameters = parametersOf(operation);
  const problem = {
    description: "できなかったとき",
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
  const content =
    operation.response === "file"
      ? fileContent(operation.leaving)
      : { "application/json": { schema: schemaJson(operation.response, "output", components) } };
  return {
    operationId: operation.id,
    summary: operation.summary,
    security: operation.access.permission === "public" ? [] : [{ session: [] }],
    "x-hagukumi-access": accessJson(operation),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(operation.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { "application/json": { schema: schemaJson(operation.body, "input", components) } },
          },
        }),
    responses: { "200": { description: "できたとき", content }, default: problem },
  };
}

/** The document. The same operations always give the same text. */
export function openApiDocument(operations: readonly Operation[]): Json {
  const components = new Map<string, Json>();
  schemaJson(problemSchema, "output", components);
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = (paths[`${API_BASE}${operation.path}`] ??= {});
    path[operation.method.toLowerCase()] = operationJson(operation, components);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "はぐくみ 児童手当 職員用 API",
      version: "1",
      description:
        "職員の画面が使う API。すべての操作は、権限（x-hagukumi-access）、対象者を開く操作は処理事由を要し、アクセスログに残る。",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
    components: {
      schemas: Object.fromEntries([...components].toSorted(([a], [b]) => a.localeCompare(b))),
      securitySchemes: { session: { type: "apiKey", in: "cookie", name: SESSION_COOKIE } },
    },
  };
}
