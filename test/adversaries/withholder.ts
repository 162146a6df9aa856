import type { ExecutorParts } from "@deco-network/executor";

import { idle } from "./support/handlers.ts";

/** Computes honestly and commits, but never shows what to. */
export const withholder: ExecutorParts = { handlers: { committed: idle } };
