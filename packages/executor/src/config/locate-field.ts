/**
 * Line of a member in a JSON text, from 1; of the nearest member around it that is there. Undefined when the text is no JSON.
 * @param path As in an error: names of members, indexes of elements.
 */
export function lineOfField(text: string, path: readonly PropertyKey[]): number | undefined {
  const tokens = tokensOf(text);
  if (!tokens) return undefined;
  let found = 0;
  let at = 0;
  const skipValue = () => {
    const opens = tokens[at++]?.text;
    if (opens !== "{" && opens !== "[") return;
    for (let depth = 1; depth > 0 && at < tokens.length; at++) {
      const { text: token = "" } = tokens[at] ?? {};
      if (token === "{" || token === "[") depth++;
      if (token === "}" || token === "]") depth--;
    }
  };
  for (const step of path) {
    const opens = tokens[at]?.text;
    if (opens !== "{" && opens !== "[") break;
    const member = enter(opens, String(step));
    if (member === undefined) break;
    found = member;
  }
  return text.slice(0, found).split("\n").length;

  /** Goes to the value of a member or element. @returns where the member begins; undefined when it is not there */
  function enter(opens: "{" | "[", wanted: string): number | undefined {
    at++;
    for (let index = 0; at < (tokens?.length ?? 0); index++) {
      const token = tokens?.[at];
      if (!token || token.text === "}" || token.text === "]") return undefined;
      const name = opens === "{" ? nameOf(token.text) : String(index);
      if (opens === "{") at += 2;
      if (name === wanted) return token.at;
      skipValue();
      if (tokens?.[at]?.text === ",") at++;
    }
    return undefined;
  }
}

interface Token {
  readonly text: string;
  readonly at: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

function tokensOf(text: string): Token[] | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return [...text.matchAll(TOKEN)].map(({ 0: token, index }) => ({ text: token, at: index }));
}

function nameOf(token: string): string {
  return String(JSON.parse(token));
}
