export type { Act, ActObserver } from "./acts.ts";
export type { Budget } from "./appeals/appeal-desk.ts";
export { Auditor, type AuditorOptions } from "./auditor.ts";
export { AuditorError, type AuditorErrorCode } from "./errors.ts";
export type { AppealVerdict, AuditorEvent, InconclusiveReason, WithheldReason } from "./events.ts";
export type { Finding } from "./judge/judge-task.ts";
