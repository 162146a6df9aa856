// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PostParameters, TaskParameters} from "../../../contracts/types/Parameters.sol";

/// @title Defaults
/// @notice The parameters of a public network, as DESIGN states them, with a protocol fee so that it is tested.
library Defaults {
    uint256 internal constant POSTING_FEE = 1 ether;

    function task() internal pure returns (TaskParameters memory) {
        return TaskParameters({
            noShowBps: 1_000,
            declineBps: 50,
            failedVoteBps: 1_000,
            protocolFeeBps: 200,
            agreeStep: 1,
            dissentStep: 10,
            noShowStep: 5,
            weightCap: 3,
            epoch: 1 hours,
            settleWindow: 2 minutes,
            declineGrace: 1 minutes,
            postingFee: 1_000,
            trustMoves: true,
            minIdentityStake: 1_000,
            checkpointFee: 5,
            panelSeats: 3,
            widePanelSeats: 5
        });
    }

    function post() internal pure returns (PostParameters memory) {
        return PostParameters({
            minLock: 10_000,
            unbond: 14 days,
            minClaimWindow: 1 minutes,
            minRevealWindow: 1 minutes,
            trustStart: 10,
            maxCallbackGas: 1_000_000
        });
    }
}
