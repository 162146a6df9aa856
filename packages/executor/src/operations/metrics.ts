import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

import type { ActObserver } from "../acts.ts";
import type { CacheEvent } from "../cache/material-cache.ts";
import type { Resources } from "../capacity/resources.ts";
import type { ImageEvent } from "../engines/oci/index.ts";
import type { Refusal } from "../reasons/refusals.ts";
import type { RunUsage } from "../results/run-usage.ts";

/** What gauges show, asked for when somebody looks. */
export interface MetricsSource {
  readonly provider: number;
  readonly ready: () => boolean;
  readonly intakeClosed: () => readonly string[];
  readonly head: () => { readonly number: number; readonly timestamp: number } | undefined;
  /** Milliseconds since an endpoint last answered with a head. */
  readonly chainSilentMillis: () => number;
  readonly assignments: () => Readonly<Record<string, number>>;
  /** Blocks since the oldest transaction that is not included was signed; 0 without one. */
  readonly oldestSentBlocks: () => number;
  readonly transactions: () => Readonly<Record<"queued" | "sent", number>>;
  readonly free: () => Resources;
  /** All that programs share. */
  readonly machine: Resources;
  /** Tasks that may be under way at once. */
  readonly tasks: number;
  /** Runs that wait for room. */
  readonly waiting: () => number;
  readonly backlogSeconds: () => number;
  /** Programs and inputs that are held or kept. */
  readonly cacheBytes: () => number;
  readonly occupied: () => number;
  readonly conditions: () => {
    readonly diskFreeBytes?: number;
    readonly balanceWei?: bigint;
    readonly balanceNeededWei?: bigint;
    readonly engines: Readonly<Record<string, boolean>>;
  };
}

/** What programs share, by the metric that tells how much. */
const SHARED: readonly {
  readonly name: string;
  readonly what: string;
  readonly of: (resources: Resources) => number;
}[] = [
  {
    name: "cpu_capacity_millis",
    what: "Processor time, of which 1000 is one core,",
    of: ({ cpuMillis }) => cpuMillis,
  },
  { name: "memory_capacity_bytes", what: "Memory", of: ({ memoryBytes }) => memoryBytes },
  {
    name: "work_disk_capacity_bytes",
    what: "Disk for programs, inputs and outputs under way",
    of: ({ diskBytes }) => diskBytes,
  },
];

function countDevices(gauge: Gauge, { accelerators }: Resources): void {
  gauge.reset();
  for (const { name, devices } of accelerators) gauge.inc({ name }, devices.length);
}

const RUN_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200];
const WRITE_SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2];
/** Wei of one ether: gauges are floating-point numbers, exact amounts are in `deco provider report`. */
const ETHER = 10 ** 18;

/** The executor's metrics in Prometheus' text format; docs/METRICS.md lists them. */
export class Metrics {
  readonly registry = new Registry();
  readonly #moves = this.#counter(
    "deco_assignment_moves_total",
    "Steps of assignments, by the state that they reached and the reason code, if there was a choice.",
    ["to", "reason"],
  );
  readonly #opened = this.#counter(
    "deco_tasks_seen_total",
    "Rounds of tasks and panels that this executor looked at.",
  );
  readonly #refusals = this.#counter(
    "deco_refusals_total",
    "Tasks that this executor said no to, by who asked (market, offer, run) and by the reason code of docs/REASONS.md.",
    ["source", "code"],
  );
  readonly #commitments = this.#counter(
    "deco_commitments_total",
    "Commitments journaled: each is one seat's vote.",
  );
  readonly #offers = this.#counter("deco_offers_total", "Offers signed for allocators.");
  readonly #transactions = this.#counter(
    "deco_transactions_total",
    "Transactions by purpose and what became of them: signed (each fee bump counts), included, reverted, refused, displaced, rolled-back.",
    ["purpose", "event"],
  );
  readonly #gas = this.#counter(
    "deco_gas_used_total",
    "Gas units of included transactions, by purpose; what they cost in ETH is in deco provider report.",
    ["purpose"],
  );
  readonly #runSeconds = this.#histogram(
    "deco_run_seconds",
    "Wall time from a seat's first run to its last, which produced a result.",
    RUN_SECONDS,
  );
  readonly #cpu = this.#counter("deco_run_cpu_seconds_total", "Processor time of programs.");
  readonly #energy = this.#counter(
    "deco_run_energy_joules_total",
    "Energy of the whole machine while programs ran, where its processors tell it.",
  );
  readonly #writes = this.#histogram(
    "deco_journal_write_seconds",
    "Time for one durable write of the journal, which comes before every step.",
    WRITE_SECONDS,
  );
  readonly #reorgs = this.#counter(
    "deco_chain_rollbacks_total",
    "Times that blocks left the followed chain.",
  );
  readonly #cacheUses = this.#counter(
    "deco_cache_uses_total",
    "Programs, inputs and images in container engines that tasks were made ready with, by what it was (program, input, image) and whether it was here (hit) or fetched (miss).",
    ["use", "outcome"],
  );
  readonly #cacheHitBytes = this.#counter(
    "deco_cache_hit_bytes_total",
    "Bytes of programs, inputs and images that were here and were not fetched.",
  );
  readonly #cacheEvicted = this.#counter(
    "deco_cache_evicted_bytes_total",
    "Bytes of programs, inputs and images that were removed to keep within capacity.cacheBytes and capacity.imageCacheBytes, or for want of disk.",
  );
  /** Purposes of transactions by their id, as their writes pass by. */
  readonly #purposeOf: (id: number) => string;

  constructor(purposeOf: (id: number) => string) {
    this.#purposeOf = purposeOf;
  }

  /** Counts what the journal writes, which is everything that the daemon does. */
  readonly observer: ActObserver = (() => {
    let began = 0;
    return {
      before: ({ kind }) => {
        if (kind === "write") began = performance.now();
      },
      after: (act) => {
        if (act.kind !== "write") return;
        this.#writes.observe((performance.now() - began) / 1_000);
        for (const t of act.transitions) {
          switch (t.kind) {
            case "assignment-opened":
              this.#opened.inc();
              break;
            case "assignment-moved":
              this.#moves.inc({ to: t.to, reason: t.reason ?? "" });
              break;
            case "commitment-made":
              this.#commitments.inc();
              break;
            case "offer-made":
              this.#offers.inc();
              break;
            case "blocks-rolled-back":
              // Below zero: only the memory of old blocks is cleared.
              if (t.above >= 0) this.#reorgs.inc();
              break;
            case "transaction-included":
              this.#count(t.id, t.success ? "included" : "reverted");
              this.#gas.inc({ purpose: this.#purposeOf(t.id) }, Number(t.gasUsed));
              break;
            case "transaction-refused":
              this.#count(t.id, "refused");
              break;
            case "transaction-displaced":
              this.#count(t.id, "displaced");
              break;
            case "transaction-rolled-back":
              this.#count(t.id, "rolled-back");
              break;
            case "transaction-signed":
              this.#count(t.id, "signed");
              break;
          }
        }
      },
    };
  })();

  refused({ source, code }: Refusal): void {
    this.#refusals.inc({ source, code });
  }

  ran({ runMillis, cpuMillis, energyMillijoules }: RunUsage): void {
    this.#runSeconds.observe(runMillis / 1_000);
    this.#cpu.inc(cpuMillis / 1_000);
    if (energyMillijoules !== undefined) this.#energy.inc(energyMillijoules / 1_000);
  }

  cached(event: CacheEvent | (ImageEvent & { readonly use: "image" })): void {
    if (event.type === "evicted") {
      this.#cacheEvicted.inc(event.bytes);
      return;
    }
    this.#cacheUses.inc({ use: event.use, outcome: event.type });
    if (event.type === "hit") this.#cacheHitBytes.inc(event.bytes);
  }

  /** Adds the gauges and the process's own metrics. Once. */
  show(source: MetricsSource): void {
    this.#gauge("deco_provider_info", "1; the label is the provider's id.", ["provider"], (gauge) =>
      gauge.set({ provider: String(source.provider) }, 1),
    );
    this.#gauge("deco_ready", "1 when the executor would take a seat now.", [], (gauge) =>
      gauge.set(source.ready() ? 1 : 0),
    );
    this.#gauge(
      "deco_intake_closed",
      "1 for each reason code why no seats are taken; no series while they are.",
      ["reason"],
      (gauge) => {
        gauge.reset();
        for (const reason of source.intakeClosed()) gauge.set({ reason }, 1);
      },
    );
    this.#gauge(
      "deco_chain_head_block",
      "Number of the newest block that is followed.",
      [],
      (gauge) => gauge.set(source.head()?.number ?? 0),
    );
    this.#gauge(
      "deco_chain_head_timestamp_seconds",
      "Timestamp of that block, which is the clock of all deadlines.",
      [],
      (gauge) => gauge.set(source.head()?.timestamp ?? 0),
    );
    this.#gauge(
      "deco_chain_silent_seconds",
      "Seconds since an endpoint last answered with the chain's head.",
      [],
      (gauge) => gauge.set(source.chainSilentMillis() / 1_000),
    );
    this.#gauge("deco_assignments", "Assignments by state.", ["state"], (gauge) => {
      gauge.reset();
      for (const [state, count] of Object.entries(source.assignments()))
        gauge.set({ state }, count);
    });
    this.#gauge(
      "deco_transactions_open",
      "Transactions that are not in a block: queued (not signed) or sent.",
      ["status"],
      (gauge) => {
        for (const [status, count] of Object.entries(source.transactions())) {
          gauge.set({ status }, count);
        }
      },
    );
    this.#gauge(
      "deco_transaction_oldest_sent_blocks",
      "Blocks since the oldest signed transaction that no block has was signed; 0 without one.",
      [],
      (gauge) => gauge.set(source.oldestSentBlocks()),
    );
    this.#showMachine(source);
    collectDefaultMetrics({ register: this.registry });
  }

  #showMachine(source: MetricsSource): void {
    this.#gauge("deco_slots_free", "Programs that could start now.", [], (gauge) =>
      gauge.set(source.free().slots),
    );
    this.#gauge("deco_slots", "Programs that may run at once.", [], (gauge) =>
      gauge.set(source.machine.slots),
    );
    this.#gauge(
      "deco_runs_waiting",
      "Runs (items of bags one by one) that wait until the machine has room for them.",
      [],
      (gauge) => gauge.set(source.waiting()),
    );
    this.#gauge(
      "deco_cache_bytes",
      "Programs and inputs of tasks under way, and those kept for later ones.",
      [],
      (gauge) => gauge.set(source.cacheBytes()),
    );
    this.#gauge(
      "deco_backlog_seconds",
      "Seconds after which the runs of all accepted tasks are expected to have ended.",
      [],
      (gauge) => gauge.set(source.backlogSeconds()),
    );
    for (const { name, what, of } of SHARED) {
      this.#gauge(`deco_${name}`, `${what} of the configured capacity.`, [], (gauge) =>
        gauge.set(of(source.machine)),
      );
      this.#gauge(
        `deco_${name.replace("capacity", "free")}`,
        `${what} of the configured capacity that no running program may use.`,
        [],
        (gauge) => gauge.set(of(source.free())),
      );
    }
    this.#gauge("deco_accelerators_free", "Devices that nobody has, by name.", ["name"], (gauge) =>
      countDevices(gauge, source.free()),
    );
    this.#gauge("deco_accelerators", "Devices of the configuration, by name.", ["name"], (gauge) =>
      countDevices(gauge, source.machine),
    );
    this.#gauge("deco_tasks_occupied", "Tasks under way or promised.", [], (gauge) =>
      gauge.set(source.occupied()),
    );
    this.#gauge("deco_tasks_capacity", "Tasks that may be under way at once.", [], (gauge) =>
      gauge.set(source.tasks),
    );
    this.#gauge("deco_disk_free_bytes", "Free bytes on the data folder's disk.", [], (gauge) => {
      const { diskFreeBytes } = source.conditions();
      if (diskFreeBytes !== undefined) gauge.set(diskFreeBytes);
    });
    this.#gauge(
      "deco_operator_balance_ether",
      "What the operator key has for gas.",
      [],
      (gauge) => {
        const { balanceWei } = source.conditions();
        if (balanceWei !== undefined) gauge.set(Number(balanceWei) / ETHER);
      },
    );
    this.#gauge(
      "deco_operator_balance_needed_ether",
      "What it needs for the gas of open seats and one more; below it no seats are taken.",
      [],
      (gauge) => {
        const { balanceNeededWei } = source.conditions();
        if (balanceNeededWei !== undefined) gauge.set(Number(balanceNeededWei) / ETHER);
      },
    );
    this.#gauge("deco_engine_up", "1 when the configured engine answers.", ["engine"], (gauge) => {
      for (const [engine, up] of Object.entries(source.conditions().engines)) {
        gauge.set({ engine }, up ? 1 : 0);
      }
    });
  }

  #count(id: number, event: string): void {
    this.#transactions.inc({ purpose: this.#purposeOf(id), event });
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: [this.registry] });
  }

  #gauge(name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => void): void {
    new Gauge({
      ...{ name, help, labelNames, registers: [this.registry] },
      collect() {
        collect(this);
      },
    });
  }
}
