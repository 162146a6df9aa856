import type { ExecutorParts } from "./composition-root.ts";
import { loadConfig } from "./config/load-config.ts";
import { startExecutor } from "./executor.ts";

/**
 * The provider daemon as a process: one operator key, one data folder. Reads its configuration
 * from arguments and environment, tells on standard output when it is ready, and ends the process.
 * @param parts brought instead of the usual ones
 */
export async function runExecutor(parts: ExecutorParts): Promise<never> {
  const starting = new AbortController();
  const hurry = new AbortController();
  let stop = () => starting.abort();
  let asked = false;
  const askToStop = () => {
    // The second request does not wait for open commitments.
    if (asked) hurry.abort();
    asked = true;
    stop();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, askToStop);

  try {
    const config = await loadConfig(process.argv.slice(2), process.env);
    if (config.stopWithParent) process.stdin.on("end", askToStop).resume();
    const executor = await startExecutor(config, parts, starting.signal);
    const ended = new Promise<void>((resolve, reject) => {
      stop = () => void executor.stop(hurry.signal).then(resolve, reject);
    });
    if (asked) stop();
    const { identity, endpoint, status } = executor;
    const ready = { ready: true, provider: identity.provider, endpoint, status };
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    await ended;
    process.exit(0);
  } catch (error) {
    const { code, message, remedy } = error as { code?: string; message?: string; remedy?: string };
    process.stderr.write(`${JSON.stringify({ level: 60, code, msg: message, remedy })}\n`);
    process.exit(1);
  }
}
