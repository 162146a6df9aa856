// Loads what an executor loads, and leaves its compiled form in the compile cache; see `warmUp`.
// Its argument is a file that it leaves when that is done.
import { writeFile } from "node:fs/promises";
import { flushCompileCache } from "node:module";

await Promise.all([
  import("@deco-network/executor/run"),
  // The parts that an executor loads when their turn comes.
  import("@deco-network/executor/wasm"),
  import("@deco-network/storage"),
]);
flushCompileCache();
const [, , marker = ""] = process.argv;
await writeFile(marker, "");
