/** Joins class names; `false`, `undefined` and the empty text leave nothing. */
export function classes(...names: readonly (string | false | undefined)[]): string {
  return names.filter((name) => name !== false && name !== undefined && name !== "").join(" ");
}
