// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Reveal} from "../../contracts/types/Opening.sol";
import {TaskParameters} from "../../contracts/types/Parameters.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Defaults} from "../contracts/support/Defaults.sol";
import {Deliveries} from "./Deliveries.sol";
import {Member} from "./Ledger.sol";

/// @title Attacks
/// @notice What must not succeed, tried all the time; and gifts, which must not help anybody.
abstract contract Attacks is Deliveries {
    function attack(uint256 seed) external {
        _seldom(seed, 4);
        uint256 what = seed % 10;
        seed >>= 8;
        if (what == 0) _donate(seed);
        else if (what == 1) _takeOthersMoney(seed);
        else if (what == 2) _nameOneTwice(seed);
        else if (what == 3) _actForOthers(seed);
        else if (what == 4) _governWithoutRight();
        else if (what == 5) _postWithCallback(seed);
        else if (what == 6) _postUnbounded(seed);
        else if (what == 7) _relayWithoutEnd();
        else if (what == 8) _unbondLocked(seed);
        else _claimUndrawn(seed);
    }

    function _donate(uint256 seed) private {
        uint256 amount = seed % 1_000_000;
        _as(STRANGER);
        if (seed & 1 == 0) token.transfer(address(market), amount);
        else deco.transfer(address(market), amount);
        address given = seed & 1 == 0 ? address(token) : address(deco);
        _donated[given] += amount;
        _held[given] += amount;
    }

    function _takeOthersMoney(uint256 seed) private {
        uint32 id = uint32(seed % _memberCount) + 1;
        _as(STRANGER);
        try market.withdraw(address(token), 1, STRANGER) {
            revert("rule 1: withdrew what was not its own");
        } catch {}
        _as(STRANGER);
        try market.withdrawEarnings(id, address(token), 1, STRANGER) {
            revert("rule 1: withdrew another's earnings");
        } catch {}
        _as(STRANGER);
        try market.unbond(id, 1 ether) {
            revert("rule 1: unbonded another's stake");
        } catch {}
    }

    /// @dev Names one seat for every seat: paid many times over, if the roster were not checked.
    function _nameOneTwice(uint256 seed) private {
        bytes32 taskId = _find(_live, seed, _countable);
        if (taskId == 0) _skip();
        uint32[] memory roster = _rosters[taskId];
        if (roster.length < 2) _skip();
        roster[1] = roster[0];
        _as(STRANGER);
        try market.settle(_bodies[taskId], roster, _open(taskId, true)) {
            revert("rule 3: one seat was named twice");
        } catch (bytes memory reason) {
            if (bytes4(reason) != InvalidRoster.selector) revert("rule 3: a double seat came as far as the vote");
        }
    }

    function _actForOthers(uint256 seed) private {
        if (_live.length == 0) _skip();
        bytes32 taskId = _live[seed % _live.length];
        _as(STRANGER);
        try market.cancel(_bodies[taskId]) {
            revert("rule 1: cancelled another's task");
        } catch {}
        _as(STRANGER);
        try market.commit(taskId, keccak256("mine")) {
            revert("rule 3: committed without a seat");
        } catch {}
        Request memory request = _bodies[taskId];
        request.nonce = uint256(keccak256(abi.encode(seed)));
        _as(STRANGER);
        try market.post(request) {
            revert("rule 1: posted at another's cost");
        } catch {}
    }

    function _governWithoutRight() private {
        TaskParameters memory terms = Defaults.task();
        _as(STRANGER);
        try parameters.setParameters(terms, Defaults.post()) {
            revert("rule 6: a stranger governed");
        } catch (bytes memory reason) {
            if (bytes4(reason) != Ownable.OwnableUnauthorizedAccount.selector) {
                revert("rule 6: refused by another error");
            }
        }
        terms.protocolFeeBps = 501;
        try parameters.setParameters(terms, Defaults.post()) {
            revert("rule 6: governance left the bounds");
        } catch {}
    }

    /// @dev Until callbacks have a gas cap and a place after settlement, no task may carry one.
    function _postWithCallback(uint256 seed) private {
        Request memory request = _request();
        request.requester = STRANGER;
        request.callback = address(uint160(uint256(keccak256(abi.encode(seed)))));
        request.callbackGas = uint32(1_000_001 + seed % 1_000_000);
        request.settlementFee = 100_000;
        request.dissentBps = 10_000;
        _as(STRANGER);
        try market.post(request) {
            revert("rule 7: a callback may use more gas than governance allows");
        } catch {}
    }

    function _postUnbounded(uint256 seed) private {
        Request memory request = _request();
        request.requester = STRANGER;
        request.settlementFee = 100_000;
        request.dissentBps = 10_000;
        request.maxReplicas = uint8(17 + seed % 15);
        request.replicas = uint8(3 + seed % 29);
        _as(STRANGER);
        try market.post(request) {
            revert("rule 8: more than 16 replicas");
        } catch {}
    }

    function _relayWithoutEnd() private {
        try market.reveal(new Reveal[](65)) {
            revert("rule 8: more than 64 reveals");
        } catch (bytes memory reason) {
            if (bytes4(reason) != TooManyReveals.selector) revert("rule 8: 65 reveals were looked at");
        }
    }

    function _unbondLocked(uint256 seed) private {
        uint32 id = uint32(seed % _memberCount) + 1;
        Member storage member = _members[id];
        if (member.locked == 0) _skip();
        uint96 free = member.active - member.locked;
        _as(member.owner);
        try market.unbond(id, free + 1) {
            revert("rule 4: unbonded what is locked");
        } catch {}
    }

    /// @dev A seat whose draw, or whose stake, says no.
    function _claimUndrawn(uint256 seed) private {
        bytes32 taskId = _find(_live, seed, _claimable);
        uint32 id = uint32((seed >> 8) % _memberCount) + 1;
        if (taskId == 0 || _mayClaim(taskId, id)) _skip();
        _as(_members[id].operator);
        try market.claim(_seatTerms(_bodies[taskId]), _bodyHashes[taskId], id) {
            revert("rule 3: a seat without a draw");
        } catch {}
    }
}
