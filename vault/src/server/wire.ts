/** The operations as JSON: the only place where a number is written out, onto the connection between caller and vault. */
import { IndividualNumber } from "../number/individual-number.ts";

/** JSON in which each number stands in digits. For the wire alone. */
export function toWire(value: unknown): string {
  return JSON.stringify(value, function replace(this: unknown, key: string, shown: unknown): unknown {
    const raw: unknown = typeof this === "object" && this !== null ? Reflect.get(this, key) : shown;
    return raw instanceof IndividualNumber ? raw.exposeDigits() : shown;
  });
}

/** Reads JSON from the wire; what stands under `number` becomes a wrapped number, or null where it is none (the door refuses that). */
export function fromWire(text: string): unknown {
  return JSON.parse(text, (key: string, value: unknown): unknown => {
    if (key !== "number" || typeof value !== "string") return value;
    try {
      return IndividualNumber.read(value);
    } catch {
      return null;
    }
  });
}
