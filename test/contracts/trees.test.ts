import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** Of these folders each test has a tree; elsewhere a tree is optional. */
const complete = ["market", "liveness", "attacks"];
const folders = [...complete, "governance", "policies", "randomness"];

const pathOf = (folder: string, name = "") =>
  fileURLToPath(new URL(`./${folder}/${name}`, import.meta.url));
const filesOf = (folder: string, ending: string) =>
  readdirSync(pathOf(folder)).flatMap((name) =>
    name.endsWith(ending) ? [name.slice(0, -ending.length)] : [],
  );
const trees = folders.flatMap((folder) =>
  filesOf(folder, ".tree").map((name): [string, string] => [folder, name]),
);

/** Conditions of a tree ("when …", "given …") and whether their branch ends in a revert. */
function conditions(tree: string): { text: string; reverts: boolean }[] {
  const found: { text: string; reverts: boolean }[] = [];
  for (const line of tree.split("\n")) {
    const text = line.replace(/^[│├└─\s]+/, "");
    if (/^(when|given) /.test(text)) found.push({ text, reverts: false });
    const last = found.at(-1);
    if (/^it should revert/.test(text) && last !== undefined) last.reverts = true;
  }
  return found;
}

/** "when the amount is zero", reverting: RevertWhen_TheAmountIsZero. */
function testName({ text, reverts }: { text: string; reverts: boolean }): string {
  const [kind = "", ...words] = text.split(/[^A-Za-z0-9]+/).map(capital);
  return reverts ? `Revert${kind}_${words.join("")}` : `${kind}${words.join("")}`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

describe("trees of branches", () => {
  it.each(complete)("belong to every entry point's test of %s", (folder) => {
    expect(filesOf(folder, ".t.sol").sort()).toEqual(filesOf(folder, ".tree").sort());
  });

  it.each(trees)("%s/%s is what its test tests", (folder, name) => {
    const source = readFileSync(pathOf(folder, `${name}.t.sol`), "utf8");
    const tested = [...source.matchAll(/function test(?:Fuzz)?_(\w+)\(/g)].map((match) => match[1]);
    const planned = conditions(readFileSync(pathOf(folder, `${name}.tree`), "utf8")).map(testName);
    expect(tested.sort()).toEqual(planned.sort());
  });
});
