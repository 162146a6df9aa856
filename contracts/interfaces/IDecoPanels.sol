// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Request} from "../types/Request.sol";
import {Dispute, DisputeKind, Verdict} from "../types/Panel.sol";

/// @title IDecoPanels
/// @notice Judgement of accepted results before anything is final: appeals, audits by chance, claims of non-delivery, each by
/// a panel of fresh providers. A panel is a vote under an id of its own, so `commit`, `abstain`, `reveal`, `getTask` and
/// `getSeat` work on it with that id in the place of the task's; its round is 1.
/// @dev Trust: no admin takes part. A bond leaves only as written here; whoever votes on a panel gets the flat panel price
/// and nothing else, whatever it votes with the majority.
interface IDecoPanels {
    /// @notice The replicas' vote accepted a result; see `TaskSettled` for the fields. Nobody is paid yet.
    event TaskAccepted(
        bytes32 indexed taskId,
        bytes32 indexed result,
        bytes32 digest,
        bytes32 root,
        uint256 weight,
        uint256 total,
        address settler,
        bytes document
    );
    /// @notice The windows are over: `result` is final and paid. `overturned` when panels replaced the accepted one.
    event TaskFinalized(
        bytes32 indexed taskId, bytes32 indexed result, bool overturned, uint256 refund, address caller
    );
    event DisputeOpened(
        bytes32 indexed taskId, uint8 indexed index, DisputeKind kind, uint32 leaf, address claimant, uint256 bond
    );
    /// @notice The first panel's decision was appealed.
    event DecisionAppealed(bytes32 indexed taskId, uint8 indexed index, address claimant, uint256 bond);
    event PanelOpened(
        bytes32 indexed taskId, bytes32 indexed panelId, uint8 indexed index, uint8 level, uint8 seats, uint32 seedBlock
    );
    event PanelDecided(
        bytes32 indexed taskId,
        bytes32 indexed panelId,
        bytes32 decision,
        uint256 agreeing,
        uint256 committed,
        address caller
    );
    /// @notice A panel ended without a decision: too few came, or no majority.
    event PanelFailed(bytes32 indexed taskId, bytes32 indexed panelId, bool filled, address caller);
    /// @notice The accepted item of a disputed leaf was proven.
    event LeafShown(bytes32 indexed taskId, uint8 indexed index, bytes32 item);
    /// @notice The draw of an audit gets another seed, since the first one can never be known.
    event AuditReseeded(bytes32 indexed taskId, uint32 seedBlock);
    /// @notice A bond's end: what came back in base units of the payment token, `spent` repaid included, and in DECO.
    event BondResolved(
        bytes32 indexed taskId, uint8 indexed index, address indexed account, uint256 returned, uint256 awarded
    );

    // --- disputes ---

    /// @notice Says that the accepted result is wrong, within the challenge window. The bond, what both panels can cost, comes
    /// from the caller's market balance, then by allowance.
    /// @param leaf Item of the bag; 0 for a single run.
    /// @param item Bags: digest of the accepted item, or zero to leave its proof to those who voted for it. Else zero.
    /// @param proof Bags: the Merkle path, then the manifest digest; empty without `item`.
    /// @return index The dispute's number.
    function appeal(Request calldata request, uint256 leaf, bytes32 item, bytes32[] calldata proof)
        external
        returns (uint256 index);

    /// @notice Sends a first panel's decision to the larger one, within a challenge window of it; by anyone with the bond.
    function appealDecision(Request calldata request, uint256 index) external;

    /// @notice Opens the panel that the draw demands; replaces a lost seed of the draw once.
    function audit(Request calldata request) external;

    /// @notice Says that the outputs cannot be fetched, within the delivery window; by the requester, with a bond.
    function undelivered(Request calldata request) external;

    /// @notice Proves the accepted item of a disputed leaf, for its voters: an item never shown counts as absent. Until
    /// `finalize`, by anyone.
    function showLeaf(Request calldata request, uint256 index, bytes32 item, bytes32[] calldata proof) external;

    // --- panels ---

    /// @notice Takes a seat of a dispute's open panel when the caller's ticket is drawn. The caller is an operator key of a
    /// provider that never held a seat of the task, nor of an earlier panel of this dispute. Binds the request's lock.
    function claimPanel(Request calldata request, uint256 index) external;

    /// @notice Replaces a panel's seed that can never be known, once, and opens its claim window anew.
    function reseedPanel(Request calldata request, uint256 index) external;

    /// @notice Opens what more than half of the committed heads voted for; pays those, slashes the others.
    /// @param roster Every seat of the panel, by ascending provider id.
    function decide(Request calldata request, uint256 index, uint32[] calldata roster, bytes32 decision) external;

    /// @notice Ends a panel that did not fill or has no majority. Undecided, the first is followed by the larger one;
    /// otherwise what stood before stands.
    function escalatePanel(Request calldata request, uint256 index, uint32[] calldata roster) external;

    // --- the end ---

    /// @notice Ends an accepted task after its windows and disputes: pays, slashes, moves trust, resolves bonds, refunds.
    /// @param roster Every seat of the task, by ascending provider id.
    function finalize(Request calldata request, uint32[] calldata roster) external;

    // --- views ---

    function panelIdOf(bytes32 taskId, uint256 index, uint256 level) external pure returns (bytes32);
    function getVerdict(bytes32 taskId) external view returns (Verdict memory);
    function getDispute(bytes32 taskId, uint256 index) external view returns (Dispute memory);
}
