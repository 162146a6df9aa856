import { spawn } from "node:child_process";

/** Waits for the end of its input, which is the end of whoever holds the other side. */
const WATCHER = `trap '' HUP INT TERM; read -r _; kill -KILL "$1" 2>/dev/null`;

/**
 * Sees to it that a program which cannot notice the end of its parent ends with this process,
 * even when this process is killed. Nobody can do that in a handler of its own, so a shell waits
 * for it; where there is none (Windows), only an ordinary exit takes the program along.
 * @returns to be called when the program has ended, before its pid can be another's
 */
export function endWithThisProcess(pid: number): () => void {
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
  watcher?.once("error", () => undefined);
  watcher?.stdin.once("error", () => undefined);
  watcher?.unref();
  return () => {
    process.removeListener("exit", kill);
    watcher?.kill("SIGKILL");
  };
}
