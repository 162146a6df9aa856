import { runExecutor } from "./run.ts";

await runExecutor({});
