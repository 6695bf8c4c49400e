/** 前渡 = 渡した + 戻した + 手元: the four figures of the cash book beside each other. */
import type { ReactElement } from "react";

import { yen } from "../../ui/format.ts";

type Sums = {
  readonly advanced: number;
  readonly handedOut: number;
  readonly returned: number;
  readonly inHand: number;
};

export function CounterEquation({ sums }: { readonly sums: Sums }): ReactElement {
  const parts = [
    ["前渡", sums.advanced, ""],
    ["渡した", sums.handedOut, "＝"],
    ["戻した", sums.returned, "＋"],
    ["手元", sums.inHand, "＋"],
  ] as const;
  return (
    <ul
      className="my-3 flex flex-wrap items-end gap-x-4 gap-y-1"
      aria-label="前渡は、渡した額と戻した額と手元の額の合計"
    >
      {parts.map(([name, amount, sign]) => (
        <li key={name} className="flex items-end gap-4">
          {sign === "" ? null : <span aria-hidden="true">{sign}</span>}
          <span>
            <span className="block text-[0.8125rem]">{name}</span>
            <span className="text-[1.125rem] tabular-nums">{yen(amount)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
