/** The part of circom2 that is used here; it publishes no types. */
declare module "circom2" {
  export class CircomRunner {
    constructor(options: {
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly preopens: Readonly<Record<string, string>>;
      readonly bindings: object;
    });
    execute(compiler: Uint8Array): Promise<unknown>;
  }
  export const bindings: object;
}
