// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Dispute, DisputeKind} from "../../contracts/types/Panel.sol";
import {TaskParameters} from "../../contracts/types/Parameters.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Seat, SeatStatus} from "../../contracts/types/Seat.sol";
import {Due, Model, Move} from "./Model.sol";

/// @notice What disputes made of an accepted result.
enum Fate {
    Stands,
    Replaced,
    Voided,
    Undelivered
}

/// @notice What there is for those who were right: what is left of it, and what was taken.
struct Pool {
    /// DECO per base unit of the payment token, scaled by 1e18.
    uint256 rate;
    /// Prices that convicted replicas are not paid.
    uint256 forfeited;
    /// DECO that they lose, and how much of it may be bounty.
    uint256 slash;
    uint256 bounties;
    /// Taken out of the forfeited prices, and in DECO out of the slash.
    uint256 charged;
    uint256 awarded;
}

/// @notice Somebody's bond at the end.
struct Bond {
    /// Zero where nobody put one up.
    address account;
    /// Whether it was said that a result is wrong: then prices and a bounty may follow.
    bool appeals;
    bool right;
    bool wrong;
    uint256 amount;
    uint256 spent;
}

/// @title PanelModel
/// @notice Panels and bonds as DESIGN and PROTOCOL tell them, written apart from the contracts.
library PanelModel {
    function panelId(bytes32 taskId, uint256 index, uint256 level) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("deco.panel.v1"), taskId, index, level));
    }

    /// @notice The end of a judge's seat. `decision` is zero when there is none.
    function judged(
        bytes32 panel,
        Request memory request,
        TaskParameters memory terms,
        Seat memory seat,
        bytes32 decision,
        bool unfilled
    ) internal pure returns (Due memory due) {
        if (unfilled) {
            due.paid = request.panelPrice;
        } else if (seat.status != SeatStatus.Revealed) {
            due = Model.faulty(request, terms, seat);
            due.compensates = false;
        } else if (decision == 0 || Model.agrees(panel, seat, decision)) {
            due.paid = request.panelPrice;
        } else {
            (due.slashed, due.move) = (uint256(request.lock) * request.dissentBps / 10_000, Move.Dissent);
        }
    }

    function decisionOf(Dispute memory dispute) internal pure returns (bytes32) {
        return dispute.last != 0 ? dispute.last : dispute.first;
    }

    /// @notice Whether panels said that what was accepted is wrong, absent or not to be had.
    function overturned(Dispute memory dispute) internal pure returns (bool) {
        return decisionOf(dispute) != 0 && decisionOf(dispute) != dispute.item;
    }

    /// @notice A wrong result outweighs missing outputs.
    function fate(Dispute[10] memory disputes, bool bag) internal pure returns (Fate what, bytes32 result) {
        for (uint256 i = 0; i < 9; ++i) {
            if (!overturned(disputes[i])) continue;
            if (bag) return (Fate.Voided, 0);
            (what, result) = (Fate.Replaced, decisionOf(disputes[i]));
        }
        if (what == Fate.Stands && overturned(disputes[9])) what = Fate.Undelivered;
    }

    /// @notice The end of a seat whose task had a result accepted, `stands` being what is final.
    function finalized(
        bytes32 taskId,
        Request memory request,
        TaskParameters memory terms,
        Seat memory seat,
        bytes32 accepted,
        bytes32 stands,
        Fate what
    ) internal pure returns (Due memory due) {
        if (what == Fate.Stands || what == Fate.Replaced) {
            return Model.accepted(taskId, request, terms, seat, stands);
        }
        if (seat.status != SeatStatus.Revealed) return Model.faulty(request, terms, seat);
        // Who opposed a void bag was not wrong.
        if (what == Fate.Voided && !Model.agrees(taskId, seat, accepted)) return due;
        (due.slashed, due.move) = (uint256(request.lock) * request.dissentBps / 10_000, Move.Dissent);
    }

    function bondsOf(Dispute memory dispute) internal pure returns (Bond memory first, Bond memory second) {
        bytes32 decision = decisionOf(dispute);
        first.account = dispute.claimant;
        first.appeals = dispute.kind == DisputeKind.Appeal;
        first.right = overturned(dispute);
        first.wrong = decision != 0 && !first.right;
        (first.amount, first.spent) = (dispute.bond, dispute.spent);

        second.account = dispute.second;
        second.appeals = dispute.kind != DisputeKind.Delivery;
        second.right = dispute.last != 0 && dispute.last != dispute.first;
        second.wrong = dispute.last != 0 && dispute.last == dispute.first;
        (second.amount, second.spent) = (dispute.secondBond, dispute.secondSpent);
    }

    /// @notice What a wrong bond leaves, after the panels that it paid, for a right opponent.
    function leftBy(Bond memory bond) internal pure returns (uint256) {
        return bond.account != address(0) && bond.wrong ? bond.amount - bond.spent : 0;
    }

    /// @notice What comes back of a bond, in the payment token and in DECO; `lost` is what wrong ones left, of which `left` remains.
    function resolve(Bond memory bond, uint256 lost, Pool memory pool)
        internal
        pure
        returns (uint256 returned, uint256 awarded, uint256 left)
    {
        left = lost;
        if (bond.account == address(0) || bond.wrong) return (0, 0, left);
        returned = bond.amount - bond.spent;
        if (!bond.right) return (returned, 0, left);
        uint256 owed = bond.spent;
        uint256 part = _min(owed, left);
        (owed, left, returned) = (owed - part, left - part, returned + part);
        if (bond.appeals) {
            part = _min(owed, pool.forfeited);
            (owed, returned) = (owed - part, returned + part);
            (pool.forfeited, pool.charged) = (pool.forfeited - part, pool.charged + part);
        }
        awarded = _min(owed * pool.rate / 1e18, pool.slash);
        pool.slash -= awarded;
        if (bond.appeals) {
            uint256 bounty = _min(_min(bond.amount * pool.rate / 1e18, pool.bounties), pool.slash);
            (pool.bounties, pool.slash, awarded) = (pool.bounties - bounty, pool.slash - bounty, awarded + bounty);
        }
        pool.awarded += awarded;
    }

    function isDrawn(bytes32 seed, bytes32 taskId, uint256 auditBps) internal pure returns (bool) {
        return uint256(keccak256(abi.encode("deco.audit.v1", seed, taskId))) % 10_000 < auditBps;
    }

    function leafOf(bytes32 seed, bytes32 taskId, uint256 volume) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("deco.audit.leaf.v1", seed, taskId))) % volume;
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
