import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parseConfig } from "@deco-network/executor";
import { describeMetrics, REASONS } from "@deco-network/executor/catalogues";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { projectRoot } from "../../scripts/lib/project.ts";

const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");

/** Names as Prometheus has them: a histogram is three series. */
const metrics = new Map(
  describeMetrics().flatMap(({ name, type, labels }) => {
    const names =
      type === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => name + end) : [name];
    return names.map((each) => [each, new Set([...labels, "le", "instance", "job"])] as const);
  }),
);

/** Metrics in an expression, and the labels that each is asked by. */
function seriesIn(
  expression: string,
): { name: string; labels: string[]; values: [string, string][] }[] {
  const found = expression.matchAll(/\b((?:deco|process|nodejs)_[a-z0-9_]+)(?:\{([^}]*)\})?/g);
  return [...found].map(([, name = "", matchers = ""]) => {
    const pairs = [...matchers.matchAll(/([a-z_]+)\s*(?:=~|!=|!~|=)\s*"([^"]*)"/g)];
    return {
      name,
      labels: pairs.map(([, label = ""]) => label),
      values: pairs.map(([, label = "", value = ""]): [string, string] => [label, value]),
    };
  });
}

function unknownIn(expression: string): string[] {
  return seriesIn(expression).flatMap(({ name, labels, values }) => {
    const known = metrics.get(name);
    if (!known) return [name];
    const codes = values.filter(([label]) => label === "reason" || label === "code");
    return [
      ...labels.filter((label) => !known.has(label)).map((label) => `${name}{${label}}`),
      ...codes
        .flatMap(([, value]) => value.split("|"))
        .filter((code) => !(code in REASONS))
        .map((code) => `reason ${code}`),
    ];
  });
}

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

describe("the Grafana dashboard", () => {
  const { panels, templating } = JSON.parse(read("ops/grafana/deco-executor.json")) as {
    panels: Panel[];
    templating: { list: { query: string }[] };
  };

  it.each(panels.map((panel): [string, Panel] => [panel.title, panel]))(
    "shows metrics that there are: %s",
    (_, { targets }) => {
      expect(targets.length).toBeGreaterThan(0);
      for (const { expr } of targets) {
        expect(seriesIn(expr).length).toBeGreaterThan(0);
        expect(unknownIn(expr)).toEqual([]);
      }
    },
  );

  it("chooses executors by a metric that there is", () => {
    expect(unknownIn(templating.list[0]?.query.replace(", instance", "") ?? "")).toEqual([]);
  });

  it("shows every gauge and counter of the executor", () => {
    const shown = new Set(
      panels
        .flatMap(({ targets }) => targets.flatMap(({ expr }) => seriesIn(expr)))
        .map(({ name }) => name),
    );
    const missing = describeMetrics()
      .filter(({ name, type }) => name.startsWith("deco_") && type !== "histogram")
      .filter(({ name }) => !shown.has(name) && name !== "deco_provider_info")
      .map(({ name }) => name);
    expect(missing).toEqual(["deco_chain_head_timestamp_seconds"]);
  });
});

describe("the alert rules", () => {
  const { groups } = parse(read("ops/prometheus/alerts.yml")) as {
    groups: { rules: Record<string, unknown>[] }[];
  };
  const rules = groups.flatMap(({ rules }) => rules);

  it("have names of their own", () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(8);
  });

  it.each(rules.map((rule): [string, Record<string, unknown>] => [String(rule["alert"]), rule]))(
    "%s asks for what there is, and says what to do",
    (_, { expr, labels, annotations, ...rest }) => {
      const text = String(expr);
      if (!text.startsWith("up{")) expect(seriesIn(text).length).toBeGreaterThan(0);
      expect(unknownIn(text)).toEqual([]);
      expect(labels).toMatchObject({ severity: expect.stringMatching(/^(critical|warning)$/) });
      expect(annotations).toMatchObject({
        summary: expect.stringMatching(/\.$/),
        remedy: expect.stringMatching(/\S/),
      });
      expect(Object.keys(rest).filter((key) => key !== "alert" && key !== "for")).toEqual([]);
    },
  );
});

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
  readonly ports?: readonly string[];
}

describe("the compose file", () => {
  const folder = "ops/container";
  const compose = parse(read(`${folder}/compose.yaml`)) as {
    services: Record<string, Service>;
    volumes: Record<string, unknown>;
    networks: Record<string, unknown>;
  };
  const services = Object.entries(compose.services);

  it("has an executor, Kubo, Prometheus and Grafana, each at a fixed version", () => {
    expect(services.map(([name]) => name)).toEqual(["executor", "kubo", "prometheus", "grafana"]);
    for (const [, { image, build }] of services) {
      if (!build) expect(image).toMatch(/:v?\d+\.\d+\.\d+$/);
    }
  });

  it("mounts files that are there, and volumes and networks that it declares", () => {
    for (const [, { volumes, networks, build }] of services) {
      for (const source of volumes.map((volume) => volume.split(":", 1)[0] ?? "")) {
        if (source.startsWith("."))
          expect(existsSync(join(projectRoot, folder, source))).toBe(true);
        else expect(compose.volumes).toHaveProperty(source);
      }
      for (const network of networks) expect(compose.networks).toHaveProperty(network);
      if (build) {
        const context = join(projectRoot, folder, build.context);
        expect(existsSync(join(context, build.dockerfile))).toBe(true);
      }
    }
  });

  it("publishes neither metrics nor a control API", () => {
    const published = services.flatMap(([, { ports = [] }]) => ports);
    expect(published).toEqual(["4001:4001", "8080:8080", "4002:4001", "127.0.0.1:3000:3000"]);
  });

  it("lets Prometheus scrape the port that the image's health check and the guide use", () => {
    const { scrape_configs, rule_files } = parse(read("ops/prometheus/prometheus.yml"));
    expect(scrape_configs[0].static_configs[0].targets).toEqual(["executor:9464"]);
    expect(read("ops/container/Dockerfile")).toContain("127.0.0.1:9464/healthz");
    const mounts = compose.services["prometheus"]?.volumes.map((volume) => volume.split(":")[1]);
    for (const file of rule_files) expect(mounts).toContain(file);
    for (const name of ["datasources/prometheus", "dashboards/deco"]) {
      expect(parse(read(`ops/grafana/provisioning/${name}.yml`))).toMatchObject({ apiVersion: 1 });
    }
  });
});

describe("the systemd unit", () => {
  const unit = read("ops/systemd/deco-executor.service");
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";

  it("starts a file of this repository, and waits longer than a drain takes", () => {
    const [, script = ""] = /\/opt\/deco\/(packages\S+\.ts)/.exec(value("ExecStart")) ?? [];
    expect(existsSync(join(projectRoot, script))).toBe(true);
    const config = configsIn("docs/OPERATIONS.md").map((each) => parseConfig(each))[0];
    expect(Number(value("TimeoutStopSec"))).toBeGreaterThan(config?.timing.drain ?? 1_000);
  });
});

describe("docs/OPERATIONS.md", () => {
  it("shows configurations that the executor takes", () => {
    const configs = configsIn("docs/OPERATIONS.md");
    expect(configs.length).toBeGreaterThan(0);
    for (const config of configs) expect(parseConfig(config).dataFolder).toBeTruthy();
  });

  it("names files of ops/ that are there", () => {
    const named = [...read("docs/OPERATIONS.md").matchAll(/\bops\/[\w./-]*\w/g)].map(
      ([path]) => path,
    );
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });
});

/** The page's whole configurations: JSON blocks with a data folder. */
function configsIn(page: string): unknown[] {
  return [...read(page).matchAll(/```json\n([\s\S]*?)```/g)]
    .map(([, block = ""]) => JSON.parse(block) as Record<string, unknown>)
    .filter((value) => "dataFolder" in value);
}
