// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProofPolicy} from "../interfaces/IProofPolicy.sol";

/// @notice Governed values that a task keeps from its post to its end: one word, read by version.
struct TaskParameters {
    uint16 noShowBps;
    uint16 declineBps;
    uint16 failedVoteBps;
    uint16 protocolFeeBps;
    /// Trust steps in tenths.
    uint8 agreeStep;
    uint8 dissentStep;
    uint8 noShowStep;
    /// Weights are capped at this multiple of the smallest.
    uint8 weightCap;
    /// Trust rises at most once per provider and epoch, in seconds.
    uint32 epoch;
    uint24 settleWindow;
    uint24 declineGrace;
    /// Posting fee in thousandths of a DECO.
    uint40 postingFee;
    /// Whether that fee is large enough for settlements to raise trust.
    bool trustMoves;
    /// Smallest active stake of an identity, in whole DECO.
    uint24 minIdentityStake;
    /// Seats of a dispute's first panel, and of its second.
    uint8 panelSeats;
    uint8 widePanelSeats;
    /// Burned for each progress event of a seat, in hundredths of a DECO; at most 127.
    uint8 checkpointFee;
}

/// @notice Governed values that only `post` and provider accounts read.
struct PostParameters {
    /// Smallest lock per replica, in thousandths of a DECO.
    uint40 minLock;
    /// Unbonding delay in seconds; a task's life is bounded by half of it.
    uint32 unbond;
    uint24 minClaimWindow;
    uint24 minRevealWindow;
    uint8 trustStart;
    /// Most gas that a request may ask for its callback.
    uint24 maxCallbackGas;
}

/// @notice A listed payment token.
struct TokenParameters {
    bool listed;
    /// DECO base units that each base unit of price requires as lock, scaled by 1e18.
    uint112 lockRate;
    /// Smallest settlement fee, in base units.
    uint96 minSettlementFee;
}

/// @notice A proof policy as governance knows it.
struct PolicyParameters {
    /// Whether new tasks may name it.
    bool listed;
    /// Gone for ever: no task is posted, proven or judged under it, and live ones end neutrally.
    bool tombstoned;
    /// What it said when it was first listed.
    IProofPolicy.Kind kind;
    /// Gas that each question to it gets.
    uint24 gasCap;
}

/// @title TaskParametersLib
/// @notice Layout from the lowest bit: four shares of 16, four steps of 8, epoch 32, settleWindow 24, declineGrace 24,
/// postingFee 40, trustMoves 1, minIdentityStake 24, panelSeats 4, widePanelSeats 4, checkpointFee 7: 256 bits.
library TaskParametersLib {
    function pack(TaskParameters memory p) internal pure returns (uint256 word) {
        word = uint256(p.noShowBps) | (uint256(p.declineBps) << 16) | (uint256(p.failedVoteBps) << 32);
        word |= (uint256(p.protocolFeeBps) << 48) | (uint256(p.agreeStep) << 64) | (uint256(p.dissentStep) << 72);
        word |= (uint256(p.noShowStep) << 80) | (uint256(p.weightCap) << 88) | (uint256(p.epoch) << 96);
        word |= (uint256(p.settleWindow) << 128) | (uint256(p.declineGrace) << 152) | (uint256(p.postingFee) << 176);
        word |= (uint256(p.trustMoves ? 1 : 0) << 216) | (uint256(p.minIdentityStake) << 217);
        word |= (uint256(p.panelSeats) << 241) | (uint256(p.widePanelSeats) << 245);
        word |= uint256(p.checkpointFee) << 249;
    }

    function unpack(uint256 word) internal pure returns (TaskParameters memory p) {
        p.noShowBps = uint16(word);
        p.declineBps = uint16(word >> 16);
        p.failedVoteBps = uint16(word >> 32);
        p.protocolFeeBps = uint16(word >> 48);
        p.agreeStep = uint8(word >> 64);
        p.dissentStep = uint8(word >> 72);
        p.noShowStep = uint8(word >> 80);
        p.weightCap = uint8(word >> 88);
        p.epoch = uint32(word >> 96);
        p.settleWindow = uint24(word >> 128);
        p.declineGrace = uint24(word >> 152);
        p.postingFee = uint40(word >> 176);
        p.trustMoves = (word >> 216) & 1 == 1;
        p.minIdentityStake = uint24(word >> 217);
        p.panelSeats = uint8((word >> 241) & 0xf);
        p.widePanelSeats = uint8((word >> 245) & 0xf);
        p.checkpointFee = uint8(word >> 249);
    }

    // Readings of single fields: a task's parameters stay packed, of which most calls need one or two.

    function noShowBps(uint256 word) internal pure returns (uint256) {
        return word & 0xffff;
    }

    function declineBps(uint256 word) internal pure returns (uint256) {
        return (word >> 16) & 0xffff;
    }

    function failedVoteBps(uint256 word) internal pure returns (uint256) {
        return (word >> 32) & 0xffff;
    }

    function protocolFeeBps(uint256 word) internal pure returns (uint256) {
        return (word >> 48) & 0xffff;
    }

    function agreeStep(uint256 word) internal pure returns (uint256) {
        return (word >> 64) & 0xff;
    }

    function dissentStep(uint256 word) internal pure returns (uint256) {
        return (word >> 72) & 0xff;
    }

    function noShowStep(uint256 word) internal pure returns (uint256) {
        return (word >> 80) & 0xff;
    }

    function weightCap(uint256 word) internal pure returns (uint256) {
        return (word >> 88) & 0xff;
    }

    function epoch(uint256 word) internal pure returns (uint256) {
        return (word >> 96) & 0xffffffff;
    }

    function settleWindow(uint256 word) internal pure returns (uint256) {
        return (word >> 128) & 0xffffff;
    }

    function declineGrace(uint256 word) internal pure returns (uint256) {
        return (word >> 152) & 0xffffff;
    }

    function postingFee(uint256 word) internal pure returns (uint256) {
        return (word >> 176) & 0xffffffffff;
    }

    function trustMoves(uint256 word) internal pure returns (bool) {
        return (word >> 216) & 1 == 1;
    }

    function minIdentityStake(uint256 word) internal pure returns (uint256) {
        return (word >> 217) & 0xffffff;
    }

    function panelSeats(uint256 word) internal pure returns (uint256) {
        return (word >> 241) & 0xf;
    }

    function widePanelSeats(uint256 word) internal pure returns (uint256) {
        return (word >> 245) & 0xf;
    }

    function checkpointFee(uint256 word) internal pure returns (uint256) {
        return (word >> 249) & 0x7f;
    }
}

/// @title PolicyWord
/// @notice {PolicyParameters} as the compiler packs them into their slot: listed 8, tombstoned 8, kind 8, gasCap 24.
library PolicyWord {
    function read(PolicyParameters storage listing) internal view returns (uint256 word) {
        assembly ("memory-safe") {
            word := sload(listing.slot)
        }
    }

    function listed(uint256 word) internal pure returns (bool) {
        return word & 0xff != 0;
    }

    function tombstoned(uint256 word) internal pure returns (bool) {
        return (word >> 8) & 0xff != 0;
    }

    function kindOf(uint256 word) internal pure returns (IProofPolicy.Kind) {
        return IProofPolicy.Kind(uint8(word >> 16));
    }

    function gasCapOf(uint256 word) internal pure returns (uint256) {
        return uint24(word >> 24);
    }
}
