/** `hagukumi staff sign-on`: what is decided about the シングルサインオン, and links from the server's console. Settings are decided on screen, by two. */
import type { StaffCommand } from "@hagukumi/platform/identity/actor.ts";
import type { Identity } from "@hagukumi/platform/identity/settings.ts";
import {
  endSubjectLink,
  linkSubject,
  listSignOnProposals,
  listSubjectLinks,
  signOnNow,
} from "@hagukumi/platform/identity/sign-on-settings.ts";
import type { SignOnProposal, SubjectLink } from "@hagukumi/platform/identity/sign-on-settings.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";

import { perform, withActor } from "../../context.ts";
import type { Shared } from "./shared.ts";

type State = {
  readonly inForce: number | null;
  readonly proposals: readonly SignOnProposal[];
  readonly links: readonly SubjectLink[];
};

function describe({ inForce, proposals, links }: State): string {
  const setting = proposals.find(({ settingId }) => settingId === inForce);
  const first =
    setting === undefined
      ? "シングルサインオンは使っていません。"
      : `シングルサインオン: ${setting.providerName}（${setting.issuer}、識別子 ${setting.clientId}）`;
  const waiting = proposals.filter(({ approved }) => approved === null).length;
  const lines = links.map(
    ({ linkId, staffId, subject, endedAt }) =>
      `  ${linkId}  ${staffId}  ${subject}${endedAt === null ? "" : "  ［終わり］"}`,
  );
  return [first, `承認待ちの申請: ${waiting}件`, `結び付け: ${links.length}件`, ...lines].join("\n");
}

function linkNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("結び付けの番号（整数）を指定してください。");
  return Number(text);
}

async function link(
  identity: Identity,
  command: StaffCommand,
  given: { readonly staffId: string; readonly subject: string; readonly reason: string },
): Promise<{ readonly linkId: number }> {
  const now = await signOnNow(identity.pool);
  if (now === undefined) {
    throw new Refusal(
      "signOnOff",
      "シングルサインオンの設定がまだ効いていません。画面で申請し、別の人が承認してから結び付けてください。何も変えていません。",
    );
  }
  return await linkSubject(identity, command, { ...given, issuer: now.issuer });
}

export function registerSignOn(staff: Command, { identityOf, fromConsole }: Shared): void {
  staff
    .command("sign-on")
    .description("シングルサインオンの設定と結び付けの一覧 / single sign-on: setting and links")
    .action(async (_flags: unknown, command: Command) => {
      await perform(
        command,
        async ({ context: { pool } }): Promise<State> => ({
          inForce: (await signOnNow(pool))?.settingId ?? null,
          proposals: await listSignOnProposals(pool),
          links: await listSubjectLinks(pool),
        }),
        describe,
      );
    });
  withActor(
    staff
      .command("sign-on-link <staffId>")
      .description("職員と認証基盤の利用者を結び付ける / link a member of the staff to a user of the provider"),
  )
    .requiredOption("--subject <sub>", "認証基盤の利用者の識別子（sub） / subject")
    .requiredOption("--reason <text>", "理由 / reason")
    .action(async (staffId: string, flags: { subject: string; reason: string }, command: Command) => {
      await perform(
        command,
        async (opened) => await link(await identityOf(opened), fromConsole(opened), { staffId, ...flags }),
        ({ linkId }) => `${staffId} を結び付けました（番号 ${linkId}）。`,
      );
    });
  withActor(
    staff
      .command("sign-on-end")
      .description("結び付けを終わらせる。それで始まったセッションも終わる / end a link and its session"),
  )
    .requiredOption("--link <number>", "結び付けの番号 / number", linkNumber)
    .requiredOption("--reason <text>", "理由 / reason")
    .action(async (flags: { link: number; reason: string }, command: Command) => {
      await perform(
        command,
        async (opened) => {
          await endSubjectLink(await identityOf(opened), fromConsole(opened), {
            linkId: flags.link,
            reason: flags.reason,
          });
          return { ended: flags.link };
        },
        ({ ended }) => `結び付け ${ended} を終わらせました。`,
      );
    });
}
