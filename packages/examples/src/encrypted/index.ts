export { EncryptedError } from "./errors.ts";
export {
  type Answer,
  answerText,
  checkRange,
  defaultModel,
  loadModel,
  type Model,
  plainAnswer,
} from "./model.ts";
export { openAnswer } from "./open-answer.ts";
export { MODULE_NAME, programDraft, readModule } from "./program.ts";
export { type SealedTable, sealTable, type TableSecret } from "./seal-table.ts";
export { defaultTable, loadTable, type Table } from "./table.ts";
