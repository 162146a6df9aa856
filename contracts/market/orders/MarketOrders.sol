// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoParameters} from "../../interfaces/IDecoParameters.sol";
import {IRandomness} from "../../interfaces/IRandomness.sol";
import {MarketModule} from "../MarketModule.sol";
import {MarketState} from "../MarketState.sol";
import {OrderHolding} from "./OrderHolding.sol";

/// @title MarketOrders
/// @notice Signed orders, at once or held, and what providers set aside for them. See {MarketModule}.
contract MarketOrders is MarketModule, OrderHolding {
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_)
        MarketState(deco_, parameters_, randomness_)
    {}
}
