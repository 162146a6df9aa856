// A process with three children: one tied to it, a tied group of two, and one that ends before it does.
import { spawn } from "node:child_process";
import { once } from "node:events";

import { tieToThisProcess } from "../../../scripts/lib/tie-children.ts";

const stdio = ["ignore", "pipe", "ignore"] as const;
const single = spawn("sleep", ["600"], { stdio: "ignore" });
tieToThisProcess(single);
// The group's first process ends at once; its other one is what has to be found.
const group = spawn("/bin/sh", ["-c", "sleep 600 >/dev/null & echo $!"], {
  ...{ detached: true, stdio: [...stdio] },
});
tieToThisProcess(group, { group: true });
const [member] = await once(group.stdout, "data");
const brief = spawn("true", { stdio: "ignore" });
tieToThisProcess(brief);
await once(brief, "exit");
process.stdout.write(`${JSON.stringify([single.pid, Number(String(member))])}\n`);
if (process.argv[2] === "leave") single.unref();
else await once(single, "exit");
