import { digits } from "@deco-network/examples";

/** Private signals of a circuit; the binding is added. */
export type Signals = Record<string, string | readonly string[]>;

/** Signals of a statement that holds, for each published circuit. */
export async function rightSignals(): Promise<Record<string, Signals>> {
  const image = await digits.loadImage(digits.defaultImage);
  return {
    cubic: { x: "3", salt: "987654321" },
    "sum-of-squares": { n: "5", salt: "123456789" },
    "sum-of-squares-bag": { n: ["5", "0", "4294967295", "7"], salt: ["11", "12", "13", "14"] },
    "digit-classifier": {
      ...digits.modelSignals(await digits.loadModel()),
      ...digits.imageSignals(image, 987654321n),
    },
  };
}
