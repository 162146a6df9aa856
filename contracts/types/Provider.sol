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

/// @notice A provider's people and what it says of itself.
struct ProviderIdentity {
    address owner;
    address operator;
    /// Offers signed under an earlier epoch are void.
    uint32 offerEpoch;
    address pendingOwner;
    /// SHA-256 of the metadata document.
    bytes32 metadata;
    /// DECO on its way out, and when it may be withdrawn.
    uint96 unbonding;
    uint40 unbondsAt;
}

/// @notice The part of {ProviderIdentity} that is read and written rarely; the rest is in the key word.
struct ProviderRecord {
    address owner;
    address pendingOwner;
    bytes32 metadata;
    uint96 unbonding;
    uint40 unbondsAt;
}

/// @title ProviderWords
/// @notice What seats read and write of a provider is two words, written raw: compiler-made struct copies cost many SSTOREs.
/// The work word, from the lowest bit: active 90, locked 90, trust 8, debt 16, raisedEpoch 32, liveSeats 16, leaving 1,
/// dormant 1; the supply of DECO is below 2^90 base units. The key word: operator 160, since 32, aged 43 (thousandths of a
/// DECO, rounded down), offerEpoch 21.
library ProviderWords {
    uint256 private constant ACTIVE = 2 ** 90 - 1;
    uint256 private constant AGED = 2 ** 43 - 1;
    uint256 internal constant MAX_OFFER_EPOCH = 2 ** 21 - 1;
    /// @dev Unit of aged stake.
    uint256 private constant MILLI = 1e15;

    /// @dev What a work word grows by with each seat.
    uint256 private constant ONE_SEAT = 1 << 236;

    // --- the work word ---

    function activeOf(uint256 work) internal pure returns (uint256) {
        return work & ACTIVE;
    }

    function lockedOf(uint256 work) internal pure returns (uint256) {
        return (work >> 90) & ACTIVE;
    }

    function trustOf(uint256 work) internal pure returns (uint256) {
        return uint8(work >> 180);
    }

    function debtOf(uint256 work) internal pure returns (uint256) {
        return uint16(work >> 188);
    }

    function raisedEpochOf(uint256 work) internal pure returns (uint256) {
        return uint32(work >> 204);
    }

    function leavingOf(uint256 work) internal pure returns (bool) {
        return (work >> 252) & 1 == 1;
    }

    function dormantOf(uint256 work) internal pure returns (bool) {
        return (work >> 253) & 1 == 1;
    }

    /// @notice The work word with one seat more. The caller has checked that the lock fits the free stake, hence 90 bits;
    /// 2^16 live seats would need as many identities' worth of locks.
    function seated(uint256 work, uint256 lock) internal pure returns (uint256) {
        return work + (lock << 90) + ONE_SEAT;
    }

    /// @notice The work word with one seat less: the reverse of {seated}, by whom seat and lock were added.
    function released(uint256 work, uint256 lock) internal pure returns (uint256) {
        return work - (lock << 90) - ONE_SEAT;
    }

    /// @notice The work word after trust has moved.
    function withTrust(uint256 work, uint256 trust, uint256 debt, uint256 raisedEpoch) internal pure returns (uint256) {
        // Trust 8, debt 16 and epoch 32 bits lie side by side.
        return (work & ~(uint256(2 ** 56 - 1) << 180)) | (trust << 180) | (debt << 188) | (raisedEpoch << 204);
    }

    function withActive(uint256 work, uint256 active) internal pure returns (uint256) {
        return (work & ~ACTIVE) | active;
    }

    function unpackWork(uint256 word) internal pure returns (ProviderWork memory w) {
        w.locked = uint96(lockedOf(word));
        w.trust = uint8(trustOf(word));
        w.debt = uint16(debtOf(word));
        w.raisedEpoch = uint32(raisedEpochOf(word));
        w.liveSeats = uint16(word >> 236);
        w.leaving = leavingOf(word);
        w.dormant = dormantOf(word);
    }

    /// @notice The work word with all but the active stake replaced.
    function withWork(uint256 word, ProviderWork memory w) internal pure returns (uint256) {
        word = (word & ACTIVE) | (uint256(w.locked) << 90) | (uint256(w.trust) << 180) | (uint256(w.debt) << 188);
        word |= (uint256(w.raisedEpoch) << 204) | (uint256(w.liveSeats) << 236);
        return word | (uint256(w.leaving ? 1 : 0) << 252) | (uint256(w.dormant ? 1 : 0) << 253);
    }

    // --- the key word ---

    function operatorOf(uint256 key) internal pure returns (address) {
        return address(uint160(key));
    }

    function offerEpochOf(uint256 key) internal pure returns (uint32) {
        return uint32(key >> 235);
    }

    function withOperator(uint256 key, address operator) internal pure returns (uint256) {
        return (key & ~uint256(type(uint160).max)) | uint160(operator);
    }

    function withOfferEpoch(uint256 key, uint256 epoch) internal pure returns (uint256) {
        return (key & (2 ** 235 - 1)) | (epoch << 235);
    }

    function withAged(uint256 key, uint256 aged, uint256 since) internal pure returns (uint256) {
        uint256 kept = key & ~((uint256(type(uint32).max) << 160) | (AGED << 192));
        return kept | (since << 160) | ((aged / MILLI) << 192);
    }

    // --- both ---

    /// @notice What of the stake counts at second `time`; see {StakeLib}.
    function activeBefore(uint256 work, uint256 key, uint256 time) internal pure returns (uint256) {
        return uint32(key >> 160) < time ? activeOf(work) : ((key >> 192) & AGED) * MILLI;
    }

    function unpackStake(uint256 work, uint256 key) internal pure returns (ProviderStake memory s) {
        s.active = uint96(activeOf(work));
        s.aged = uint96(((key >> 192) & AGED) * MILLI);
        s.since = uint32(key >> 160);
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
