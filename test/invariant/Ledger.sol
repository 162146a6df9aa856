// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProviderIdentity, ProviderStake, ProviderWork} from "../../contracts/types/Provider.sol";
import {MarketFixture} from "../contracts/MarketFixture.sol";

/// @notice A provider as its moves and endings must have left it.
struct Member {
    address owner;
    uint96 active;
    address operator;
    uint96 locked;
    uint96 unbonding;
    uint40 unbondsAt;
    /// What of `active` was there before `stakedAt`, when the rest came last.
    uint96 aged;
    uint40 stakedAt;
    uint8 trust;
    uint16 debt;
    uint32 raisedEpoch;
    uint16 liveSeats;
    bool leaving;
    bool dormant;
    uint32 offerEpoch;
    /// Whether its operator is the second of its keys.
    bool rotated;
}

/// @title Ledger
/// @notice Everybody's money, stake and trust by the model: changed by what actors do and by what DESIGN says of it, never read
/// from the market, and compared with it. A broken rule reverts with a string, "rule N: what", since forge prints those of
/// every contract.
abstract contract Ledger is MarketFixture {
    mapping(address token => mapping(address account => uint256)) internal _balances;
    mapping(address token => mapping(uint32 provider => uint256)) internal _earnings;
    mapping(uint32 provider => Member) internal _members;
    uint32 internal _memberCount;
    /// @dev What lies in escrows and bonds.
    mapping(address token => uint256) internal _entrusted;
    uint256 internal _burnable;
    /// @dev Tokens sent to the market by no call of it.
    mapping(address token => uint256) internal _donated;
    /// @dev All tokens that the market must hold.
    mapping(address token => uint256) internal _held;
    /// @dev Everybody who may have a balance.
    address[] internal _accounts;

    // --- money ---

    /// @dev Takes from the balance, and what is missing from the account itself.
    function _debit(address paid, address account, uint256 amount) internal {
        uint256 balance = _balances[paid][account];
        uint256 used = balance < amount ? balance : amount;
        _balances[paid][account] = balance - used;
        _held[paid] += amount - used;
    }

    function _entrust(address paid, address account, uint256 amount) internal {
        _debit(paid, account, amount);
        _entrusted[paid] += amount;
    }

    /// @dev Out of an escrow or a bond.
    function _release(address paid, address account, uint256 amount) internal {
        _entrusted[paid] -= amount;
        _balances[paid][account] += amount;
    }

    function _releaseTo(address paid, uint32 provider, uint256 amount) internal {
        _entrusted[paid] -= amount;
        _earnings[paid][provider] += amount;
    }

    // --- providers ---

    /// @dev Ends what a seat binds. `minimum` is that of the task's post, in whole DECO.
    function _unlockSeat(uint32 provider, uint256 lock, uint256 slashed, uint256 minimum) internal {
        Member storage member = _members[provider];
        member.locked -= uint96(lock);
        --member.liveSeats;
        _shrink(member, slashed);
        if (slashed != 0 && member.active < minimum * 1 ether) member.dormant = true;
    }

    /// @dev A top-up joins the last one, unless that is older than any live task can be: so a large one never ages by a small one.
    function _grow(Member storage member, uint256 amount) internal {
        if (block.timestamp > member.stakedAt + 2 ** 20 - 1) member.aged = member.active;
        member.active += uint96(amount);
        member.stakedAt = uint40(block.timestamp);
    }

    function _shrink(Member storage member, uint256 amount) internal {
        member.active -= uint96(amount);
        if (member.aged > member.active) member.aged = member.active;
    }

    function _stakeBefore(Member storage member, uint256 time) internal view returns (uint256) {
        return member.stakedAt < time ? member.active : member.aged;
    }

    /// @dev Those that may take seats.
    function _activeMembers() internal view returns (uint256 count) {
        for (uint32 id = 1; id <= _memberCount; ++id) {
            if (!_members[id].leaving && !_members[id].dormant) ++count;
        }
    }

    // --- comparisons ---

    function _compareBalance(address paid, address account, string memory broken) internal view {
        if (market.balanceOf(paid, account) != _balances[paid][account]) revert(broken);
    }

    /// @dev Rules 1 and 3: each account and each provider has what it was paid and took, the market holds that, and nothing else.
    function _compareMoney(address paid) internal view {
        uint256 owed = _donated[paid] + _entrusted[paid];
        for (uint256 i = 0; i < _accounts.length; ++i) {
            _compareBalance(paid, _accounts[i], "rule 1: a balance is not what its account was paid");
            owed += _balances[paid][_accounts[i]];
        }
        for (uint32 id = 1; id <= _memberCount; ++id) {
            if (market.earningsOf(paid, id) != _earnings[paid][id]) revert("rule 3: paid for what it did not do");
            owed += _earnings[paid][id];
            if (paid == address(deco)) owed += uint256(_members[id].active) + _members[id].unbonding;
        }
        uint256 holds = token.balanceOf(address(market));
        if (paid == address(deco)) {
            holds = deco.balanceOf(address(market));
            owed += _burnable;
            if (market.pendingBurn() != _burnable) revert("rule 3: a slash went elsewhere than to burning");
        }
        if (holds < owed) revert("rule 1: the market owes more than it holds");
        if (holds > owed) revert("rule 1: the market holds what it owes to nobody");
        if (holds != _held[paid]) revert("rule 1: tokens moved without a move");
    }

    /// @dev Rules 3, 4 and 5 for every provider.
    function _compareMembers() internal view {
        uint256 total;
        for (uint32 id = 1; id <= _memberCount; ++id) {
            _compareMember(id);
            total += _members[id].active;
        }
        if (total != market.totalStake()) revert("rule 1: total stake is not the sum of stakes");
        if (market.providerCount() != _memberCount) revert("rule 3: somebody came unseen");
        if (market.activeIdentities() != _activeMembers()) revert("rule 2: those that may take seats are miscounted");
    }

    function _compareMember(uint32 id) private view {
        Member storage member = _members[id];
        (ProviderStake memory stake, ProviderWork memory work, ProviderIdentity memory identity) =
            market.getProvider(id);
        if (stake.active != member.active) revert("rule 3: slashed for what it did not do");
        if (stake.aged != member.aged || stake.since != member.stakedAt) revert("rule 4: stake aged by itself");
        if (identity.unbonding != member.unbonding || identity.unbondsAt != member.unbondsAt) {
            revert("rule 1: unbonding stake is not what left");
        }
        if (work.locked != member.locked) revert("rule 4: locks are not those of live seats");
        if (work.liveSeats != member.liveSeats) revert("rule 4: live seats are miscounted");
        if (work.locked > stake.active) revert("rule 4: a lock is not covered by stake");
        if (work.trust != member.trust || work.debt != member.debt || work.raisedEpoch != member.raisedEpoch) {
            revert("rule 5: trust moved by itself");
        }
        if (work.trust < 10 || work.trust > 100) revert("rule 5: trust is out of bounds");
        if (work.debt != 0 && work.trust != 10) revert("rule 5: a debt above the floor");
        if (work.leaving != member.leaving || work.dormant != member.dormant) {
            revert("rule 2: may take seats, or not, by itself");
        }
        if (identity.owner != member.owner || identity.operator != member.operator) {
            revert("rule 6: an identity changed hands by itself");
        }
        if (identity.offerEpoch != member.offerEpoch) revert("rule 3: offers came to life again");
    }
}
