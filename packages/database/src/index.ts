export type { ActObserver } from "./act-observer.ts";
export { Database, type DatabaseIdentity, type DatabaseOptions, type Row } from "./database.ts";
export { DatabaseError, type DatabaseErrorCode } from "./errors.ts";
export { recordWrite, type WriteAct } from "./record.ts";
