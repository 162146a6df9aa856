// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProofPolicy} from "../interfaces/IProofPolicy.sol";

/// @title HostilePolicy
/// @notice Says that it is an instant policy, then answers `accepts` by yes and `verify` badly.
contract HostilePolicy {
    enum Mood {
        Reverts,
        Burns,
        Bombs,
        /// Answers 2, which is no bool.
        SaysTwo,
        /// Answers 31 bytes.
        SaysLittle,
        SaysNothing
    }

    Mood public mood;

    function set(Mood mood_) external {
        mood = mood_;
    }

    function kind() external pure returns (IProofPolicy.Kind) {
        return IProofPolicy.Kind.Instant;
    }

    function accepts(bytes32) external pure returns (bool) {
        return true;
    }

    // solhint-disable-next-line no-complex-fallback
    fallback() external {
        // solhint-disable-next-line reason-string, gas-custom-errors
        if (mood == Mood.Reverts) revert();
        // solhint-disable-next-line no-empty-blocks
        if (mood == Mood.Burns) while (true) {}
        Mood current = mood;
        assembly {
            mstore(0, 1)
            switch current
            case 2 { return(0, 200000) }
            case 3 {
                mstore(0, 2)
                return(0, 32)
            }
            case 4 { return(1, 31) }
            default { return(0, 0) }
        }
    }
}
