// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Tally, Votes} from "../../contracts/libraries/Votes.sol";
import {Seat, SeatStatus} from "../../contracts/types/Seat.sol";

/// @notice Counts many votes in one call.
/// @dev A case is words: task id; opened result; terms (seats 8 bits, rounds 8, weight cap 8, threshold 16, minAgreeing 8,
/// minWeight 16, from the lowest); then one word for each seat (status 8, round 8, trust 8, value in the upper 192). An answer is one word: accepted 8,
/// agreeing 8, seats that agree 16, seats of the largest group 16, weight 32, total 32.
contract VoteHarness {
    using Votes for Seat[];
    using Votes for Tally;

    function count(uint256 cases) external pure returns (uint256[] memory answers) {
        answers = new uint256[](cases);
        // Behind the selector and the argument.
        uint256 at = 36;
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        for (uint256 i = 0; i < cases; ++i) {
            (answers[i], at) = _one(at);
            // What one case allocated is not needed any more; without this the last cases pay for all memory.
            assembly ("memory-safe") {
                mstore(0x40, free)
            }
        }
    }

    function _one(uint256 at) private pure returns (uint256 answer, uint256 next) {
        bytes32 taskId = bytes32(_word(at));
        bytes32 result = bytes32(_word(at + 32));
        uint256 terms = _word(at + 64);
        Seat[] memory seats = new Seat[](uint8(terms));
        next = at + 96;
        for (uint256 i = 0; i < seats.length; ++i) {
            uint256 word = _word(next);
            seats[i].status = SeatStatus(uint8(word));
            seats[i].round = uint8(word >> 8);
            seats[i].trust = uint8(word >> 16);
            seats[i].value = bytes24(uint192(word >> 64));
            next += 32;
        }
        uint256 weightCap = uint8(terms >> 16);
        Tally memory tally = Votes.tally(taskId, seats, result, uint8(terms >> 8), weightCap);
        bool accepted = tally.accepted(uint16(terms >> 24), uint8(terms >> 40), uint16(terms >> 48));
        answer = (accepted ? 1 : 0) | (tally.agreeing << 8) | (tally.agrees << 16);
        answer |= (seats.largestGroup(weightCap) << 32) | (tally.weight << 48) | (tally.total << 80);
    }

    /// @dev The cases follow the ABI-encoded argument.
    function _word(uint256 at) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(at)
        }
    }
}
