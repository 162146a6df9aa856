import {
  digestToCid,
  encodeDocument,
  inputSchema,
  type SealedInputDocument,
  sealedInputSchema,
} from "@deco-network/sdk";
import { hashBytes, hashDocument } from "@deco-network/storage";
import { describe, expect, it } from "vitest";

import {
  hashJob,
  isRequesterError,
  type JobDraft,
  type ProgramSource,
  storedDraft,
} from "../../src/index.ts";

const PROGRAM: ProgramSource = {
  kind: "document",
  document: {
    ...{
      deco: "program/1",
      engine: "wasm",
      module: digestToCid(`0x${"01".repeat(32)}`),
      stdout: true,
      command: [],
      env: {},
      network: "none",
    },
    limits: {
      ...{ memoryBytes: 65_536, outputBytes: 10, stdoutBytes: 0, wallSeconds: 1, fuel: "1000" },
    },
  },
};

/** The job that `draft` makes, and the draft that its digests alone give. */
async function thereAndBack(draft: JobDraft) {
  const published = await hashJob(draft);
  if (published.inputDocument.deco !== "input/1") throw new Error("not of these tests");
  const documents = new Map([
    [published.cids.input, encodeDocument(inputSchema, published.inputDocument)],
  ]);
  const read = async (cid: string) => documents.get(cid) ?? new Uint8Array();
  return { published, stored: await storedDraft(published, read) };
}

describe("storedDraft", () => {
  it("names what a task was made of by its content", async () => {
    const files = new Map([["a.txt", new TextEncoder().encode("a")]]);
    const { published, stored } = await thereAndBack({
      program: PROGRAM,
      files: { kind: "files", files },
      items: { kind: "bytes", items: [new Uint8Array([1]), new Uint8Array([2])] },
    });
    expect(stored).toEqual({
      program: { kind: "stored", cid: published.cids.program },
      files: { kind: "stored", cid: published.cids.files },
      items: { kind: "stored", list: published.cids.items, count: 2 },
    });
  });

  it("names nothing that the task had not, and keeps what a circuit's input commits to", async () => {
    const commitment = `0x${"07".repeat(32)}`;
    const { published, stored } = await thereAndBack({ program: PROGRAM, commitment });
    expect(stored).toEqual({
      program: { kind: "stored", cid: published.cids.program },
      commitment,
    });
  });

  it.each([
    ["a salt, which would be left out", { salt: `0x${"03".repeat(32)}` }, 1],
    ["other items than the request counts", {}, 2],
  ])("refuses an input with %s", async (_, more, volume) => {
    const bytes = encodeDocument(inputSchema, { deco: "input/1", ...more });
    const { digest } = await hashDocument(bytes);
    const refused = storedDraft({ program: digest, input: digest, volume }, async () => bytes);
    await expect(refused).rejects.toSatisfy((error) => isRequesterError(error, "job-invalid"));
  });

  it("refuses a private task, whose input is sealed for that task", async () => {
    const { cid } = await hashBytes(new Uint8Array([1, 2, 3]));
    const sealed = encodeDocument(sealedInputSchema, sealedOf(cid));
    const { digest } = await hashDocument(sealed);
    const refused = storedDraft({ program: digest, input: digest, volume: 1 }, async () => sealed);
    await expect(refused).rejects.toSatisfy((error) => isRequesterError(error, "job-invalid"));
  });
});

function sealedOf(ciphertext: string): SealedInputDocument {
  const input = `0x${"02".repeat(32)}`;
  const [key, results] = ["q", "p"].map((letter) => `age1${letter.repeat(58)}`) as [string, string];
  return { deco: "sealed-input/1", input, ciphertext, ciphertextBytes: 3, bytes: 1, key, results };
}
