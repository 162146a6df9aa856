interface Group {
  readonly name: string;
  readonly amounts: bigint[];
}

/**
 * The same report by other means: whole numbers of any size instead of a script's doubles.
 * @param files contents of the CSV files, in the order of their names.
 */
export function expectedReport(files: readonly string[], groupBy: string, value: string) {
  const groups = new Map<string, Group>();
  for (const file of files) {
    const [header = "", ...lines] = file.split(/\r?\n/);
    const columns = header.split(",");
    for (const line of lines.filter((text) => text !== "")) {
      const fields = line.split(",");
      const name = fields[columns.indexOf(groupBy)] ?? "";
      const group = groups.get(name) ?? { name, amounts: [] };
      group.amounts.push(hundredths(fields[columns.indexOf(value)] ?? ""));
      groups.set(name, group);
    }
  }
  const sorted = [...groups.values()].sort((a, b) =>
    Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
  );
  const all = { name: "all", amounts: sorted.flatMap((group) => group.amounts) };
  return {
    groupBy,
    value,
    groups: sorted.map(row),
    all: all.amounts.length === 0 ? null : row(all),
  };
}

function row({ name, amounts }: Group) {
  const count = amounts.length;
  const sum = amounts.reduce((total, amount) => total + amount, 0n);
  const [least = 0n] = amounts.toSorted(ascending);
  const most = amounts.toSorted(ascending).at(-1) ?? 0n;
  const half = sum < 0n ? -BigInt(count) : BigInt(count);
  const mean = (2n * sum + half) / (2n * BigInt(count));
  return { name, count, sum: fixed(sum), min: fixed(least), max: fixed(most), mean: fixed(mean) };
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

function hundredths(text: string): bigint {
  const [, sign, whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  const size = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, "0"));
  return sign === "-" ? -size : size;
}

function fixed(amount: bigint): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(3, "0");
  return `${amount < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
