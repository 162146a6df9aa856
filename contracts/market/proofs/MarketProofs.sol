// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoParameters} from "../../interfaces/IDecoParameters.sol";
import {IRandomness} from "../../interfaces/IRandomness.sol";
import {MarketModule} from "../MarketModule.sol";
import {MarketState} from "../MarketState.sol";
import {Checkpoints} from "./Checkpoints.sol";
import {Delivery} from "./Delivery.sol";
import {Proving} from "./Proving.sol";

/// @title MarketProofs
/// @notice Results proven by a policy other than the vote, delivery of results to contracts, and progress of seats. See {MarketModule}.
contract MarketProofs is MarketModule, Proving, Delivery, Checkpoints {
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_)
        MarketState(deco_, parameters_, randomness_)
    {}
}
