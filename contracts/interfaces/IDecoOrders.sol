// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Opening} from "../types/Opening.sol";
import {HoldTerms, Order, OrderTerms} from "../types/Order.sol";

/// @title IDecoOrders
/// @notice Requests that one proof fills, at once, or by a provider that holds while it proves: the requester's money is bound and so is stake of the provider, and nobody else may
/// fill the order in the meantime. An order that names a lock is for these calls, any other for {IDecoProofs-proveOrder}.
interface IDecoOrders {
    /// @notice Stake was set aside, and is locked until the reserve is closed or lost.
    event ReserveOpened(uint32 indexed provider, uint8 index, uint256 amount);
    /// @notice The reserve is no more: its provider closed it, or it was in use by an order that was not proven, and what was not slashed
    /// is free stake again.
    event ReserveClosed(uint32 indexed provider, uint8 index);
    /// @notice Somebody fills an order; {IDecoProofs-TaskProven} follows. Stands for {IDecoTasks-TaskPosted}, which has the same topics.
    event OrderPosted(bytes32 indexed taskId, address indexed requester, bytes32 indexed program, OrderTerms terms);
    /// @notice A provider holds the order. Stands for {IDecoTasks-TaskPosted}, which has the same topics.
    /// @param hold To be brought along by whoever proves or drops the order, see {HoldLib}: from the lowest bit provider 32, index of
    /// its reserve 8, version of the parameters 16, protocol fee 16, last second for the holder's proof 40, DECO in the reserve 90.
    event OrderHeld(
        bytes32 indexed taskId,
        address indexed requester,
        bytes32 indexed program,
        OrderTerms terms,
        HoldTerms conditions,
        uint256 hold
    );

    /// @notice Fills a signed order: one proof, one call, from a provider's operator key. An order is a {Request} of one price
    /// (`minPrice` and `maxPrice` are equal) with zero in every field but requester, nonce, expiry, program, input, volume, token, price,
    /// policy and its data, and royalties, and is called by those. The requester's balance pays the price, and protocol fee and royalties on top of it;
    /// no posting fee is burned and no settlement fee paid. Refused whole or done whole.
    /// @dev The market keeps the order's nonce and nothing else: {IDecoTasks-getOutcome} and {IDecoTasks-verifyResult} know no orders. Who
    /// needs the outcome on the chain, or a callback, posts the task and has it proven, which one transaction can do
    /// by {IDecoMatching-openSigned} and {IDecoProofs-prove}.
    /// @param signature By the requester, of the request; empty when the requester is the caller.
    /// @return taskId EIP-712 hash of the request.
    function proveOrder(Order calldata order, bytes calldata signature, Opening calldata opening, bytes calldata proof)
        external
        returns (bytes32 taskId);

    /// @notice Sets free stake of the caller's provider aside for orders, one at a time; by its operator. As often as there are indices.
    /// @param amount DECO, at least the lock of any order that is to be held by it.
    function openReserve(uint8 index, uint96 amount) external;

    /// @notice Frees a reserve that is not in use; by the provider's operator or owner.
    function closeReserve(uint32 provider, uint8 index) external;

    /// @notice Takes a signed order that names a lock, for `commitWindow` seconds in which nobody else may prove it; by the operator of the
    /// reserve's provider. The requester's balance pays now what the order costs, and gets it back when nobody proves.
    /// @param signature As for {IDecoProofs-proveOrder}.
    /// @return taskId EIP-712 hash of the request.
    /// @return hold As {OrderHeld} tells it.
    function holdOrder(Order calldata order, bytes calldata signature, uint8 index)
        external
        returns (bytes32 taskId, uint256 hold);

    /// @notice Settles a held order by a proof. Until the hold's last second only one that is made for the holder is accepted, whoever
    /// brings it. Then, for `revealWindow` seconds, anybody's but the holder's, brought by its operator: the rescuer is paid the price and half of
    /// what the holder loses, which is the governed share of the lock of those who do not show up, and its reserve.
    function proveHeld(Order calldata order, uint256 hold, Opening calldata opening, bytes calldata proof) external;

    /// @notice Ends a held order that nobody proved in time, by anyone: the requester is refunded, the holder loses as above. At any time,
    /// and at no loss for the holder, when the policy was removed or serves the order's data no more.
    function dropOrder(Order calldata order, uint256 hold) external;

    /// @notice A reserve as one word: zero when there is none; else the lowest byte is 1 when it is free, the amount above it, or 2 when
    /// an order uses it, the digest of order and hold above it.
    function reserveOf(uint32 provider, uint8 index) external view returns (uint256 word);
}
