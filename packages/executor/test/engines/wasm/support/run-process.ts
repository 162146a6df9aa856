import { createWasmEngine } from "../../../../src/engines/wasm/index.ts";

/**
 * A process of its own that runs one module and prints the execution as JSON.
 * Arguments: module, input folder, output folder, program document as JSON.
 */
const [artifactPath, inputFolder, outputFolder, program] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
];
const { signal } = new AbortController();
const prepared = await createWasmEngine().prepare(
  { program: JSON.parse(program), artifactPath, inputFolder, workFolder: outputFolder },
  signal,
);
const item = { index: 7, bytes: Buffer.from("the item") };
const execution = await prepared.run({ item, outputFolder }, signal);
await prepared.close();
const printed = JSON.stringify(execution, (_, value: unknown) =>
  typeof value === "bigint" ? value.toString() : value,
);
process.stdout.write(printed);
