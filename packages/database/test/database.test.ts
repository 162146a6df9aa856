import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Database, type DatabaseError, type DatabaseOptions } from "../src/index.ts";

const MIGRATIONS = [
  "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT",
];
const IDENTITY = { chainId: 31_337, market: "0xAA" };

describe("Database", () => {
  let folder: string;
  let path: string;
  const opened: Database[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "deco-database-"));
    path = join(folder, "notes.sqlite");
  });
  afterEach(() => {
    for (const database of opened.splice(0)) database.close();
    rmSync(folder, { recursive: true });
  });

  function open(options: Partial<DatabaseOptions> = {}): Database {
    const database = new Database({
      ...{ path, migrations: MIGRATIONS, identity: IDENTITY },
      ...options,
    });
    opened.push(database);
    return database;
  }
  const coded = (code: string) => expect.objectContaining({ code });
  const texts = (database: Database) =>
    database.all("SELECT text FROM notes").map((r) => r["text"]);

  it("keeps what was written, and tells the row's number", () => {
    const first = open();
    expect(first.run("INSERT INTO notes (text) VALUES (?)", "one")).toEqual({
      changes: 1,
      lastId: 1,
    });
    first.close();
    const second = open();
    expect(second.get("SELECT * FROM notes WHERE id = ?", 1)).toMatchObject({ text: "one" });
    expect(second.get("SELECT * FROM notes WHERE id = ?", 2)).toBeUndefined();
  });

  it("writes together or not at all, and lets the owner's own errors pass", () => {
    const database = open();
    const failure = new RangeError("mine");
    expect(() =>
      database.together(() => {
        database.run("INSERT INTO notes (text) VALUES ('lost')");
        throw failure;
      }),
    ).toThrow(failure);
    database.together(() => {
      for (const text of ["a", "b"]) database.run("INSERT INTO notes (text) VALUES (?)", text);
    });
    expect(texts(database)).toEqual(["a", "b"]);
  });

  it("is for one handle at a time, also across processes", () => {
    open();
    expect(() => open()).toThrow(coded("database-in-use"));
    const source = new URL("../src/index.ts", import.meta.url).href;
    const script = `
      import { Database } from ${JSON.stringify(source)};
      const [path] = process.argv.slice(1);
      try { new Database({ path, migrations: [], identity: {} }); } catch (e) { console.log(e.code); }`;
    const args = ["--input-type=module-typescript", "-e", script, path];
    const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(stdout.trim()).toBe("database-in-use");
  });

  it("belongs to whom it was made for, whatever the letters' case", () => {
    open().close();
    open({ identity: { ...IDENTITY, market: "0xaa" } }).close();
    expect(() => open({ identity: { ...IDENTITY, chainId: 1 } })).toThrow(
      coded("database-foreign"),
    );
    // Being refused leaves it free.
    expect(texts(open())).toEqual([]);
  });

  it("brings an older version up, refuses a newer one, and stays as it was when a step fails", () => {
    open().close();
    const added = "ALTER TABLE notes ADD COLUMN author TEXT";
    const broken = [...MIGRATIONS, `${added}; SELECT nothing FROM nowhere`];
    expect(() => open({ migrations: broken })).toThrow(coded("database-failed"));
    open({ migrations: [...MIGRATIONS, added] }).close();
    expect(() => open()).toThrow(coded("database-newer"));
  });

  it("names what is wrong with a folder, a foreign file and a damaged one", () => {
    expect(() => open({ path: folder })).toThrow(coded("database-failed"));
    writeFileSync(path, "not a database, but long enough to look at".repeat(20));
    expect(() => open()).toThrow(coded("database-failed"));
    const damaged = join(folder, "damaged.sqlite");
    open({ path: damaged }).close();
    truncateSync(damaged, 5_000);
    expect(() => open({ path: damaged })).toThrow(coded("database-failed"));
  });

  it("speaks in its owner's words", () => {
    const said = (error: DatabaseError) => new RangeError(`ours: ${error.code}`);
    const database = open({ toError: said });
    expect(() => database.run("INSERT INTO notes (text) VALUES (NULL)")).toThrow(
      "ours: database-failed",
    );
    expect(() => open({ toError: said })).toThrow("ours: database-in-use");
  });
});
