// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoPanels} from "../../interfaces/IDecoPanels.sol";
import {Dispute, DisputeKind, PanelLib} from "../../types/Panel.sol";
import {Request} from "../../types/Request.sol";
import {MarketState} from "../MarketState.sol";

/// @dev What there is for those who were right.
struct Spoils {
    /// DECO per base unit of the payment token, scaled by 1e18.
    uint256 lockRate;
    /// Prices that the convicted replicas would have been paid, in base units of the payment token; what is left.
    uint256 forfeited;
    /// DECO that the convicted replicas lose; what is left.
    uint256 slash;
    /// Part of it that may go to bounties; what is left.
    uint256 bounties;
    /// Taken out of the escrow: panels of an audit, repayments from forfeited prices.
    uint256 charged;
    /// DECO given away.
    uint256 awarded;
    /// Wrong bonds' remainders, for the treasury.
    uint256 treasury;
}

/// @title Bonds
/// @notice What becomes of each bond when its task ends. Right: what was spent of it is repaid by the loser's bond, the prices
/// that convicted replicas forfeit, then their slash, of which a bounty follows. Wrong: what is left of it repays a right
/// opponent, then goes to the treasury: to nobody who votes. Undecided: what is left returns.
abstract contract Bonds is MarketState {
    enum Side {
        Undecided,
        Right,
        Wrong
    }

    struct Bond {
        bytes32 taskId;
        uint256 index;
        DisputeKind kind;
        address account;
        uint256 amount;
        uint256 spent;
        Side side;
    }

    function _resolve(
        Request calldata request,
        bytes32 taskId,
        uint256 index,
        Dispute memory dispute,
        Spoils memory spoils
    ) internal {
        if (dispute.kind == DisputeKind.Audit) spoils.charged += dispute.spent;
        Bond memory first = Bond({
            taskId: taskId,
            index: index,
            kind: dispute.kind,
            account: dispute.claimant,
            amount: dispute.bond,
            spent: dispute.spent,
            side: PanelLib.decision(dispute) == 0
                ? Side.Undecided
                : PanelLib.overturned(dispute) ? Side.Right : Side.Wrong
        });
        Bond memory second = Bond({
            taskId: taskId,
            index: index,
            // Only what was said about a result earns more than it cost.
            kind: dispute.kind == DisputeKind.Delivery ? DisputeKind.Delivery : DisputeKind.Appeal,
            account: dispute.second,
            amount: dispute.secondBond,
            spent: dispute.secondSpent,
            side: dispute.last == 0 ? Side.Undecided : dispute.last != dispute.first ? Side.Right : Side.Wrong
        });
        uint256 lost = _loses(first) + _loses(second);
        lost = _pay(request, first, lost, spoils);
        lost = _pay(request, second, lost, spoils);
        spoils.treasury += lost;
    }

    /// @dev What a wrong bond leaves after the panels that it paid.
    function _loses(Bond memory bond) private pure returns (uint256) {
        return bond.account != address(0) && bond.side == Side.Wrong ? bond.amount - bond.spent : 0;
    }

    /// @return left Of `lost`.
    function _pay(Request calldata request, Bond memory bond, uint256 lost, Spoils memory spoils)
        private
        returns (uint256 left)
    {
        if (bond.account == address(0)) return lost;
        uint256 returned;
        uint256 awarded;
        left = lost;
        if (bond.side != Side.Wrong) returned = bond.amount - bond.spent;
        if (bond.side == Side.Right) {
            uint256 owed = bond.spent;
            uint256 part = owed < left ? owed : left;
            left -= part;
            owed -= part;
            returned += part;
            // A requester's forfeited prices are its own: they return to it anyway.
            if (bond.kind == DisputeKind.Appeal) {
                part = owed < spoils.forfeited ? owed : spoils.forfeited;
                spoils.forfeited -= part;
                spoils.charged += part;
                owed -= part;
                returned += part;
            }
            awarded = _award(bond, owed, spoils);
        }
        if (returned != 0) _balances[request.token][bond.account] += returned;
        if (awarded != 0) _balances[DECO][bond.account] += awarded;
        emit IDecoPanels.BondResolved(bond.taskId, uint8(bond.index), bond.account, returned, awarded);
    }

    /// @dev DECO for what is still owed, and a bounty of at most half the slash and at most the bond.
    function _award(Bond memory bond, uint256 owed, Spoils memory spoils) private pure returns (uint256 awarded) {
        awarded = (owed * spoils.lockRate) / 1e18;
        if (awarded > spoils.slash) awarded = spoils.slash;
        spoils.slash -= awarded;
        if (bond.kind == DisputeKind.Appeal) {
            uint256 bounty = (bond.amount * spoils.lockRate) / 1e18;
            if (bounty > spoils.bounties) bounty = spoils.bounties;
            if (bounty > spoils.slash) bounty = spoils.slash;
            spoils.bounties -= bounty;
            spoils.slash -= bounty;
            awarded += bounty;
        }
        spoils.awarded += awarded;
    }
}
