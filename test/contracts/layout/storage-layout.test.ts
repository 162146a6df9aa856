import { beforeAll, describe, expect, it } from "vitest";
import { marketLayouts } from "./storage-layout.ts";

/** A module that declares storage of its own, before what it inherits is used. */
const planted = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;
import {IDecoParameters} from "../interfaces/IDecoParameters.sol";
import {IRandomness} from "../interfaces/IRandomness.sol";
import {MarketModule} from "./MarketModule.sol";
import {MarketState} from "./MarketState.sol";
abstract contract Earlier { uint256 internal _own; }
contract PlantedModule is Earlier, MarketModule {
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_)
        MarketState(deco_, parameters_, randomness_)
    {}
}`;

const modules = [
  ...["DecoMarket", "MarketExtension", "MarketOpening", "MarketPanels", "MarketProofs"],
  ...["MarketProving", "MarketOrders"],
];

/** The same, with its own behind. */
const plantedBehind = planted
  .replace("abstract contract Earlier { uint256 internal _own; }\n", "")
  .replace("contract PlantedModule is Earlier, MarketModule {", (line) => {
    return `${line.replace("Earlier, ", "").replace("Planted", "PlantedBehind")} uint128 internal _added;`;
  });

describe("storage of the market's modules", () => {
  let layouts: ReadonlyMap<string, readonly string[]>;
  const real = () => [...layouts].filter(([name]) => !name.startsWith("Planted"));

  // One compilation for all: it takes longer than everything else here.
  beforeAll(() => {
    layouts = marketLayouts({
      "contracts/market/PlantedModule.sol": planted,
      "contracts/market/PlantedBehindModule.sol": plantedBehind,
    });
  });

  it("has one layout in all of them", () => {
    expect(real().map(([name]) => name)).toEqual(expect.arrayContaining(modules));
    const [first] = real().map(([, layout]) => layout);
    // A layout that solc left empty would be equal to any other such.
    expect(first?.join()).toMatch(/_balances: mapping\(/);
    for (const [name, layout] of real()) expect(layout, name).toEqual(first);
  });

  it("is compared: a module that keeps something before it is noticed", () => {
    const shifted = layouts.get("PlantedModule");
    expect(shifted).not.toEqual(layouts.get("DecoMarket"));
    expect(shifted?.[0]).toMatch(/^0\+0 _own: uint256/);
  });

  it("is compared: a module that keeps something behind it is noticed", () => {
    const market = layouts.get("DecoMarket") ?? expect.unreachable();
    const longer = layouts.get("PlantedBehindModule");
    expect(longer?.slice(0, market.length)).toEqual(market);
    expect(longer).toHaveLength(market.length + 1);
  });
});
