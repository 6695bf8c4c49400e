/** Names of the operations in Japanese, told by the list of operations when it is complete. */
import type { Operation } from "./operation.ts";

let names: ReadonlyMap<string, string> = new Map();

export function tellOperationNames(operations: readonly Operation[]): void {
  names = new Map(operations.map(({ id, summary }) => [id, summary]));
}

export function operationNames(): ReadonlyMap<string, string> {
  return names;
}
