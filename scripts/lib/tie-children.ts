import { type ChildProcess, spawn } from "node:child_process";

/**
 * Keeps a list of process ids from its input ("+ PID", "- PID"; a negative one is a group) and kills those left when the
 * input ends, which is when the process that holds the other side has ended.
 */
const WATCHER = `trap '' HUP INT TERM
list=
while read -r sign pid; do
  kept=
  for each in $list; do [ "$each" = "$pid" ] || kept="$kept $each"; done
  list=$kept
  [ "$sign" = + ] && list="$list $pid"
done
for each in $list; do kill -s KILL -- "$each" 2>/dev/null; done`;

let watcher: ChildProcess | undefined;

/**
 * Sees to it that a child ends with this process, even when this process is killed and can do nothing any more. One shell
 * waits for that on behalf of all children; where there is none (Windows), children that do not notice are left.
 * @param child as `spawn` gives it; one that was spawned `detached` is ended with its whole group
 */
export function tieToThisProcess(child: ChildProcess, options: { group?: boolean } = {}): void {
  if (child.pid === undefined || process.platform === "win32") return;
  const pid = options.group === true ? -child.pid : child.pid;
  watcher ??= startWatcher();
  const { stdin } = watcher;
  stdin?.write(`+ ${pid}\n`);
  // A group may outlive its first process; then it stays on the list.
  if (options.group !== true) child.once("exit", () => stdin?.write(`- ${pid}\n`));
}

function startWatcher(): ChildProcess {
  // A group of its own: whoever signals this process's group must not take the watcher along.
  const shell = spawn("/bin/sh", ["-c", WATCHER], {
    ...{ stdio: ["pipe", "ignore", "ignore"], detached: true },
  });
  // Without a shell everything else works as well.
  shell.once("error", () => undefined);
  shell.stdin?.once("error", () => undefined);
  shell.unref();
  return shell;
}
