/** 審査画面: beside each item of a filing what the registers say, the proposal as it was examined and as it would be now. */
import { randomUUID } from "node:crypto";

import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { onSnapshot, withRole } from "@hagukumi/platform/database/transaction.ts";
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { officeCalendar } from "../claims/examine.ts";
import { type Debt, debtsOf } from "../recovery/debts.ts";
import { type Context, ROLE } from "../context.ts";
import { type Person, personsOf, recipientsOf, recipientsWithChild, type RecipientRow } from "../procedures/people.ts";
import { alertsOf, type ProposalAlert } from "./alerts.ts";
import { handedBack, type HandedBack } from "./documents.ts";
import { type FieldProblem, fieldProblems, filingFormShape } from "./form.ts";
import type { FilingOf, Proposal, RequiredDocument } from "./procedure.ts";
import { missingDocuments, proposalDigest, proposalFor, stopsOf } from "./proposal.ts";
import { checkOwnDraft } from "./store-form.ts";
import { type DocumentState, type EventKind, type FilingRecord, loadFiling } from "./record.ts";
import { procedureOf } from "./registry.ts";

/**
 * A read that needs more of the register than an open purpose shows (who else has the child, what the law says of it): under
 * the system's role, behind the same guard as a command. What it answers names other people by number alone.
 */
async function guardedRead<T>(context: Context, filing: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return await refusing(() =>
    onSnapshot(context.pool, async (client) => {
      await context.guard?.check(client, context.operator);
      await withRole(client, ROLE);
      const result = await work(client);
      await client.query(
        "INSERT INTO audit.event (actor, purpose, action, object_kind, object_id, command_key) VALUES ($1, $2, 'filing.look', 'filing', $3, $4)",
        [context.operator, context.purpose, filing, `filing.look/${randomUUID()}`],
      );
      await context.guard?.record(client);
      return result;
    }),
  );
}

/** A person of the filing as the residents' register shows it now. */
export type PanelPerson = Person & {
  readonly part: "claimant" | "child" | "counted";
  /** 認定番号 of this person's own rights, with first and last month */
  readonly rights: readonly Pick<RecipientRow, "recipientId" | "kind" | "firstMonth" | "endedFrom">[];
  /** 認定番号 of whoever has claimed this person as a child */
  readonly claimedBy: readonly number[];
};

export type PanelDocument = RequiredDocument & {
  readonly state: DocumentState["state"] | "missing";
  readonly notedOn: CivilDate | null;
  readonly reason: string | null;
};

export type PanelEvent = {
  readonly seq: number;
  readonly kind: EventKind;
  readonly on: CivilDate;
  readonly at: Date;
  readonly by: string;
  readonly dueOn: CivilDate | null;
  readonly reason: string | null;
};

export type ExaminePanel = {
  readonly filing: FilingRecord;
  readonly procedureName: string;
  readonly form: string | null;
  readonly rule: string;
  readonly persons: readonly PanelPerson[];
  readonly documents: readonly PanelDocument[];
  readonly events: readonly PanelEvent[];
  /** What would be proposed now */
  readonly current: Proposal;
  /** Why it can't be approved now, Japanese; empty where it can */
  readonly stops: readonly string[];
  /** 届出・請求の期限 by the city's calendar; null where there is none */
  readonly legalDueOn: CivilDate | null;
  /** Whether what was examined is still what would be proposed: only then an approval can succeed */
  readonly upToDate: boolean;
  /** What wants to be acknowledged before an approval, and by whom it was */
  readonly alerts: readonly ProposalAlert[];
  /** 返納の残り of the claimant under any 認定番号 (A115) */
  readonly debts: readonly Debt[];
  /** 返却の記録: papers that were not needed and went back */
  readonly handedBack: readonly HandedBack[];
  /** Who may not approve: everybody who typed, examined or recorded papers */
  readonly notBy: readonly string[];
};

function panelDocuments(record: FilingRecord): PanelDocument[] {
  return procedureOf(record.procedure)
    .documents(record.content)
    .map((required) => {
      const found = record.documents.find(({ code }) => code === required.code);
      return {
        ...required,
        state: found?.state ?? "missing",
        notedOn: found?.notedOn ?? null,
        reason: found?.reason ?? null,
      };
    });
}

async function panelPersons(client: PoolClient, record: FilingRecord): Promise<PanelPerson[]> {
  const numbers = [record.subject.claimant, ...record.subject.children];
  const persons = await personsOf(client, numbers);
  const found: PanelPerson[] = [];
  for (const number of new Set(numbers)) {
    const person = persons.get(number);
    if (person === undefined) continue;
    const part = number === record.subject.claimant ? ("claimant" as const) : ("child" as const);
    const rights = await recipientsOf(client, number);
    const claimedBy = part === "child" ? await recipientsWithChild(client, number) : [];
    found.push({
      ...person,
      part,
      rights: rights.map(({ recipientId, kind, firstMonth, endedFrom }) => ({
        recipientId,
        kind,
        firstMonth,
        endedFrom,
      })),
      claimedBy: claimedBy.map(({ recipientId }) => recipientId),
    });
  }
  return found;
}

const EVENTS = `
  SELECT seq, kind, done_on AS "on", recorded_at AS at, done_by AS by, due_on AS "dueOn", reason
  FROM allowance.filing_event WHERE filing_id = $1 ORDER BY seq`;

const PARTICIPANTS = `
  SELECT typed_by AS by FROM allowance.filing_content WHERE filing_id = $1
  UNION SELECT examined_by FROM allowance.filing_examination WHERE filing_id = $1
  UNION SELECT recorded_by FROM allowance.filing_document WHERE filing_id = $1 ORDER BY 1`;

/**
 * Everything that the examination screen shows of one filing.
 *
 * @throws Refusal `filingUnknown`, and what the guard throws
 */
export async function examinePanel(context: Context, filingId: number): Promise<ExaminePanel> {
  return await guardedRead(context, String(filingId), async (client) => {
    const record = await loadFiling(client, filingId);
    checkOwnDraft(context, record);
    const procedure = procedureOf(record.procedure);
    const { examination } = record;
    const live = record.state === "examined" && examination !== null;
    const readable = procedure.shape.safeParse(record.content).success;
    const decided = record.state === "decided" || record.state === "cancelled";
    const empty: Proposal = { outcome: "impossible", reasons: [], differences: [], effects: [], basis: null };
    const judgedOn = live ? examination.judgedOn : context.today;
    const override = live ? examination.override : null;
    const current =
      decided && examination !== null
        ? examination.proposal
        : readable
          ? await proposalFor(client, context, record, judgedOn, override)
          : empty;
    const { rows: events } = await client.query<PanelEvent>(EVENTS, [filingId]);
    const { rows: people } = await client.query<{ by: string }>(PARTICIPANTS, [filingId]);
    return {
      filing: record,
      procedureName: procedure.name,
      form: procedure.form,
      rule: procedure.rule,
      persons: await panelPersons(client, record),
      documents: readable ? panelDocuments(record) : [],
      events,
      current,
      stops: stopsOf(current).map(({ text }) => text),
      legalDueOn: readable ? procedure.dueDate(record.content, await officeCalendar(client, context)) : null,
      upToDate: live && proposalDigest(record, judgedOn, override, current) === examination.digest,
      alerts: await alertsOf(client, filingId, current),
      debts: await debtsOf(client, record.subject.claimant),
      handedBack: await handedBack(client, filingId),
      notBy: people.map(({ by }) => by),
    };
  });
}

export type Preview = {
  /** Fields that can't be taken as they are; then there is no proposal */
  readonly problems: readonly FieldProblem[];
  readonly proposal: Proposal | null;
  readonly documents: readonly RequiredDocument[];
  /** Differences that would stop an approval, papers aside */
  readonly stops: readonly string[];
  /** 届出・請求の期限 by the city's calendar; null where there is none */
  readonly legalDueOn: CivilDate | null;
};

/**
 * The proposal for what is typed so far: nothing is stored. Papers that are not there yet are listed, not counted as stops.
 *
 * @throws what the guard throws
 */
export async function previewFiling(context: Context, input: unknown): Promise<Preview> {
  const nothing = { proposal: null, documents: [], stops: [], legalDueOn: null };
  const parsed = filingFormShape.safeParse(input);
  if (!parsed.success) return { problems: fieldProblems(parsed.error), ...nothing };
  const form = parsed.data;
  const procedure = procedureOf(form.procedure);
  const content = procedure.shape.safeParse(form.content);
  if (!content.success) return { problems: fieldProblems(content.error, "content"), ...nothing };
  const subject = procedure.subjectOf(form.content);
  const filing: FilingOf<unknown> = {
    filingId: null,
    receptionNumber: form.receptionNumber ?? null,
    procedure: form.procedure,
    content: form.content,
    receivedOn: form.receivedOn,
    channel: form.channel,
    wardCode: form.wardCode,
    subject,
    replaces: null,
    override: null,
    judgedOn: context.today,
  };
  return await guardedRead(context, "preview", async (client) => {
    const proposal = await procedure.propose(client, context, filing);
    const documents = missingDocuments(procedure.documents(form.content), []);
    return {
      problems: [],
      proposal: JSON.parse(canonicalJson(proposal)) as Proposal,
      documents,
      stops: stopsOf(proposal).map(({ text }) => text),
      legalDueOn: procedure.dueDate(form.content, await officeCalendar(client, context)),
    };
  });
}
