import type { Command } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What can follow a path of commands, such as `task show`. */
interface Words {
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly { readonly name: string; readonly summary: string }[];
}

/** A script for a shell, made from the commands as they are. */
export function completionScript(shell: Shell, program: Command): string {
  const words = wordsOf(program, "");
  if (shell === "fish") return fishScript(words);
  const bash = bashScript(words);
  return shell === "bash" ? bash : zshScript(bash);
}

function wordsOf(command: Command, path: string): Words[] {
  const own: Words = {
    path,
    commands: command.commands.map((each) => ({ name: each.name(), summary: each.summary() })),
    options: command.options.flatMap(({ long, description }) =>
      long ? [{ name: long, summary: description }] : [],
    ),
  };
  const below = command.commands.flatMap((each) => wordsOf(each, `${path} ${each.name()}`.trim()));
  return [own, ...below];
}

function bashScript(words: readonly Words[]): string {
  const cases = words.map(({ path, commands, options }) => {
    const all = [...commands, ...options].map(({ name }) => name).join(" ");
    return `    "${path}") words="${all}" ;;`;
  });
  return `_deco() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) break ;; esac
    case "$path" in
      "" | account | provider | program | task) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ "\${#COMPREPLY[@]}" -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _deco deco`;
}

/** Zsh runs bash's functions by its own emulation. */
function zshScript(bash: string): string {
  return ["#compdef deco", "autoload -U +X bashcompinit && bashcompinit", bash].join("\n");
}

function fishScript(words: readonly Words[]): string {
  const lines = words.flatMap(({ path, commands, options }) => {
    const condition = path === "" ? "__fish_use_subcommand" : seen(path.split(" "));
    const base = `complete -c deco -n '${condition}'`;
    return [
      ...commands.map(({ name, summary }) => `${base} -f -a ${name} -d '${quoted(summary)}'`),
      ...options.map(({ name, summary }) => `${base} -l ${name.slice(2)} -d '${quoted(summary)}'`),
    ];
  });
  return lines.join("\n");
}

function seen(path: readonly string[]): string {
  return path.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
}

function quoted(text: string): string {
  return text.replaceAll("'", "\\'");
}
