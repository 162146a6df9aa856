import { Argument, type Command } from "commander";

import { completionScript, SHELLS, type Shell } from "../output/completion-script.ts";
import type { Cli } from "./cli-action.ts";

export function addCompletion(program: Command, cli: Cli): void {
  const command = program
    .command("completion")
    .summary("shell completion")
    .description("Prints a script that completes commands and options in your shell.")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS));
  const examples = [
    "deco completion bash > ~/.local/share/bash-completion/completions/deco",
    "deco completion zsh > ~/.zfunc/_deco",
    "deco completion fish > ~/.config/fish/completions/deco.fish",
  ];
  cli.action(command, { examples }, async (_context, _options, shell = "") => {
    const script = completionScript(shell as Shell, program);
    return { json: { status: "ok", shell, script }, text: [script] };
  });
}
