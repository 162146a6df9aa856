export type { Allocator, AllocatorOptions } from "./allocator.ts";
export { startAllocator } from "./allocator.ts";
export type { AllocatorErrorCode } from "./errors.ts";
export { AllocatorError } from "./errors.ts";
export type { Bid, Candidate, Need } from "./matching/choose.ts";
export { chooseSeats, rankToAsk } from "./matching/choose.ts";
export { createLogger } from "./runtime/logger.ts";
export type { AllocatorSettings, AllocatorSettingsInput } from "./settings.ts";
export { parseSettings } from "./settings.ts";
