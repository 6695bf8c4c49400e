/** Keys of an answer that its response schema does not name: what would have leaked past the schema. */
import { z } from "zod";

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
};

function resolve(schema: Schema, root: Schema): Schema {
  const name = /^#\/\$defs\/(.+)$/.exec(schema.$ref ?? "")?.[1];
  return name === undefined ? schema : (root.$defs?.[name] ?? {});
}

function walk(value: unknown, given: Schema, root: Schema, path: string): string[] {
  const schema = resolve(given, root);
  if (schema.anyOf !== undefined) {
    const each = schema.anyOf.map((variant) => walk(value, variant, root, path));
    return each.find((faults) => faults.length === 0) ?? each[0] ?? [];
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? [] : value.flatMap((each) => walk(each, items, root, `${path}[]`));
  }
  // A schema without properties takes any value (a record, a copied content).
  if (typeof value !== "object" || value === null || schema.properties === undefined) return [];
  const { properties } = schema;
  return Object.entries(value).flatMap(([key, each]) => {
    const known = properties[key];
    if (known !== undefined) return walk(each, known, root, `${path}.${key}`);
    return [`${path}.${key}`];
  });
}

/** Paths in `json` that `response` does not name. */
export function keysBeyond(json: unknown, response: z.ZodType): readonly string[] {
  const schema = z.toJSONSchema(response, { io: "output", unrepresentable: "any" }) as Schema;
  return walk(json, schema, schema, "");
}
