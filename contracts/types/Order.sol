// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BODY_TYPEHASH, REQUEST_WORDS, Request, RequestLib, SEAT_TERMS_TYPEHASH} from "./Request.sol";
import {Royalties} from "./Royalties.sol";

/// @notice What an order asks for: the fields of its request that may be other than zero, those of {Order} apart.
/// @dev In the request's order, so that its words can be copied as they are; proven by a test.
struct OrderTerms {
    uint256 nonce;
    uint40 expiry;
    bytes32 input;
    uint32 volume;
    address token;
    uint96 price;
    address policy;
    bytes32 policyData;
    address programOwner;
    uint16 programBps;
    address dataOwner;
    uint16 dataBps;
}

/// @notice What an order says of being held, all zero in one that is proven at once.
struct HoldTerms {
    uint96 lock;
    uint32 commitWindow;
    uint32 revealWindow;
}

/// @notice A {Request} that is an order, without the words that are zero in all of them: what calls bring along.
struct Order {
    address requester;
    bytes32 program;
    OrderTerms terms;
    HoldTerms hold;
}

/// @dev Numbers of 32-byte words of ABI-encoded {OrderTerms} and {HoldTerms}.
uint256 constant ORDER_WORDS = 12;
uint256 constant HOLD_WORDS = 3;

/// @title OrderLib
/// @notice An order is a request that one proof fills. It has one price, and zero in every field that tells of seats, votes, disputes,
/// callbacks or fees for settling: there is none of them. An order with a lock is held before it is proven, and tells for how long;
/// one without is proven at once. No other way opens such a request, since all want a threshold.
/// @dev Words of a {Request}: 7 and 8 are the prices; 9 to 22 are settlementFee to panelPrice, 16 and 17 of them the windows; 25 and 26 the
/// callback; 31 to 36 the seat terms, of which the first is the lock.
library OrderLib {
    /// @notice Whether it is one; dirty bits are no zeroes.
    function isOrder(Request calldata request) internal pure returns (bool) {
        uint256 foreign = _word(request, 7) ^ _word(request, 8);
        for (uint256 position = 9; position < REQUEST_WORDS; ++position) {
            bool own = position == 16 || position == 17 || position == 23 || position == 24;
            if (own || (position > 26 && position < 32)) continue;
            foreign |= _word(request, position);
        }
        return foreign == 0;
    }

    /// @notice EIP-712 struct hash of the request that the order is: what its requester signs.
    function structHash(Order calldata order) internal pure returns (bytes32) {
        bytes32 bodyType = BODY_TYPEHASH;
        bytes32 seatsType = SEAT_TERMS_TYPEHASH;
        bytes32 body;
        bytes32 seats;
        assembly ("memory-safe") {
            // Scratch beyond the free pointer, zero but for what orders have; nothing is kept.
            let type_ := mload(0x40)
            let words := add(type_, 0x20)
            calldatacopy(words, calldatasize(), 0x3e0)
            mstore(type_, bodyType)
            // Requester; nonce and expiry; program; input to price.
            mstore(words, calldataload(order))
            calldatacopy(add(words, 0x20), add(order, 0x40), 0x40)
            mstore(add(words, 0x60), calldataload(add(order, 0x20)))
            calldatacopy(add(words, 0x80), add(order, 0x80), 0x80)
            // The same price at the end of the ramp; both windows; policy and its data; royalties.
            mstore(add(words, 0x100), calldataload(add(order, 0xe0)))
            calldatacopy(add(words, 0x200), add(order, 0x1e0), 0x40)
            calldatacopy(add(words, 0x2e0), add(order, 0x100), 0x40)
            calldatacopy(add(words, 0x360), add(order, 0x140), 0x80)
            body := keccak256(type_, 0x400)
            mstore(type_, seatsType)
            mstore(words, calldataload(add(order, 0x1c0)))
            calldatacopy(add(words, 0x20), calldatasize(), 0xa0)
            seats := keccak256(type_, 0xe0)
        }
        return RequestLib.structHash(body, seats);
    }

    /// @notice Whether somebody must hold it before it is proven: it names a lock or a window.
    function isHeld(Order calldata order) internal pure returns (bool yes) {
        assembly ("memory-safe") {
            let hold := or(calldataload(add(order, 0x1c0)), calldataload(add(order, 0x1e0)))
            yes := iszero(iszero(or(hold, calldataload(add(order, 0x200)))))
        }
    }

    function royalties(OrderTerms calldata terms) internal pure returns (Royalties calldata shares) {
        assembly ("memory-safe") {
            shares := add(terms, 0x100)
        }
    }

    function _word(Request calldata request, uint256 position) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(add(request, mul(position, 0x20)))
        }
    }
}
