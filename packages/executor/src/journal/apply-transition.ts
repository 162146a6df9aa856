import type { StatementSync } from "node:sqlite";

import { isAllowed } from "../assignments/states.ts";
import { ExecutorError } from "../errors.ts";
import type { SeatKey, Transition } from "./transition.ts";

type Prepare = (sql: string) => StatementSync;

/**
 * Writes one transition within the caller's database transaction.
 * @returns the id of a queued transaction
 */
export function applyTransition(prepare: Prepare, transition: Transition): number | undefined {
  switch (transition.kind) {
    case "assignment-opened":
      openAssignment(prepare, transition);
      return undefined;
    case "assignment-moved":
      moveAssignment(prepare, transition);
      return undefined;
    case "assignment-forgotten":
      forgetAssignment(prepare, transition.key);
      return undefined;
    case "commitment-made":
      makeCommitment(prepare, transition);
      return undefined;
    case "offer-made":
      prepare(
        `INSERT OR REPLACE INTO offers (task, round, request, price, epoch, expiry)
         VALUES (?, ?, ?, ?, ?, ?)`,
      ).run(
        ...[transition.key.task, transition.key.round, transition.request],
        ...[String(transition.price), transition.epoch, transition.expiry],
      );
      return undefined;
    case "offers-forgotten":
      prepare("DELETE FROM offers WHERE expiry < ?").run(transition.before);
      return undefined;
    case "blocks-followed": {
      const insert = prepare(
        "INSERT OR REPLACE INTO blocks (number, hash, parent, timestamp) VALUES (?, ?, ?, ?)",
      );
      for (const b of transition.blocks) insert.run(b.number, b.hash, b.parent, b.timestamp);
      const newest = transition.blocks.at(-1);
      if (newest) prepare("DELETE FROM blocks WHERE number < ?").run(newest.number - KEPT_BLOCKS);
      return undefined;
    }
    case "blocks-rolled-back":
      prepare("DELETE FROM blocks WHERE number > ?").run(transition.above);
      return undefined;
    default:
      return applyToTransaction(prepare, transition);
  }
}

/** Headers remembered: reorgs deeper than this are found, but not traced block by block. */
const KEPT_BLOCKS = 256;

function openAssignment(
  prepare: Prepare,
  t: Extract<Transition, { kind: "assignment-opened" }>,
): void {
  prepare(
    `INSERT INTO assignments (task, round, state, request, posted_block, updated_at)
     VALUES (?, ?, 'discovered', ?, ?, ?)`,
  ).run(t.key.task, t.key.round, t.request, t.postedBlock, Date.now());
  addHistory(prepare, t.key, null, "discovered", null);
}

function moveAssignment(
  prepare: Prepare,
  t: Extract<Transition, { kind: "assignment-moved" }>,
): void {
  if (!isAllowed(t.from, t.to)) throw forbidden(t.key, t.from, t.to);
  const { changes } = prepare(
    `UPDATE assignments
     SET state = ?, reason = ?, facts = json_patch(facts, ?), updated_at = ?
     WHERE task = ? AND round = ? AND state = ?`,
  ).run(
    t.to,
    t.reason ?? null,
    JSON.stringify(t.facts ?? {}),
    Date.now(),
    t.key.task,
    t.key.round,
    t.from,
  );
  if (Number(changes) !== 1) throw forbidden(t.key, t.from, t.to);
  addHistory(prepare, t.key, t.from, t.to, t.reason ?? null);
}

function forgetAssignment(prepare: Prepare, key: SeatKey): void {
  const { changes } = prepare(
    "DELETE FROM assignments WHERE task = ? AND round = ? AND state = 'released'",
  ).run(key.task, key.round);
  if (Number(changes) !== 1) throw forbidden(key, "released", "forgotten");
  prepare("DELETE FROM history WHERE task = ? AND round = ?").run(key.task, key.round);
  // Signed transactions keep their nonces until the chain has used them.
  prepare(
    `DELETE FROM transactions WHERE task = ? AND round = ?
     AND status IN ('final', 'refused', 'dropped')`,
  ).run(key.task, key.round);
}

function makeCommitment(
  prepare: Prepare,
  t: Extract<Transition, { kind: "commitment-made" }>,
): void {
  const standing = prepare("SELECT commitment FROM commitments WHERE task = ? AND round = ?").get(
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
  prepare("INSERT INTO commitments (task, round, commitment, tag) VALUES (?, ?, ?, ?)").run(
    t.key.task,
    t.key.round,
    t.commitment,
    t.tag,
  );
}

type OfTransaction = Extract<Transition, { kind: `transaction-${string}` }>;

function applyToTransaction(prepare: Prepare, t: OfTransaction): number | undefined {
  switch (t.kind) {
    case "transaction-queued": {
      const { lastInsertRowid } = prepare(
        `INSERT INTO transactions (task, round, purpose, target, data, status)
         VALUES (?, ?, ?, ?, ?, 'queued')`,
      ).run(t.key?.task ?? null, t.key?.round ?? null, t.purpose, t.to, t.data);
      return Number(lastInsertRowid);
    }
    case "transaction-signed":
      update(prepare, t.id, ["queued", "sent"], "status = 'sent', nonce = ?, gas = ?", [
        t.nonce,
        String(t.gas),
      ]);
      prepare(
        `INSERT INTO attempts (hash, id, raw, max_fee, max_priority_fee, block)
         VALUES (?, ?, ?, ?, ?, ?)`,
      ).run(t.hash, t.id, t.raw, String(t.maxFeePerGas), String(t.maxPriorityFeePerGas), t.block);
      return undefined;
    case "transaction-included":
      update(
        prepare,
        t.id,
        ["sent", "included"],
        "status = 'included', hash = ?, block = ?, block_hash = ?, success = ?, gas_used = ?",
        [t.hash, t.block, t.blockHash, t.success ? 1 : 0, String(t.gasUsed)],
      );
      return undefined;
    case "transaction-rolled-back":
      // Also what counted as final: a chain may leave more than was thought.
      update(prepare, t.id, ["included", "final"], `status = 'sent', ${UNINCLUDED}`, []);
      return undefined;
    case "transaction-finalized":
      update(prepare, t.id, ["included"], "status = 'final'", []);
      if (t.cost) addSpending(prepare, t.cost);
      return undefined;
    case "transaction-refused":
      update(prepare, t.id, ["queued"], "status = 'refused', error = ?", [t.error]);
      return undefined;
    case "transaction-dropped":
      update(prepare, t.id, ["queued"], "status = 'dropped'", []);
      return undefined;
    case "transaction-displaced":
      update(prepare, t.id, ["sent"], `status = 'queued', nonce = NULL, ${UNINCLUDED}`, []);
      prepare("DELETE FROM attempts WHERE id = ?").run(t.id);
      return undefined;
  }
}

const UNINCLUDED = "hash = NULL, block = NULL, block_hash = NULL, success = NULL, gas_used = NULL";

function update(
  prepare: Prepare,
  id: number,
  from: readonly string[],
  set: string,
  values: readonly (string | number)[],
): void {
  const marks = from.map(() => "?").join(",");
  const { changes } = prepare(
    `UPDATE transactions SET ${set} WHERE id = ? AND status IN (${marks})`,
  ).run(...values, id, ...from);
  if (Number(changes) !== 1) {
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
  prepare: Prepare,
  { day, wei }: { readonly day: number; readonly wei: bigint },
): void {
  const spent = prepare("SELECT wei FROM spending WHERE day = ?").get(day)?.["wei"];
  // As text: wei of a day may exceed 64 bits.
  const sum = BigInt(typeof spent === "string" ? spent : 0) + wei;
  prepare("INSERT OR REPLACE INTO spending (day, wei) VALUES (?, ?)").run(day, String(sum));
  prepare("DELETE FROM spending WHERE day < ?").run(day - KEPT_DAYS);
}

function addHistory(
  prepare: Prepare,
  key: SeatKey,
  source: string | null,
  state: string,
  reason: string | null,
): void {
  prepare(
    "INSERT INTO history (task, round, source, state, reason, at) VALUES (?, ?, ?, ?, ?, ?)",
  ).run(key.task, key.round, source, state, reason, Date.now());
}

function forbidden(key: SeatKey, from: string, to: string): ExecutorError {
  return new ExecutorError(
    "transition-forbidden",
    `Round ${key.round} of task ${key.task} cannot go from ${from} to ${to}.`,
    { remedy: "This is a defect of the executor; report it with the log." },
  );
}
