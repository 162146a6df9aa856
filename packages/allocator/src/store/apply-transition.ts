import type { Database } from "@deco-network/database";

import { requestText, seatsText } from "./orders.ts";
import type { Transition } from "./transition.ts";

/** Writes one transition; whoever calls it decides which take effect together. */
export function applyTransition(database: Database, t: Transition): void {
  switch (t.kind) {
    case "order-taken": {
      const { taskId, request, signature, need, engine, until } = t.order;
      database.run(
        `INSERT INTO orders (task, request, signature, state, need, engine, until, changed_at)
         VALUES (?, ?, ?, 'queued', ?, ?, ?, ?)`,
        ...[taskId, requestText(request), signature, JSON.stringify(need), engine ?? null, until],
        t.at,
      );
      return;
    }
    case "order-matched":
      database.run(
        `UPDATE orders SET state = 'matched', seats = ?, reason = NULL, detail = NULL, changed_at = ?
         WHERE task = ?`,
        ...[seatsText(t.seats), t.at, t.taskId],
      );
      return;
    case "order-opened":
      database.run(
        `UPDATE orders SET state = 'opened', reason = NULL, detail = NULL, hash = ?, changed_at = ?
         WHERE task = ?`,
        ...[t.transaction ?? null, t.at, t.taskId],
      );
      return;
    case "order-queued":
      database.run(
        `UPDATE orders SET state = 'queued', seats = '[]', hash = NULL, reason = ?, detail = ?, changed_at = ?
         WHERE task = ?`,
        ...[t.reason, t.detail ?? null, t.at, t.taskId],
      );
      return;
    case "order-refused":
      database.run(
        "UPDATE orders SET state = 'refused', reason = ?, detail = ?, changed_at = ? WHERE task = ?",
        ...[t.reason, t.detail ?? null, t.at, t.taskId],
      );
      return;
    case "attempt-signed": {
      const a = t.attempt;
      database.run(
        `INSERT INTO attempts (hash, task, purpose, nonce, raw, gas, max_fee, max_priority_fee, block)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[a.hash, a.taskId, a.purpose, a.nonce, a.raw, String(a.gas)],
        ...[String(a.maxFeePerGas), String(a.maxPriorityFeePerGas), a.block],
      );
      return;
    }
    case "transaction-landed":
      database.run("DELETE FROM attempts WHERE task = ? AND purpose = ?", t.taskId, t.purpose);
      return;
    case "ended-forgotten":
      database.run(
        `DELETE FROM orders WHERE state IN ('opened', 'refused') AND changed_at < ?
         AND task NOT IN (SELECT task FROM attempts)`,
        t.before,
      );
  }
}
