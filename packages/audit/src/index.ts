export { type AuditOptions, auditTask } from "./audit-task.ts";
export type { ContentReader } from "./checks/check-content.ts";
export type { ProofReader } from "./checks/check-proof.ts";
export type { ReceiptReader } from "./checks/check-receipts.ts";
export { AuditError, type AuditErrorCode } from "./errors.ts";
export type { AuditReport, Check, CheckSubject } from "./report.ts";
