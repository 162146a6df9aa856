// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SignedCommitment} from "../types/Fold.sol";
import {Opening, Reveal} from "../types/Opening.sol";
import {Request, SeatTerms} from "../types/Request.sol";
import {Seat, SeatOutcome} from "../types/Seat.sol";
import {EndReason, Outcome, Task} from "../types/Task.sol";
import {IDecoErrors} from "./IDecoErrors.sol";

/// @title IDecoTasks
/// @notice The life of a task: post, seats, commitments, reveals, settlement. Every deadline compares `block.timestamp`.
/// @dev Trust: nothing here depends on an admin; the parameters of a task are those of its post. The payment token is
/// called only by deposits and withdrawals, never by a task's own transitions, so no token can hold a task up.
interface IDecoTasks {
    event TaskPosted(bytes32 indexed taskId, address indexed requester, bytes32 indexed program, Request request);
    /// @notice A round opened; its seats are drawn by the randomness of `seedBlock`.
    event RoundOpened(bytes32 indexed taskId, uint8 round, uint8 seats, uint32 seedBlock);
    event Reseeded(bytes32 indexed taskId, uint32 seedBlock);
    event SeatTaken(
        bytes32 indexed taskId, uint32 indexed provider, uint8 round, uint8 trust, bool early, uint40 priceFraction
    );
    event SeatDeclined(bytes32 indexed taskId, uint32 indexed provider, uint256 fee);
    event SeatAbstained(bytes32 indexed taskId, uint32 indexed provider, uint8 reason);
    event Committed(bytes32 indexed taskId, uint32 indexed provider, bytes32 commitment);
    /// @notice An item of a batch of signed commitments was not stored.
    event CommitmentSkipped(bytes32 indexed taskId, uint32 indexed provider, IDecoErrors.CommitRefusal reason);
    event Revealed(bytes32 indexed taskId, uint32 indexed provider, bytes32 tag, bytes32 salt);
    /// @notice An item of a batch was not stored.
    event RevealSkipped(bytes32 indexed taskId, uint32 indexed provider, IDecoErrors.RevealRefusal reason);
    /// @notice A seat's end: what it was paid (payment token), what it lost (DECO), and its trust afterwards.
    event SeatEnded(
        bytes32 indexed taskId,
        uint32 indexed provider,
        SeatOutcome outcome,
        uint256 paid,
        uint256 slashed,
        uint8 trust,
        uint16 debt
    );
    /// @notice A result was accepted and paid.
    /// @param weight Agreeing weight; `total` all committed weight.
    event TaskSettled(
        bytes32 indexed taskId,
        bytes32 indexed result,
        bytes32 digest,
        bytes32 root,
        uint256 weight,
        uint256 total,
        uint256 refund,
        address settler,
        bytes document
    );
    /// @notice All seats of the first round agreed: what `Revealed`, `SeatEnded` and `TaskSettled` tell, in one.
    /// @param weight Of all seats.
    /// @param seats By ascending provider, from the lowest bit: provider 32, trust afterwards 8, debt 16, paid 96.
    /// @param salts In the same order; the tag is the result's of round 1.
    event TaskAgreed(
        bytes32 indexed taskId,
        bytes32 indexed result,
        bytes32 digest,
        bytes32 root,
        uint256 weight,
        uint256 refund,
        address settler,
        uint256[] seats,
        bytes32[] salts,
        bytes document
    );
    /// @notice The task ended without a result.
    event TaskEnded(bytes32 indexed taskId, EndReason reason, uint256 refund, address caller);
    /// @notice A share of the prices paid, credited to the owner of the program, then of the data, in the payment token.
    event RoyaltyPaid(bytes32 indexed taskId, address indexed owner, uint256 amount);
    /// @notice DECO credited to the requester for replicas that never committed, at most its posting fee.
    event RequesterCompensated(bytes32 indexed taskId, address indexed requester, uint256 amount);

    // --- requester ---

    /// @notice Opens a task for the caller. Escrow comes from the caller's market balance, then by allowance. The posting fee
    /// (DECO) is burned.
    /// @return taskId EIP-712 hash of the request.
    function post(Request calldata request) external returns (bytes32 taskId);

    /// @notice {post} after an EIP-2612 permit of the payment token; a failing permit is ignored.
    function postWithPermit(Request calldata request, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (bytes32 taskId);

    /// @notice Ends a task before any seat is taken; escrow is refunded, the posting fee is not.
    function cancel(Request calldata request) external;

    // --- providers; the caller is an operator key ---

    /// @notice Takes a seat of the current round, at the ramp's price of this second, when the caller's ticket is drawn. When
    /// the request names an allocator, from the end of its window on.
    /// @param terms The request's seat terms.
    /// @param body EIP-712 hash of the request's body: what a claim does not read need not be passed. The two must hash to a
    /// task's id.
    /// @param provider Whose operator key calls.
    function claim(SeatTerms calldata terms, bytes32 body, uint32 provider) external;

    /// @notice Gives a fresh seat back for a small burned fee; trust does not move. Until the grace period after the round
    /// filled has passed, while the claim window is open, and only before committing.
    function decline(Request calldata request) external;

    /// @notice Says, instead of committing, why there is no result.
    /// @param reason 1..7, see the abstention codes in PROTOCOL.
    function abstain(bytes32 taskId, uint8 reason) external;

    /// @notice Commits to a tag. Only the first 24 bytes are kept.
    function commit(bytes32 taskId, bytes32 commitment) external;

    // --- anyone ---

    /// @notice Stores commitments that operator keys have signed, for any tasks; a bad item is skipped and told. It spares a
    /// provider its own transaction; who trusts no relayer, or gets no answer, calls {commit}.
    function commitSigned(SignedCommitment[] calldata commitments) external;

    /// @notice Stores tags, in any order, for any tasks; a bad item is skipped and told.
    function reveal(Reveal[] calldata reveals) external;

    /// @notice Opens the winning result, pays, slashes, moves trust and refunds the rest.
    /// @param roster Every seat of the task (declined ones excepted), by ascending provider id.
    function settle(Request calldata request, uint32[] calldata roster, Opening calldata opening) external;

    /// @notice {reveal} and {settle} in one, of a first round of which every seat committed to the result, within the reveal
    /// window and before any seat revealed apart.
    /// @param salts By the roster.
    function settleAgreed(
        Request calldata request,
        uint32[] calldata roster,
        Opening calldata opening,
        bytes32[] calldata salts
    ) external;

    /// @notice After a failed vote, opens a further round.
    function escalate(Request calldata request) external;

    /// @notice Ends a task that can have no result and refunds its requester.
    function expire(Request calldata request, uint32[] calldata roster) external;

    /// @notice Replaces a seed that can never be known, once per round, and opens the claim window anew.
    function reseed(Request calldata request) external;

    // --- views ---

    function hashRequest(Request calldata request) external view returns (bytes32 taskId);
    /// @notice A live task; reverts for ended ones, see {getOutcome}.
    function getTask(bytes32 taskId) external view returns (Task memory);
    /// @notice The end of a task; `status` is as in {getTask} while it lives.
    function getOutcome(bytes32 taskId) external view returns (Outcome memory);
    function getSeat(bytes32 taskId, uint32 provider) external view returns (Seat memory);

    /// @notice Whether `item` is the accepted result of `index` in task `taskId`.
    /// @param index Item in the bag; 0 for a single run.
    /// @param item Digest of the item's result document.
    /// @param proof Single run: empty. Bag: the Merkle path, then the manifest digest.
    /// @return accepted Whether it is.
    /// @return securityBudget Stake, in base units of DECO rounded down to whole DECO, that lying would have cost.
    function verifyResult(bytes32 taskId, uint256 index, bytes32 item, bytes32[] calldata proof)
        external
        view
        returns (bool accepted, uint256 securityBudget);
}
