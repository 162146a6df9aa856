// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoParameters} from "../../interfaces/IDecoParameters.sol";
import {IRandomness} from "../../interfaces/IRandomness.sol";
import {Request} from "../../types/Request.sol";
import {Seat, SeatOutcome} from "../../types/Seat.sol";
import {Ending} from "../Closings.sol";
import {MarketModule} from "../MarketModule.sol";
import {MarketState} from "../MarketState.sol";
import {Checkpoints} from "./Checkpoints.sol";
import {Delivery} from "./Delivery.sol";
import {Proving} from "./Proving.sol";
import {Reveals} from "./Reveals.sol";
import {Settlement} from "./Settlement.sol";
import {Views} from "./Views.sol";

/// @title MarketProofs
/// @notice Results proven by the vote or by a policy, delivery of results to contracts, progress of seats, and the market's views. See {MarketModule}.
contract MarketProofs is MarketModule, Reveals, Settlement, Proving, Delivery, Checkpoints, Views {
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_)
        MarketState(deco_, parameters_, randomness_)
    {}

    /// @dev A request names what decides it.
    function _verdict(Request calldata request, Ending memory ending, Seat memory seat, bool favoured)
        internal
        pure
        override
        returns (SeatOutcome outcome, uint256 paid, uint256 slashed)
    {
        if (request.policy == address(0)) return _voteVerdict(request, ending, seat, favoured);
        return _proofVerdict(request, ending, seat, favoured);
    }
}
