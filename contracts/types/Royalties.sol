// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Who is paid a share of each price, on top of it: the same fields, in the same order, as in a {Request} and in {OrderTerms}.
struct Royalties {
    address programOwner;
    uint16 programBps;
    address dataOwner;
    uint16 dataBps;
}
