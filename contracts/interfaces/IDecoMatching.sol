// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Match, Offer} from "../types/Matching.sol";
import {Request} from "../types/Request.sol";

/// @title IDecoMatching
/// @notice Requests, offers and assignments that are signed off-chain and brought by anyone. A seat by this way needs three
/// consents: the requester's (the request names the allocator), the allocator's, and the provider's (its offer). None of
/// them alone, and no two, give a seat.
/// @dev Every signature is EIP-712's under the market's domain, hence bound to chain and market. Signers are keys (65 bytes,
/// low s) or contracts (ERC-1271, asked by `staticcall` with a gas cap, once). See {Matching.sol} for what is signed.
interface IDecoMatching {
    /// @notice A seat was given by the request's allocator.
    /// @param early Whether it may raise trust: governance lists the allocator.
    /// @param price What the provider's offer asks; `priceFraction` is its position on the ramp, rounded up.
    /// @param offer EIP-712 hash of the offer.
    event SeatAssigned(
        bytes32 indexed taskId,
        uint32 indexed provider,
        uint8 round,
        uint8 trust,
        bool early,
        uint40 priceFraction,
        uint96 price,
        bytes32 offer
    );
    /// @notice An item of a batch changed nothing.
    /// @param reason Selector of the error that refused it.
    event MatchRefused(bytes32 indexed taskId, bytes4 reason);
    /// @notice A signed request can never be opened.
    event RequestCancelled(bytes32 indexed taskId, address indexed requester);
    /// @notice Orders of these nonces can never be filled.
    event OrdersCancelled(address indexed requester, uint256 position, uint256 mask);
    event OfferCancelled(uint32 indexed provider, bytes32 indexed offer);
    /// @notice Every offer that the provider has signed under an earlier epoch is void.
    event OfferEpochRaised(uint32 indexed provider, uint32 epoch);

    // --- anyone ---

    /// @notice Opens a task that its requester has signed. Escrow and posting fee come from the requester's market balance.
    /// @param signature By the requester, of the request; empty when the requester is the caller.
    /// @return taskId EIP-712 hash of the request.
    function openSigned(Request calldata request, bytes calldata signature) external returns (bytes32 taskId);

    /// @notice Gives seats of a task to providers that offer themselves, on the word of its allocator; opens the task first
    /// as {openSigned} does when it is not open. Refused whole or done whole.
    /// @dev The seats obey what `claim` demands, the draw excepted. Only before the allocator's window of the round ends.
    function openAndAssign(Match calldata item) external returns (bytes32 taskId);

    /// @notice {openAndAssign} for up to 32 items, of which a refused one changes nothing and stops no other. Reverts with the
    /// first refusal when all are refused.
    /// @return done Items that were not refused.
    function openMany(Match[] calldata items) external returns (uint256 done);

    // --- requester ---

    /// @notice Makes a signed request worthless, before it was opened; of an order, its nonce.
    function cancelRequest(Request calldata request) external;

    /// @notice Makes orders of the caller worthless, 256 at a time, whether they were signed already or not.
    /// @param position The orders' nonces divided by 256, rounded down.
    /// @param mask Bit i for the nonce 256 * position + i.
    function cancelOrders(uint248 position, uint256 mask) external;

    // --- providers; the caller is the owner or the operator ---

    /// @notice Makes one offer worthless.
    function cancelOffer(Offer calldata offer) external;

    /// @notice Makes all offers worthless that the provider has signed so far.
    /// @return epoch What offers must name from now on.
    function raiseOfferEpoch(uint32 provider) external returns (uint32 epoch);

    // --- views ---

    /// @notice EIP-712 hash of an offer.
    function hashOffer(Offer calldata offer) external view returns (bytes32);

    /// @notice Nonces of the requester's orders that were filled or cancelled: bit i is nonce 256 * position + i.
    function orderNonces(address requester, uint248 position) external view returns (uint256 bits);

    /// @notice Seats that a standing offer has filled; `type(uint256).max` once it is cancelled.
    function offerUse(bytes32 offer) external view returns (uint256);
}
