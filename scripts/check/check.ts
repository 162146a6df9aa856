/** What a check looked at and found. A check that looked at nothing has failed. */
export type Findings = {
  /** How many files were looked at. */
  files: number;
  /** Empty when all is well; what is wrong otherwise, as the tool says it. */
  problems: string;
};

export type Check = {
  name: string;
  run(signal: AbortSignal): Promise<Findings>;
};
