import { createInterface } from "node:readline";

import type { Point } from "./point.ts";

/**
 * This process, which ends like a power cut at the point that it was told: its last argument, or a line on standard
 * input ({"arm": …}). It tells every point on standard output; {"stop": true} has it stop in its own way.
 */
export class MortalProcess {
  #armed = process.argv.at(-1);

  /** @param stop Ends it as a signal would; what keeps it running is closed. */
  constructor(stop: () => Promise<void>) {
    createInterface({ input: process.stdin }).on("line", (line) => {
      const order = JSON.parse(line) as { readonly arm?: string; readonly stop?: true };
      if (order.arm !== undefined) {
        this.#armed = order.arm;
        this.say({ armed: order.arm });
      }
      if (order.stop) void stop().then(() => process.exit(0));
    });
    process.stdin.on("end", () => process.kill(process.pid, "SIGKILL"));
  }

  /** Writing to a pipe returns when it is written: what was said is heard, whatever happens next. */
  say(line: Readonly<Record<string, unknown>>): void {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }

  /** @param tell Says what was done, before the process can end after it */
  observer<Act>(nameOf: (act: Act) => string, tell?: (act: Act) => void) {
    return {
      before: (act: Act) => this.#reached(`before ${nameOf(act)}`),
      after: (act: Act) => {
        tell?.(act);
        this.#reached(`after ${nameOf(act)}`);
      },
    };
  }

  #reached(point: Point): void {
    this.say({ point });
    if (point === this.#armed) process.kill(process.pid, "SIGKILL");
  }
}
