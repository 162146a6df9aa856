import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Request, requestFields } from "@deco-network/sdk";
import { describe, expect, it } from "vitest";

import { isRequesterError, type TaskRecord, TaskRecords } from "../../src/index.ts";
import { temporaryFolder } from "../support/folder.ts";

const TASK_ID = `0x${"ab".repeat(32)}` as const;

function record(): TaskRecord {
  const wide = /^uint(96|256)$/;
  const request = Object.fromEntries(
    requestFields.map(({ name, type }, i) => {
      if (wide.test(type)) return [name, 2n ** 70n + BigInt(i)];
      if (type.startsWith("uint")) return [name, i];
      return [name, `0x${"0a".repeat(type === "address" ? 20 : 32)}`];
    }),
  ) as unknown as Request;
  const market = `0x${"0b".repeat(20)}` as const;
  return { taskId: TASK_ID, chainId: 31_337, market, request, fromBlock: 7, fetched: false };
}

describe("TaskRecords", () => {
  it("gives back what was written, and the newest version of it", async () => {
    const records = new TaskRecords(await temporaryFolder());
    await records.write(record());
    expect(await records.read(TASK_ID)).toEqual(record());
    await records.write({ ...record(), fetched: true });
    expect(await records.list()).toEqual([{ ...record(), fetched: true }]);
  });

  it("knows nothing of other tasks, nor in a folder that is not there", async () => {
    const records = new TaskRecords(join(await temporaryFolder(), "absent"));
    expect(await records.read(TASK_ID)).toBeUndefined();
    expect(await records.list()).toEqual([]);
  });

  it("names a record that cannot be read", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, TASK_ID));
    await writeFile(join(folder, TASK_ID, "record.json"), "{}");
    const reading = new TaskRecords(folder).read(TASK_ID);
    await expect(reading).rejects.toSatisfy((error) => isRequesterError(error, "record-invalid"));
  });
});
