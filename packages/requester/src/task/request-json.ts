import { type Request, requestFields } from "@deco-network/sdk";
import { z } from "zod";

const decimal = z.string().regex(/^(0|[1-9][0-9]{0,77})$/);

/** Solidity integers above 48 bits do not fit a JavaScript number. */
function isWide(type: string): boolean {
  const bits = /^uint(\d+)$/.exec(type)?.[1];
  return bits !== undefined && Number(bits) > 48;
}

const requestJsonSchema = z.strictObject(
  Object.fromEntries(
    requestFields.map(({ name, type }) => {
      if (isWide(type)) return [name, decimal];
      if (type.startsWith("uint")) return [name, z.int().min(0)];
      return [name, z.string().regex(/^0x[0-9a-fA-F]*$/)];
    }),
  ),
);

/** A request as plain JSON: large integers in decimal text. */
export type RequestJson = z.infer<typeof requestJsonSchema>;

export function requestToJson(request: Request): RequestJson {
  const entries = Object.entries(request).map(([name, value]) => [
    name,
    typeof value === "bigint" ? value.toString() : value,
  ]);
  return Object.fromEntries(entries);
}

/** @throws ZodError when it is not what {@link requestToJson} writes. */
export function requestFromJson(json: unknown): Request {
  const parsed = requestJsonSchema.parse(json);
  const entries = requestFields.map(({ name, type }) => {
    const value = parsed[name];
    return [name, isWide(type) ? BigInt(value as string) : value];
  });
  // The schema is built from the request's own EIP-712 types, so every field is there.
  return Object.fromEntries(entries) as unknown as Request;
}
