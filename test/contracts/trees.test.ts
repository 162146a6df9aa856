import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("./market/", import.meta.url));
const trees = readdirSync(folder).filter((name) => name.endsWith(".tree"));

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
  it("belong to every entry point's test", () => {
    const tests = readdirSync(folder).filter((name) => name.endsWith(".t.sol"));
    expect(tests.map((name) => name.replace(".t.sol", "")).sort()).toEqual(
      trees.map((name) => name.replace(".tree", "")).sort(),
    );
  });

  it.each(trees)("%s is what its test tests", (name) => {
    const source = readFileSync(`${folder}${name.replace(".tree", ".t.sol")}`, "utf8");
    const tested = [...source.matchAll(/function test(?:Fuzz)?_(\w+)\(/g)].map((match) => match[1]);
    const planned = conditions(readFileSync(`${folder}${name}`, "utf8")).map(testName);
    expect(tested.sort()).toEqual(planned.sort());
  });
});
