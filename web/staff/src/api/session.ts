/** The session of the member of staff who calls. */
import { z } from "zod";

import { operation } from "./operation.ts";

const session = z
  .object({
    staffId: z.string(),
    staffName: z.string(),
    sectionName: z.string(),
    terminalCode: z.string(),
    /** 行政区 codes; null: the whole city */
    wards: z.array(z.string()).nullable(),
    permissions: z.array(z.string()),
  })
  .meta({ id: "Session", description: "ログインした職員と、いまの権限" });

const getSession = operation({
  id: "getSession",
  method: "GET",
  path: "/session",
  summary: "自分のセッション",
  access: { permission: "signedIn", relation: "none" },
  response: session,
  handler: async (_input, desk) => {
    const staff = await desk.staff();
    return { ...staff, wards: staff.wards === null ? null : [...staff.wards], permissions: [...staff.permissions] };
  },
});

export const sessionOperations = [getSession];
