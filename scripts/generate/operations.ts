import { ALLOCATOR_LOG_CODES } from "@deco-network/allocator";
import {
  describeMetrics,
  LOG_CODES,
  type LogEvent,
  REASONS,
  type Reason,
  type ReasonKind,
} from "@deco-network/executor/catalogues";

const MADE = "Made from the sources by `npm run generate`; do not edit.";

const KINDS: Readonly<Record<ReasonKind, readonly [title: string, means: string]>> = {
  no: ["No seat, no offer", "This executor does not work on the task."],
  abstained: ["A seat without a result", "A seat was held; the chain counts its reason."],
  wait: ["Waiting", "Nothing is decided yet."],
  end: ["Ends and steps", "Why an assignment ended, or took a step."],
};

/** The page docs/REASONS.md, made from the executor's catalogue. */
export function renderReasons(): string {
  const all = Object.entries<Reason>(REASONS);
  const parts = Object.entries(KINDS).map(([kind, [title, means]]) => {
    const rows = all
      .filter(([, reason]) => reason.kind === kind)
      .map(([code, reason]) => [
        `\`${code}\``,
        reason.means,
        reason.operator,
        reason.requester ?? "–",
      ]);
    const head = ["code", "means", "the operator can", "the requester can"];
    return `## ${title}\n\n${means}\n\n${table(head, rows)}`;
  });
  return `# Reason codes

Every "no" of an executor has a code. It stands in the answer of \`deco provider why TASK\`, in the metric \`deco_refusals_total\`, in the
executor's records, and in what an allocator is told. A code is never given another meaning. The details beside a code are for people and may change.

${parts.join("\n")}
${MADE}
`;
}

/** The page docs/LOGS.md, made from the catalogues of executor and allocator. */
export function renderLogs(): string {
  const rows = (codes: Readonly<Record<string, LogEvent>>) =>
    Object.entries(codes).map(([code, { level, means, act }]) => [
      `\`${code}\``,
      level,
      means,
      act ?? "–",
    ]);
  const head = ["code", "level", "means", "the operator"];
  return `# Logs

Executor and allocator write JSON lines to standard error: \`level\` (10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal), \`time\`
(milliseconds), \`code\`, \`msg\` for people, and what belongs to the event (\`task\`, \`round\`, \`reason\`, \`err\`). Alert on codes, not on
messages. The loggers take no code that is not in these tables. A start that fails ends with one line of level 60 whose \`code\` is the
error's, with its \`remedy\`.

## Executor

${table(head, rows(LOG_CODES))}
## Allocator

${table(head, rows(ALLOCATOR_LOG_CODES))}
${MADE}
`;
}

/** The page docs/METRICS.md, made from a registry of the executor. */
export function renderMetrics(): string {
  const rows = describeMetrics()
    .filter(({ name }) => name.startsWith("deco_"))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, type, labels, help }) => [
      `\`${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(", ") || "–",
      help,
    ]);
  return `# Metrics

An executor serves Prometheus' text format at \`/metrics\`, on loopback unless \`status.host\` says otherwise: the metrics below, and those
of its Node.js process (\`process_…\`, \`nodejs_…\`) as prom-client makes them. Dashboard and alert rules are in \`ops\` (see
[OPERATIONS](OPERATIONS.md)). Counters begin at zero with the process; amounts of money are exact only in \`deco provider report\`.

${table(["metric", "type", "labels", "means"], rows)}
${MADE}
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = line(head.map(() => "---"));
  return `${[line(head), rule, ...rows.map(line)].join("\n")}\n`;
}
