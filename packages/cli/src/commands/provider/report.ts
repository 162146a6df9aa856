import type { Report } from "@deco-network/executor";
import { getToken, type TokenInfo } from "@deco-network/sdk/actions";
import { type Command, InvalidArgumentError } from "commander";
import type { Address } from "viem";

import { openMarket } from "../../context/open-market.ts";
import { reportCsv } from "../../output/report-csv.ts";
import { reportLines } from "../../output/report-text.ts";
import {
  operatorAddress,
  providerHome,
  readConfig,
  registeredProvider,
} from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";

interface ReportOptions {
  readonly folder?: string;
  readonly from?: number;
  readonly to?: number;
  readonly csv?: true;
}

export function addProviderReport(group: Command, cli: Cli): void {
  const command = group
    .command("report")
    .summary("profit and loss, per task and in total")
    .description(
      "Adds up payments, settlement fees, slashes and decline fees from the chain, gas from the receipts of recorded transactions, and " +
        "energy, measured or estimated. Amounts are exact; nothing is converted into anything else. Works while the executor runs, and after.",
    )
    .option("--from <date>", "first day (UTC, 2026-01-31) or moment that counts", dayStart)
    .option("--to <date>", "last day (UTC) that counts, or the moment that no longer does", dayEnd)
    .option("--csv", "one line per task, amounts in whole units, for spreadsheets")
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = [
    "deco provider report --from 2026-01-01 --to 2026-01-31",
    "deco provider report --csv > january.csv",
    "deco provider report --json | jq .net",
  ];
  cli.action<ReportOptions>(command, { examples }, async (context, options) => {
    const { signal } = context;
    const config = await readConfig(providerHome(context, options.folder));
    const market = await openMarket(context);
    const { client, deployment } = market;
    const provider = await registeredProvider(market, await operatorAddress(context, config));
    const { makeReport } = await import("@deco-network/executor");
    const { from, to } = options;
    const report = await makeReport({
      ...{ config, provider, deco: deployment.token, signal },
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    });
    const tokens = new Map<Address, TokenInfo>();
    for (const { token } of report.net) {
      tokens.set(token, await getToken(client, { deployment, token }));
    }
    return {
      json: { status: "ok", ...report, tokens: described(report, tokens) },
      text: options.csv ? reportCsv(report, tokens) : reportLines(report, tokens),
    };
  });
}

/** Totals with symbol and decimals, so that base units can be read. */
function described(report: Report, tokens: ReadonlyMap<Address, TokenInfo>) {
  return report.tokens.map((total) => {
    const { symbol, decimals = 18 } = tokens.get(total.token) ?? {};
    return { ...total, symbol, decimals };
  });
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_SECONDS = 86_400;

function dayStart(text: string): number {
  return moment(text);
}

function dayEnd(text: string): number {
  return moment(text) + (DAY.test(text) ? DAY_SECONDS : 0);
}

function moment(text: string): number {
  const millis = Date.parse(DAY.test(text) ? `${text}T00:00:00Z` : text);
  if (!Number.isNaN(millis)) return Math.floor(millis / 1_000);
  throw new InvalidArgumentError("It must be a day such as 2026-01-31, or a moment in ISO 8601.");
}
