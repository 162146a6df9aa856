import { spawn } from "node:child_process";

/** Waits for the end of its input, which is the end of whoever holds the other side. */
const WATCHER = `trap '' HUP INT TERM; read -r _; kill -KILL "$1" 2>/dev/null`;

/**
 * Sees to it that a program which cannot notice the end of its parent ends with this process,
 * even when this process is killed. Nobody can do that in a handler of its own, so a shell waits
 * for it; where there is none (Windows), only an ordinary exit takes the program along.
 * @returns to be called when the program has ended, before its pid can be another's; resolves when nothing is left of the shell
 */
export function endWithThisProcess(pid: number): () => Promise<void> {
  const kill = () => {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  };
  process.once("exit", kill);
  const watcher =
    process.platform === "win32"
      ? undefined
      : spawn("/bin/sh", ["-c", WATCHER, "sh", String(pid)], {
          stdio: ["pipe", "ignore", "ignore"],
        });
  // Without a shell the rest works as well.
  const gone = new Promise<void>((resolve) => {
    if (watcher === undefined) resolve();
    watcher?.once("error", () => resolve());
    watcher?.once("exit", () => resolve());
  });
  watcher?.stdin.once("error", () => undefined);
  watcher?.unref();
  return async () => {
    process.removeListener("exit", kill);
    // An orphan that has ended still counts as a process until whoever adopted it notices.
    watcher?.ref();
    watcher?.kill("SIGKILL");
    await gone;
  };
}
