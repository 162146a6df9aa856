import { parseArgs } from "node:util";

import { DevnetError } from "./errors.ts";
import { startDevnet } from "./start-devnet.ts";

/** The local chain as its own process: a ready line on standard output, ended by SIGINT or SIGTERM. */
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    accounts: { type: "string", default: "10" },
    "block-seconds": { type: "string", default: "0.25" },
    deployment: { type: "string" },
    /** Serve the published circuits. */
    zk: { type: "boolean", default: false },
    /** End when standard input ends: for a parent that must not leave the chain behind. */
    "stop-with-parent": { type: "boolean", default: false },
  },
});

const ended = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => ended.abort());
if (values["stop-with-parent"]) process.stdin.once("end", () => ended.abort()).resume();

try {
  const devnet = await startDevnet({
    port: Number(values.port),
    accounts: Number(values.accounts),
    blockSeconds: Number(values["block-seconds"]),
    zk: values.zk,
    ...(values.deployment !== undefined && { deploymentFile: values.deployment }),
    signal: ended.signal,
  });
  const { pid, zkPolicy, accounts } = devnet;
  const ready = { ready: true, pid, ...devnet.deployment, zkPolicy, accounts };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  // The listener for the abort does not keep the process alive by itself.
  const alive = setInterval(() => undefined, 60_000);
  if (!ended.signal.aborted) {
    await new Promise((resolve) => ended.signal.addEventListener("abort", resolve, { once: true }));
  }
  clearInterval(alive);
  await devnet.stop();
} catch (error) {
  if (!(error instanceof DevnetError)) throw error;
  process.stderr.write(
    `${JSON.stringify({ code: error.code, message: error.message, remedy: error.remedy })}\n`,
  );
  process.exitCode = 1;
} finally {
  // An input that is listened to would keep the process alive until its parent kills it.
  process.stdin.destroy();
}
