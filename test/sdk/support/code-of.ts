import { DecoContractError, DecoUsageError } from "@deco-network/sdk";

/** Code of the error by which an action fails; "none" when it does not. What is not the SDK's own is thrown on. */
export async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    if (error instanceof DecoContractError || error instanceof DecoUsageError) return error.code;
    throw error;
  }
  return "none";
}

/** What an action gives, or undefined when it is refused by this error; no other failure is taken. */
export async function refusedOr<Result>(
  action: Promise<Result>,
  code: string,
): Promise<Result | undefined> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof DecoContractError && error.code === code) return undefined;
    throw error;
  }
}
