import type { Database } from "@deco-network/database";

import { FOUND_ON_CHAIN, isAllowed } from "../assignments/states.ts";
import { ExecutorError } from "../errors.ts";
import type { SeatKey, Transition } from "./transition.ts";

type Writer = Pick<Database, "get" | "run">;

/**
 * Writes one transition within the caller's database transaction.
 * @returns the id of a queued transaction
 */
export function applyTransition(database: Writer, transition: Transition): number | undefined {
  switch (transition.kind) {
    case "assignment-opened":
      openAssignment(database, transition);
      return undefined;
    case "assignment-moved":
      moveAssignment(database, transition);
      return undefined;
    case "assignment-forgotten":
      forgetAssignment(database, transition.key);
      return undefined;
    case "commitment-made":
      makeCommitment(database, transition);
      return undefined;
    case "protection-merged":
      for (const { task, round, commitment, tag } of transition.commitments) {
        const key = { task, round };
        makeCommitment(database, { kind: "commitment-made", key, commitment, tag });
      }
      for (const { task, round } of transition.seats) addSeat(database, { task, round });
      return undefined;
    case "offer-made":
      database.run(
        `INSERT OR REPLACE INTO offers (task, round, request, price, epoch, expiry)
         VALUES (?, ?, ?, ?, ?, ?)`,
        ...[transition.key.task, transition.key.round, transition.request],
        ...[String(transition.price), transition.epoch, transition.expiry],
      );
      return undefined;
    case "offers-forgotten":
      database.run("DELETE FROM offers WHERE expiry < ?", transition.before);
      return undefined;
    case "blocks-followed": {
      const insert =
        "INSERT OR REPLACE INTO blocks (number, hash, parent, timestamp) VALUES (?, ?, ?, ?)";
      for (const { number, hash, parent, timestamp } of transition.blocks) {
        database.run(insert, number, hash, parent, timestamp);
      }
      const newest = transition.blocks.at(-1);
      if (newest) database.run("DELETE FROM blocks WHERE number < ?", newest.number - KEPT_BLOCKS);
      return undefined;
    }
    case "blocks-rolled-back":
      database.run("DELETE FROM blocks WHERE number > ?", transition.above);
      return undefined;
    default:
      return applyToTransaction(database, transition);
  }
}

/** Headers remembered: reorgs deeper than this are found, but not traced block by block. */
const KEPT_BLOCKS = 256;

function openAssignment(
  database: Writer,
  t: Extract<Transition, { kind: "assignment-opened" }>,
): void {
  database.run(
    `INSERT INTO assignments (task, round, state, request, posted_block, updated_at)
     VALUES (?, ?, 'discovered', ?, ?, ?)`,
    t.key.task,
    t.key.round,
    t.request,
    t.postedBlock,
    Date.now(),
  );
  addHistory(database, t.key, null, "discovered", null);
}

function moveAssignment(
  database: Writer,
  t: Extract<Transition, { kind: "assignment-moved" }>,
): void {
  if (!isAllowed(t.from, t.to)) throw forbidden(t.key, t.from, t.to);
  const { changes } = database.run(
    `UPDATE assignments
     SET state = ?, reason = ?, facts = json_patch(facts, ?), updated_at = ?
     WHERE task = ? AND round = ? AND state = ?`,
    t.to,
    t.reason ?? null,
    JSON.stringify(t.facts ?? {}),
    Date.now(),
    t.key.task,
    t.key.round,
    t.from,
  );
  if (changes !== 1) throw forbidden(t.key, t.from, t.to);
  addHistory(database, t.key, t.from, t.to, t.reason ?? null);
  // A seat that was only found may be another process's.
  const own = t.to === "claiming" || (t.to === "seated" && t.reason !== FOUND_ON_CHAIN);
  if (own) addSeat(database, t.key);
}

function addSeat(database: Writer, { task, round }: SeatKey): void {
  database.run("INSERT OR IGNORE INTO seats (task, round) VALUES (?, ?)", task, round);
}

function forgetAssignment(database: Writer, key: SeatKey): void {
  const { changes } = database.run(
    "DELETE FROM assignments WHERE task = ? AND round = ? AND state = 'released'",
    key.task,
    key.round,
  );
  if (changes !== 1) throw forbidden(key, "released", "forgotten");
  database.run("DELETE FROM history WHERE task = ? AND round = ?", key.task, key.round);
  // Signed transactions keep their nonces until the chain has used them.
  database.run(
    `DELETE FROM transactions WHERE task = ? AND round = ?
     AND status IN ('final', 'refused', 'dropped')`,
    key.task,
    key.round,
  );
}

function makeCommitment(
  database: Writer,
  t: Extract<Transition, { kind: "commitment-made" }>,
): void {
  const standing = database.get(
    "SELECT commitment FROM commitments WHERE task = ? AND round = ?",
    t.key.task,
    t.key.round,
  )?.["commitment"];
  if (standing === t.commitment) return;
  if (standing !== undefined) {
    throw new ExecutorError(
      "second-commitment",
      `Round ${t.key.round} of task ${t.key.task} has another commitment already.`,
      { remedy: "Keep the first one; a program that gave two results is not deterministic." },
    );
  }
  database.run(
    "INSERT INTO commitments (task, round, commitment, tag) VALUES (?, ?, ?, ?)",
    t.key.task,
    t.key.round,
    t.commitment,
    t.tag,
  );
}

type OfTransaction = Extract<Transition, { kind: `transaction-${string}` }>;

function applyToTransaction(database: Writer, t: OfTransaction): number | undefined {
  switch (t.kind) {
    case "transaction-queued": {
      const { lastId } = database.run(
        `INSERT INTO transactions (task, round, purpose, target, data, status)
         VALUES (?, ?, ?, ?, ?, 'queued')`,
        t.key?.task ?? null,
        t.key?.round ?? null,
        t.purpose,
        t.to,
        t.data,
      );
      return lastId;
    }
    case "transaction-signed":
      update(database, t.id, ["queued", "sent"], "status = 'sent', nonce = ?, gas = ?", [
        t.nonce,
        String(t.gas),
      ]);
      database.run(
        `INSERT INTO attempts (hash, id, raw, max_fee, max_priority_fee, block)
         VALUES (?, ?, ?, ?, ?, ?)`,
        t.hash,
        t.id,
        t.raw,
        String(t.maxFeePerGas),
        String(t.maxPriorityFeePerGas),
        t.block,
      );
      return undefined;
    case "transaction-included":
      update(
        database,
        t.id,
        ["sent", "included"],
        "status = 'included', hash = ?, block = ?, block_hash = ?, success = ?, gas_used = ?",
        [t.hash, t.block, t.blockHash, t.success ? 1 : 0, String(t.gasUsed)],
      );
      return undefined;
    case "transaction-rolled-back":
      // Also what counted as final: a chain may leave more than was thought.
      update(database, t.id, ["included", "final"], `status = 'sent', ${UNINCLUDED}`, []);
      return undefined;
    case "transaction-finalized":
      update(database, t.id, ["included"], "status = 'final'", []);
      if (t.cost) addSpending(database, t.cost);
      return undefined;
    case "transaction-refused":
      update(database, t.id, ["queued"], "status = 'refused', error = ?", [t.error]);
      return undefined;
    case "transaction-dropped":
      update(database, t.id, ["queued"], "status = 'dropped'", []);
      return undefined;
    case "transaction-displaced":
      update(database, t.id, ["sent"], `status = 'queued', nonce = NULL, ${UNINCLUDED}`, []);
      database.run("DELETE FROM attempts WHERE id = ?", t.id);
      return undefined;
  }
}

const UNINCLUDED = "hash = NULL, block = NULL, block_hash = NULL, success = NULL, gas_used = NULL";

function update(
  database: Writer,
  id: number,
  from: readonly string[],
  set: string,
  values: readonly (string | number)[],
): void {
  const marks = from.map(() => "?").join(",");
  const { changes } = database.run(
    `UPDATE transactions SET ${set} WHERE id = ? AND status IN (${marks})`,
    ...values,
    id,
    ...from,
  );
  if (changes !== 1) {
    throw new ExecutorError(
      "transition-forbidden",
      `Transaction ${id} is not ${from.join(" or ")}.`,
      { remedy: "This is a defect of the executor; report it with the log." },
    );
  }
}

/** Days of spending that are remembered. */
const KEPT_DAYS = 31;

function addSpending(
  database: Writer,
  { day, wei }: { readonly day: number; readonly wei: bigint },
): void {
  const spent = database.get("SELECT wei FROM spending WHERE day = ?", day)?.["wei"];
  // As text: wei of a day may exceed 64 bits.
  const sum = BigInt(typeof spent === "string" ? spent : 0) + wei;
  database.run("INSERT OR REPLACE INTO spending (day, wei) VALUES (?, ?)", day, String(sum));
  database.run("DELETE FROM spending WHERE day < ?", day - KEPT_DAYS);
}

function addHistory(
  database: Writer,
  key: SeatKey,
  source: string | null,
  state: string,
  reason: string | null,
): void {
  database.run(
    "INSERT INTO history (task, round, source, state, reason, at) VALUES (?, ?, ?, ?, ?, ?)",
    key.task,
    key.round,
    source,
    state,
    reason,
    Date.now(),
  );
}

function forbidden(key: SeatKey, from: string, to: string): ExecutorError {
  return new ExecutorError(
    "transition-forbidden",
    `Round ${key.round} of task ${key.task} cannot go from ${from} to ${to}.`,
    { remedy: "This is a defect of the executor; report it with the log." },
  );
}
