// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProviderWords, ProviderWork} from "../types/Provider.sol";

/// @title Trust
/// @notice The trust index: 1.0 to 10.0 in tenths. A fault below 1.0 is a debt that later gains repay first.
library Trust {
    using ProviderWords for uint256;
    using Trust for uint256;

    uint8 internal constant MINIMUM = 10;
    uint8 internal constant MAXIMUM = 100;

    /// @notice One rise, at most once per epoch. Repaying a debt is a rise.
    function raise(ProviderWork memory work, uint256 step, uint256 epoch) internal pure {
        uint256 word = uint256(0).withWork(work).raised(step, epoch);
        work.trust = uint8(word.trustOf());
        work.debt = uint16(word.debtOf());
        work.raisedEpoch = uint32(word.raisedEpochOf());
    }

    /// @notice {raise} of a packed {ProviderWork}.
    function raised(uint256 word, uint256 step, uint256 epoch) internal pure returns (uint256) {
        if (epoch <= word.raisedEpochOf()) return word;
        uint256 debt = word.debtOf();
        uint256 repaid = step < debt ? step : debt;
        // Fields of 16 bits at most, and nothing repaid that was not owed.
        unchecked {
            uint256 trust = word.trustOf() + step - repaid;
            return word.withTrust(trust > MAXIMUM ? MAXIMUM : trust, debt - repaid, uint32(epoch));
        }
    }

    function lower(ProviderWork memory work, uint256 step) internal pure {
        uint256 room = uint256(work.trust) - MINIMUM;
        if (step <= room) {
            work.trust -= uint8(step);
            return;
        }
        work.trust = MINIMUM;
        uint256 debt = uint256(work.debt) + step - room;
        work.debt = debt > type(uint16).max ? type(uint16).max : uint16(debt);
    }
}
