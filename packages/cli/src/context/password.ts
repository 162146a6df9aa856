import { createInterface } from "node:readline";
import { Writable } from "node:stream";

import { CliError } from "../errors.ts";
import type { CommandContext } from "./command-context.ts";
import { readPrivateFile } from "./private-file.ts";

/**
 * A password: the first line of `--password-file` or `DECO_PASSWORD_FILE`, or typed unseen. Never
 * from an argument or the environment itself, which others can see.
 * @param kept File beside the keystore that may hold it.
 * @throws CliError `password-missing`, `secret-exposed`, `account-unreadable`, `interrupted`
 */
export async function readPassword(
  context: CommandContext,
  question: string,
  kept?: string,
): Promise<string> {
  const path = context.options.passwordFile ?? context.environment["DECO_PASSWORD_FILE"] ?? kept;
  if (path !== undefined) return (await readPrivateFile(path)).split(/\r?\n/, 1)[0] ?? "";
  if (!process.stdin.isTTY) {
    throw new CliError("password-missing", "A password is needed.", {
      remedy: "Name a file with it by --password-file; there is no terminal to type it.",
    });
  }
  return askUnseen(question, context.signal);
}

/** As {@link readPassword} for a new keystore; asked for twice when it is typed. */
export async function readNewPassword(context: CommandContext): Promise<string> {
  const password = await readPassword(context, "New password: ");
  if (password === "") {
    throw new CliError("password-missing", "An empty password protects nothing.", {
      remedy: "Choose a password; in a file, it is the first line.",
    });
  }
  if (context.options.passwordFile ?? context.environment["DECO_PASSWORD_FILE"]) return password;
  if ((await askUnseen("Once more: ", context.signal)) === password) return password;
  throw new CliError("password-wrong", "The two passwords differ.", { remedy: "Try again." });
}

function askUnseen(question: string, signal: AbortSignal): Promise<string> {
  process.stderr.write(question);
  // Readline echoes what is typed into its output; this one swallows it.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  return new Promise((resolve, reject) => {
    const interrupted = () => {
      lines.close();
      reject(new CliError("interrupted", "Nothing was done.", { remedy: "Run it again." }));
    };
    lines.once("SIGINT", interrupted);
    signal.addEventListener("abort", interrupted, { once: true });
    lines.question("", (answer) => {
      signal.removeEventListener("abort", interrupted);
      lines.close();
      process.stderr.write("\n");
      resolve(answer);
    });
  });
}
