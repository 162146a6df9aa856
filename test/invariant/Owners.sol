// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PostParameters, TaskParameters, TokenParameters} from "../../contracts/types/Parameters.sol";
import {Defaults} from "../contracts/support/Defaults.sol";
import {VM} from "../contracts/support/Vm.sol";
import {Member} from "./Ledger.sol";
import {Work} from "./Work.sol";

/// @title Owners
/// @notice What the owners of identities and governance do, and how time passes.
abstract contract Owners is Work {
    // --- owners ---

    function own(uint256 seed) external {
        _seldom(seed, 2);
        uint32 id = uint32((seed >> 8) % _memberCount) + 1;
        // One whom it concerns, where it concerns few.
        for (uint256 i = 0; i < _memberCount; ++i) {
            if (_manage(seed % 9, id, seed >> 40)) return;
            id = id % _memberCount + 1;
        }
        _skip();
    }

    function _manage(uint256 what, uint32 id, uint256 seed) private returns (bool) {
        if (what == 0) return _topUp(id);
        if (what == 1) return _unbond(id);
        if (what == 2) return _withdrawStake(id);
        if (what < 5) return _withdrawEarnings(id, what == 3 ? address(token) : address(deco));
        if (what == 5) return _rotate(id);
        if (what == 6) return _passOn(id, seed);
        if (what == 7) return _burnAll();
        return _leave(id);
    }

    function _topUp(uint32 id) private returns (bool) {
        Member storage member = _members[id];
        if (member.leaving || member.active > FIRST_STAKE) return false;
        _as(member.owner);
        market.stake(id, FIRST_STAKE);
        _debit(address(deco), member.owner, FIRST_STAKE);
        _grow(member, FIRST_STAKE);
        member.dormant = false;
        return true;
    }

    function _unbond(uint32 id) private returns (bool) {
        Member storage member = _members[id];
        if (member.leaving || member.active < 2_900 ether || member.active - member.locked < 10 ether) return false;
        _as(member.owner);
        market.unbond(id, 10 ether);
        _startUnbonding(member, 10 ether);
        return true;
    }

    function _startUnbonding(Member storage member, uint96 amount) internal {
        _shrink(member, amount);
        member.unbonding += amount;
        member.unbondsAt = uint40(block.timestamp + parameters.postParameters().unbond);
    }

    function _withdrawStake(uint32 id) internal returns (bool) {
        Member storage member = _members[id];
        if (member.unbonding == 0 || block.timestamp < member.unbondsAt) return false;
        _as(member.owner);
        try market.withdrawStake(id) {}
        catch {
            revert("rule 2: stake cannot leave");
        }
        _balances[address(deco)][member.owner] += member.unbonding;
        member.unbonding = 0;
        return true;
    }

    function _withdrawEarnings(uint32 id, address paid) internal returns (bool) {
        uint256 earned = _earnings[paid][id];
        if (earned == 0) return false;
        _as(_members[id].owner);
        market.withdrawEarnings(id, paid, earned, _members[id].owner);
        _earnings[paid][id] = 0;
        _held[paid] -= earned;
        return true;
    }

    function _rotate(uint32 id) private returns (bool) {
        Member storage member = _members[id];
        member.rotated = !member.rotated;
        member.operator = VM.addr(_operatorKey(id, member.rotated));
        _as(member.owner);
        market.setOperator(id, member.operator);
        return true;
    }

    /// @dev Gives the identity to its heir or back; rarely, as it costs all trust above the start.
    function _passOn(uint32 id, uint256 seed) private returns (bool) {
        if (seed % 4 != 0) _skip();
        Member storage member = _members[id];
        address to = member.owner == _owner(id) ? _heir(id) : _owner(id);
        _as(member.owner);
        market.offerOwnership(id, to);
        _as(to);
        market.acceptOwnership(id);
        member.owner = to;
        uint8 start = parameters.postParameters().trustStart;
        if (member.trust > start) member.trust = start;
        return true;
    }

    function _burnAll() internal returns (bool) {
        if (_burnable == 0) return false;
        market.burnPending();
        _held[address(deco)] -= _burnable;
        _burnable = 0;
        return true;
    }

    /// @dev Late comers leave, and others come.
    function _leave(uint32 id) private returns (bool) {
        Member storage member = _members[id];
        if (id > FIRST_PROVIDERS && (!member.leaving || member.active > member.locked)) {
            _deregister(id);
            return true;
        }
        if (_memberCount == MAX_PROVIDERS) return false;
        _join();
        return true;
    }

    function _deregister(uint32 id) internal {
        Member storage member = _members[id];
        _as(member.owner);
        market.deregister(id);
        member.leaving = true;
        if (member.active != member.locked) _startUnbonding(member, member.active - member.locked);
    }

    // --- governance ---

    /// @dev Anything within the bounds that leaves the requests of {post} legal.
    function govern(uint256 seed) external {
        _seldom(seed, 4);
        uint256 what = seed % 8;
        seed >>= 8;
        if (what < 2) {
            uint96 fee = uint96(seed % 50_000);
            parameters.setToken(address(token), TokenParameters(true, uint112((seed >> 32) % 1e31), fee));
        } else if (what == 2) {
            _currentTreasury = seed & 1 == 0 ? TREASURY : TREASURY_2;
            parameters.setTreasury(_currentTreasury);
        } else if (what == 3) {
            parameters.setAllocator(_allocators[1], seed & 1 == 0);
        } else if (what == 4) {
            // Rarely: each removal ends every task of the policy.
            if (seed % 4 != 0) _skip();
            parameters.tombstonePolicy(seed & 4 == 0 ? address(_instant) : address(_hostile));
            _renewPolicies();
        } else {
            _setTerms(seed);
        }
    }

    function _setTerms(uint256 seed) private {
        TaskParameters memory terms = _baseTerms();
        terms.noShowBps = uint16(100 + seed % 4_901);
        terms.declineBps = uint16((seed >> 16) % 501);
        terms.failedVoteBps = uint16((seed >> 32) % 2_501);
        terms.protocolFeeBps = uint16((seed >> 48) % 501);
        terms.agreeStep = uint8(1 + (seed >> 64) % 2);
        terms.dissentStep = uint8(10 + (seed >> 72) % 10);
        terms.noShowStep = uint8(5 + (seed >> 80) % 5);
        terms.weightCap = uint8(1 + (seed >> 88) % 5);
        terms.settleWindow = uint24(1 + (seed >> 96) % 200);
        terms.declineGrace = uint24((seed >> 104) % 100);
        terms.postingFee = uint40(1_000 + (seed >> 112) % 3_000);
        terms.trustMoves = (seed >> 128) % 4 != 0;
        terms.checkpointFee = uint8((seed >> 160) % 128);
        terms.minIdentityStake = uint24(500 + (seed >> 136) % 1_000);
        terms.widePanelSeats = uint8(3 + (seed >> 216) % 3);
        PostParameters memory limits = Defaults.post();
        limits.unbond = uint32(1 days + (seed >> 152) % 13 days);
        // Never below what requests here ask for.
        limits.maxCallbackGas = uint24(300_000 + (seed >> 200) % 700_001);
        limits.trustStart = uint8(10 + (seed >> 184) % 20);
        parameters.setParameters(terms, limits);
    }

    // --- time ---

    function wait(uint256 seed) external {
        _later(seed % 6 == 0 ? (seed >> 8) % 300 + 1 : (seed >> 8) % 30 + 1);
    }
}
