// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Request} from "./Request.sol";

/// @notice A provider's consent to seats at a fixed price. Signed (EIP-712) by its operator key, which may be a wallet contract.
/// @dev Chain and market are bound by the domain.
struct Offer {
    uint32 provider;
    /// The only task that it is for: then nothing is stored, since a provider sits on a task once. Zero for a standing offer.
    bytes32 taskId;
    /// The allocator that may use it.
    address allocator;
    /// The only requester that it is for; zero for any.
    address requester;
    /// The only program that it is for; zero for any.
    bytes32 program;
    /// Payment token of the price.
    address token;
    /// Per replica, for the whole bag.
    uint96 price;
    /// Bounds of the DECO that a seat may lock.
    uint96 minLock;
    uint96 maxLock;
    /// Largest bag of a seat.
    uint32 maxVolume;
    /// Shortest time to work that a request must leave, in seconds.
    uint32 minCommitWindow;
    /// Seats that a standing offer fills in all.
    uint32 seats;
    /// Last second of `block.timestamp` at which it gives a seat.
    uint40 expiry;
    /// The provider's offer epoch, which it raises to cancel all that it has signed.
    uint32 epoch;
    /// Makes otherwise equal offers distinct.
    bytes32 salt;
}

/// @notice A provider's consent to one seat of one task: the short form of an {Offer}. The task's id binds everything else.
struct TaskOffer {
    bytes32 taskId;
    uint32 provider;
    uint96 price;
    uint40 expiry;
    uint32 epoch;
}

/// @notice A seat that an allocator gives: at the price of the provider's offer.
struct AssignedSeat {
    uint32 provider;
    uint96 price;
}

/// @notice An allocator's word, as it is signed (EIP-712).
struct Assignment {
    bytes32 taskId;
    uint8 round;
    AssignedSeat[] seats;
}

/// @notice A seat with a {TaskOffer} signed by an operator key that is no contract, as short as call data allows.
struct TaskSeat {
    /// From the lowest bit: provider 32, price 96, expiry 40. The epoch is the provider's present one.
    uint256 terms;
    bytes32 r;
    /// Signature in the form of ERC-2098: the highest bit is the parity of y.
    bytes32 vs;
}

/// @notice A seat with an {Offer}.
struct OfferSeat {
    Offer offer;
    bytes signature;
}

/// @notice A request with the seats that its allocator gives: opened, when it is not open yet, and seated, or refused whole.
struct Match {
    Request request;
    /// The requester's signature of the request; not looked at when the task is open already.
    bytes signature;
    /// The allocator's signature of the {Assignment} that lists first the providers of `taskSeats`, then those of
    /// `offerSeats`. Empty when the allocator is the caller, or an {IAllocator}.
    bytes assignment;
    TaskSeat[] taskSeats;
    OfferSeat[] offerSeats;
}

bytes32 constant OFFER_TYPEHASH = keccak256(
    "Offer(uint32 provider,bytes32 taskId,address allocator,address requester,bytes32 program,address token,uint96 price,uint96 minLock,uint96 maxLock,uint32 maxVolume,uint32 minCommitWindow,uint32 seats,uint40 expiry,uint32 epoch,bytes32 salt)"
);
bytes32 constant TASK_OFFER_TYPEHASH =
    keccak256("TaskOffer(bytes32 taskId,uint32 provider,uint96 price,uint40 expiry,uint32 epoch)");
bytes32 constant ASSIGNED_SEAT_TYPEHASH = keccak256("AssignedSeat(uint32 provider,uint96 price)");
bytes32 constant ASSIGNMENT_TYPEHASH =
    keccak256("Assignment(bytes32 taskId,uint8 round,AssignedSeat[] seats)AssignedSeat(uint32 provider,uint96 price)");

/// @title MatchingLib
/// @notice EIP-712 struct hashes of what is signed to match requests with providers.
library MatchingLib {
    function structHash(Offer memory offer) internal pure returns (bytes32) {
        return keccak256(abi.encode(OFFER_TYPEHASH, offer));
    }

    function structHash(TaskOffer memory offer) internal pure returns (bytes32) {
        return keccak256(abi.encode(TASK_OFFER_TYPEHASH, offer));
    }

    function structHash(bytes32 taskId, uint256 round, AssignedSeat[] memory seats) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](seats.length);
        for (uint256 i = 0; i < seats.length; ++i) {
            hashes[i] = keccak256(abi.encode(ASSIGNED_SEAT_TYPEHASH, seats[i]));
        }
        return keccak256(abi.encode(ASSIGNMENT_TYPEHASH, taskId, round, keccak256(abi.encodePacked(hashes))));
    }

    /// @dev Masked, since a conversion alone may leave what lies above, and {SeatLib.key} hashes the whole word.
    function providerOf(TaskSeat calldata seat) internal pure returns (uint32) {
        return uint32(seat.terms & type(uint32).max);
    }

    function priceOf(TaskSeat calldata seat) internal pure returns (uint96) {
        return uint96(seat.terms >> 32);
    }

    function expiryOf(TaskSeat calldata seat) internal pure returns (uint40) {
        return uint40(seat.terms >> 128);
    }
}
