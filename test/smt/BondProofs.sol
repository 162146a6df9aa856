// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DisputeKind} from "../../contracts/types/Panel.sol";

/// @title BondProofs
/// @notice Properties of {Bonds} for every argument in the market's ranges. Its functions are private, and the engine that
/// decides these properties does not follow what a function writes into memory that it was given: so their bodies are copied
/// here, and a test compares each copy with the contract.
contract BondProofs {
    /// @dev Of `Bonds.Bond` and `Spoils` what the copies touch.
    struct Bond {
        DisputeKind kind;
        uint256 amount;
        uint256 spent;
    }

    struct Spoils {
        uint256 lockRate;
        uint256 forfeited;
        uint256 slash;
        uint256 bounties;
        uint256 charged;
        uint256 awarded;
    }

    /// @dev What is given away comes out of the slash, a bounty out of its share: nothing is created.
    /// @custom:engine bmc
    function awardsComeOutOfTheSlash(Bond memory bond, uint256 owed, Spoils memory spoils) external pure {
        require(bond.amount <= type(uint128).max && owed <= bond.amount && spoils.lockRate <= type(uint112).max);
        require(spoils.slash <= type(uint128).max && spoils.bounties <= type(uint128).max);
        require(spoils.awarded <= type(uint128).max);
        uint256 slash = spoils.slash;
        uint256 bounties = spoils.bounties;
        uint256 before = spoils.awarded;
        uint256 awarded;
        // Copied from contracts/market/panels/Bonds.sol.
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
        // End of the copy.
        assert(awarded <= slash && spoils.slash == slash - awarded);
        assert(spoils.bounties <= bounties && bounties - spoils.bounties <= awarded);
        assert(bond.kind == DisputeKind.Appeal || spoils.bounties == bounties);
        assert(spoils.awarded == before + awarded);
    }

    /// @dev What a right appellant gets back comes out of the loser's bond, then out of forfeited prices, which are charged to
    /// the escrow; and it is no more than what it spent.
    /// @custom:engine bmc
    function repaymentsAreCovered(Bond memory bond, uint256 lost, Spoils memory spoils) external pure {
        require(bond.amount <= type(uint128).max && bond.spent <= bond.amount && lost <= type(uint128).max);
        require(spoils.forfeited <= type(uint128).max && spoils.charged <= type(uint128).max);
        uint256 forfeited = spoils.forfeited;
        uint256 charged = spoils.charged;
        uint256 returned = bond.amount - bond.spent;
        uint256 left = lost;
        // Copied from contracts/market/panels/Bonds.sol.
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
        // End of the copy.
        assert(returned + owed == bond.amount);
        assert(left <= lost && spoils.forfeited <= forfeited);
        assert(returned - (bond.amount - bond.spent) == (lost - left) + (forfeited - spoils.forfeited));
        assert(spoils.charged - charged == forfeited - spoils.forfeited);
        assert(owed == 0 || left == 0);
    }

    /// @dev Two panels cost no more than the bond that was taken for them, so `amount - spent` never fails.
    /// @custom:engine bmc
    function panelsCostNoMoreThanTheBond(uint96 price, uint96 fee, uint8 seats, uint8 wide, uint8 paid, uint8 paidWide)
        external
        pure
    {
        require(seats <= 15 && wide <= 15 && paid <= seats && paidWide <= wide);
        uint256 bond = uint256(wide) * price + fee + (uint256(seats) * price + fee);
        uint256 spent = uint256(paid) * price + fee + (uint256(paidWide) * price + fee);
        assert(spent <= bond && bond <= type(uint128).max);
    }
}
