// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Request} from "./Request.sol";

/// @notice What an order asks for: the fields of its request that may be other than zero, requester and program apart.
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

/// @dev Number of 32-byte words of ABI-encoded {OrderTerms}.
uint256 constant ORDER_WORDS = 12;

/// @title OrderLib
/// @notice An order is a request that one proof fills in one call. It has one price, and zero in every field that tells of
/// seats, votes, windows, panels, callbacks or fees for settling: there is none of them. No other way opens such a request,
/// since all want windows.
/// @dev Words of a {Request}: 8 is maxPrice; 9 to 22 are settlementFee to panelPrice; 25 and 26 the callback; 31 to 36 the seat
/// terms.
library OrderLib {
    /// @notice Position of the first word that no order has, and what is there; the price's when there are two.
    function firstForeign(Request calldata request) internal pure returns (uint256 position, uint256 value) {
        for (position = 9; position < 37; ++position) {
            if (position > 22 && position < 31 && position != 25 && position != 26) continue;
            value = _word(request, position);
            if (value != 0) return (position, value);
        }
        return (8, _word(request, 8));
    }

    /// @notice Whether it is one; dirty bits are no zeroes.
    function isOrder(Request calldata request) internal pure returns (bool yes) {
        assembly ("memory-safe") {
            // Written out: a loop would cost as much again.
            let foreign := xor(calldataload(add(request, 0xe0)), calldataload(add(request, 0x100)))
            foreign := or(foreign, calldataload(add(request, 0x120)))
            foreign := or(foreign, calldataload(add(request, 0x140)))
            foreign := or(foreign, calldataload(add(request, 0x160)))
            foreign := or(foreign, calldataload(add(request, 0x180)))
            foreign := or(foreign, calldataload(add(request, 0x1a0)))
            foreign := or(foreign, calldataload(add(request, 0x1c0)))
            foreign := or(foreign, calldataload(add(request, 0x1e0)))
            foreign := or(foreign, calldataload(add(request, 0x200)))
            foreign := or(foreign, calldataload(add(request, 0x220)))
            foreign := or(foreign, calldataload(add(request, 0x240)))
            foreign := or(foreign, calldataload(add(request, 0x260)))
            foreign := or(foreign, calldataload(add(request, 0x280)))
            foreign := or(foreign, calldataload(add(request, 0x2a0)))
            foreign := or(foreign, calldataload(add(request, 0x2c0)))
            foreign := or(foreign, calldataload(add(request, 0x320)))
            foreign := or(foreign, calldataload(add(request, 0x340)))
            foreign := or(foreign, calldataload(add(request, 0x3e0)))
            foreign := or(foreign, calldataload(add(request, 0x400)))
            foreign := or(foreign, calldataload(add(request, 0x420)))
            foreign := or(foreign, calldataload(add(request, 0x440)))
            foreign := or(foreign, calldataload(add(request, 0x460)))
            foreign := or(foreign, calldataload(add(request, 0x480)))
            yes := iszero(foreign)
        }
    }

    /// @notice Copies the words of its {OrderTerms} to memory; each must have been read before, which range-checks it.
    function copyTerms(Request calldata request, uint256 pointer) internal pure {
        assembly ("memory-safe") {
            // nonce and expiry; input to price; policy and its data; royalties.
            calldatacopy(pointer, add(request, 0x20), 0x40)
            calldatacopy(add(pointer, 0x40), add(request, 0x80), 0x80)
            calldatacopy(add(pointer, 0xc0), add(request, 0x2e0), 0x40)
            calldatacopy(add(pointer, 0x100), add(request, 0x360), 0x80)
        }
    }

    function _word(Request calldata request, uint256 position) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(add(request, mul(position, 0x20)))
        }
    }
}
