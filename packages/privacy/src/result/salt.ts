import { concatHex, type Hex, sha256, stringToHex } from "viem";

const DOMAIN = stringToHex("deco private result 1");

/**
 * Salt of a private task's result document: equal for all who have the input, and nobody else can compute it, so that
 * neither the accepted digest nor the tags on the chain tell which of a few possible answers was given.
 */
export function resultSaltOf(inputSalt: Hex, taskId: Hex): Hex {
  return sha256(concatHex([DOMAIN, inputSalt, taskId]));
}
