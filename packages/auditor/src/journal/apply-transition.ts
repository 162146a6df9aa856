import type { Database } from "@deco-network/database";

import type { Transition } from "./transition.ts";

/** Writes one transition; whoever calls it decides which take effect together. */
export function applyTransition(database: Database, transition: Transition): void {
  switch (transition.kind) {
    case "followed": {
      const sql = "INSERT OR REPLACE INTO progress (name, block) VALUES ('followed', ?)";
      database.run(sql, transition.block);
      return;
    }
    case "task-chosen": {
      const { accepted, items, closesAt } = transition.task;
      database.run(
        `INSERT OR IGNORE INTO tasks (task, state, accepted, items, closes_at)
         VALUES (?, 'chosen', ?, ?, ?)`,
        ...[accepted.taskId, JSON.stringify(accepted), JSON.stringify(items), closesAt],
      );
      return;
    }
    case "task-judged": {
      const { taskId, state, wrong } = transition;
      const text = wrong === undefined ? null : JSON.stringify(wrong);
      database.run("UPDATE tasks SET state = ?, wrong = ? WHERE task = ?", state, text, taskId);
      return;
    }
    case "appeal-planned": {
      const { taskId, wrong, token, bond, nonce } = transition.plan;
      database.run(
        `INSERT OR REPLACE INTO appeals (task, wrong, token, bond, state, nonce)
         VALUES (?, ?, ?, ?, 'planned', ?)`,
        ...[taskId, JSON.stringify(wrong), token, String(bond), nonce],
      );
      return;
    }
    case "appeal-opened": {
      const sql = "UPDATE appeals SET state = 'open', dispute = ? WHERE task = ?";
      database.run(sql, transition.dispute, transition.taskId);
      return;
    }
    case "appeal-missed":
      database.run("UPDATE appeals SET state = 'missed' WHERE task = ?", transition.taskId);
      return;
    case "panel-told": {
      const sql = "UPDATE appeals SET told = ? WHERE task = ?";
      database.run(sql, transition.level, transition.taskId);
      return;
    }
    case "appeal-resolved": {
      const { verdict, returned, awarded } = transition.end;
      database.run(
        `UPDATE appeals SET state = 'resolved', verdict = ?, returned = ?, awarded = ?
         WHERE task = ?`,
        ...[verdict, String(returned), String(awarded), transition.taskId],
      );
    }
  }
}
