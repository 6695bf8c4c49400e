/** 住登外者・代理人・項目の権限 (システム3): registered after a search, joined by 名寄せ, shown item by item to whom the item was given. */
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { requireOpen } from "@hagukumi/platform/access/guard.ts";
import { withRole } from "@hagukumi/platform/database/transaction.ts";
import {
  ADDRESSEE_ROLE,
  addRelated,
  approveItemRight,
  changeNonResident,
  consolidationStateLabels,
  endNonResident,
  endRelated,
  itemLabels,
  listConsolidations,
  listItemRights,
  numberNonResident,
  numberStateLabels,
  openNonResident,
  relatedKindLabels,
  relatedNow,
  requestItemRight,
  searchCandidates,
  takeOverResident,
  viewOn,
} from "@hagukumi/unified-addressee/contract.ts";
import { z } from "zod";

import { addresseeContext, OWN_SYSTEM } from "./addressee-desk.ts";
import { dateText, reasonText, staffIdentifier } from "./inputs.ts";
import { operation } from "./operation.ts";

const day = dateText.refine((text) => parseCivilDate(text) !== undefined, "この日付はありません。");
const addressee = z
  .string()
  .regex(/^\d{1,15}$/, "宛名番号は15桁までの数字です。")
  .transform(Number);
const rowNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "番号が正しくありません。")
  .transform(Number);
const kana = z.string().trim().min(1, "フリガナを入れてください。").max(100, "フリガナは100文字までです。");

const joins = { permission: "addressee.consolidate", relation: "none" } as const;
const onPerson = { permission: "addressee.consolidate", relation: "person" } as const;
const personParams = z.strictObject({ addresseeNumber: addressee });
const why = reasonText.min(5, "わけは5文字以上で書いてください。").max(200);

const person = z.strictObject({
  name: z.string().trim().min(1, "氏名を入れてください。").max(100, "氏名は100文字までです。"),
  kana,
  birthDate: day.nullable(),
  sex: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(9)]),
  postalCode: z.string().regex(/^(?:\d{7})?$/, "郵便番号は7桁の数字です。"),
  address: z.string().trim().min(1, "住所を入れてください。").max(200, "住所は200文字までです。"),
  source: z.enum(["application", "jukiNet", "otherOffice"]),
  barred: z.boolean(),
  protected: z.boolean(),
});

const search = operation({
  id: "searchNonResidents",
  method: "POST",
  path: "/non-residents/searches",
  summary: "住登外者の候補の検索",
  access: joins,
  command: true,
  body: z.strictObject({ kana, birthDate: day.nullable() }),
  response: z.object({
    searchId: z.int(),
    candidates: z.array(
      z.object({
        addresseeNumber: z.int(),
        kana: z.string(),
        birthYear: z.int().nullable(),
        byHistory: z.boolean(),
        ended: z.boolean(),
      }),
    ),
  }),
  handler: async ({ body }, desk) => {
    const { permissions } = desk.session();
    const found = await desk.command({ action: "search" }, async (context, key) => {
      const own = await addresseeContext(desk, context);
      const seesProtected = permissions.includes("protection.view");
      return await searchCandidates(own, { key, systemCode: OWN_SYSTEM, ...body, seesProtected });
    });
    return { searchId: found.searchId, candidates: found.candidates.map((each) => ({ ...each })) };
  },
});

const register = operation({
  id: "registerNonResident",
  method: "POST",
  path: "/non-residents",
  summary: "住登外者の付番",
  access: joins,
  command: true,
  body: z.strictObject({
    searchId: z.int().min(1),
    /** A candidate that was found; null: a new number */
    candidate: addressee.nullable(),
    person,
    reason: why,
  }),
  response: z.object({ addresseeNumber: z.int() }),
  handler: async ({ body: { candidate, ...body } }, desk) =>
    await desk.command({}, async (context, key) => {
      const own = await addresseeContext(desk, context);
      const numbering =
        candidate === null ? ({ kind: "new" } as const) : ({ kind: "candidate", addresseeNumber: candidate } as const);
      return await numberNonResident(own, { key, systemCode: OWN_SYSTEM, ...body, numbering });
    }),
});

const open = operation({
  id: "openNonResident",
  method: "POST",
  path: "/non-residents/openings",
  summary: "処理事由を示して住登外者を開く",
  access: { permission: ["addressee.consolidate", "addressee.approve"], relation: "none" },
  body: z.strictObject({
    addresseeNumber: addressee,
    purpose: z.string().regex(/^[a-zA-Z]{1,40}$/, "処理事由を選んでください。"),
    explanation: z.string().max(200, "説明は200文字までです。").default(""),
  }),
  response: z.object({ openingId: z.int() }),
  handler: async ({ body }, desk) =>
    await desk.read(async (client) => {
      await withRole(client, ADDRESSEE_ROLE);
      const response = await openNonResident(client, { ...body, systemCode: OWN_SYSTEM });
      const { addresseeNumber } = body;
      return { response, log: [{ action: "read", addresseeNumber, rows: 1, columns: "opened" }] };
    }),
});

const read = operation({
  id: "readNonResident",
  // A POST: it is part of an opening, and each look is recorded.
  method: "POST",
  path: "/persons/{addresseeNumber}/non-resident",
  summary: "住登外者の照会（項目の権限のあるものだけ）",
  access: { permission: ["addressee.consolidate", "addressee.approve"], relation: "person" },
  params: personParams,
  response: z.object({
    /** Null where the item was not given to the member of staff */
    name: z.string().nullable(),
    kana: z.string().nullable(),
    birthDate: z.string().nullable(),
    sex: z.int().nullable(),
    address: z.string().nullable(),
    numberState: z.string().nullable(),
    links: z.array(z.object({ systemCode: z.string(), addresseeNumber: z.int() })).nullable(),
    history: z.int().nullable(),
    related: z
      .array(
        z.object({
          relatedId: z.int(),
          kindName: z.string(),
          otherNumber: z.int(),
          startsOn: z.string(),
          endsOn: z.string().nullable(),
          basis: z.string(),
        }),
      )
      .nullable(),
    consolidations: z.array(
      z.object({
        consolidationId: z.int(),
        keptNumber: z.int(),
        otherNumber: z.int(),
        reason: z.string(),
        proposedBy: z.string(),
        approvedBy: z.string().nullable(),
        state: z.enum(["proposed", "joined", "ended"]),
        stateName: z.string(),
      }),
    ),
  }),
  handler: async ({ params: { addresseeNumber } }, desk) => {
    const today = desk.options.today();
    const shown = await desk.read(async (client, { staffId }) => {
      await requireOpen(client, addresseeNumber);
      await withRole(client, ADDRESSEE_ROLE);
      const view = await viewOn(client, { staffId, systemCode: OWN_SYSTEM, addresseeNumber, today });
      const related = view.related === null ? null : await relatedNow(client, addresseeNumber, today);
      return {
        response: { view, related },
        log: [{ action: "read", addresseeNumber, rows: 1, columns: "addressee" }],
      };
    });
    const { view, related } = shown;
    const joined = await listConsolidations({ pool: desk.pool }, addresseeNumber);
    return {
      ...view,
      numberState: view.numberState === null ? null : numberStateLabels[view.numberState],
      links: view.links === null ? null : view.links.map((each) => ({ ...each })),
      related:
        related === null ? null : related.map(({ kind, ...each }) => ({ ...each, kindName: relatedKindLabels[kind] })),
      consolidations: joined.map(({ proposedAt: _proposedAt, ...each }) => ({
        ...each,
        stateName: consolidationStateLabels[each.state],
      })),
    };
  },
});

const change = operation({
  id: "changeNonResident",
  method: "POST",
  path: "/persons/{addresseeNumber}/non-resident/changes",
  summary: "住登外者の変更",
  access: onPerson,
  command: true,
  params: personParams,
  body: z.strictObject({ person, reason: why }),
  response: z.object({ historyNo: z.int() }),
  handler: async ({ params: { addresseeNumber }, body }, desk) =>
    await desk.command({ addresseeNumber }, async (context, key) => {
      const own = await addresseeContext(desk, context);
      return await changeNonResident(own, { key, systemCode: OWN_SYSTEM, addresseeNumber, ...body });
    }),
});

const end = operation({
  id: "endNonResident",
  method: "POST",
  path: "/persons/{addresseeNumber}/non-resident/end",
  summary: "住登外者の終わり（住民になった・誤り）",
  access: onPerson,
  command: true,
  params: personParams,
  body: z.strictObject({
    endedOn: day,
    cause: z.enum(["becameResident", "deleted"]),
    residentNumber: addressee.nullable(),
  }),
  response: z.object({ consolidationId: z.int().nullable() }),
  handler: async ({ params: { addresseeNumber }, body: { residentNumber, ...body } }, desk) =>
    await desk.command({ addresseeNumber }, async (context, key) => {
      const own = await addresseeContext(desk, context);
      const resident = residentNumber === null ? {} : { residentNumber };
      return await endNonResident(own, { key, addresseeNumber, ...body, ...resident });
    }),
});

const takeOver = operation({
  id: "takeOverResident",
  method: "POST",
  path: "/persons/{addresseeNumber}/non-resident/take-over",
  summary: "転出した住民を、番号を変えずに住登外者にする（終わりの取消しも）",
  access: onPerson,
  command: true,
  params: personParams,
  body: z.strictObject({ person }),
  response: z.object({ addresseeNumber: z.int(), historyNo: z.int() }),
  handler: async ({ params: { addresseeNumber }, body }, desk) =>
    await desk.command(
      { addresseeNumber },
      async (context, key) =>
        await takeOverResident(await addresseeContext(desk, context), { key, addresseeNumber, ...body }),
    ),
});

const relate = operation({
  id: "addRelatedAddressee",
  method: "POST",
  path: "/persons/{addresseeNumber}/related-addressees",
  summary: "代理人・送付先・成年後見人の登録",
  access: onPerson,
  command: true,
  params: personParams,
  body: z.strictObject({
    kind: z.enum(["agent", "mailing", "guardian"]),
    otherNumber: addressee,
    startsOn: day,
    endsOn: day.nullable(),
    basis: reasonText.min(1, "根拠の書類を書いてください。").max(200),
  }),
  response: z.object({ relatedId: z.int() }),
  handler: async ({ params: { addresseeNumber }, body }, desk) =>
    await desk.command({ addresseeNumber }, async (context, key) => {
      const own = await addresseeContext(desk, context);
      return await addRelated(own, { key, subjectNumber: addresseeNumber, ...body });
    }),
});

const endRelation = operation({
  id: "endRelatedAddressee",
  method: "POST",
  path: "/persons/{addresseeNumber}/related-addressees/{relatedId}/end",
  summary: "代理人・送付先・成年後見人の終わり",
  access: onPerson,
  command: true,
  params: personParams.extend({ relatedId: rowNumber }),
  body: z.strictObject({ endsOn: day }),
  response: z.object({ ended: z.boolean() }),
  handler: async ({ params: { addresseeNumber, relatedId }, body }, desk) => {
    await desk.command({ addresseeNumber }, async (context, key) => {
      await endRelated(await addresseeContext(desk, context), { key, relatedId, ...body });
    });
    return { ended: true };
  },
});

const ITEMS = Object.keys(itemLabels) as [keyof typeof itemLabels, ...(keyof typeof itemLabels)[]];

const rights = operation({
  id: "listItemRights",
  method: "GET",
  path: "/item-rights",
  summary: "団体内統合宛名の項目の権限",
  access: { permission: ["rights.apply", "rights.approve", "log.view"], relation: "none" },
  response: z.object({
    items: z.array(z.object({ code: z.string(), name: z.string() })),
    rights: z.array(
      z
        .object({
          rightId: z.int(),
          staffId: z.string(),
          itemName: z.string(),
          startsOn: z.string(),
          endsOn: z.string(),
          requestedBy: z.string(),
          approvedBy: z.string().nullable(),
        })
        .meta({ id: "ItemRight", description: "だれがどの項目を見てよいか。別の人が承認するまで効かない。" }),
    ),
  }),
  handler: async (_input, desk) => {
    const list = await desk.read(async () => {
      const response = await listItemRights({ pool: desk.pool });
      return { response, log: [{ action: "list", rows: response.length }] };
    });
    return {
      items: ITEMS.map((code) => ({ code, name: itemLabels[code] })),
      rights: list.map(({ itemCode, ...each }) => ({ ...each, itemName: itemLabels[itemCode] })),
    };
  },
});

const askRight = operation({
  id: "requestItemRight",
  method: "POST",
  path: "/item-rights",
  summary: "団体内統合宛名の項目の権限の申請",
  access: { permission: "rights.apply", relation: "none" },
  command: true,
  body: z.strictObject({ staffId: staffIdentifier, itemCode: z.enum(ITEMS), startsOn: day, endsOn: day }),
  response: z.object({ rightId: z.int() }),
  handler: async ({ body }, desk) =>
    await desk.command(
      {},
      async (context, key) => await requestItemRight(await addresseeContext(desk, context), { key, ...body }),
    ),
});

const grantRight = operation({
  id: "approveItemRight",
  method: "POST",
  path: "/item-rights/{rightId}/approval",
  summary: "団体内統合宛名の項目の権限の承認",
  access: { permission: "rights.approve", relation: "none", stepUp: true },
  command: true,
  params: z.strictObject({ rightId: rowNumber }),
  response: z.object({ approved: z.boolean() }),
  handler: async ({ params }, desk) => {
    await desk.command({ approvalRef: `itemRight:${String(params.rightId)}` }, async (context, key) => {
      await approveItemRight(await addresseeContext(desk, context), { key, ...params });
    });
    return { approved: true };
  },
});

export const nonResidentOperations = [
  search,
  register,
  open,
  read,
  change,
  end,
  takeOver,
  relate,
  endRelation,
  rights,
  askRight,
  grantRight,
];
