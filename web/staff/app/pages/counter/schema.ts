/** The part of JSON Schema with which the procedures describe their forms, and how a typed value is put together. */

export type Schema = {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly (string | number)[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly default?: unknown;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly title?: string;
  readonly description?: string;
};

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };
export type JsonObject = { readonly [key: string]: Json | undefined };

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The forms that an item may take; one where there is no choice. */
export function variantsOf(schema: Schema): readonly Schema[] {
  return schema.anyOf ?? schema.oneOf ?? [schema];
}

/** The key that tells a variant from the others: the first property that the variants before it do not have. */
export function variantKey(schema: Schema): string {
  if (schema.type === "null") return "null";
  return schema.required?.[0] ?? Object.keys(schema.properties ?? {})[0] ?? "";
}

/** Which variant a value is of. */
export function variantOf(variants: readonly Schema[], value: Json | undefined): number {
  if (value === null) return variants.findIndex(({ type }) => type === "null");
  if (!isObject(value)) return value === undefined ? -1 : 0;
  const keys = Object.keys(value);
  const found = variants.findIndex(
    ({ properties }) =>
      properties !== undefined && keys.length > 0 && keys.every((key) => Object.hasOwn(properties, key)),
  );
  return found === -1 ? variants.findIndex(({ properties }) => properties !== undefined) : found;
}

/** An empty value of a schema: defaults filled in, nothing else. */
export function emptyOf(schema: Schema): Json | undefined {
  if (schema.default !== undefined) return schema.default as Json;
  if (schema.const !== undefined) return schema.const as Json;
  if (schema.type === "object") {
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).flatMap(([key, each]) => {
        const needed = schema.required?.includes(key) === true || each.default !== undefined;
        const value = needed ? emptyOf(each) : undefined;
        return value === undefined ? [] : [[key, value]];
      }),
    );
  }
  if (schema.type === "array") return [];
  if (schema.type === "boolean") return false;
  return undefined;
}

/** Sets one item of an object; `undefined` and the empty text take it away. */
export function withItem(value: JsonObject, key: string, item: Json | undefined): JsonObject {
  const { [key]: _before, ...rest } = value;
  return item === undefined || item === "" ? rest : { ...rest, [key]: item };
}

/** A plain value as text; the empty text for what is none. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string"
    ? value
    : typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : "";
}
