// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProofPolicy} from "../interfaces/IProofPolicy.sol";
import {PolicyWord} from "../types/Parameters.sol";
import {CappedCalls} from "./CappedCalls.sol";

/// @title Policies
/// @notice What a proof policy is asked about a request, with its gas.
library Policies {
    /// @notice Whether it serves this data. Once it does not (a circuit that was found broken), nobody can prove, and nobody may
    /// lose stake for it.
    function serves(address policy, bytes32 policyData, uint256 gasCap) internal view returns (bool) {
        return CappedCalls.ask(policy, gasCap, abi.encodeCall(IProofPolicy.accepts, (policyData)));
    }

    /// @notice Whether it may be proven by at all: governance has not removed it, and it serves this data.
    /// @param word See {PolicyWord}.
    function live(address policy, bytes32 policyData, uint256 word) internal view returns (bool) {
        return !PolicyWord.tombstoned(word) && serves(policy, policyData, PolicyWord.gasCapOf(word));
    }
}
