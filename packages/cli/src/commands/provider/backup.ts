import { resolve } from "node:path";

import type { Command } from "commander";
import type { Address } from "viem";

import type { CommandContext } from "../../context/command-context.ts";
import { readNewPassword, readPassword } from "../../context/password.ts";
import { formatPairs } from "../../output/table.ts";
import { operatorAddress, providerHome, readConfig } from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";

interface BackupOptions {
  readonly folder?: string;
  readonly dryRun?: true;
}

export function addProviderBackup(group: Command, cli: Cli): void {
  const backup = group
    .command("backup")
    .summary("keep what protects the stake in one encrypted file: export, import");
  addExport(backup, cli);
  addImport(backup, cli);
}

function addExport(group: Command, cli: Cli): void {
  const command = group
    .command("export")
    .summary("write salt secret and history of votes into an encrypted file")
    .description(
      "Writes the salt secret, all commitments and claimed seats into one file, encrypted with a password " +
        "(--password-file, or typed). The operator key is not in it: keep its keystore as well. The executor " +
        "must be stopped. A file of that name is replaced as a whole.",
    )
    .argument("<file>", "where to write it")
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = ["deco provider backup export /media/usb/deco.backup"];
  cli.action<BackupOptions>(command, { examples }, async (context, options, file = "") => {
    const { config, operator } = await openProvider(context, options);
    const path = resolve(file);
    const { exportBackup } = await import("@deco-network/executor");
    const password = await readNewPassword(context);
    const keyFile = "file" in config.key ? config.key.file : undefined;
    const written = await exportBackup(config, operator, { path, password });
    return {
      json: {
        status: "exported",
        path,
        operator,
        ...(keyFile !== undefined && { keyFile }),
        ...written,
      },
      text: formatPairs([
        ["backup", path],
        ["commitments", String(written.commitments)],
        ["seats", String(written.seats)],
        ["not in it", `the operator key ${keyFile ?? "(with its remote signer)"}`],
      ]),
    };
  });
}

function addImport(group: Command, cli: Cli): void {
  const command = group
    .command("import")
    .summary("merge a backup into this provider's data folder")
    .description(
      "Adds the backup's commitments, claimed seats and salt secret to the data folder. What is protected there " +
        "stays; a backup of another chain, market or operator, or one that contradicts it, is refused. The " +
        "executor must be stopped. Put the operator key's keystore in its place yourself.",
    )
    .argument("<file>", "a file of `deco provider backup export`")
    .option("--dry-run", "tell what would be done")
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = [
    "deco provider backup import deco.backup --dry-run",
    "deco provider backup import deco.backup --json",
  ];
  cli.action<BackupOptions>(command, { examples }, async (context, options, file = "") => {
    const { config, operator } = await openProvider(context, options);
    const path = resolve(file);
    const { importBackup } = await import("@deco-network/executor");
    const password = await readPassword(context, `Password of ${file}: `);
    const dryRun = options.dryRun === true;
    const report = await importBackup(config, operator, { path, password, dryRun });
    return {
      json: { status: dryRun ? "checked" : "imported", path, operator, ...report },
      text: formatPairs([
        [
          dryRun ? "would add" : "added",
          `${report.newCommitments} commitments, ${report.newSeats} seats`,
        ],
        ["in the backup", `${report.commitments} commitments, ${report.seats} seats`],
        ["salt secret", report.saltSecret],
        ["operator key was", report.keyFile ?? "with a remote signer"],
      ]),
    };
  });
}

async function openProvider(context: CommandContext, { folder }: BackupOptions) {
  const home = providerHome(context, folder);
  const config = await readConfig(home);
  const operator: Address = await operatorAddress(context, config);
  return { config, operator };
}
