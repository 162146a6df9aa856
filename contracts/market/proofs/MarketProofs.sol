// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoParameters} from "../../interfaces/IDecoParameters.sol";
import {IRandomness} from "../../interfaces/IRandomness.sol";
import {MarketModule} from "../MarketModule.sol";
import {MarketState} from "../MarketState.sol";
import {Checkpoints} from "./Checkpoints.sol";
import {Delivery} from "./Delivery.sol";
import {Reveals} from "./Reveals.sol";
import {Settlement} from "./Settlement.sol";
import {Views} from "./Views.sol";

/// @title MarketProofs
/// @notice Results proven by the vote, delivery of results to contracts, progress of seats, and the market's views. See {MarketModule}.
contract MarketProofs is MarketModule, Reveals, Settlement, Delivery, Checkpoints, Views {
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_)
        MarketState(deco_, parameters_, randomness_)
    {}
}
