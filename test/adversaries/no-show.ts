import type { ExecutorParts } from "@deco-network/executor";

import { idle } from "./support/handlers.ts";

/** Takes a seat and is never heard of again. */
export const noShow: ExecutorParts = { handlers: { running: idle } };
