/** The part of snarkjs that is used here; it publishes no types. */
declare module "snarkjs" {
  type Signals = Record<string, unknown>;
  /** A path, bytes in memory, or a file in memory that is written to. */
  type FileLike = string | Uint8Array | { type: "mem"; data?: Uint8Array };
  interface Logger {
    debug(message: string): void;
    info(message: string): void;
    warn(message: string): void;
    error(message: string): void;
  }
  interface Curve {
    terminate(): Promise<void>;
  }
  type Proof = Record<string, unknown>;
  type VerificationKey = Record<string, unknown>;
  interface Contribution {
    readonly name?: string;
    readonly type: number;
    readonly contributionHash: Uint8Array;
    readonly beaconHash?: Uint8Array;
    readonly numIterationsExp?: number;
  }

  export const curves: {
    getCurveFromName(name: string, options?: { singleThread?: boolean }): Promise<Curve>;
  };
  export const powersOfTau: {
    newAccumulator(curve: Curve, power: number, file: FileLike, logger?: Logger): Promise<void>;
    contribute(from: FileLike, to: FileLike, name: string, entropy: string): Promise<unknown>;
    beacon(
      from: FileLike,
      to: FileLike,
      name: string,
      beacon: string,
      iterations: number,
    ): Promise<unknown>;
    preparePhase2(from: FileLike, to: FileLike, logger?: Logger): Promise<void>;
    verify(file: FileLike, logger?: Logger): Promise<boolean>;
  };
  export const zKey: {
    newZKey(r1cs: FileLike, powers: FileLike, to: FileLike, logger?: Logger): Promise<unknown>;
    contribute(from: FileLike, to: FileLike, name: string, entropy: string): Promise<unknown>;
    beacon(
      from: FileLike,
      to: FileLike,
      name: string,
      beacon: string,
      iterations: number,
    ): Promise<unknown>;
    verifyFromR1cs(
      r1cs: FileLike,
      powers: FileLike,
      key: FileLike,
      logger?: Logger,
    ): Promise<boolean>;
    exportVerificationKey(key: FileLike, logger?: Logger): Promise<VerificationKey>;
    exportSolidityVerifier(
      key: FileLike,
      templates: Record<string, string>,
      logger?: Logger,
    ): Promise<string>;
  };
  export const wtns: {
    calculate(signals: Signals, wasm: FileLike, to: FileLike): Promise<void>;
    check(r1cs: FileLike, witness: FileLike, logger?: Logger): Promise<boolean>;
    exportJson(witness: FileLike): Promise<bigint[]>;
  };
  export const groth16: {
    prove(
      key: FileLike,
      witness: FileLike,
      logger?: Logger,
      options?: { singleThread?: boolean },
    ): Promise<{ proof: Proof; publicSignals: string[] }>;
    verify(
      key: VerificationKey,
      publicSignals: readonly string[],
      proof: Proof,
      logger?: Logger,
    ): Promise<boolean>;
  };
  export const plonk: {
    setup(r1cs: FileLike, powers: FileLike, to: FileLike, logger?: Logger): Promise<unknown>;
    prove(
      key: FileLike,
      witness: FileLike,
      logger?: Logger,
      options?: { singleThread?: boolean },
    ): Promise<{ proof: Proof; publicSignals: string[] }>;
    verify(
      key: VerificationKey,
      publicSignals: readonly string[],
      proof: Proof,
      logger?: Logger,
    ): Promise<boolean>;
  };
}
