/** One line of JSON; integers beyond what JavaScript's numbers hold travel as decimal text. */
export function toJsonLine(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === "bigint" ? member.toString() : member,
  );
}
