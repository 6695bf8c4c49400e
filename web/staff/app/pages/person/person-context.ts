/** Who a page is about, for the parts below it that edit. */
import { createContext } from "react";

/** 宛名番号; undefined on pages that are about nobody */
export const PersonContext = createContext<number | undefined>(undefined);
