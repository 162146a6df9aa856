import { expect, it } from "vitest";

import { Database, recordWrite } from "../src/index.ts";

const MIGRATIONS = ["CREATE TABLE notes (text TEXT NOT NULL) STRICT;"];
type Write = { readonly kind: "write"; readonly transitions: readonly string[] };

function opened() {
  const database = new Database({ path: ":memory:", migrations: MIGRATIONS, identity: {} });
  const seen: string[] = [];
  const count = () => Number(database.get("SELECT count(*) AS n FROM notes")?.["n"]);
  const observer = {
    before: () => void seen.push(`before ${count()}`),
    after: () => void seen.push(`after ${count()}`),
  };
  const write = (...transitions: string[]) => {
    const act: Write = { kind: "write", transitions };
    return recordWrite(database, observer, act, (_, text) => {
      if (text === "") throw new RangeError("empty");
      database.run("INSERT INTO notes VALUES (?)", text);
      return text.length;
    });
  };
  return { database, seen, count, write };
}

it("writes all between the observer's two looks, and gives what each write gave", () => {
  const { database, seen, write } = opened();
  expect(write("one", "three")).toEqual([3, 5]);
  expect(seen).toEqual(["before 0", "after 2"]);
  database.close();
});

it("writes nothing when one fails, and does not say that it is done", () => {
  const { database, seen, count, write } = opened();
  expect(() => write("one", "")).toThrow(new RangeError("empty"));
  expect(count()).toBe(0);
  expect(seen).toEqual(["before 0"]);
  database.close();
});
