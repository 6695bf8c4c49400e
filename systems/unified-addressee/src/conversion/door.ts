/**
 * 接続の扉: how other programs reach the 団体内統合宛名システム. Each call carries a signed statement (as for the vault); who calls, what it may
 * ask and until when stands in `unified.client`. Whoever is unknown is refused, and the refusal is logged.
 */
import { readCommitted, withRole } from "@hagukumi/platform/database/transaction.ts";
import { readStatement } from "@hagukumi/vault/contract.ts";
import type { Pool, PoolClient } from "pg";

import { ROLE } from "../context.ts";
import { statusOn } from "../entries/enter-number.ts";
import type { NumberState } from "../entries/labels.ts";
import { type AddresseeRefusalCode, refuse, refusing } from "../refusal.ts";
import { toAddressee, toUnified } from "./convert.ts";

/** What can be asked. `numberState` is all that a business system gets: never the number itself. */
export type DoorQuestion =
  | { readonly operation: "toUnified"; readonly systemCode: string; readonly addresseeNumber: number }
  | { readonly operation: "toAddressee"; readonly systemCode: string; readonly unifiedNumber: number }
  | { readonly operation: "numberState"; readonly addresseeNumber: number };

export type DoorAnswer =
  | { readonly unifiedNumber: number | null }
  | { readonly addresseeNumber: number | null }
  | { readonly state: NumberState };

/** Purposes for which each operation may be asked. */
const PURPOSES: Readonly<Record<DoorQuestion["operation"], readonly string[]>> = {
  toUnified: ["informationExchange"],
  toAddressee: ["informationExchange"],
  numberState: ["informationExchange", "certification"],
};

const MESSAGES: Readonly<Partial<Record<AddresseeRefusalCode, string>>> = {
  clientUnknown: "登録のない接続元、または期限の切れた接続元です。団体内統合宛名システムは答えません。",
  statementInvalid: "申立ての署名または内容が正しくありません。団体内統合宛名システムは答えません。",
  statementExpired: "申立ての期限（60秒）を過ぎたか、時計が合っていません。もう一度行ってください。",
  statementUsed: "この申立てはすでに使われています。もう一度行ってください。",
  purposeRefused: "この接続元、またはこの目的では、この操作はできません。",
};

export type AddresseeDoor = {
  /** @throws Refusal `clientUnknown`, `statementInvalid`, `statementExpired`, `statementUsed`, `purposeRefused` */
  readonly ask: (statement: string, question: DoorQuestion) => Promise<DoorAnswer>;
};

type ClientRow = {
  readonly system_code: string | null;
  readonly public_key: Buffer;
  readonly operations: readonly string[];
};

/** The door over a database. */
export function createAddresseeDoor(pool: Pool, now: () => Date = () => new Date()): AddresseeDoor {
  return {
    ask: async (statement, question) => {
      const said = readStatement(statement);
      const log = async (client: PoolClient, rows: number, code: string | null): Promise<void> => {
        await client.query(
          "INSERT INTO unified.connection_log (client_id, actor, purpose, operation, subject, rows, refusal_code) VALUES ($1, $2, $3, $4, $5, $6, $7)",
          [
            said?.payload.client ?? "-",
            said?.payload.actor ?? "-",
            said?.payload.purpose ?? "-",
            question.operation,
            said?.payload.subject ?? "-",
            rows,
            code,
          ],
        );
      };
      let refused: AddresseeRefusalCode | undefined;
      try {
        return await readCommitted(pool, async (client) => {
          await withRole(client, ROLE);
          const { rows } = await client.query<ClientRow>(
            "SELECT system_code, public_key, operations FROM unified.client WHERE client_id = $1 AND valid_from <= $2 AND valid_to > $2",
            [said?.payload.client ?? "", now()],
          );
          refused = await decide(client, said, rows[0], question.operation, now());
          if (refused !== undefined) throw refuse(refused, MESSAGES[refused] ?? "");
          const answer = await answerTo(client, question, rows[0]?.system_code ?? null);
          await log(client, 1, null);
          return answer;
        });
      } catch (error) {
        const code = refused;
        if (code !== undefined) {
          await readCommitted(pool, async (client) => {
            await withRole(client, ROLE);
            await log(client, 0, code);
          });
        }
        throw error;
      }
    },
  };
}

async function decide(
  client: PoolClient,
  said: ReturnType<typeof readStatement>,
  row: ClientRow | undefined,
  operation: DoorQuestion["operation"],
  now: Date,
): Promise<AddresseeRefusalCode | undefined> {
  if (said === undefined || said.payload.operation !== operation) return "statementInvalid";
  if (row === undefined) return "clientUnknown";
  if (!said.isSignedWith(row.public_key)) return "statementInvalid";
  if (!said.isTimely(now)) return "statementExpired";
  const { rowCount } = await client.query(
    "INSERT INTO unified.used_statement (statement_id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    [said.payload.id, new Date(said.payload.expires)],
  );
  if (rowCount === 0) return "statementUsed";
  if (!row.operations.includes(operation) || !PURPOSES[operation].includes(said.payload.purpose))
    return "purposeRefused";
  return undefined;
}

async function answerTo(client: PoolClient, question: DoorQuestion, ownSystem: string | null): Promise<DoorAnswer> {
  switch (question.operation) {
    case "toUnified":
      return { unifiedNumber: await toUnified(client, question.systemCode, question.addresseeNumber) };
    case "toAddressee":
      return { addresseeNumber: await toAddressee(client, question.unifiedNumber, question.systemCode) };
    case "numberState":
      // A business system asks about its own addressees alone.
      return {
        state: ownSystem === null ? "none" : (await statusOn(client, ownSystem, question.addresseeNumber)).state,
      };
    default:
      return question satisfies never;
  }
}

export type NewAddresseeClient = {
  readonly clientId: string;
  /** The business system that calls; null for the connection with the 中間サーバー */
  readonly systemCode: string | null;
  /** Ed25519, 32 bytes */
  readonly publicKey: Buffer;
  readonly operations: readonly DoorQuestion["operation"][];
  readonly validTo: Date;
  readonly operator: string;
};

/** Registers a calling program. @throws Refusal `purposeRefused` (a business system that wants to convert), `duplicate` */
export async function registerAddresseeClient(pool: Pool, client: NewAddresseeClient, now = new Date()): Promise<void> {
  await refusing(
    async () =>
      await readCommitted(pool, async (connection) => {
        await withRole(connection, ROLE);
        await connection.query(
          "INSERT INTO unified.client (client_id, system_code, public_key, operations, valid_from, valid_to, registered_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
          [
            client.clientId,
            client.systemCode,
            client.publicKey,
            client.operations,
            now,
            client.validTo,
            client.operator,
          ],
        );
      }),
  );
}
