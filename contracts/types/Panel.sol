// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskParametersLib} from "./Parameters.sol";
import {Request} from "./Request.sol";

/// @notice What a dispute is about, and who pays its panels.
enum DisputeKind {
    None,
    /// The result, or one leaf of a bag, is said to be wrong: the appellant's bond pays.
    Appeal,
    /// The same, by chance: the escrow pays.
    Audit,
    /// The outputs are said not to be had: the requester's bond pays.
    Delivery
}

enum DisputeStatus {
    None,
    /// A panel is open.
    Voting,
    /// The first panel has decided; its decision may be appealed for a challenge window.
    Decided,
    /// No panel can follow. Bonds are resolved by `finalize`.
    Closed
}

/// @notice An accepted result that is not final yet.
/// @dev Layout: result; then lockRate 112, acceptedAt 40, opened 16.
struct Verdict {
    /// What the replicas' vote accepted: a document's digest, or keccak(root, manifest) for a bag.
    bytes32 result;
    /// DECO per base unit of the payment token at post, scaled by 1e18: what bonds are worth in DECO.
    uint112 lockRate;
    uint40 acceptedAt;
    /// Bit i: dispute i was opened.
    uint16 opened;
}

/// @notice A dispute over an accepted result. Indexes below {PanelLib.MAX_APPEALS} are appeals; then one audit, one claim of
/// non-delivery.
/// @dev Layout: kind 8, status 8, level 8, heads 8, leaf 24, decidedAt 40, claimant 160; second; the amounts by twos; item;
/// first; last.
struct Dispute {
    DisputeKind kind;
    DisputeStatus status;
    /// Of the panel that is open, or sat last: 1 or 2.
    uint8 level;
    /// Heads behind the decision that stands.
    uint8 heads;
    /// Item of the bag that is judged.
    uint24 leaf;
    uint40 decidedAt;
    /// Who opened it; zero for an audit.
    address claimant;
    /// Who appealed the first panel's decision, or zero.
    address second;
    /// Base units of the payment token that the claimant put up, and what of it paid panels.
    uint128 bond;
    uint128 spent;
    uint128 secondBond;
    uint128 secondSpent;
    /// What was accepted and is judged: the result, the leaf's item (zero until shown), or {PanelLib.AVAILABLE}.
    bytes32 item;
    /// What the first and the second panel decided; zero when they did not.
    bytes32 first;
    bytes32 last;
}

/// @title PanelLib
/// @notice Ids, sizes and costs of panels.
library PanelLib {
    using TaskParametersLib for uint256;

    /// @dev Appeals of one task, live and past.
    uint256 internal constant MAX_APPEALS = 8;
    uint256 internal constant AUDIT = 8;
    uint256 internal constant DELIVERY = 9;
    uint256 internal constant DISPUTES = 10;

    /// @dev What a panel on a claim of non-delivery votes on.
    bytes32 internal constant AVAILABLE = keccak256("deco.available.v1");
    bytes32 internal constant UNAVAILABLE = keccak256("deco.unavailable.v1");
    bytes32 internal constant DOMAIN = keccak256("deco.panel.v1");

    /// @notice Id under which a panel's word and seats are kept, and to which its tags and commitments are bound.
    function id(bytes32 taskId, uint256 index, uint256 level) internal pure returns (bytes32) {
        return keccak256(abi.encode(DOMAIN, taskId, index, level));
    }

    /// @notice Whether the request's results are final only after a window.
    function delayed(Request calldata request) internal pure returns (bool) {
        return uint256(request.challengeWindow) | request.deliveryWindow | request.auditBps != 0;
    }

    function seatsOf(uint256 terms, uint256 level) internal pure returns (uint256) {
        return level == 1 ? terms.panelSeats() : terms.widePanelSeats();
    }

    /// @notice What panels from `level` on can cost: their seats' price and the fees of their callers.
    function cost(Request calldata request, uint256 terms, uint256 level) internal pure returns (uint256 amount) {
        amount = seatsOf(terms, 2) * request.panelPrice + request.settlementFee;
        if (level == 1) amount += seatsOf(terms, 1) * request.panelPrice + request.settlementFee;
    }

    /// @notice The decision that stands; zero when no panel decided.
    function decision(Dispute memory dispute) internal pure returns (bytes32) {
        return dispute.last != 0 ? dispute.last : dispute.first;
    }

    /// @notice Whether a panel decided that what was accepted is wrong, absent or not to be had.
    function overturned(Dispute memory dispute) internal pure returns (bool) {
        bytes32 decided = decision(dispute);
        return decided != 0 && decided != dispute.item;
    }

    /// @notice Whether `seed` sends the task to a panel unasked.
    function drawn(bytes32 seed, bytes32 taskId, uint256 auditBps) internal pure returns (bool) {
        return uint256(keccak256(abi.encode("deco.audit.v1", seed, taskId))) % 10_000 < auditBps;
    }

    /// @notice The item that an audit judges.
    function auditedLeaf(bytes32 seed, bytes32 taskId, uint256 volume) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("deco.audit.leaf.v1", seed, taskId))) % volume;
    }
}
