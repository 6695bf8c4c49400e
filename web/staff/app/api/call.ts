/** Calls an operation of the API by its name. Addresses and types come from the OpenAPI document, so a slip does not compile. */
import { addresses } from "./addresses.ts";
import { ApiProblem, offlineProblem, problemOf } from "./problem.ts";
import type { operations } from "./schema.d.ts";

export type OperationId = keyof typeof addresses & keyof operations;

type Parameters<Id extends OperationId> = operations[Id]["parameters"];
type Part<Id extends OperationId, Key extends "path" | "query"> =
  Parameters<Id> extends { [K in Key]: infer Fields extends object }
    ? { readonly [K in Key]: Fields }
    : Parameters<Id> extends { [K in Key]?: infer Fields }
      ? [Fields] extends [undefined]
        ? object
        : { readonly [K in Key]?: NonNullable<Fields> }
      : object;
type BodyPart<Id extends OperationId> = operations[Id] extends {
  requestBody: { content: { "application/json": infer Body } };
}
  ? Record<string, never> extends Body
    ? { readonly body?: Body }
    : { readonly body: Body }
  : object;

/** What an operation takes: `path`, `query` and `body`, each where it has one. */
export type OperationInput<Id extends OperationId> = Part<Id, "path"> & Part<Id, "query"> & BodyPart<Id>;

type Success<Id extends OperationId> = operations[Id]["responses"] extends { 200: { content: infer Content } }
  ? Content
  : never;

/** What an operation answers: of a file in a container its parts (暗号化した容れ物 and password), of another file its bytes. */
export type OperationAnswer<Id extends OperationId> =
  Success<Id> extends { "application/json": infer Answer }
    ? Answer
    : Success<Id> extends { "multipart/form-data": unknown }
      ? FormData
      : Blob;

type AnyInput = {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly body?: unknown;
};

/** The address of an operation with its parameters filled in. */
export function addressOf<Id extends OperationId>(id: Id, input: OperationInput<Id>): string {
  const { path = {}, query = {} } = input as AnyInput;
  const [, template] = addresses[id];
  const filled = template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(String(path[name])));
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      value === undefined || value === null || value === "" ? [] : [[name, String(value)]],
    ),
  ).toString();
  return search === "" ? filled : `${filled}?${search}`;
}

/** What every part of the application wants to know about calls: told after each answer. */
type Listener = (outcome: { readonly problem?: ApiProblem }) => void;
const listeners = new Set<Listener>();

/** @returns how to stop listening */
export function onAnswer(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(problem?: ApiProblem): void {
  for (const listener of listeners) listener(problem === undefined ? {} : { problem });
}

/** 画面 for the access log: the address of this page without its numbers, `/cases/123` as `/cases/:`. */
export function screenName(pathname: string): string {
  const parts = pathname.split("/").filter((part) => part !== "");
  return `/${parts.map((part) => (/^[a-z][a-z-]*$/.test(part) ? part : ":")).join("/")}`;
}

/** A key for a command, made before its first try. */
export function newKey(): string {
  return crypto.randomUUID();
}

/**
 * Calls an operation.
 *
 * @param options.keepalive it goes out even where the page is being left
 * @param options.key of a command: the same key with the same input is done once, however often it is sent
 * @throws ApiProblem
 */
export async function callOperation<Id extends OperationId>(
  id: Id,
  input: OperationInput<Id>,
  options: { readonly key?: string; readonly signal?: AbortSignal; readonly keepalive?: boolean } = {},
): Promise<OperationAnswer<Id>> {
  const [method] = addresses[id];
  const { body } = input as AnyInput;
  let response: Response;
  try {
    response = await fetch(addressOf(id, input), {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: {
        accept: "application/json",
        "hagukumi-screen": screenName(location.pathname),
        ...(method === "GET" ? {} : { "content-type": "application/json" }),
        ...(options.key === undefined ? {} : { "idempotency-key": options.key }),
      },
      ...(method === "GET" ? {} : { body: JSON.stringify(body ?? {}) }),
      ...(options.keepalive === undefined ? {} : { keepalive: options.keepalive }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    const problem = offlineProblem();
    tell(problem);
    throw problem;
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    tell(problem);
    throw problem;
  }
  tell();
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("application/json")) return (await response.json()) as OperationAnswer<Id>;
  const parts = type.startsWith("multipart/form-data");
  return (parts ? await response.formData() : await response.blob()) as OperationAnswer<Id>;
}
