// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A provider's bonded stake and how much of it has been there for long.
/// @dev `aged` is a lower bound of the stake that was active at every moment before `since`. See {StakeLib}.
struct ProviderStake {
    /// DECO active now: bonded, not unbonding; locks are bound inside it.
    uint96 active;
    uint96 aged;
    /// Second at which `active - aged` was added last.
    uint40 since;
}

/// @notice A provider's mutable work state: one word.
struct ProviderWork {
    /// DECO bound to live seats, part of `active`.
    uint96 locked;
    /// Trust index in tenths, 10..100.
    uint8 trust;
    /// Faults below 1.0 that later gains repay first, in tenths.
    uint16 debt;
    /// Epoch of the last rise.
    uint32 raisedEpoch;
    /// Seats held on tasks that have not ended.
    uint16 liveSeats;
    /// Deregistering: takes no seat, its stake leaves as its tasks end.
    bool leaving;
    /// Active stake fell below the identity minimum (by slashing or unbonding).
    bool dormant;
}

/// @notice What is read and written rarely.
struct ProviderIdentity {
    address owner;
    address operator;
    /// Offers signed under an earlier epoch are void. In one word with the operator, whose signature is checked with it.
    uint32 offerEpoch;
    address pendingOwner;
    /// SHA-256 of the metadata document.
    bytes32 metadata;
    /// DECO on its way out, and when it may be withdrawn.
    uint96 unbonding;
    uint40 unbondsAt;
}

/// @title ProviderWords
/// @notice Packs the two hot structs into one word each, written raw: compiler-made struct copies cost many SSTOREs.
/// Stake: active 96, aged 96, since 40. Work: locked 96, trust 8, debt 16, raisedEpoch 32, liveSeats 16, leaving 1, dormant 1.
library ProviderWords {
    function unpackStake(uint256 word) internal pure returns (ProviderStake memory s) {
        s.active = uint96(word);
        s.aged = uint96(word >> 96);
        s.since = uint40(word >> 192);
    }

    function pack(ProviderStake memory s) internal pure returns (uint256) {
        return uint256(s.active) | (uint256(s.aged) << 96) | (uint256(s.since) << 192);
    }

    // Readings and changes of single fields, for `claim`.

    function lockedOf(uint256 work) internal pure returns (uint256) {
        return uint96(work);
    }

    function trustOf(uint256 work) internal pure returns (uint256) {
        return uint8(work >> 96);
    }

    function leavingOf(uint256 work) internal pure returns (bool) {
        return (work >> 168) & 1 == 1;
    }

    function dormantOf(uint256 work) internal pure returns (bool) {
        return (work >> 169) & 1 == 1;
    }

    /// @notice The work word with one seat more. The caller has checked that the lock fits the active stake, hence 96 bits;
    /// 2^16 live seats would need as many identities' worth of locks.
    function seated(uint256 work, uint256 lock) internal pure returns (uint256) {
        return work + lock + (1 << 152);
    }

    function debtOf(uint256 work) internal pure returns (uint256) {
        return uint16(work >> 104);
    }

    function raisedEpochOf(uint256 work) internal pure returns (uint256) {
        return uint32(work >> 120);
    }

    /// @notice The work word after trust has moved.
    function withTrust(uint256 work, uint256 trust, uint256 debt, uint256 raisedEpoch) internal pure returns (uint256) {
        // Trust 8, debt 16 and epoch 32 bits lie side by side.
        return (work & ~(uint256(2 ** 56 - 1) << 96)) | (trust << 96) | (debt << 104) | (raisedEpoch << 120);
    }

    /// @notice The work word with one seat less: the reverse of {seated}, by whom seat and lock were added.
    function released(uint256 work, uint256 lock) internal pure returns (uint256) {
        return work - lock - (1 << 152);
    }

    function unpackWork(uint256 word) internal pure returns (ProviderWork memory w) {
        w.locked = uint96(word);
        w.trust = uint8(word >> 96);
        w.debt = uint16(word >> 104);
        w.raisedEpoch = uint32(word >> 120);
        w.liveSeats = uint16(word >> 152);
        w.leaving = (word >> 168) & 1 == 1;
        w.dormant = (word >> 169) & 1 == 1;
    }

    function pack(ProviderWork memory w) internal pure returns (uint256 word) {
        word = uint256(w.locked) | (uint256(w.trust) << 96) | (uint256(w.debt) << 104);
        word |= (uint256(w.raisedEpoch) << 120) | (uint256(w.liveSeats) << 152);
        word |= (uint256(w.leaving ? 1 : 0) << 168) | (uint256(w.dormant ? 1 : 0) << 169);
    }
}

/// @title StakeLib
/// @notice Stake that counts for a task is stake that was active before its post.
/// @dev A single (previous, since) checkpoint is gamed by a large top-up followed by a tiny one, which ages the large one
/// [DESIGN, "what went wrong"]. Here a top-up starts a new checkpoint only when the running one is older than any live
/// task can be (`horizon`); until then it joins the running one and moves `since` forward. So `activeBefore(t)` never exceeds what
/// was active before t.
library StakeLib {
    function add(ProviderStake memory stake, uint96 amount, uint256 horizon) internal view {
        if (block.timestamp > stake.since + horizon) stake.aged = stake.active;
        stake.active += amount;
        stake.since = uint40(block.timestamp);
    }

    function remove(ProviderStake memory stake, uint96 amount) internal pure {
        stake.active -= amount;
        if (stake.aged > stake.active) stake.aged = stake.active;
    }

    /// @notice Stake that was active before second `time`.
    function activeBefore(ProviderStake memory stake, uint256 time) internal pure returns (uint96) {
        return stake.since < time ? stake.active : stake.aged;
    }
}
