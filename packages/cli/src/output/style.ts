/** Emphasis for people; plain text where nobody sees colours. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
}

/**
 * @param stream Where the text goes: only a terminal gets colours.
 * @param environment `NO_COLOR` (no-color.org) switches them off.
 */
export function styleFor(
  stream: { readonly isTTY?: boolean },
  environment: NodeJS.ProcessEnv,
): Style {
  const coloured = stream.isTTY === true && !environment["NO_COLOR"];
  const paint = (code: number) => (text: string) =>
    coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { bold: paint(1), dim: paint(2), good: paint(32), bad: paint(31), warn: paint(33) };
}
