// What pages, dashboards and alerts are checked against.
export { describeMetrics, type MetricDescription } from "./operations/describe-metrics.ts";
export { REASONS } from "./reasons/catalogue.ts";
export { type Reason, type ReasonKind, reasonOf } from "./reasons/reason.ts";
export { LOG_CODES, type LogEvent } from "./runtime/log-codes.ts";
