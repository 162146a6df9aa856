/** One line of JSON; integers beyond what JavaScript's numbers hold travel as decimal text. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, (_, member: unknown) =>
    typeof member === "bigint" ? member.toString() : member,
  );
  return `${text}\n`;
}
