/** The staff application in a process of its own, as an installation runs it beside the commands. `staff-server.ts <url> <folder> <clerks> <today>` */
import { civilDate } from "@hagukumi/law/contract.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { openIdentity, readSettings } from "@hagukumi/platform/identity/settings.ts";
import { startStaffServer } from "@hagukumi/web-staff/contract.ts";

import { makeActor } from "../../web/staff/test/support/actors.ts";

const [, , url = "", dataDir = "", clerks = "1", today = ""] = process.argv;
const pool = createPool(url);
const actors: { readonly cookie: string }[] = [];
for (let index = 0; index < Number(clerks); index += 1) {
  const { cookie } = await makeActor(pool, `bench.${String(index)}`, "clerk");
  actors.push({ cookie });
}
// Readings of people with a right, so that each search leads to a case.
const { rows } = await pool.query<{ kana: string }>(
  `SELECT DISTINCT split_part(p.kana, '　', 1) || ' ' || left(split_part(p.kana, '　', 2), 2) AS kana
   FROM (SELECT addressee_number FROM allowance.recipient ORDER BY md5(recipient_id::text) LIMIT 400) r JOIN LATERAL (
     SELECT h.kana, h.protected FROM allowance.person_history h WHERE h.addressee_number = r.addressee_number ORDER BY h.history_no DESC, h.revision DESC LIMIT 1) p ON NOT p.protected`,
);
const server = await startStaffServer({
  pool,
  calendar: japaneseCalendar,
  today: () => civilDate(today),
  dataDir,
  installation: "training",
  identity: await openIdentity(pool, dataDir, readSettings({}, { origin: "http://127.0.0.1" })),
  port: 0,
  requestsPerMinute: 100_000_000,
});
process.send?.({ url: server.url, clerks: actors, kana: rows.map(({ kana }) => kana) });
process.once("disconnect", () => void server.close().then(async () => await pool.end()));
