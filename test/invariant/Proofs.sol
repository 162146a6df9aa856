// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HostilePolicy} from "../../contracts/mocks/HostilePolicy.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Seat} from "../../contracts/types/Seat.sol";
import {TaskStatus} from "../../contracts/types/Task.sol";
import {Keys} from "../contracts/support/Wallets.sol";
import {Close} from "./Endings.sol";
import {Finals} from "./Finals.sol";
import {Due, Model} from "./Model.sol";

/// @title Proofs
/// @notice Who proves for a seat, in the place of one, or without; and who judges.
abstract contract Proofs is Finals {
    function prove(uint256 seed) external {
        uint256 count = _live.length;
        for (uint256 i = 0; i < count; ++i) {
            bytes32 taskId = _live[(seed % count + i) % count];
            address policy = _bodies[taskId].policy;
            if (policy == address(0) || !_provable(taskId)) continue;
            if (policy == address(_judge)) {
                _conclude(taskId, seed >> 8);
                return;
            }
            if (_proveOne(taskId, seed >> 8)) return;
        }
        _skip();
    }

    /// @dev Whether the policy may still decide.
    function _provable(bytes32 taskId) internal view returns (bool) {
        if (_votes[taskId].status == TaskStatus.Open && _bodies[taskId].replicas != 0) return false;
        return
            !parameters.policyParameters(_bodies[taskId].policy).tombstoned && block.timestamp <= _proofsUntil(taskId);
    }

    // --- instant policies ---

    /// @dev The holder in its time, then anyone else; or, where there is no seat, anyone.
    function _proveOne(bytes32 taskId, uint256 seed) private returns (bool) {
        uint32 prover = uint32(seed % _memberCount) + 1;
        if (_bodies[taskId].replicas != 0) {
            uint32 holder = _rosters[taskId][0];
            if (_committable(taskId)) prover = holder;
            else if (prover == holder) prover = prover % _memberCount + 1;
        }
        bool right = seed & 1 == 0;
        if (_isHostile[_bodies[taskId].policy]) return _refusedByHostile(taskId, prover, seed >> 8);
        if ((seed >> 1) % 16 == 0) return _refuseStolen(taskId, prover, right);
        bytes memory proof = _proofOf(taskId, prover, right);
        uint32[] memory roster = _rosters[taskId];
        Due memory due = _proven(taskId, prover);
        _as(_members[prover].operator);
        try market.prove(_bodies[taskId], roster, _open(taskId, right), proof) {}
        catch {
            revert("rule 2: a proof was refused");
        }
        _payProver(taskId, prover, due);
        _delivers(taskId);
        return true;
    }

    function _proofOf(bytes32 taskId, uint32 prover, bool right) private view returns (bytes memory) {
        return Keys.sign(PROOF_KEY, _instant.digestOf(taskId, prover, _result(taskId, right)));
    }

    /// @dev What another provider's proof, copied, must not earn.
    function _refuseStolen(bytes32 taskId, uint32 prover, bool right) private returns (bool) {
        bytes memory proof = _proofOf(taskId, prover % _memberCount + 1, right);
        _as(_members[prover].operator);
        try market.prove(_bodies[taskId], _rosters[taskId], _open(taskId, right), proof) {
            revert("rule 3: paid for another's proof");
        } catch (bytes memory reason) {
            if (bytes4(reason) != ProofRefused.selector) revert("rule 2: a proof was refused by another error");
        }
        return true;
    }

    /// @dev However a policy answers, only a yes is one, and its gas is capped.
    function _refusedByHostile(bytes32 taskId, uint32 prover, uint256 seed) private returns (bool) {
        HostilePolicy policy = HostilePolicy(_bodies[taskId].policy);
        policy.set(HostilePolicy.Mood(seed % 6));
        uint256 before = gasleft();
        _as(_members[prover].operator);
        try market.prove{gas: 2_000_000}(_bodies[taskId], _rosters[taskId], _open(taskId, true), "") {
            revert("rule 3: paid without a proof");
        } catch (bytes memory reason) {
            if (bytes4(reason) != ProofRefused.selector) revert("rule 7: a policy broke the call");
        }
        if (before - gasleft() > 500_000) revert("rule 7: a policy used more than its gas");
        return true;
    }

    /// @dev What the holder of the seat gets by the proof of `prover`; without a seat nothing.
    function _proven(bytes32 taskId, uint32 prover) private view returns (Due memory due) {
        if (_bodies[taskId].replicas == 0) return due;
        uint32 holder = _rosters[taskId][0];
        Seat memory seat = _seats[taskId][holder];
        if (holder == prover) return Model.approved(_bodies[taskId], _terms(taskId), seat);
        return Model.faulty(_bodies[taskId], _terms(taskId), seat);
    }

    /// @dev A rescuer is paid the price of the seat, and half of what its holder lost; who came first without a seat, the ramp's.
    function _payProver(bytes32 taskId, uint32 prover, Due memory due) private {
        Close memory closing = _closing(taskId, _members[prover].operator, true);
        uint32[] memory roster = _rosters[taskId];
        Due[] memory dues = new Due[](roster.length);
        Request storage request = _bodies[taskId];
        Seat memory seat;
        if (roster.length == 0) {
            seat.priceFraction = Model.fraction(block.timestamp - _votes[taskId].openedAt, request.rampSeconds);
        } else {
            (dues[0], seat) = (due, _seats[taskId][roster[0]]);
            if (roster[0] != prover) closing.awarded = due.slashed / 2;
        }
        if (roster.length == 0 || roster[0] != prover) {
            closing.paid = Model.price(request, seat);
            _escrows[taskId] -= closing.paid;
            _releaseTo(request.token, prover, closing.paid);
            _earnings[address(deco)][prover] += closing.awarded;
            if (market.earningsOf(request.token, prover) != _earnings[request.token][prover]) {
                revert("rule 3: a prover is not paid the price");
            }
            if (market.earningsOf(address(deco), prover) != _earnings[address(deco)][prover]) {
                revert("rule 3: a rescue is not paid half the slash");
            }
        }
        _end(closing, roster, dues);
    }

    // --- the judge ---

    function _conclude(bytes32 taskId, uint256 seed) private {
        uint32[] memory roster = _rosters[taskId];
        Seat memory seat = _seats[taskId][roster[0]];
        bool approves = seed % 3 != 0;
        Due[] memory dues = new Due[](1);
        Close memory closing = _closing(taskId, address(_judge), true);
        dues[0] = approves
            ? Model.approved(_bodies[taskId], closing.terms, seat)
            : Model.rejected(_bodies[taskId], closing.terms, seat);
        if (seed % 8 == 0) _concludeAsStranger(taskId, roster);
        _as(EVALUATOR);
        if (approves) _judge.complete(_bodies[taskId], roster, _open(taskId, true));
        else _judge.reject(_bodies[taskId], roster);
        _end(closing, roster, dues);
        if (approves) _delivers(taskId);
    }

    function _concludeAsStranger(bytes32 taskId, uint32[] memory roster) private {
        _as(STRANGER);
        try market.conclude(_bodies[taskId], roster, _open(taskId, true)) {
            revert("rule 3: a stranger judged");
        } catch (bytes memory reason) {
            if (bytes4(reason) != NotTheJudge.selector) revert("rule 3: refused by another error");
        }
    }
}
