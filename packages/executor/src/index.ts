export type { Act, ActObserver } from "./acts.ts";
export type { ProviderIdentity, VoteStep } from "./assignments/context.ts";
export { HANDLERS, type HandlerTable } from "./assignments/handlers/index.ts";
export { ASSIGNMENT_STATES, type AssignmentState } from "./assignments/states.ts";
export { type ExportReport, exportBackup } from "./backup/export-backup.ts";
export { type ImportReport, importBackup } from "./backup/import-backup.ts";
export type { ExecutorParts } from "./composition-root.ts";
export { loadConfig, parseConfig, parseConfigFile } from "./config/load-config.ts";
export type { ExecutorConfig, ExecutorConfigInput } from "./config/schema.ts";
export { updateConfigFile } from "./config/update-config.ts";
export {
  ABSTAIN_REASONS,
  type AbstainReason,
  type DeterministicFault,
  type Engine,
  type EngineProbe,
  type Execution,
  type Measurements,
  type PreparedProgram,
  type PrepareSpec,
  type RunSpec,
} from "./engines/engine.ts";
export { ExecutorError, type ExecutorErrorCode, isExecutorError } from "./errors.ts";
export { type Executor, startExecutor } from "./executor.ts";
export { type ControlFile, controlPath, readControlFile } from "./http/control-file.ts";
export { loadOperator } from "./identity/load-operator.ts";
export type { SeatKey, Transition, VotedResult } from "./journal/transition.ts";
export { type OpenRunnerOptions, openRunner } from "./open-runner.ts";
export { explainFromFiles } from "./operations/explain-from-files.ts";
export type { ExplainedReason, ExplainedRound, Explanation } from "./operations/explain-task.ts";
export type { ListedTask, OperatorStatus, Problem } from "./operations/operations.ts";
export type { TaskResult } from "./report/profit-and-loss.ts";
export { makeReport, type Report } from "./report/report.ts";
export { buildResult } from "./results/build-result.ts";
export { createLogger, type Logger, type LogLevel } from "./runtime/logger.ts";
export type { Runner, RunOutcome } from "./services/runner.ts";
