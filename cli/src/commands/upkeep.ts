/** `hagukumi upkeep …`: 保守の権限 and 警報の宛先, each decided by two people, and what is to be looked at now with who is told of it. */
import { readStatementState } from "@hagukumi/platform/database/statement-log/keep.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import {
  ALARM_KINDS,
  type AlarmKind,
  answerOrder,
  asUpkeep,
  listOrders,
  orderOn,
  putOrder,
  toldOf,
  UPKEEP_RIGHTS,
  type UpkeepRight,
  type WorkOrder,
} from "@hagukumi/platform/upkeep/orders.ts";
import { type Command, InvalidArgumentError, Option } from "commander";

import { orderText, upkeepOf, wholeNumber, windowOf, withWindow, type WindowOptions } from "../backup/upkeep.ts";
import { perform, withActor } from "../context.ts";
import { serverFolder } from "../statement-log/place.ts";

const DAY = 86_400_000;

const people = (text: string): readonly string[] => {
  const found = text.split(",").map((each) => each.trim());
  if (found.every((each) => /^[A-Za-z0-9._@-]{1,64}$/.test(each))) return found;
  throw new InvalidArgumentError("職員の番号をコンマで区切って指定してください。");
};

type Alarm = { readonly alarm: AlarmKind; readonly what: string; readonly told: readonly string[] };

/** Adds `hagukumi upkeep …`. */
export function registerUpkeep(program: Command): void {
  const upkeep = program
    .command("upkeep")
    .description("保守の権限・警報の宛先・指示の承認 / rights of upkeep, who is told of alarms");
  withActor(
    withWindow(
      upkeep
        .command("right")
        .description("控えと補修の権限を一人に与える指示（別の人が承認する） / order a right for one person")
        .argument("<staff>", "受ける人 / who gets it")
        .argument("<right>", UPKEEP_RIGHTS.join("・")),
    ),
  ).action(async (staff: string, right: string, options: WindowOptions, command: Command) => {
    if (!UPKEEP_RIGHTS.includes(right as UpkeepRight))
      throw new Refusal("invalidValue", `権限は ${UPKEEP_RIGHTS.join("・")} のどれかです。何も変えていません。`);
    await perform(
      command,
      async (opened) =>
        await putOrder(
          upkeepOf(opened),
          { kind: "right", staff, right: right as UpkeepRight },
          windowOf(options),
          options.reason,
        ),
      orderText,
    );
  });
  withActor(
    withWindow(
      upkeep
        .command("route")
        .description("警報をだれに知らせるかの指示（別の人が承認する） / order who is told of an alarm")
        .argument("<alarm>", ALARM_KINDS.join("・"))
        .argument("<staff>", "知らせる人（コンマで区切る） / who is told", people),
    ),
  ).action(async (alarm: string, told: readonly string[], options: WindowOptions, command: Command) => {
    if (!ALARM_KINDS.includes(alarm as AlarmKind))
      throw new Refusal("invalidValue", `警報は ${ALARM_KINDS.join("・")} のどれかです。何も変えていません。`);
    await perform(
      command,
      async (opened) =>
        await putOrder(
          upkeepOf(opened),
          { kind: "alarmRoute", alarm: alarm as AlarmKind, told },
          windowOf(options),
          options.reason,
        ),
      orderText,
    );
  });
  for (const [name, granted, words] of [
    ["approve", true, "指示を承認する（指示した人とは別の人） / approve an order"],
    ["reject", false, "指示を承認しない / reject an order"],
  ] as const) {
    withActor(
      upkeep
        .command(name)
        .description(words)
        .argument("<order>", "指示の番号 / order", wholeNumber)
        .requiredOption("--digest <hex>", "見た内容のハッシュ / digest of what was seen"),
    ).action(async (orderId: number, options: { readonly digest: string }, command: Command) => {
      await perform(
        command,
        async (opened) => await answerOrder(upkeepOf(opened), orderId, options.digest, granted),
        orderText,
      );
    });
  }
  withActor(
    upkeep.command("show").description("指示を見る / show an order").argument("<order>", "指示の番号", wholeNumber),
  ).action(async (orderId: number, _options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => await asUpkeep(context.pool, async (client) => await orderOn(client, orderId)),
      orderText,
    );
  });
  withActor(
    upkeep
      .command("orders")
      .description("指示の一覧 / orders")
      .addOption(
        new Option("--kind <kind>", "種類").choices(["right", "alarmRoute", "restore", "repair"]).default("right"),
      ),
  ).action(async (options: { readonly kind: WorkOrder["content"]["kind"] }, command: Command) => {
    await perform(
      command,
      async ({ context }) => await listOrders(context, options.kind),
      (orders) => orders.map(orderText).join("\n\n"),
    );
  });
  withActor(
    upkeep
      .command("alarms")
      .description("いま見るべきことと、知らせる人。あれば終了状態 1 / what is to be looked at, and who is told"),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context, dataDir }) => {
        const now = new Date();
        const state = await readStatementState(serverFolder(dataDir));
        const { rows } = await asUpkeep(
          context.pool,
          async (client) =>
            await client.query<{ newest: Date | null }>("SELECT max(taken_at) AS newest FROM upkeep.copy"),
        );
        const newest = rows[0]?.newest ?? null;
        const found: (readonly [AlarmKind, string])[] = [];
        if (state.awaySince !== null)
          found.push(["statementLog", `文の記録を ${state.awaySince} から遠隔の保管場所に置けません`]);
        if (state.alarms > 0) found.push(["statementLog", `文の記録に警報が ${state.alarms} 件あります`]);
        if (newest === null || now.getTime() - newest.getTime() > DAY)
          found.push([
            "backup",
            newest === null ? "控えが一つもありません" : `最後の控えは ${newest.toISOString()} です（1日より前）`,
          ]);
        const alarms: Alarm[] = [];
        for (const [alarm, what] of found) alarms.push({ alarm, what, told: await toldOf(context, alarm, now) });
        if (alarms.length > 0) process.exitCode = 1;
        return alarms;
      },
      (alarms) =>
        alarms.length === 0
          ? "○ 見るべきことはありません。"
          : alarms
              .map(
                ({ what, told }) =>
                  `× ${what} → ${told.length === 0 ? "知らせる人が決まっていません（hagukumi upkeep route）" : told.join("、")}`,
              )
              .join("\n"),
    );
  });
}
