import { type Day, dayOf } from "../base/day.ts";

/** 令和6年法律第47号 took effect: no income test, payable to 18, counting to 22. */
export const REFORM: Day = dayOf(2024, 10, 1);
