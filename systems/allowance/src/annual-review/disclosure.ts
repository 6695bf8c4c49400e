/**
 * 支援措置の関門: which addresses may stand on a form. Every address passes here, person by person, and the default is none: a form
 * that printed the address of a child living apart once led a husband to the family that had fled from him (I-3). Pure.
 */

/** A person on the form with what the register says of the place. */
export type OnForm = {
  readonly number: number;
  readonly role: "recipient" | "child" | "counted" | "otherParent";
  readonly address: string | null;
  readonly protected: boolean;
};

export type Disclosed = {
  /** `manual`: somebody on the form is protected, so a person looks at it before it leaves */
  readonly tray: "print" | "manual";
  /** What is printed: the address, `same` for the recipient's own, null for a blank */
  readonly places: ReadonlyMap<
    number,
    { readonly kind: "address"; readonly text: string } | { readonly kind: "same" } | null
  >;
  /** 校正一覧: every printed address that is not the recipient's */
  readonly proof: readonly { readonly number: number; readonly address: string }[];
};

/** @param printSeparated the city's setting: addresses of children apart may be printed at all */
export function discloseAddresses(people: readonly OnForm[], printSeparated: boolean): Disclosed {
  const places = new Map<number, { kind: "address"; text: string } | { kind: "same" } | null>();
  const proof: { number: number; address: string }[] = [];
  const anybody = people.some((person) => person.protected);
  const own = people.find(({ role }) => role === "recipient")?.address ?? null;
  for (const { number, role, address } of people) {
    if (anybody || address === null || address === "" || role === "otherParent") places.set(number, null);
    else if (role === "recipient") places.set(number, { kind: "address", text: address });
    else if (address === own) places.set(number, { kind: "same" });
    else if (printSeparated) {
      places.set(number, { kind: "address", text: address });
      proof.push({ number, address });
    } else places.set(number, null);
  }
  return { tray: anybody ? "manual" : "print", places, proof };
}
