/**
 * One operation of the API: its address, who may use it, what goes in, what comes out, what it does. Everything else (the
 * route, the OpenAPI document, the types of the browser application, the rows of the authorization matrix) follows from it.
 */
import type { Permission } from "@hagukumi/platform/identity/permissions.ts";
import { z } from "zod";

import type { FileAnswer, Leaving } from "../http/leaving.ts";
import type { Desk } from "./desk.ts";

/** What an operation is about; decides which relations (own ward, other ward …) the authorization matrix drives. */
export type Relation = "none" | "person" | "case" | "filing" | "run";

export type OperationAccess = {
  /** A right of the table, or one of several; `signedIn`: any member of staff; `public`: also before the log-in */
  readonly permission: Permission | readonly Permission[] | "signedIn" | "public";
  /** Needs a re-authentication (職員証とパスワード) not older than 5 minutes */
  readonly stepUp?: boolean;
  readonly relation: Relation;
};

/** What arrived, before any check. */
export type RawInput = { readonly params: unknown; readonly query: unknown; readonly body: unknown };

/** One thing wrong with what was sent; `at` is a dotted path such as `body.account.holder`. */
export type InputFault = { readonly at: string; readonly message: string };

export type Prepared =
  | { readonly faults: readonly InputFault[] }
  | { readonly run: (desk: Desk) => Promise<{ readonly json: unknown } | { readonly file: FileAnswer }> };

/** An operation as the server holds it. */
export type Operation = {
  readonly id: string;
  readonly method: "GET" | "POST";
  /** Below `/api/v1`, parameters in braces: `/runs/{runNo}` */
  readonly path: string;
  readonly summary: string;
  readonly access: OperationAccess;
  /** Changes what is recorded: needs the header `Idempotency-Key` */
  readonly command: boolean;
  /** Counted against the tighter limit of log-ins */
  readonly logIn: boolean;
  /** Largest body, in bytes */
  readonly bodyLimit: number;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType | undefined;
  readonly response: z.ZodType | "file";
  /** How the file leaves; undefined where there is none */
  readonly leaving: Leaving | undefined;
  readonly prepare: (raw: RawInput) => Prepared;
};

const nothing = z.strictObject({});
type Nothing = typeof nothing;

type Spec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = {
  /** camelCase, unique: the operationId, and the operation named in the access log */
  readonly id: string;
  readonly method: "GET" | "POST";
  readonly path: `/${string}`;
  /** Japanese, what it does */
  readonly summary: string;
  readonly access: OperationAccess;
  readonly command?: boolean;
  readonly logIn?: boolean;
  /** Largest body in bytes; default 64 KiB */
  readonly bodyLimit?: number;
  /** Of strict objects, so that an unknown key is refused */
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
};

export type Input<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
};

function faultsOf(part: string, error: z.ZodError): readonly InputFault[] {
  return error.issues.map((issue) => ({
    at: [part, ...issue.path.map(String)].join("."),
    message:
      issue.code === "unrecognized_keys"
        ? "この項目は受け付けていません。"
        : issue.code === "custom" || /[ぁ-ん]/.test(issue.message)
          ? issue.message
          : "入力の形が正しくありません。",
  }));
}

function prepareInput<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  schemas: { readonly params: P; readonly query: Q; readonly body: B },
  raw: RawInput,
): { readonly input: Input<P, Q, B> } | { readonly faults: readonly InputFault[] } {
  const params = schemas.params.safeParse(raw.params);
  const query = schemas.query.safeParse(raw.query);
  const body = schemas.body.safeParse(raw.body);
  if (params.success && query.success && body.success) {
    return { input: { params: params.data, query: query.data, body: body.data } };
  }
  return {
    faults: [
      ...(params.success ? [] : faultsOf("params", params.error)),
      ...(query.success ? [] : faultsOf("query", query.error)),
      ...(body.success ? [] : faultsOf("body", body.error)),
    ],
  };
}

function schemasOf<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  spec: Spec<P, Q, B>,
): { readonly params: P; readonly query: Q; readonly body: B } {
  // Absent schemas accept the empty object alone; the defaults of the type parameters say the same.
  return {
    params: spec.params ?? (nothing as unknown as P),
    query: spec.query ?? (nothing as unknown as Q),
    body: spec.body ?? (nothing as unknown as B),
  };
}

function base<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  spec: Spec<P, Q, B>,
): Omit<Operation, "response" | "leaving" | "prepare"> {
  if (spec.method === "GET" && (spec.body !== undefined || spec.command === true)) {
    throw new Error(`${spec.id}: a GET has no body and changes nothing`);
  }
  const { params, query } = schemasOf(spec);
  return {
    id: spec.id,
    method: spec.method,
    path: spec.path,
    summary: spec.summary,
    access: spec.access,
    command: spec.command ?? false,
    logIn: spec.logIn ?? false,
    bodyLimit: spec.bodyLimit ?? 65_536,
    params,
    query,
    body: spec.method === "GET" ? undefined : (spec.body ?? nothing),
  };
}

/**
 * Declares an operation that answers with JSON. The response schema decides what goes out: keys that it does not name are
 * left out, whatever the handler returned.
 */
export function operation<
  R extends z.ZodType,
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
>(
  spec: Spec<P, Q, B> & {
    readonly response: R;
    readonly handler: (input: Input<P, Q, B>, desk: Desk) => Promise<z.input<R>>;
  },
): Operation {
  return {
    ...base(spec),
    response: spec.response,
    leaving: undefined,
    prepare: (raw) => {
      const prepared = prepareInput(schemasOf(spec), raw);
      if ("faults" in prepared) return prepared;
      return { run: async (desk) => ({ json: spec.response.parse(await spec.handler(prepared.input, desk)) }) };
    },
  };
}

/** Declares an operation that answers with a file, and how that file leaves. */
export function fileOperation<
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
>(
  spec: Spec<P, Q, B> & {
    readonly leaving: Leaving;
    readonly handler: (input: Input<P, Q, B>, desk: Desk) => Promise<FileAnswer>;
  },
): Operation {
  return {
    ...base(spec),
    response: "file",
    leaving: spec.leaving,
    prepare: (raw) => {
      const prepared = prepareInput(schemasOf(spec), raw);
      if ("faults" in prepared) return prepared;
      return { run: async (desk) => ({ file: await spec.handler(prepared.input, desk) }) };
    },
  };
}
