// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Accounting} from "../../../contracts/libraries/Accounting.sol";
import {Sortition} from "../../../contracts/libraries/Sortition.sol";
import {Trust} from "../../../contracts/libraries/Trust.sol";
import {Tally, Votes} from "../../../contracts/libraries/Votes.sol";
import {AssignedSeat, MatchingLib, Offer, TaskOffer} from "../../../contracts/types/Matching.sol";
import {OpeningLib} from "../../../contracts/types/Opening.sol";
import {ProviderStake, ProviderWork, StakeLib} from "../../../contracts/types/Provider.sol";
import {Seat} from "../../../contracts/types/Seat.sol";

/// @notice Shows the market's pure rules to tests that compare them with the SDK's model.
contract ModelHarness {
    using StakeLib for ProviderStake;
    using Trust for ProviderWork;
    using Votes for Seat[];
    using Votes for Tally;

    struct Terms {
        uint256 rounds;
        uint256 weightCap;
        uint256 thresholdBps;
        uint256 minAgreeing;
        uint256 minWeight;
    }

    function vote(bytes32 taskId, Seat[] memory seats, bytes32 result, Terms memory terms)
        external
        pure
        returns (Tally memory count, bool accepted, uint256 group)
    {
        count = Votes.tally(taskId, seats, result, terms.rounds, terms.weightCap);
        accepted = count.accepted(terms.thresholdBps, terms.minAgreeing, terms.minWeight);
        group = seats.largestGroup(terms.weightCap);
    }

    function drawn(
        bytes32[4] calldata draw,
        uint256 elapsed,
        uint256 window,
        uint256 seats,
        uint256 stake,
        uint256 totalStake
    ) external pure returns (bytes32 ticket, bool isDrawn, bool early) {
        ticket = Sortition.ticket(draw[0], draw[1], uint256(draw[2]), uint256(draw[3]));
        isDrawn = Sortition.drawn(ticket, elapsed, window, seats, stake, totalStake);
        early = Sortition.early(elapsed, window);
    }

    function price(uint96 minPrice, uint96 maxPrice, uint256 elapsed, uint256 ramp)
        external
        pure
        returns (uint40 fraction, uint256 amount)
    {
        fraction = Accounting.rampFraction(elapsed, ramp);
        amount = Accounting.priceDown(minPrice, maxPrice, fraction);
    }

    function agreed(uint96 minPrice, uint96 maxPrice, uint96 price_)
        external
        pure
        returns (uint40 fraction, uint256 amount)
    {
        fraction = Accounting.fractionUp(minPrice, maxPrice, price_);
        amount = Accounting.priceDown(minPrice, maxPrice, fraction);
    }

    function trust(ProviderWork memory work, uint256 step, uint256 epoch)
        external
        pure
        returns (ProviderWork memory raised, ProviderWork memory lowered)
    {
        raised = abi.decode(abi.encode(work), (ProviderWork));
        lowered = abi.decode(abi.encode(work), (ProviderWork));
        raised.raise(step, epoch);
        lowered.lower(step);
    }

    function activeBefore(ProviderStake memory stake, uint256 time) external pure returns (uint96) {
        return stake.activeBefore(time);
    }

    function commitment(bytes32 taskId, uint256 round, uint256 provider, bytes32 tag, bytes32 salt)
        external
        pure
        returns (bytes32)
    {
        return OpeningLib.commitment(taskId, round, provider, tag, salt);
    }

    function offer(Offer memory given) external pure returns (bytes32) {
        return MatchingLib.structHash(given);
    }

    function taskOffer(TaskOffer memory given) external pure returns (bytes32) {
        return MatchingLib.structHash(given);
    }

    function assignment(bytes32 taskId, uint256 round, AssignedSeat[] memory seats) external pure returns (bytes32) {
        return MatchingLib.structHash(taskId, round, seats);
    }
}
